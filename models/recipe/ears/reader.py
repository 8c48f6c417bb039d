"""Step: checkpoint -> the same encoder with a better reader of its embeddings: only what makes characters of them learns.

The embeddings stay as they are, number for number, so a core that was trained on them goes on as before. Utterances that the
encoder never trained on, and examples without words, show the reader what the embeddings look like outside of the training
sentences. Embeddings are computed once, with augmentation; learning from them takes little.
"""

import argparse
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from .augment import Augmenter
from .corpus import Joined
from .model import SUB_FRAMES, Encoder, Shape
from .train import character_ids, collate, ctc

BATCH, WARM_UP, DECAY = 48, 40, 0.02


@torch.no_grad()
def embeddings(encoder: Encoder, augmenter: Augmenter, count: int, wordless_one_in: int, rng: np.random.Generator) -> list[tuple[torch.Tensor, str]]:
    """(embedding bf16 [T, E], text) of `count` augmented utterances; some say nothing."""
    corpus, found = augmenter.corpus, []
    numbers = sorted(rng.permutation(len(corpus))[:count], key=lambda n: corpus.seconds(n))
    for start in tqdm(range(0, count, 24), mininterval=10):
        rows = numbers[start : start + 24]
        silent = [rng.random() * wordless_one_in < 1 for _ in rows]
        examples = [
            augmenter.nothing(int(corpus.seconds(n) * 100) // 8 * 8 + 64) if none else augmenter.example(n, rng.uniform(0.2, 1.0))
            for n, none in zip(rows, silent)
        ]
        mel, _, frames = collate(examples)
        with torch.autocast("cpu", torch.bfloat16):
            embedding, _, _ = encoder(mel, encoder.start(len(mel)))
        for row, (n, none) in enumerate(zip(rows, silent)):
            found.append((embedding[row, : int(frames[row])].bfloat16(), "" if none else corpus.text(n)))
    return found


def batch_of(rows: list[tuple[torch.Tensor, str]]) -> tuple[torch.Tensor, torch.Tensor, list[list[int]]]:
    """Padded embeddings f32 [B, T, E], sub-frames of each, character ids of each."""
    lengths = torch.tensor([len(embedding) for embedding, _ in rows]) * SUB_FRAMES
    return pad_sequence([embedding.float() for embedding, _ in rows], True), lengths, [character_ids(text) for _, text in rows]


def learn(encoder: Encoder, found: list[tuple[torch.Tensor, str]], rounds: int, peak: float, rng: np.random.Generator) -> None:
    """Trains `characters` and `reader`; the rate falls to nothing."""
    parameters = [*encoder.characters.parameters(), *encoder.reader.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=peak, betas=(0.9, 0.98), weight_decay=DECAY)
    cuts = [found[start : start + BATCH] for start in range(0, len(found), BATCH)]
    steps, step, recent = rounds * len(cuts), 0, []
    for _ in range(rounds):
        for cut in rng.permutation(len(cuts)):
            embedding, lengths, targets = batch_of(cuts[cut])
            loss = ctc(encoder.log_probs(embedding), lengths, targets)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.param_groups[0]["lr"] = peak * min(1.0, (step + 1) / WARM_UP, (steps - step) / steps)
            optimiser.step()
            step += 1
            recent.append(float(loss.detach()))
            if step % 100 == 0 or step == steps:
                print(f"{step}/{steps} loss {np.mean(recent):.4f} cpu_s {time.process_time():.0f}", flush=True)
                recent = []


def main(arguments: list[str] | None = None) -> None:
    """Writes the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", nargs="+", default=["train", "more"], help="the first names the phones")
    parser.add_argument("--out", type=Path, required=True, help="the new checkpoint")
    parser.add_argument("--count", type=int, default=9000, help="examples")
    parser.add_argument("--wordless-one-in", type=int, default=7)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--peak", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=71)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    rng = np.random.default_rng(chosen.seed)
    saved = torch.load(chosen.checkpoint, map_location="cpu")
    encoder = Encoder(replace(Shape(**saved["shape"]), reader=chosen.hidden))
    encoder.load_state_dict(saved["average"], strict=False)
    augmenter = Augmenter(Joined([chosen.corpora / name for name in chosen.corpus]), chosen.seed)
    found = embeddings(encoder.eval(), augmenter, chosen.count, chosen.wordless_one_in, rng)
    learn(encoder, found, chosen.rounds, chosen.peak, rng)
    state = {"average": encoder.state_dict(), "shape": asdict(encoder.shape), "step": saved["step"]}
    torch.save(state | {"cpu_s": saved["cpu_s"], "reader_cpu_s": time.process_time()}, chosen.out)


if __name__ == "__main__":
    main()
