"""Log-mel features, causal: frame t ends with sample 160 (t + 1); the same numbers in NumPy (training) and in the graph."""

import numpy as np
import scipy.fft

RATE, WINDOW, HOP, CHUNK, MELS = 16000, 400, 160, 1280, 64
BINS = WINDOW // 2 + 1
FLOOR, CENTRE, SCALE = 1e-7, -9.0, 4.0


def window() -> np.ndarray:
    """Hann window whose squares sum to one, f32 [400]."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    return (hann / np.sqrt((hann**2).sum())).astype(np.float32)


def _mel(hz: np.ndarray) -> np.ndarray:
    """Slaney's scale: linear below 1 kHz, logarithmic above."""
    hz = np.asarray(hz, np.float64)
    return np.where(hz < 1000, hz * 3 / 200, 15 + np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4) * 27)


def _hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def mel_matrix(warp: float = 1.0) -> np.ndarray:
    """f32 [BINS, MELS], columns sum to one; `warp` scales the frequency axis as a longer or shorter vocal tract would."""
    edges = _hz(np.linspace(_mel(50), _mel(7600), MELS + 2)) * warp
    edges = np.minimum(edges, 7999.0 - np.arange(MELS + 2)[::-1] * 1e-3)
    bins = np.arange(BINS)[:, None] * RATE / WINDOW
    up = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(up, down))
    sums = weights.sum(0, keepdims=True)
    return (weights / np.maximum(sums, 1e-3)).astype(np.float32)


def dft_matrix() -> np.ndarray:
    """f32 [400, 2 * BINS]: windowed real DFT as one product, real parts first."""
    angle = 2 * np.pi * np.outer(np.arange(WINDOW), np.arange(BINS)) / WINDOW
    return (np.concatenate([np.cos(angle), -np.sin(angle)], 1) * window()[:, None]).astype(np.float32)


def power(samples: np.ndarray) -> np.ndarray:
    """f32 [n] at full scale 1 -> power spectra f32 [n // 160, BINS]; what lies before the first sample is zero."""
    padded = np.concatenate([np.zeros(WINDOW - HOP, np.float32), samples])
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = scipy.fft.rfft(frames * window(), axis=1)
    return spectrum.real**2 + spectrum.imag**2


def normalise(mel_power: np.ndarray) -> np.ndarray:
    """Mel powers -> roughly -2..2."""
    return (np.log(mel_power + FLOOR) - CENTRE) / SCALE


def log_mel(samples: np.ndarray) -> np.ndarray:
    """f32 [n] -> f32 [n // 160, MELS] without augmentation."""
    return normalise(power(samples) @ mel_matrix())
