"""Step: corpora -> a corpus of the same sentences by other speakers, made with WORLD: pitch, its range, formants, breath, rate.

Some of them are sent through Opus at a low rate, as a browser sends a voice. What follows the phones stays exact.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from tqdm import tqdm

from . import features
from .corpus import Corpus, Writer
from .flite import Speech

FRAME_MS, VOICED_HZ = 8.0, (60.0, 500.0)
OPUS_SHARE = 0.25


def warped(envelope: np.ndarray, factor: float, tilt_db: float) -> np.ndarray:
    """Power spectra f64 [n, bins] with formants times `factor` and a spectral tilt over the band."""
    bins = np.arange(envelope.shape[1])
    at = np.clip(bins / factor, 0, envelope.shape[1] - 1)
    low = at.astype(int)
    high = np.minimum(low + 1, envelope.shape[1] - 1)
    share = at - low
    moved = np.exp((1 - share) * np.log(envelope[:, low]) + share * np.log(envelope[:, high]))
    return np.ascontiguousarray(moved * 10 ** (tilt_db * bins / len(bins) / 10))


def morph(samples: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """(f32 samples of another speaker, how many times as fast)."""
    sound = samples.astype(np.float64) + 1e-5 * rng.standard_normal(len(samples))
    f0, at = pyworld.dio(sound, features.RATE, f0_floor=VOICED_HZ[0], f0_ceil=VOICED_HZ[1], frame_period=FRAME_MS, speed=4)
    envelope = pyworld.cheaptrick(sound, f0, at, features.RATE)
    breath = pyworld.d4c(sound, f0, at, features.RATE)
    voiced = f0 > 0
    rate, formants = rng.uniform(0.8, 1.3), np.exp(rng.uniform(np.log(0.82), np.log(1.24)))
    mean = np.exp(np.log(f0[voiced]).mean()) if voiced.any() else 120.0
    wanted = np.clip(mean * formants ** rng.uniform(1, 3) * np.exp(rng.normal(0, 0.2)), 70, 340)
    moved = np.where(voiced, wanted * (np.maximum(f0, 1) / mean) ** rng.uniform(0.3, 1.6), 0.0)
    jitter = np.exp(rng.uniform(0, 0.03) * rng.standard_normal(len(f0)))
    breath = np.clip(breath ** rng.uniform(0.4, 1.1), 1e-4, 0.999) if rng.random() < 0.7 else np.full_like(breath, 0.999)
    envelope = warped(envelope, formants, rng.uniform(-10, 6))
    steps = (np.arange(int(len(f0) / rate)) * rate).astype(int)
    parts = (np.ascontiguousarray(part[steps]) for part in (moved * jitter, envelope, breath))
    return pyworld.synthesize(*parts, features.RATE, FRAME_MS).astype(np.float32), rate


def opus(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through Opus and back, f32 of the same length."""
    coded = io.BytesIO()
    level = rng.uniform(0.85, 1.0)
    with soundfile.SoundFile(coded, "w", features.RATE, 1, format="OGG", subtype="OPUS", compression_level=level) as file:
        file.write(samples.clip(-1, 1))
    coded.seek(0)
    heard, _ = soundfile.read(coded, dtype="float32")
    return np.resize(heard, len(samples)) if len(heard) >= len(samples) else np.pad(heard, (0, len(samples) - len(heard)))


def spoken(corpus: Corpus, number: int, rng: np.random.Generator) -> Speech:
    """One utterance by somebody else, with the times of its phones."""
    samples, rate = morph(corpus.samples(number), rng)
    if rng.random() < OPUS_SHARE:
        samples = opus(samples, rng)
    peak = np.abs(samples).max() + 1e-6
    samples = samples * (rng.uniform(0.2, 0.9) / peak)
    ids = corpus.phones(number)
    edges = np.flatnonzero(np.diff(ids, append=256))
    names = [corpus.phone_names[ids[edge]].split("/")[-1] if ids[edge] else "pau" for edge in edges]
    phones = [(name, (edge + 1) / 100 / rate) for name, edge in zip(names, edges)]
    return Speech((samples * 32767).astype(np.int16), phones)


def main(arguments: list[str] | None = None) -> None:
    """Writes the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--corpus", nargs="+", default=["train", "more"])
    parser.add_argument("--name", default="morphed")
    parser.add_argument("--count", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=51)
    chosen = parser.parse_args(arguments)
    rng = np.random.default_rng(chosen.seed)
    corpora = [Corpus(chosen.corpora / name) for name in chosen.corpus]
    places = [(part, number) for part, corpus in enumerate(corpora) for number in range(len(corpus))]
    writer = Writer(chosen.corpora / chosen.name)
    for place in tqdm(rng.permutation(len(places))[: chosen.count], mininterval=10):
        part, number = places[place]
        corpus = corpora[part]
        writer.add(spoken(corpus, number, rng), corpus.voice(number), corpus.text(number))
    writer.close()
    print(f"{writer.hours:.2f} h")


if __name__ == "__main__":
    main()
