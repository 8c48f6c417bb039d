"""The projector: an embedding of the speech encoder (80 ms) -> a vector at an audio position of the core."""

import torch.nn.functional as F
from torch import nn


class Projector(nn.Module):
    """LayerNorm, linear, SiLU, linear."""

    def __init__(self, embedding, hidden, inner=384):
        super().__init__()
        self.norm = nn.LayerNorm(embedding)
        self.first, self.second = nn.Linear(embedding, inner), nn.Linear(inner, hidden)

    def forward(self, x):
        """x [A, E * stack] -> [A, H]."""
        return self.second(F.silu(self.first(self.norm(x))))
