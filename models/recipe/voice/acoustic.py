"""Acoustic model: phones of one clause to durations, then frames one after the other, 30 ms behind its input."""

import torch
from torch import nn

from . import features
from .layers import Block
from .teacher import PHONES, WORD_KINDS

WIDTH, HIDDEN = 192, 384
ENCODER_BLOCKS, ENCODER_KERNEL = 4, 9
DECODER_BLOCKS, DECODER_KERNEL = 6, 7
LOOK_AHEAD = 3
PLACES, STRESSES, CLAUSES = 5, 3, 10
SPEAKERS = ("pearl", "flint")
COLUMNS = 6
RAMPS = 3


def ramps(counts: torch.Tensor, longest: int) -> torch.Tensor:
    """Where a phone stands in its clause [B, longest, 3]: from the start, from the end, and the length."""
    index = torch.arange(longest)[None].float()
    left = counts[:, None].float() - 1 - index
    spread = torch.ones_like(index)
    return torch.stack(
        [
            torch.clamp(index, max=40.0) / 40 + 0 * left,
            torch.clamp(left, 0.0, 40.0) / 40,
            torch.clamp(counts[:, None].float(), max=80.0) / 80 * spread,
        ],
        -1,
    )


class Encoder(nn.Module):
    """Phones of whole clauses to hidden rows and ln durations (in frames)."""

    def __init__(self):
        super().__init__()
        sizes = (len(PHONES), STRESSES, PLACES, len(WORD_KINDS), CLAUSES, len(SPEAKERS))
        self.tables = nn.ModuleList(nn.Embedding(size, WIDTH) for size in sizes)
        self.ramp = nn.Linear(RAMPS, WIDTH)
        self.blocks = nn.ModuleList(
            Block(WIDTH, HIDDEN, ENCODER_KERNEL, causal=False) for _ in range(ENCODER_BLOCKS)
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.duration = nn.Sequential(nn.Linear(WIDTH, 128), nn.GELU(), nn.Linear(128, 1))
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.3)
        # The speaker is told twice: to the blocks as a column of the phones, and to what reads the hidden rows.
        self.speaker = nn.Embedding(len(SPEAKERS), WIDTH)
        for table in (self.tables[-1], self.speaker):
            nn.init.zeros_(table.weight)

    def forward(self, phones: torch.Tensor, ramp: torch.Tensor, mask: torch.Tensor):
        """Phones [B, N, 6], ramps [B, N, 3], mask [B, N, 1] to hidden [B, N, 192] and ln durations [B, N]."""
        x = self.ramp(ramp)
        for column, table in enumerate(self.tables):
            x = x + table(phones[..., column])
        for block in self.blocks:
            x = block(x * mask)
        hidden = self.norm(x) + self.speaker(phones[..., -1])
        return hidden, self.duration(hidden)[..., 0]


class Decoder(nn.Module):
    """Rows of hidden, one per frame, to features; causal, what comes out belongs to the frame three earlier."""

    def __init__(self):
        super().__init__()
        self.inlet = nn.Linear(WIDTH + 3, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, HIDDEN, DECODER_KERNEL) for _ in range(DECODER_BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.outlet = nn.Linear(WIDTH, features.FEATURES)
        self.register_buffer("mean", torch.zeros(features.FEATURES))
        self.register_buffer("spread", torch.ones(features.FEATURES))

    def start(self, batch: int) -> dict[str, torch.Tensor]:
        """States of fresh streams."""
        return {f"conv{i}": torch.zeros(batch, DECODER_KERNEL - 1, WIDTH) for i in range(DECODER_BLOCKS)}

    def forward(self, hidden: torch.Tensor, place: torch.Tensor, state: dict) -> tuple[torch.Tensor, dict]:
        """Hidden [B, T, 192], place in the phone [B, T, 3] to normalised features [B, T, 82] and next states."""
        after = {}
        x = self.inlet(torch.cat([hidden, place], -1))
        for i, block in enumerate(self.blocks):
            x, after[f"conv{i}"] = block(x, state[f"conv{i}"])
        return self.outlet(self.norm(x)), after

    def frames(self, normalised: torch.Tensor) -> torch.Tensor:
        """Features in their own units."""
        return normalised * self.spread + self.mean


class Acoustic(nn.Module):
    """Both halves, as they are trained."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()


def place(durations: list[int]) -> torch.Tensor:
    """Where each frame stands in its phone [T, 3]: share of the phone, frames from its start, frames to its end."""
    length = torch.repeat_interleave(torch.tensor(durations), torch.tensor(durations)).float()
    first = torch.repeat_interleave(torch.cumsum(torch.tensor([0, *durations[:-1]]), 0), torch.tensor(durations))
    inside = torch.arange(len(length)).float() - first + 0.5
    return torch.stack([inside / length, inside.clamp(max=20) / 20, (length - inside).clamp(max=20) / 20], -1)
