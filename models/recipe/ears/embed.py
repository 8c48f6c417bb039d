"""Step: frozen encoder + corpora -> embeddings for the core's speech stage.

Each `part_*.npz`: `embedding` f16 [n, E] of all utterances one after the other, `first` i64 [utterances + 1] where each
begins, `text`, `heard` (greedy reading), `voice`, `corpus` and `wav` (number in the corpus). Sound is lightly augmented.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .augment import Augmenter
from .corpus import Corpus
from .export import load
from .model import SUB_FRAMES, Encoder
from .train import collate, greedy

BATCH = 24


@torch.no_grad()
def embed(encoder: Encoder, mels: list[np.ndarray]) -> list[tuple[np.ndarray, str]]:
    """(embeddings f16 [T, E], greedy reading) of each feature array [8 T, 64]."""
    mel, _, frames = collate([(one, np.zeros((len(one) // 8, SUB_FRAMES), np.int64)) for one in mels])
    embeddings, _, _ = encoder(mel, encoder.start(len(mels)))
    log_probs = encoder.log_probs(embeddings).numpy()
    halves = embeddings.to(torch.float16).numpy()
    return [(halves[i, :n], greedy(log_probs[i, : n * SUB_FRAMES])) for i, n in enumerate(frames.tolist())]


def write(path: Path, rows: list[dict]) -> None:
    """One part file."""
    first = np.cumsum([0] + [len(row["embedding"]) for row in rows])
    columns = {name: np.array([row[name] for row in rows]) for name in ("text", "heard", "voice", "corpus", "wav")}
    np.savez(path, embedding=np.concatenate([row["embedding"] for row in rows]), first=first, **columns)


def wanted(corpora: dict[str, Corpus], texts: set[str] | None) -> list[tuple[str, int]]:
    """All utterances, or those that say one of `texts`, similar lengths side by side."""
    rows = [(name, n) for name, corpus in corpora.items() for n in range(len(corpus)) if texts is None or corpus.text(n) in texts]
    return sorted(rows, key=lambda row: corpora[row[0]].seconds(row[1]))


def main(arguments: list[str] | None = None) -> None:
    """Dumps what `--corpus` names and `--texts` selects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", nargs="+", default=["train"])
    parser.add_argument("--texts", type=Path, help="only utterances of these lines")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="home")
    parser.add_argument("--strength", type=float, default=0.5, help="of the augmentation; 0 is clean")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--part", type=int, default=4000)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    encoder = load(chosen.checkpoint)
    corpora = {name: Corpus(chosen.corpora / name) for name in chosen.corpus}
    augmenters = {name: Augmenter(corpus, chosen.seed) for name, corpus in corpora.items()}
    texts = set(chosen.texts.read_text().splitlines()) if chosen.texts else None
    rows = wanted(corpora, texts)
    groups = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    random.Random(chosen.seed).shuffle(groups)
    done: list[dict] = []
    part = 0
    for group in tqdm(groups, mininterval=5):
        mels = [augmenters[name].example(n, chosen.strength)[0] for name, n in group]
        for (name, n), (embedding, heard) in zip(group, embed(encoder, mels)):
            corpus = corpora[name]
            done.append({"embedding": embedding, "text": corpus.text(n), "heard": heard, "voice": corpus.voice(n), "corpus": name, "wav": n})
        if len(done) >= chosen.part:
            write(chosen.out / f"{chosen.name}_{part}.npz", done)
            done, part = [], part + 1
    if done:
        write(chosen.out / f"{chosen.name}_{part}.npz", done)


if __name__ == "__main__":
    main()
