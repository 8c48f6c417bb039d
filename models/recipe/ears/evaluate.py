"""Step: word error of the exported encoder as served: chunk by chunk in ONNX Runtime, beam search with the n-gram."""

import argparse
import json
from pathlib import Path

import jiwer
import numpy as np
from tqdm import tqdm

from . import features
from .augment import Augmenter
from .beam import BeamSettings, CharLm, decode
from .corpus import Corpus
from .export import Stream, session
from .train import greedy

AFTER_S = 0.3


def heard(model, samples: list[np.ndarray]) -> list[np.ndarray]:
    """Log-probabilities [3 n, V] of each utterance, streamed in batches of similar length."""
    order = sorted(range(len(samples)), key=lambda i: len(samples[i]))
    found: list = [None] * len(samples)
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        chunks = [-(-int(len(samples[i]) + AFTER_S * features.RATE) // features.CHUNK) for i in rows]
        batch = np.zeros((len(rows), max(chunks) * features.CHUNK), np.float32)
        for row, i in enumerate(rows):
            batch[row, : len(samples[i])] = samples[i]
        _, log_probs = Stream(model, len(rows)).whole(batch)
        for row, i in enumerate(rows):
            found[i] = log_probs[row, : 3 * chunks[row]]
    return found


def rates(texts: list[str], voices: list[str], log_probs: list[np.ndarray], lm: CharLm, settings: BeamSettings) -> dict:
    """Word and character error, greedy and with the beam, and the beam's word error by kind of voice."""
    plain = [greedy(one) for one in log_probs]
    beamed = [decode(lm, one, settings) for one in tqdm(log_probs, mininterval=10, leave=False)]
    figures = {"utterances": len(texts), "greedy_wer": jiwer.wer(texts, plain), "greedy_cer": jiwer.cer(texts, plain)}
    figures["wer"] = jiwer.wer(texts, beamed)
    figures["sentence_error"] = float(np.mean([a != b for a, b in zip(texts, beamed)]))
    for kind in sorted({voice.split(":")[0] for voice in voices}):
        rows = [i for i, voice in enumerate(voices) if voice.split(":")[0] == kind]
        figures[f"wer_{kind}"] = jiwer.wer([texts[i] for i in rows], [beamed[i] for i in rows])
    return {name: round(value, 4) for name, value in figures.items()}


def main(arguments: list[str] | None = None) -> None:
    """Evaluates the test corpora, the first also with noise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="folder with encoder.onnx, config.json, lm.bin")
    parser.add_argument("--encoder", default="encoder.onnx")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", nargs="+", default=["test", "phrasings", "kept_out"])
    parser.add_argument("--snr-db", type=float, default=10.0)
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    chosen = parser.parse_args(arguments)
    model, lm = session(chosen.package / chosen.encoder), CharLm(chosen.package / "lm.bin")
    settings = BeamSettings(**json.loads((chosen.package / "config.json").read_text())["beam"])
    figures = {}
    for name in chosen.corpus:
        corpus = Corpus(chosen.corpora / name)
        samples, texts, voices = ([read(n) for n in range(len(corpus))] for read in (corpus.samples, corpus.text, corpus.voice))
        figures[name] = rates(texts, voices, heard(model, samples), lm, settings)
        print(name, figures[name], flush=True)
        if name == chosen.corpus[0]:
            augmenter = Augmenter(corpus, 5)
            noisy = [augmenter.add_noise(one, chosen.snr_db) for one in samples]
            figures[f"{name}_{chosen.snr_db:g}_db"] = rates(texts, voices, heard(model, noisy), lm, settings)
            print("noisy", figures[f"{name}_{chosen.snr_db:g}_db"], flush=True)
    if chosen.out:
        chosen.out.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
