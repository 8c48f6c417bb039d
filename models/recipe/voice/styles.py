"""What each style does, measured on the sound: rate, level and range of the pitch, loudness, share of voiced sound."""

from pathlib import Path

import numpy as np
import soundfile

from .figures import figure

# What each style is for, and which way it has to go: (measure, sign and bound of the mean effect).
EFFECTS = {
    "speed 0.5": [("rate", ("<=", 0.6))],
    "speed 2": [("rate", (">=", 1.7))],
    "happy": [("level", (">=", 100)), ("range", (">=", 1.15))],
    "sad": [("level", ("<=", -75)), ("range", ("<=", 0.8)), ("rate", ("<=", 0.92))],
    "calm": [("range", ("<=", 0.9)), ("rate", ("<=", 0.95)), ("loudness", ("<=", 0.95))],
    "angry": [("loudness", (">=", 1.15)), ("range", (">=", 1.1)), ("rate", (">=", 1.05))],
    "whisper": [("voiced", ("<=", 15))],
    "loud": [("loudness", (">=", 1.3))],
    "soft": [("loudness", ("<=", 0.7))],
    "higher": [("level", (">=", 200))],
    "lower": [("level", ("<=", -200))],
    "spelled out": [("rate", ("<=", 0.6))],
}
UNITS = {"rate": "ratio", "level": "cents", "range": "ratio", "loudness": "ratio", "voiced": "percent"}


def measures(path: Path) -> dict[str, float]:
    """Seconds of speech, mean and spread of the pitch in cents, effective amplitude, and per cent of voiced sound."""
    import pyworld

    sound, rate = soundfile.read(path)
    hop = rate // 200
    power = np.sqrt((sound[: len(sound) // hop * hop].reshape(-1, hop) ** 2).mean(1))
    heard = np.flatnonzero(power > 0.03 * power.max())
    pitch, times = pyworld.harvest(sound, rate, f0_floor=60.0, f0_ceil=500.0, frame_period=5.0)
    pitch = pyworld.stonemask(sound, pitch, times, rate)[: len(power)]
    loud = power > 0.1 * power.max()
    voiced = periodic(sound, rate, pitch, hop) & loud[: len(pitch)]
    cents = 1200 * np.log2(pitch[voiced]) if voiced.sum() > 5 else np.zeros(6)
    return {
        "seconds": (heard[-1] - heard[0] + 1) / 200,
        "level": float(np.median(cents)),
        "range": float(np.percentile(cents, 90) - np.percentile(cents, 10)),
        "loudness": float(np.sqrt((power[loud] ** 2).mean())),
        "voiced": 100 * voiced.sum() / max(loud.sum(), 1),
    }


def periodic(sound: np.ndarray, rate: int, pitch: np.ndarray, hop: int) -> np.ndarray:
    """Does the sound below 1 kHz repeat itself after the period that was found? Breath does not."""
    from scipy.signal import butter, sosfilt

    low = sosfilt(butter(4, 1000, fs=rate, output="sos"), sound)
    found = np.zeros(len(pitch), bool)
    for at in np.flatnonzero(pitch > 0):
        lag, size = int(round(rate / pitch[at])), int(0.02 * rate)
        start = at * hop - size // 2
        if start >= 0 and start + lag + size <= len(low):
            a, b = low[start : start + size], low[start + lag : start + lag + size]
            found[at] = a @ b / (np.sqrt((a @ a) * (b @ b)) + 1e-12) > 0.7
    return found


def effect(name: str, plain: dict[str, float], styled: dict[str, float]) -> float:
    """How the style differs from the plain voice in one measure."""
    if name == "rate":
        return plain["seconds"] / styled["seconds"]
    if name == "level":
        return styled["level"] - plain["level"]
    return styled["voiced"] if name == "voiced" else styled[name] / max(plain[name], 1e-6)


def figures(folder: Path, voices: list[str]) -> list[dict]:
    """The effects of all styles that were spoken."""
    made = []
    plain = {(v, p.name): measures(p) for v in voices for p in sorted((folder / v / "normal").glob("*.wav"))}
    for style, effects in EFFECTS.items():
        pairs = [(plain[v, n], measures(folder / v / style / n)) for v, n in plain if (folder / v / style / n).exists()]
        for name, goal in effects if pairs else []:
            rows = [effect(name, before, after) for before, after in pairs]
            made.append(figure(f"style {style}: {name}", rows, UNITS[name], goal))
    return made
