"""Source-filter vocoder: 82 features every 10 ms to 24 kHz sound, streaming, 15 ms behind its input.

A small causal net corrects minimum-phase cepstra (120 for the harmonics, 60 for the noise) that a frozen linear map
makes from the log-mel bands. The excitation is closed form: band-limited pulses whose phase is carried as an integer,
so that chunks and whole runs agree exactly, and noise from two tables of co-prime lengths.
"""

import math

import numpy as np
import torch
from torch import nn

from . import features
from .layers import Block

WIDTH, HIDDEN, BLOCKS, KERNEL = 128, 384, 4, 5
HARMONIC, NOISE = 120, 60
SIZE = 1024
TAIL = 4
DELAY_SAMPLES = 360
TURN = 1 << 22
SILENCE = -20.0
NOISE_LENGTHS = (4093, 4099)
NOISE_WRAP_FRAMES = 65_536


def mel_to_cepstrum() -> np.ndarray:
    """Linear map [80, 120] from ln mel power to the cepstrum of ln |H| (c0, then both sides folded)."""
    bank = features.mel_bank()
    centres = (bank * np.arange(features.BINS)).sum(1)
    to_bins = np.stack([np.interp(np.arange(features.BINS), centres, row) for row in np.eye(features.MELS)])
    cepstrum = np.fft.irfft(0.5 * to_bins, axis=1)[:, :HARMONIC]
    cepstrum[:, 1:] *= 2
    return cepstrum.astype(np.float32)


def noise_tables() -> list[np.ndarray]:
    """Two white tables of unit variance together."""
    rng = np.random.default_rng(2)
    return [(rng.standard_normal(n) / math.sqrt(2)).astype(np.float32) for n in NOISE_LENGTHS]


