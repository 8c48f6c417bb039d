"""Layers shared by the vocoder and the acoustic model; time is axis 1, every stream keeps its own past."""

import torch
from torch import nn


class CausalConv(nn.Module):
    """Depth-wise convolution over time that sees `kernel` frames up to now; `past` holds the kernel - 1 before."""

    def __init__(self, width: int, kernel: int):
        super().__init__()
        self.kernel = kernel
        self.conv = nn.Conv1d(width, width, kernel, groups=width)

    def forward(self, x: torch.Tensor, past: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """[B, T, C] and past [B, kernel - 1, C] to [B, T, C] and the next past."""
        x = torch.cat([past, x], 1)
        return self.conv(x.transpose(1, 2)).transpose(1, 2), x[:, -(self.kernel - 1) :]


class Block(nn.Module):
    """ConvNeXt block: depth-wise convolution, norm, wide GELU layer, residual."""

    def __init__(self, width: int, hidden: int, kernel: int, causal: bool = True):
        super().__init__()
        self.causal = causal
        self.conv = (
            CausalConv(width, kernel) if causal else nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        )
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        nn.init.normal_(self.down.weight, std=0.02)
        nn.init.zeros_(self.down.bias)

    def forward(self, x: torch.Tensor, past: torch.Tensor | None = None):
        """With `past` (causal): [B, T, C] and the next past; without: [B, T, C]."""
        if self.causal:
            y, past = self.conv(x, past)
        else:
            y = self.conv(x.transpose(1, 2)).transpose(1, 2)
        y = x + self.down(nn.functional.gelu(self.up(self.norm(y)), approximate="tanh"))
        return (y, past) if self.causal else y
