"""The 82 features of a 10 ms frame: 80 log-mel bands of the spectral envelope, ln F0 (Hz) and voicing (0..1).

The envelope is computed from the teacher's mel-cepstra, not from sound, so it holds no trace of pitch.
"""

import numpy as np

RATE = 24_000
HOP = 240
MELS = 80
FEATURES = MELS + 2
TEACHER_RATE = 32_000
TEACHER_WARP = 0.45
BINS = 513
FLOOR = -23.0


def mel_bank(rate: int = RATE, bins: int = BINS, bands: int = MELS, low: float = 40.0) -> np.ndarray:
    """Triangular filters on the HTK mel scale, each of sum 1: [bands, bins]."""
    to_mel = lambda hz: 2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0)  # noqa: E731
    to_hz = lambda mel: 700.0 * (10.0 ** (np.asarray(mel) / 2595.0) - 1.0)  # noqa: E731
    edges = to_hz(np.linspace(to_mel(low), to_mel(rate / 2), bands + 2))
    hz = np.linspace(0, rate / 2, bins)
    rise = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0.0, np.minimum(rise, fall)) + 1e-9 * (np.abs(hz - edges[1:-1, None]) < 30)
    return (bank / bank.sum(1, keepdims=True)).astype(np.float32)


def envelope_basis(order: int, rate: int = TEACHER_RATE, warp: float = TEACHER_WARP) -> np.ndarray:
    """Matrix [order, BINS] from mel-cepstra at a teacher's rate to ln |H| at our bins; above its own half it is flat."""
    omega = np.minimum(2 * np.pi * np.linspace(0, RATE / 2, BINS) / rate, np.pi)
    warped = omega + 2 * np.arctan2(warp * np.sin(omega), 1 - warp * np.cos(omega))
    return np.cos(np.arange(order)[:, None] * warped).astype(np.float32)


_BANK = mel_bank()
_BASIS: dict[tuple, np.ndarray] = {}


def log_mel(cepstra: np.ndarray, rate: int = TEACHER_RATE, warp: float = TEACHER_WARP) -> np.ndarray:
    """ln mel power [T, 80] of mel-cepstra [T, order] (amplitudes of 16-bit full scale)."""
    key = (cepstra.shape[1], rate, warp)
    basis = _BASIS.setdefault(key, envelope_basis(*key))
    power = np.exp(2.0 * (cepstra @ basis - np.log(32768.0)))
    return np.log(power @ _BANK.T + 1e-10).astype(np.float32)


def continuous_pitch(log_f0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bridge the unvoiced gaps of ln F0 [T] in straight lines; returns it and the voiced mask [T]."""
    voiced = log_f0 > 0
    if not voiced.any():
        return np.full_like(log_f0, np.log(180.0)), voiced
    at = np.flatnonzero(voiced)
    return np.interp(np.arange(len(log_f0)), at, log_f0[at]).astype(np.float32), voiced


def frames(
    cepstra: np.ndarray, log_f0: np.ndarray, rate: int = TEACHER_RATE, warp: float = TEACHER_WARP
) -> np.ndarray:
    """Features [T, 82] at 10 ms from a teacher's 5 ms tracks (pairs are averaged, an odd end is dropped)."""
    pairs = len(log_f0) // 2
    pitch, voiced = continuous_pitch(log_f0)
    halve = lambda track: track[: pairs * 2].reshape(pairs, 2, -1).mean(1)  # noqa: E731
    return np.concatenate(
        [halve(log_mel(cepstra, rate, warp)), halve(pitch[:, None]), halve(voiced[:, None].astype(np.float32))], 1
    ).astype(np.float32)