class Vocoder(nn.Module):
    """The net and its signal path; see the module's text."""

    def __init__(self):
        super().__init__()
        self.inlet = nn.Linear(features.FEATURES, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, HIDDEN, KERNEL) for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.outlet = nn.Linear(WIDTH, HARMONIC + NOISE)
        nn.init.zeros_(self.outlet.weight)
        nn.init.zeros_(self.outlet.bias)
        self.register_buffer("base", torch.from_numpy(mel_to_cepstrum()))
        self.register_buffer("index", torch.arange(SIZE).float(), persistent=False)
        # States begin as zeros; these are what zeros stand for: nothing is heard before the first frame.
        self.register_buffer("silent_frame", torch.tensor([SILENCE] * features.MELS + [5.2, 0.0]))
        silent = torch.zeros(HARMONIC + NOISE + 2)
        silent[0] = silent[HARMONIC] = SILENCE / 2
        silent[-2] = 180.0
        self.register_buffer("silent_source", silent)
        self.register_buffer("mean", torch.zeros(features.FEATURES))
        self.register_buffer("scale", torch.ones(features.FEATURES))
        for i, table in enumerate(noise_tables()):
            self.register_buffer(f"noise{i}", torch.from_numpy(table))
        self.matmul_dft = False

    def start(self, batch: int) -> dict[str, torch.Tensor]:
        """States of fresh streams, all zeros, batch axis first."""
        past = {f"conv{i}": torch.zeros(batch, KERNEL - 1, WIDTH) for i in range(BLOCKS)}
        return past | {
            "frame": torch.zeros(batch, 1, features.FEATURES),
            "source": torch.zeros(batch, 1, HARMONIC + NOISE + 2),
            "phase": torch.zeros(batch, 1),
            "clock": torch.zeros(batch, 1),
            "tail": torch.zeros(batch, TAIL, features.HOP),
        }

    def cepstra(self, frames: torch.Tensor, state: dict) -> tuple[torch.Tensor, torch.Tensor, dict]:
        """Cepstra [B, T, 180] and the frames they belong to (one earlier than the input), and next states."""
        after = {}
        x = self.inlet((frames - self.mean) * self.scale)
        for i, block in enumerate(self.blocks):
            x, after[f"conv{i}"] = block(x, state[f"conv{i}"])
        change = self.outlet(self.norm(x))
        held = torch.cat([state["frame"] + self.silent_frame, frames], 1)
        after["frame"] = held[:, -1:] - self.silent_frame
        held = held[:, :-1]
        base = held[..., : features.MELS] @ self.base
        # While voiced the teacher has no noise; start a good way below and let the net decide.
        lower = torch.nn.functional.pad(-3.0 * held[..., -1:], (0, NOISE - 1))
        return torch.cat([base, base[..., :NOISE] + lower], -1) + change, held, after

    def forward(self, frames: torch.Tensor, state: dict[str, torch.Tensor]) -> tuple[torch.Tensor, dict]:
        """Frames [B, T, 82] to sound [B, T * 240] and the next states."""
        cepstra, held, after = self.cepstra(frames, state)
        pitch = torch.exp(torch.clamp(held[..., -2:-1], 3.9, 6.3))
        now = torch.cat([cepstra, pitch, torch.clamp(held[..., -1:], 0, 1)], -1)
        rows = torch.cat([state["source"] + self.silent_source, now], 1)
        after["source"] = rows[:, -1:] - self.silent_source
        pulses, after["phase"] = self.pulses(rows[..., -2:], state["phase"])
        noise, after["clock"] = self.noise(state["clock"], frames)
        rise = 0.5 - 0.5 * torch.cos(math.pi * (torch.arange(features.HOP, device=frames.device) + 0.5) / features.HOP)
        spectrum = self.filtered(rows, pulses, noise, rise)
        return self.overlap(self.inverse(*spectrum), state["tail"], after)

    def pulses(self, source: torch.Tensor, phase: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pulse train [B, T, 240] of unit power from pitch (Hz) and voicing [B, T + 1, 2]; next phase [B, 1]."""
        pitch, voicing = source[..., :1], source[..., 1:]
        behind, ahead = pitch[:, :-1], pitch[:, 1:]
        n = torch.arange(1, features.HOP + 1, device=source.device, dtype=torch.float32)
        turns = (behind * n + (ahead - behind) * n * n / (2 * features.HOP)) / features.RATE
        step = torch.round(turns[..., -1] * TURN).to(torch.int64)
        total = torch.cumsum(step, 1) + phase.to(torch.int64)
        first = torch.remainder(total - step, TURN).to(torch.float32) / TURN
        angle = first[..., None] + turns
        angle = angle - torch.floor(angle)
        harmonics = torch.floor(0.98 * features.RATE / 2 / torch.maximum(ahead, behind))
        below = torch.sin(math.pi * angle)
        small = torch.abs(below) < 1e-4
        ratio = torch.sin((2 * harmonics + 1) * math.pi * angle) / torch.where(small, torch.ones_like(below), below)
        train = (torch.where(small, 2 * harmonics + 1, ratio) - 1) / torch.sqrt(2 * harmonics)
        gain = voicing[:, :-1] + (voicing[:, 1:] - voicing[:, :-1]) * n / features.HOP
        return train * gain, torch.remainder(total[:, -1:], TURN).to(torch.float32)

    def noise(self, clock: torch.Tensor, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """White noise [B, T, 240] from the tables; `clock` [B, 1] counts frames."""
        count = torch.cumsum(torch.ones_like(frames[..., 0]), 1) + clock
        at = (count - 1).to(torch.int64)[..., None] * features.HOP + torch.arange(features.HOP, device=frames.device)
        sound = self.noise0[torch.remainder(at, NOISE_LENGTHS[0])] + self.noise1[torch.remainder(at, NOISE_LENGTHS[1])]
        return sound, torch.remainder(count[:, -1:], NOISE_WRAP_FRAMES)

    def filtered(self, rows, pulses, noise, rise):
        """Spectrum (real, imaginary) [B, T, 513] of each hop: its excitation through the filters of both its ends."""
        harmonic = self.response(rows[..., :HARMONIC], HARMONIC)
        breath = self.response(rows[..., HARMONIC : HARMONIC + NOISE], NOISE)
        real = imaginary = 0.0
        for excitation, (re, im) in ((pulses, harmonic), (noise, breath)):
            for window, part in ((1 - rise, slice(None, -1)), (rise, slice(1, None))):
                a, b = self.forward_dft(excitation * window, features.HOP)
                real = real + a * re[:, part] - b * im[:, part]
                imaginary = imaginary + a * im[:, part] + b * re[:, part]
        return real, imaginary

    def response(self, cepstrum: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Minimum-phase response (real, imaginary) [B, T, 513] of a folded cepstrum [B, T, count]."""
        log_size, turn = self.forward_dft(cepstrum, count)
        size = torch.exp(torch.clamp(log_size, -20, 6))
        return size * torch.cos(turn), size * torch.sin(turn)

    def angles(self, rows: int, columns: int) -> torch.Tensor:
        """Angles of a DFT table [rows, columns]; made in the graph so that the file stays small."""
        product = self.index[:rows, None] * self.index[None, :columns]
        return (product - torch.floor(product / SIZE) * SIZE) * (2 * math.pi / SIZE)

    def forward_dft(self, x: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Real and imaginary part [..., 513] of the DFT of x [..., size], size <= 1024, padded with zeros."""
        if not self.matmul_dft:
            spectrum = torch.fft.rfft(x, SIZE)
            return spectrum.real, spectrum.imag
        angles = self.angles(size, SIZE // 2 + 1)
        return x @ torch.cos(angles), x @ -torch.sin(angles)

    def inverse(self, real: torch.Tensor, imaginary: torch.Tensor) -> torch.Tensor:
        """Sound [..., 1024] of half spectra."""
        if not self.matmul_dft:
            return torch.fft.irfft(torch.complex(real, imaginary), SIZE)
        angles = self.angles(SIZE // 2 + 1, SIZE)
        bins = self.index[: SIZE // 2 + 1, None]
        # The first and the last bin have no mirror image.
        weight = (2.0 - (bins < 0.5).float() - (bins > SIZE // 2 - 0.5).float()) / SIZE
        return real @ (torch.cos(angles) * weight) - imaginary @ (torch.sin(angles) * weight)

    def overlap(self, sound: torch.Tensor, tail: torch.Tensor, after: dict) -> tuple[torch.Tensor, dict]:
        """Overlap-add hops [B, T, 1024] onto the tail [B, 4, 240]: [B, T * 240] and the next states."""
        hops = nn.functional.pad(sound, (0, (TAIL + 1) * features.HOP - SIZE))
        hops = hops.reshape(sound.shape[0], -1, TAIL + 1, features.HOP)
        total = torch.cat([tail, torch.zeros_like(hops[:, :, 0])], 1)
        for k in range(TAIL + 1):
            total = total + nn.functional.pad(hops[:, :, k], (0, 0, k, TAIL - k))
        after["tail"] = total[:, -TAIL:]
        return total[:, :-TAIL].flatten(1), after
