"""CTC prefix beam search fused with the character n-gram: the reference of models/src/speech/transcript.rs."""

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import ngram
from .model import VOCABULARY

NOTHING = -1e30


class CharLm:
    """The automaton of `lm.bin` (format: ngram.py)."""

    def __init__(self, path: Path):
        raw = Path(path).read_bytes()
        magic, version, self.order, self.symbols, nodes, edges, self.start, self.step = struct.unpack_from("<4s6If", raw)
        assert magic == b"HCLM" and version == 2, f"{path} is not a character model of version 2"
        at, tables = 32, []
        for kind, count in ((np.uint8, nodes), (np.int8, nodes), (np.uint8, edges), (np.uint8, edges)):
            tables.append(np.frombuffer(raw, kind, count, at))
            at += count
        counts, weight, marked, cost = tables
        self.first = [0, *np.cumsum(counts.astype(int)).tolist()]
        self.weight, self.cost = weight.tolist(), cost.tolist()
        self.symbol = (marked & ~np.uint8(ngram.LEADS_ON)).tolist()
        self.target, self.below = ngram.linked(self.first, marked.tolist())

    def read(self, node: int, symbol: int) -> tuple[float, int]:
        """(log P(symbol | node), next node)."""
        score = 0.0
        while True:
            for edge in range(self.first[node], self.first[node + 1]):
                if self.symbol[edge] == symbol:
                    return score - self.step * self.cost[edge], self.target[edge]
            score += self.step * self.weight[node]
            node = self.below[node]


@dataclass
class BeamSettings:
    """How the search weighs and prunes; log domain, natural base."""

    width: int = 96
    lm_weight: float = 1.0
    symbol_bonus: float = 2.1
    symbol_floor: float = -7.0  # symbols less likely than this in a sub-frame are not tried
    beam_floor: float = -14.0  # prefixes this much worse than the best are dropped
    end_weight: float = 1.0


@dataclass
class Prefix:
    """One hypothesis: its last symbol and where it came from, CTC masses ending in blank and not, LM state and score."""

    parent: "Prefix | None"
    symbol: int
    frame: int
    node: int
    lm: float
    blank: float = NOTHING
    other: float = NOTHING
    next_blank: float = NOTHING
    next_other: float = NOTHING
    children: dict[int, "Prefix"] = field(default_factory=dict)

    def score(self) -> float:
        """CTC mass plus language model."""
        return add(self.blank, self.other) + self.lm

    def symbols(self) -> list[tuple[int, int]]:
        """(symbol, sub-frame at which it came up) from the first on."""
        found, prefix = [], self
        while prefix.parent is not None:
            found.append((prefix.symbol, prefix.frame))
            prefix = prefix.parent
        return found[::-1]

    def text(self) -> str:
        """What it says."""
        return "".join(VOCABULARY[symbol] for symbol, _ in self.symbols()).strip()


def add(a: float, b: float) -> float:
    """log(exp a + exp b)."""
    high, low = (a, b) if a > b else (b, a)
    return high if low < high - 30 else high + math.log1p(math.exp(low - high))


class Beam:
    """A stream of sub-frames in, the best prefix out."""

    def __init__(self, lm: CharLm, settings: BeamSettings):
        self.lm, self.settings, self.frame = lm, settings, 0
        self.prefixes = [Prefix(None, 0, 0, lm.start, 0.0, blank=0.0)]

    def _child(self, prefix: Prefix, symbol: int) -> Prefix:
        child = prefix.children.get(symbol)
        if child is None:
            score, node = self.lm.read(prefix.node, symbol)
            lm = prefix.lm + self.settings.lm_weight * score + self.settings.symbol_bonus
            child = prefix.children[symbol] = Prefix(prefix, symbol, self.frame, node, lm)
        return child

    def push(self, log_probs: np.ndarray) -> None:
        """One sub-frame, log-probabilities f32 [V]."""
        settings, blank = self.settings, float(log_probs[0])
        symbols = [(int(s), float(log_probs[s])) for s in np.flatnonzero(log_probs > settings.symbol_floor) if s]
        reached = list(self.prefixes)
        live = set(map(id, reached))
        for prefix in self.prefixes:
            both = add(prefix.blank, prefix.other)
            prefix.next_blank = add(prefix.next_blank, both + blank)
            if prefix.parent is not None:
                prefix.next_other = add(prefix.next_other, prefix.other + float(log_probs[prefix.symbol]))
            for symbol, chance in symbols:
                from_mass = prefix.blank if symbol == prefix.symbol and prefix.parent is not None else both
                if from_mass <= NOTHING / 2 or (symbol == 1 and (prefix.parent is None or prefix.symbol == 1)):
                    continue
                child = self._child(prefix, symbol)
                child.next_other = add(child.next_other, from_mass + chance)
                if id(child) not in live:
                    live.add(id(child))
                    child.frame = self.frame
                    reached.append(child)
        for prefix in reached:
            prefix.blank, prefix.other = prefix.next_blank, prefix.next_other
            prefix.next_blank = prefix.next_other = NOTHING
        reached.sort(key=Prefix.score, reverse=True)
        best = reached[0].score()
        kept = [p for p in reached[: settings.width] if p.score() > best + settings.beam_floor]
        for prefix in reached[len(kept) :]:
            prefix.blank = prefix.other = NOTHING
        self.prefixes = kept
        self.frame += 1

    def best(self) -> Prefix:
        """The leading hypothesis so far."""
        return self.prefixes[0]

    def finish(self) -> Prefix:
        """The best hypothesis when a sentence must end here."""
        weight = self.settings.lm_weight * self.settings.end_weight
        return max(self.prefixes, key=lambda p: p.score() + weight * self.lm.read(p.node, 0)[0])


def decode(lm: CharLm, log_probs: np.ndarray, settings: BeamSettings) -> str:
    """The text of one utterance, log-probabilities f32 [n, V]."""
    beam = Beam(lm, settings)
    for row in log_probs:
        beam.push(row)
    return beam.finish().text()
