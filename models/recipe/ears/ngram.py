"""Step: texts -> `lm.bin`, a pruned character n-gram as an automaton of contexts (read by beam.py and the Rust beam).

File, little endian: `HCLM`, u32 version (1), order, symbols, nodes, edges, start node, f32 step; then u32 first_edge
[nodes + 1], u32 backoff [nodes], i8 backoff weight [nodes], u8 symbol [edges], u8 cost [edges], u32 target [edges].
Symbols are those of the encoder's vocabulary, with 0 (the blank there) as the boundary of a sentence. Node 0 is the empty
context and has all symbols. log P(symbol | node) = -step * cost of its edge; without an edge, step * backoff weight +
log P(symbol | backoff node). The target of an edge is the longest known context after it. Edges are sorted by symbol.
"""

import argparse
import struct
from pathlib import Path

import numpy as np

from .model import VOCABULARY

BITS, SYMBOLS, STEP = 5, len(VOCABULARY), 0.06
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
        number_of_nodes = len(self.edges)
        first, weights = np.zeros(number_of_nodes + 1, np.uint32), np.zeros(number_of_nodes, np.int8)
        backoff = np.zeros(number_of_nodes, np.uint32)
        dense: dict[int, np.ndarray] = {}
        symbol, cost, target = [], [], []
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
            dense[node], backoff[node] = mine, below
            for which, chance, gram_length, gram in sorted(self.edges[node]):
                symbol.append(which)
                cost.append(min(255, round(-np.log(chance) / STEP)))
                target.append(0 if which == 0 and gram_length > 1 else self.longest(gram_length, gram))
            first[node + 1] = len(symbol)
        head = struct.pack("<4s6If", b"HCLM", 1, order, SYMBOLS, number_of_nodes, len(symbol), self.nodes[1, 0], STEP)
        parts = [first, backoff, weights, np.array(symbol, np.uint8), np.array(cost, np.uint8), np.array(target, np.uint32)]
        path.write_bytes(head + b"".join(part.tobytes() for part in parts))


def main(arguments: list[str] | None = None) -> None:
    """Builds the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the file, or the folder that gets lm.bin")
    parser.add_argument("--order", type=int, default=9)
    parser.add_argument("--threshold", type=float, default=3.2)
    parser.add_argument("--general-weight", type=float, default=0.2)
    chosen = parser.parse_args(arguments)
    home = (chosen.texts / "home_train.txt").read_text().splitlines()
    general = (chosen.texts / "general_train.txt").read_text().splitlines()
    path = chosen.out if chosen.out.suffix == ".bin" else chosen.out / "lm.bin"
    kept = tables([(home, 1.0), (general, chosen.general_weight)], chosen.order, chosen.threshold)
    print("n-grams kept by order:", [len(codes) for codes, _ in kept])
    path.parent.mkdir(parents=True, exist_ok=True)
    Automaton(kept).write(path, chosen.order)
    print(f"{path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
