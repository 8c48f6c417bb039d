"""Step: texts -> `lm.bin`, a pruned character n-gram as an automaton of contexts (read by beam.py and the Rust beam).

File, little endian: `HCLM`, u32 version (2), order, symbols, nodes, edges, start node, f32 step; then u8 edges of the node
[nodes], i8 backoff weight [nodes], u8 symbol [edges] with the highest bit set where the edge leads to a context that is one
longer, u8 cost [edges]. Contexts are numbered in the order of those edges, the shorter first; where edges and back-offs lead
follows from that (`linked`). Symbols are those of the encoder's vocabulary, with 0 (the blank there) as the boundary of a
sentence. Node 0 is the empty context and has all symbols. log P(symbol | node) = -step * cost of its edge; without an edge,
step * backoff weight + log P(symbol | backoff node). The target of an edge is the longest known context after it. Edges are
sorted by symbol.
"""

import argparse
import struct
from pathlib import Path

import numpy as np

from .model import VOCABULARY

BITS, SYMBOLS, STEP, LEADS_ON = 5, len(VOCABULARY), 0.06, 0x80
LAST = (1 << BITS) - 1  # the last symbol of a code
IDS = {character: number for number, character in enumerate(VOCABULARY)}


def stream(lines: list[str]) -> np.ndarray:
    """All lines as symbols with a boundary before, between and after, u8 [n]."""
    table = np.zeros(256, np.uint8)
    for character, number in IDS.items():
        if len(character) == 1:
            table[ord(character)] = number
    return table[np.frombuffer(("\n" + "\n".join(lines) + "\n").encode(), np.uint8)]


def grams(symbols: np.ndarray, order: int) -> np.ndarray:
    """Codes of all windows of `order` symbols with a boundary at most at their ends, i64."""
    count = len(symbols) - order + 1
    code = np.zeros(count, np.int64)
    inside = np.ones(count, bool)
    for offset in range(order):
        part = symbols[offset : offset + count]
        code = code << BITS | part
        if 0 < offset < order - 1:
            inside &= part != 0
    return code[inside]


def counts(texts: list[tuple[list[str], float]], order: int) -> tuple[np.ndarray, np.ndarray]:
    """Sorted codes and their weighted counts over all texts."""
    found = [(*np.unique(grams(stream(lines), order), return_counts=True), weight) for lines, weight in texts]
    codes = np.concatenate([codes for codes, _, _ in found])
    weights = np.concatenate([number * weight for _, number, weight in found])
    unique, place = np.unique(codes, return_inverse=True)
    return unique, np.bincount(place, weights)


