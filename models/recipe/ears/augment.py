"""From a corpus utterance to training features: rate, room, noise, gain, vocal tract, equaliser, masks.

`strength` 0..1 scales how often and how strongly each of them acts; 0 leaves the speech clean.
"""

import numpy as np
from scipy.signal import oaconvolve

from . import features, noises

WARPS = np.linspace(0.86, 1.16, 13)
PHONE_DELAY_S = 0.04


class Augmenter:
    """Draws augmented examples; the noise bank is made once."""

    def __init__(self, corpus, seed: int):
        self.corpus = corpus
        self.rng = np.random.default_rng(seed)
        self.noises = noises.bank(corpus, seed)
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
        if self._chance(0.35 * strength):
            samples = oaconvolve(samples, noises.room(rng, rng.choice((0, strength))))[: len(samples)]
        samples = samples * 10 ** (rng.uniform(-28, 10) * min(1.0, 1.4 * strength) / 20)  # quiet to clipped
        if self._chance(0.55 * strength):
            samples = self.add_noise(samples, rng.uniform(3, 28))
        if self._chance(0.5 * strength):
            samples = samples + 10 ** (rng.uniform(-90, -55) / 20) * rng.standard_normal(len(samples), np.float32)
        samples = samples.clip(-1, 1).astype(np.float32)
        return noises.telephone(samples) if self._chance(0.12 * strength) else samples

    def nothing(self, hops: int) -> tuple[np.ndarray, np.ndarray]:
        """As `example`, of `hops` (a multiple of 8) x 10 ms in which nobody says a word: silence, noise or music."""
        rng, count = self.rng, hops * features.HOP
        samples = 10 ** (rng.uniform(-100, -50) / 20) * rng.standard_normal(count, np.float32)
        for _ in range(rng.choice((0, 1, 1, 2))):
            noise = self.noises[rng.integers(len(self.noises))]
            start = rng.integers(max(1, len(noise) - count))
            samples = samples + 10 ** (rng.uniform(-60, -10) / 20) * np.resize(noise[start : start + count], count)
        mel = self._spectrum(samples.clip(-1, 1).astype(np.float32), 0.5)
        return mel, np.zeros((hops // 8 * 3, 1), np.int64).reshape(-1, 3)

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
