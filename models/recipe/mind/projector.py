"""The projector: an embedding of the speech encoder (80 ms) -> a vector at an audio position of the core.

It reads word-piece posteriors (the encoder's own CTC head over this tokenizer starts it) and answers with their mean vector,
so that sound arrives as blurred text; a small network adds what posteriors leave out.
"""

import torch
import torch.nn.functional as F
from torch import nn


class Projector(nn.Module):
    """softmax(pieces(x)) @ table + second(silu(first(norm(x)))); row 0 of the table is the blank."""

    def __init__(self, embedding, hidden, vocabulary, inner=256):
        super().__init__()
        self.norm = nn.LayerNorm(embedding)
        self.pieces, self.table = nn.Linear(embedding, vocabulary), nn.Parameter(torch.zeros(hidden, vocabulary))
        self.first, self.second = nn.Linear(embedding, inner), nn.Linear(inner, hidden)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x):
        """x [A, E * stack] -> [A, H]."""
        blurred = F.linear(self.pieces(x).float().softmax(-1), self.table)
        return blurred + self.second(F.silu(self.first(self.norm(x))))

    @torch.no_grad()
    def start_table(self, embeddings):
        """Begin with the core's own token embeddings [vocabulary, H]; the blank is nothing."""
        self.table.copy_(embeddings.T)
        self.table[:, 0] = 0

    @torch.no_grad()
    def start_pieces(self, weight, bias):
        """Begin with a CTC head [1 + vocabulary, E] (blank first, piece i at i + 1); token 0 is never spoken and gives its place to the blank."""
        self.pieces.weight.copy_(torch.cat([weight[:1], weight[2:]]))
        self.pieces.bias.copy_(torch.cat([bias[:1], bias[2:]]))


def rehearsal(text, tokenizer, rng, confusable):
    """Made-up posteriors of a sentence, [(token, share), ...] per kept frame: what an imperfect encoder might give.

    Frames that are surely blank never reach the core (the gate drops them), so few blanks are here.
    """
    blank, frames = [(0, 1.0)], []
    errors, strays = rng.choice([0.0, 0.05, 0.1, 0.2]), rng.choice([0.0, 0.1, 0.3])
    for token in tokenizer.encode(text).ids:
        frames += [blank] * (rng.random() < strays)
        sure = rng.uniform(0.4, 1.0)
        if rng.random() < errors:
            token, sure = rng.choice(confusable), sure * 0.8
        rest = (1 - sure) * rng.random()
        frames.append([(token, sure), (rng.choice(confusable), rest), (0, 1 - sure - rest)])
        if rng.random() < 0.12:
            frames.append([(token, 0.5 * sure), (0, 1 - 0.5 * sure)])
    return frames + [blank] * (rng.random() < strays)


class Sight(nn.Module):
    """The pictures' projector: second(silu(first(norm(x)))), an embedding of the eyes -> a vector at a picture position of the core."""

    def __init__(self, embedding, hidden, inner=256):
        super().__init__()
        self.norm = nn.LayerNorm(embedding)
        self.first, self.second = nn.Linear(embedding, inner), nn.Linear(inner, hidden)

    def forward(self, x):
        """x [I, E] -> [I, H]."""
        return self.second(F.silu(self.first(self.norm(x))))
