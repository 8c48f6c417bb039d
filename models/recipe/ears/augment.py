"""From a corpus utterance to training features: rate, room, noise, gain, vocal tract, equaliser, masks.

`strength` 0..1 scales how often and how strongly each of them acts; 0 leaves the speech clean.
"""

import numpy as np
from scipy.signal import lfilter, oaconvolve

from . import features
from .corpus import Corpus

WARPS = np.linspace(0.86, 1.16, 13)
PHONE_DELAY_S = 0.04
NOISE_SECONDS = 30


def _unit(noise: np.ndarray) -> np.ndarray:
    return (noise / np.sqrt((noise**2).mean() + 1e-12)).astype(np.float32)


def _music(rng: np.random.Generator, count: int) -> np.ndarray:
    """Random chords of decaying harmonics."""
    track = np.zeros(count)
    for start in range(0, count - 8000, 4000):
        length = min(count - start, int(rng.integers(6000, 20000)))
        time_s = np.arange(length) / features.RATE
        for _ in range(3):
            f0 = 110 * 2 ** (rng.integers(0, 30) / 12)
            for harmonic in range(1, 6):
                track[start : start + length] += np.sin(2 * np.pi * f0 * harmonic * time_s) / harmonic * np.exp(-3 * time_s)
    return track


def _babble(rng: np.random.Generator, corpus: Corpus, count: int) -> np.ndarray:
    track = np.zeros(count + 200_000)
    for _ in range(60):
        speech = corpus.samples(int(rng.integers(len(corpus))))[:200_000]
        start = int(rng.integers(count))
        track[start : start + len(speech)] += speech
    return track[:count]


def noise_bank(corpus: Corpus, seed: int) -> list[np.ndarray]:
    """Noises of 30 s and unit power: hiss, rumble, fan, hum, music, clatter, babble."""
    rng = np.random.default_rng(seed)
    count = NOISE_SECONDS * features.RATE
    white = [rng.standard_normal(count) for _ in range(4)]
    time_s = np.arange(count) / features.RATE
    bank = [white[0], lfilter([0.05], [1, -0.95], white[1]), lfilter([0.01], [1, -0.995], white[2])]
    bank.append(lfilter([1], [1, -1.6, 0.8], white[3]))
    for mains_hz in (50, 60):
        hum = sum(np.sin(2 * np.pi * mains_hz * k * time_s + rng.uniform(0, 6)) / k for k in range(1, 12))
        bank.append(hum + 0.05 * white[0])
    bank += [_music(rng, count), _music(rng, count)]
    clicks = (rng.random(count) < 0.0004) * rng.standard_normal(count)
    bank.append(lfilter([1], [1, -1.2, 0.9], clicks))
    bank += [_babble(rng, corpus, count) for _ in range(3)]
    return [_unit(noise) for noise in bank]


def room(rng: np.random.Generator) -> np.ndarray:
    """A room's impulse response: the direct sound and a decaying tail, f32."""
    decay_s = rng.uniform(0.08, 0.4)
    tail = rng.standard_normal(int(decay_s * features.RATE)) * np.exp(-6.9 * np.linspace(0, 1, int(decay_s * features.RATE)))
    tail[: int(rng.uniform(0.001, 0.01) * features.RATE)] = 0
    tail *= rng.uniform(0.1, 0.7) / np.sqrt((tail**2).sum() + 1e-9)
    tail[0] = 1
    return tail.astype(np.float32)


class Augmenter:
    """Draws augmented examples; the noise bank is made once."""

    def __init__(self, corpus: Corpus, seed: int):
        self.corpus = corpus
        self.rng = np.random.default_rng(seed)
        self.noises = noise_bank(corpus, seed)
        self.matrices = [features.mel_matrix(warp) for warp in WARPS]

    def _chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def add_noise(self, samples: np.ndarray, snr_db: float) -> np.ndarray:
        """Adds a random stretch of a random noise so that loud speech stands `snr_db` above it."""
        noise = self.noises[self.rng.integers(len(self.noises))]
        start = self.rng.integers(len(noise) - len(samples)) if len(noise) > len(samples) else 0
        level = np.sqrt((samples**2).mean()) * 10 ** (-snr_db / 20)
        return samples + level * np.resize(noise[start : start + len(samples)], len(samples))

    def _stretch(self, samples: np.ndarray, phones: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """Another speaking rate and, with it, pitch and formants."""
        if not self._chance(0.6 * strength):
            return samples, phones
        rate = self.rng.uniform(0.87, 1.15)
        at = np.arange(int(len(samples) / rate)) * rate
        stretched = np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
        hops = (np.arange(int(len(phones) / rate)) * rate).astype(int)
        return stretched, phones[hops]

    def _sound(self, samples: np.ndarray, strength: float) -> np.ndarray:
        """Room, noise and gain on the waveform."""
        rng = self.rng
        if self._chance(0.3 * strength):
            samples = oaconvolve(samples, room(rng))[: len(samples)]
        samples = samples * 10 ** (rng.uniform(-28, 10) * min(1.0, 1.4 * strength) / 20)  # quiet to clipped
        if self._chance(0.55 * strength):
            samples = self.add_noise(samples, rng.uniform(4, 30))
        if self._chance(0.5 * strength):
            samples = samples + 10 ** (rng.uniform(-90, -55) / 20) * rng.standard_normal(len(samples), np.float32)
        return samples.clip(-1, 1).astype(np.float32)

    def _spectrum(self, samples: np.ndarray, strength: float) -> np.ndarray:
        """Vocal tract, equaliser and masks on the features."""
        rng, warp = self.rng, len(WARPS) // 2
        if self._chance(0.7 * strength):
            warp = rng.integers(len(WARPS))
        power = features.power(samples)
        if self._chance(0.15 * strength):  # a telephone or a cheap microphone
            power[:, int(rng.uniform(3400, 5500) * features.WINDOW / features.RATE) :] *= 1e-5
        mel = features.normalise(power @ self.matrices[warp])
        if self._chance(0.4 * strength):
            curve = np.interp(np.arange(features.MELS), np.linspace(0, features.MELS, 6), rng.normal(0, 0.3, 6))
            mel = mel + curve.astype(np.float32)
        if self._chance(0.5 * strength):
            for _ in range(2):
                first = rng.integers(features.MELS - 10)
                mel[:, first : first + rng.integers(2, 10)] = mel.mean()
            first = rng.integers(max(1, len(mel) - 8))
            mel[first : first + rng.integers(2, 8)] = mel.mean()
        return mel

    def example(self, number: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """(mel f32 [8 T, 64], phone ids i64 [T, 3]) with silence around the speech."""
        rng, corpus = self.rng, self.corpus
        samples, phones = self._stretch(corpus.samples(number), corpus.phones(number), strength)
        before = int(rng.uniform(0, 0.1 + 0.3 * strength) * 100)
        after = int(rng.uniform(0.1, 0.2 + 0.4 * strength) * 100)
        hops = -(-(before + len(samples) // features.HOP + after) // 8) * 8
        padded = np.zeros(hops * features.HOP, np.float32)
        padded[before * features.HOP :][: len(samples)] = samples
        labels = np.zeros(hops, np.int64)
        labels[before : before + len(phones)] = phones[: hops - before]
        mel = self._spectrum(self._sound(padded, strength), strength)
        at = (np.arange(hops // 8 * 3) + 0.5) * 8 / 3 - PHONE_DELAY_S * 100
        return mel, np.where(at < 0, 0, labels[at.astype(int).clip(0)]).reshape(-1, 3)
