"""Spoken questions, made at test time by flite, as PCM that the Realtime protocol takes: 16 bit mono at 24 kHz."""

import array
import functools
import math
import subprocess
import tempfile
import wave
from pathlib import Path

RATE = 24_000
BYTES_PER_MS = RATE * 2 // 1000


@functools.cache
def spoken(text, voice="slt"):
    """PCM bytes of `text` in a voice of flite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "question.wav")
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True, timeout=30)
        with wave.open(str(path)) as file:
            assert file.getnchannels() == 1 and file.getsampwidth() == 2, "flite speaks 16 bit mono"
            samples = array.array("h", file.readframes(file.getnframes()))
            return resampled(samples, file.getframerate()).tobytes()


def silence(ms):
    """PCM bytes of nothing."""
    return bytes(BYTES_PER_MS * ms)


def resampled(samples, rate, taps=16):
    """Windowed-sinc resampling of 16 bit samples to 24 kHz."""
    if rate == RATE:
        return samples
    cut = min(1.0, RATE / rate)
    kernels = {}
    out = array.array("h")
    for n in range(len(samples) * RATE // rate):
        whole, rest = divmod(n * rate, RATE)
        if rest not in kernels:
            kernels[rest] = [_sinc(k - rest / RATE, cut, taps) for k in range(1 - taps, taps + 1)]
        start = whole + 1 - taps
        total = sum(
            weight * samples[start + k] for k, weight in enumerate(kernels[rest]) if 0 <= start + k < len(samples)
        )
        out.append(max(-32768, min(32767, round(total))))
    return out


def _sinc(x, cut, taps):
    window = 0.5 + 0.5 * math.cos(math.pi * x / taps) if abs(x) < taps else 0.0
    return window * cut * (math.sin(math.pi * x * cut) / (math.pi * x * cut) if x else 1.0)


def loudness(pcm):
    """Root mean square of PCM bytes, 0 to 1."""
    samples = array.array("h", pcm)
    return math.sqrt(sum(s * s for s in samples) / max(1, len(samples))) / 32768