def smoothed(codes: np.ndarray, count: np.ndarray, lower_codes: np.ndarray, lower: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Witten-Bell: (P(last | context), P by the next lower order) of each n-gram."""
    suffix = codes & ((1 << BITS * (order - 1)) - 1)
    below = lower[np.searchsorted(lower_codes, suffix)]
    _, place = np.unique(codes >> BITS, return_inverse=True)
    total, kinds = np.bincount(place, count), np.bincount(place).astype(float)
    kinds *= np.minimum(1, total / kinds)  # weighted counts below one must not inflate the share of the unseen
    return (count + kinds[place] * below) / (total + kinds)[place], below


def tables(texts: list[tuple[list[str], float]], order: int, threshold: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each order 1..n the kept codes and probabilities; a context that has followers is kept itself."""
    codes, count = counts(texts, 1)
    every = np.arange(SYMBOLS)
    probability = np.full(SYMBOLS, 0.5)
    probability[codes] += count
    probability /= probability.sum()
    models = [(every, probability, np.full(SYMBOLS, np.inf))]
    for n in range(2, order + 1):
        codes, count = counts(texts, n)
        chance, below = smoothed(codes, count, *models[-1][:2], n)
        models.append((codes, chance, count * np.abs(np.log(chance / below))))
    kept, needed = [], np.zeros(0, np.int64)
    for codes, chance, gain in reversed(models):
        keep = (gain > threshold) | np.isin(codes, needed)
        kept.append((codes[keep], chance[keep]))
        needed = np.unique(codes[keep] >> BITS)
    return kept[::-1]


class Automaton:
    """The contexts as nodes with their edges, ready to be written."""

    def __init__(self, kept: list[tuple[np.ndarray, np.ndarray]]):
        self.nodes: dict[tuple[int, int], int] = {(0, 0): 0}  # (length, code) -> number
        self.edges: list[list[tuple[int, float, int, int]]] = [[]]  # node -> (symbol, P, length, code) of the n-gram
        for length, (codes, chances) in enumerate(kept, 1):
            for code, chance in zip(codes.tolist(), chances.tolist()):
                context = (length - 1, code >> BITS)
                if context not in self.nodes:
                    self.nodes[context] = len(self.edges)
                    self.edges.append([])
                self.edges[self.nodes[context]].append((code & LAST, chance, length, code))

    def longest(self, length: int, code: int) -> int:
        """The node of the longest suffix of a context that is a node."""
        while (length, code) not in self.nodes:
            length -= 1
            code &= (1 << BITS * length) - 1
        return self.nodes[length, code]

    def backoff(self, length: int, code: int) -> int:
        """The node of the longest proper suffix."""
        return self.longest(length - 1, code & ((1 << BITS * (length - 1)) - 1)) if length else 0

    def write(self, path: Path, order: int) -> None:
        """Computes back-off weights in order of context length, quantises and writes."""
        counts, weights = np.zeros(len(self.edges), np.uint8), np.zeros(len(self.edges), np.int8)
        dense: dict[int, np.ndarray] = {}
        symbol, cost, met = [], [], 0
        for (length, code), node in self.nodes.items():  # insertion order: shorter contexts first, numbered from 0
            below = self.backoff(length, code)
            base = dense[below] if length else np.full(SYMBOLS, 1 / SYMBOLS)
            mine = base.copy()
            at = [edge[0] for edge in self.edges[node]]
            mine[at] = [edge[1] for edge in self.edges[node]]
            if length:
                rest = np.delete(base, at).sum()
                weight = max(1e-4, 1 - mine[at].sum()) / max(rest, 1e-4)
                weights[node] = np.clip(round(np.log(weight) / STEP), -127, 127)
                mine[np.setdiff1d(np.arange(SYMBOLS), at)] *= weight
            dense[node], counts[node] = mine, len(at)
            for which, chance, gram_length, gram in sorted(self.edges[node]):
                longer = self.nodes.get((gram_length, gram))
                if longer is not None:
                    met += 1
                    assert longer == met, "contexts are not numbered in the order of the edges"
                symbol.append(which | (LEADS_ON if longer is not None else 0))
                cost.append(min(255, round(-np.log(chance) / STEP)))
        head = struct.pack("<4s6If", b"HCLM", 2, order, SYMBOLS, len(counts), len(symbol), self.nodes[1, 0], STEP)
        parts = [counts, weights, np.array(symbol, np.uint8), np.array(cost, np.uint8)]
        path.write_bytes(head + b"".join(part.tobytes() for part in parts))


def linked(first: list[int], marked: list[int]) -> tuple[list[int], list[int]]:
    """(target of each edge, backoff of each node), from the first edge of each node and the marked symbols."""
    targets, below, number = [0] * len(marked), [0] * (len(first) - 1), 0

    def after(node: int, symbol: int) -> int:
        while True:
            for edge in range(first[node], first[node + 1]):
                if marked[edge] & ~LEADS_ON == symbol:
                    return targets[edge]
            node = below[node]

    for node in range(len(below)):
        for edge in range(first[node], first[node + 1]):
            symbol = marked[edge] & ~LEADS_ON
            targets[edge] = shorter = 0 if node == 0 or symbol == 0 else after(below[node], symbol)
            if marked[edge] & LEADS_ON:
                number += 1
                targets[edge], below[number] = number, shorter
    return targets, below


def main(arguments: list[str] | None = None) -> None:
    """Builds the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="folder with home_learn, general_learn and asked (ears.develop, ears.asked)")
    parser.add_argument("--out", type=Path, required=True, help="the file, or the folder that gets lm.bin")
    parser.add_argument("--order", type=int, default=9)
    parser.add_argument("--threshold", type=float, default=1.6)
    parser.add_argument("--general-weight", type=float, default=0.6)
    parser.add_argument("--asked-weight", type=float, default=0.6)
    chosen = parser.parse_args(arguments)
    home, general, asked = ((chosen.texts / f"{name}.txt").read_text().splitlines() for name in ("home_learn", "general_learn", "asked"))
    path = chosen.out if chosen.out.suffix == ".bin" else chosen.out / "lm.bin"
    kept = tables([(home, 1.0), (general, chosen.general_weight), (asked, chosen.asked_weight)], chosen.order, chosen.threshold)
    print("n-grams kept by order:", [len(codes) for codes, _ in kept])
    path.parent.mkdir(parents=True, exist_ok=True)
    Automaton(kept).write(path, chosen.order)
    print(f"{path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
