"""Sounds without words: hiss, rumble, fans, hum, clatter, music, babble; and the rooms and telephones that speech comes through."""

import numpy as np
from scipy.signal import lfilter

from . import features

SECONDS = 30
MU = 255.0


def unit(noise: np.ndarray) -> np.ndarray:
    """The same with unit power, f32."""
    return (noise / np.sqrt((noise**2).mean() + 1e-12)).astype(np.float32)


def chords(rng: np.random.Generator, count: int) -> np.ndarray:
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


def song(rng: np.random.Generator, count: int) -> np.ndarray:
    """A melody with vibrato over a bass and drums; scale, tempo and timbre are drawn."""
    track, beat = np.zeros(count), int(rng.uniform(0.18, 0.5) * features.RATE)
    scale, root = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]), 55 * 2 ** (rng.integers(0, 24) / 12)
    timbre, vibrato_hz, decay = rng.uniform(0.2, 1.0, 10), rng.uniform(4, 7), rng.uniform(0.5, 6)
    for start in range(0, count - 2 * beat, beat):
        length = int(beat * rng.choice((1, 1, 2)))
        time_s = np.arange(length) / features.RATE
        fall = np.exp(-decay * time_s)
        note = root * 4 * 2 ** (rng.choice(scale) / 12)
        phase = 2 * np.pi * note * time_s + 0.3 * np.sin(2 * np.pi * vibrato_hz * time_s)
        track[start : start + length] += sum(w * np.sin(k * phase) / k for k, w in enumerate(timbre, 1)) * fall
        track[start : start + length] += 1.5 * np.sin(2 * np.pi * root * time_s) * fall
        drum = rng.standard_normal(length) * np.exp(-rng.uniform(20, 60) * time_s)
        track[start : start + length] += rng.uniform(0, 1.5) * drum
    return track


def babble(rng: np.random.Generator, corpus, count: int) -> np.ndarray:
    """Sixty sentences over each other."""
    track = np.zeros(count + 200_000)
    for _ in range(60):
        speech = corpus.samples(int(rng.integers(len(corpus))))[:200_000]
        start = int(rng.integers(count))
        track[start : start + len(speech)] += speech
    return track[:count]


def bank(corpus, seed: int) -> list[np.ndarray]:
    """Noises of 30 s and unit power."""
    rng = np.random.default_rng(seed)
    count = SECONDS * features.RATE
    white = [rng.standard_normal(count) for _ in range(4)]
    time_s = np.arange(count) / features.RATE
    found = [white[0], lfilter([0.05], [1, -0.95], white[1]), lfilter([0.01], [1, -0.995], white[2])]
    found.append(lfilter([1], [1, -1.6, 0.8], white[3]))
    for mains_hz in (50, 60):
        hum = sum(np.sin(2 * np.pi * mains_hz * k * time_s + rng.uniform(0, 6)) / k for k in range(1, 12))
        found.append(hum + 0.05 * white[0])
    found += [chords(rng, count), chords(rng, count)] + [song(rng, count) for _ in range(6)]
    for share, ring in ((0.0004, 0.9), (0.00005, 0.98), (0.002, 0.8)):
        clicks = (rng.random(count) < share) * rng.standard_normal(count)
        found.append(lfilter([1], [1, -1.2, ring], clicks))
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 0.2 * time_s) ** 2
    found.append(swell * lfilter([0.1], [1, -0.9], white[1]))
    found += [babble(rng, corpus, count) for _ in range(3)]
    return [unit(noise) for noise in found]


def room(rng: np.random.Generator, far: float = 0.0) -> np.ndarray:
    """A room's impulse response: the direct sound and a decaying tail, f32; `far` 0..1 makes the tail longer and louder."""
    decay_s = rng.uniform(0.08, 0.4 + 0.4 * far)
    tail = rng.standard_normal(int(decay_s * features.RATE)) * np.exp(-6.9 * np.linspace(0, 1, int(decay_s * features.RATE)))
    tail[: int(rng.uniform(0.001, 0.01) * features.RATE)] = 0
    tail *= rng.uniform(0.1, 0.7 + 0.6 * far) / np.sqrt((tail**2).sum() + 1e-9)
    tail[0] = 1
    return tail.astype(np.float32)


def telephone(samples: np.ndarray) -> np.ndarray:
    """G.711 (mu-law) at 8 kHz and back: f32 [n] at full scale 1, n even."""
    low = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / features.RATE)
    low[(hz > 3700) | (hz < 80)] = 0
    narrow = np.fft.irfft(low, len(samples))[::2].clip(-1, 1)
    code = np.round(np.sign(narrow) * np.log1p(MU * np.abs(narrow)) / np.log1p(MU) * 127) / 127
    heard = np.sign(code) * np.expm1(np.abs(code) * np.log1p(MU)) / MU
    spectrum = np.zeros(len(samples) // 2 + 1, complex)
    half = np.fft.rfft(heard)
    spectrum[: len(half) - 1] = 2 * half[:-1]
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)
