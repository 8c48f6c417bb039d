"""The streaming speech encoder: causal, 80 ms steps, no look-ahead, fixed state.

log-mel 64 -> three causal stride-2 convolutions -> six blocks of {depth-wise convolution, attention over the last
frames, feed-forward} -> embedding at 12.5 Hz -> characters by CTC, three sub-frames each.

Every layer maps (input, state) to (output, next state); a stream starts with zeros. Attention sees those zeros as keys
and values before the start, in training as well, so no counter or mask is needed and streams of any age share a batch.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

VOCABULARY = ["<blank>", " ", *"abcdefghijklmnopqrstuvwxyz", "'"]
SUB_FRAMES = 3


@dataclass
class Shape:
    """Sizes of the encoder."""

    mels: int = 64
    channels: tuple[int, int] = (96, 144)
    width: int = 192
    blocks: int = 6
    heads: int = 4
    key_heads: int = 2
    window: int = 24
    kernel: int = 7
    feed_forward: int = 768
    middle: int = 3
    phones: int = 256
    pieces: int = 0
    reader: int = 0  # hidden width of what ears.reader adds to the characters


class CausalStride(nn.Module):
    """Convolution of width 4 and stride 2; state: the two frames before the next pair, [B, 2, in]."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.inputs = inputs
        self.mix = nn.Linear(4 * inputs, outputs)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """[B, 2 T, in] -> [B, T, out]."""
        batch, length, _ = frames.shape
        pairs = torch.cat([state, frames], 1).reshape(batch, length // 2 + 1, 2 * self.inputs)
        return functional.silu(self.mix(torch.cat([pairs[:, :-1], pairs[:, 1:]], 2))), frames[:, -2:]


class CausalDepthwise(nn.Module):
    """One small filter per channel; state: the last `kernel - 1` frames."""

    def __init__(self, width: int, kernel: int):
        super().__init__()
        self.kernel = kernel
        self.taps = nn.Parameter(torch.randn(kernel, width) / kernel)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T, D] -> [B, T, D]."""
        length = frames.shape[1]
        padded = torch.cat([state, frames], 1)
        total = self.bias
        for tap in range(self.kernel):
            total = total + padded[:, tap : tap + length] * self.taps[tap]
        return total, padded[:, length:]


class WindowAttention(nn.Module):
    """Attention of each frame over itself and the `window - 1` frames before; few key heads keep the state small."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.heads, self.key_heads, self.window = shape.heads, shape.key_heads, shape.window
        self.head = shape.width // shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.memory = nn.Linear(shape.width, 2 * self.key_heads * self.head, bias=False)
        self.out = nn.Linear(shape.width, shape.width)
        self.distance = nn.Parameter(torch.zeros(shape.heads, shape.window))

    def bias(self, length: int) -> Tensor:
        """[heads, T, window - 1 + T]: learned by distance, -1e4 outside of the window."""
        if length == 1:
            return self.distance.flip(1).unsqueeze(1)
        back = torch.arange(length)[:, None] + self.window - 1 - torch.arange(length + self.window - 1)[None]
        inside = (back >= 0) & (back < self.window)
        return torch.where(inside, self.distance[:, back.clamp(0, self.window - 1)], torch.tensor(-1e4))

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T, D] with state [B, window - 1, 2 * key_heads * head]."""
        batch, length, width = frames.shape
        group = self.heads // self.key_heads
        memory = torch.cat([state, self.memory(frames).to(state.dtype)], 1)
        keys, values = memory.reshape(batch, -1, 2, self.key_heads, self.head).permute(2, 0, 3, 1, 4)
        query = self.query(frames).reshape(batch, length, self.key_heads, group, self.head)
        query = query.permute(0, 2, 3, 1, 4).reshape(batch, self.key_heads, group * length, self.head)
        scores = (query @ keys.transpose(2, 3)) * (1 / math.sqrt(self.head))
        scores = scores.reshape(batch, self.heads, length, -1) + self.bias(length)
        weights = torch.softmax(scores.float(), 3).reshape(batch, self.key_heads, group * length, -1)
        mixed = (weights.to(values.dtype) @ values).reshape(batch, self.key_heads, group, length, self.head)
        mixed = mixed.permute(0, 3, 1, 2, 4).reshape(batch, length, width)
        return self.out(mixed), memory[:, length:]


class Block(nn.Module):
    """Convolution, attention, feed-forward, each added to the stream."""

    def __init__(self, shape: Shape):
        super().__init__()
        width = shape.width
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.convolution = CausalDepthwise(width, shape.kernel)
        self.attention = WindowAttention(shape)
        self.widen = nn.Linear(width, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, width)

    def forward(self, frames: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """[B, T, D], states [convolution, attention]."""
        mixed, next_convolution = self.convolution(self.norms[0](frames), states[0])
        frames = frames + mixed
        mixed, next_attention = self.attention(self.norms[1](frames), states[1])
        frames = frames + mixed
        frames = frames + self.narrow(functional.silu(self.widen(self.norms[2](frames))))
        return frames, [next_convolution, next_attention]


class Encoder(nn.Module):
    """The whole trunk with its heads."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        sizes = [shape.mels, *shape.channels, shape.width]
        self.strides = nn.ModuleList(CausalStride(a, b) for a, b in zip(sizes, sizes[1:]))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(shape.width)
        self.characters = nn.Linear(shape.width, SUB_FRAMES * len(VOCABULARY))
        self.phones = nn.Linear(shape.width, SUB_FRAMES * shape.phones)
        self.pieces = nn.Linear(shape.width, shape.pieces) if shape.pieces else None
        self.reader = self._reader() if shape.reader else None

    def _reader(self) -> nn.Module:
        """Begins by adding nothing."""
        reader = nn.Sequential(nn.Linear(self.shape.width, self.shape.reader), nn.SiLU(), nn.Linear(self.shape.reader, SUB_FRAMES * len(VOCABULARY)))
        nn.init.zeros_(reader[2].weight)
        nn.init.zeros_(reader[2].bias)
        return reader

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape without the batch axis, in the order in which states are passed."""
        shape = self.shape
        shapes = {f"stride_{i}": (2, layer.inputs) for i, layer in enumerate(self.strides)}
        for i in range(shape.blocks):
            shapes[f"convolution_{i}"] = (shape.kernel - 1, shape.width)
            shapes[f"attention_{i}"] = (shape.window - 1, 2 * shape.key_heads * (shape.width // shape.heads))
        return shapes

    def start(self, batch: int) -> list[Tensor]:
        """The state of `batch` streams before their first sample."""
        return [torch.zeros(batch, *shape) for shape in self.state_shapes().values()]

    def forward(self, mel: Tensor, states: list[Tensor]) -> tuple[Tensor, Tensor, list[Tensor]]:
        """log-mel [B, 8 T, mels] -> (embedding [B, T, D], middle [B, T, D], next states)."""
        frames, following = mel, []
        for layer, state in zip(self.strides, states):
            frames, state = layer(frames, state)
            following.append(state)
        frames, middle = frames.float(), None
        for number, block in enumerate(self.blocks):
            first = len(self.strides) + 2 * number
            frames, updated = block(frames, states[first : first + 2])
            following += updated
            if number + 1 == self.shape.middle:
                middle = frames
        return self.norm(frames), middle, following

    def log_probs(self, embedding: Tensor) -> Tensor:
        """[B, T, D] -> log-probabilities of the characters [B, T * 3, V]."""
        batch, length, _ = embedding.shape
        logits = self.characters(embedding)
        if self.reader is not None:
            logits = logits + self.reader(embedding)
        return torch.log_softmax(logits.float().reshape(batch, length * SUB_FRAMES, len(VOCABULARY)), 2)
