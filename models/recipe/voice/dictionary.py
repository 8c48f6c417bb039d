"""Packs CMUDICT 0.4 and the letter-to-sound trees of Debian's festlex-cmu into one compact file, ``lexicon.bin``.

The trees come first; the dictionary keeps only words that the trees (and the plural rule) get wrong. Layout, all
numbers little-endian:

    "HLX1"  u8 symbol count, then per symbol: u8 phone count, phone bytes
            26 x u16 root, u32 node count, then per node: u8 question, u16 value
            u32 word count, then per word (sorted): u8 shared prefix, u8 rest length, rest, u8 phone count, phones

A phone byte is the index in `teacher.PHONES`, plus 64 for a stressed vowel. A question is ``place * 28 + letter``
(places: one to three letters before, one to three after; letters: a-z, ``#`` for the edge, ``0`` for beyond it); the
"yes" node follows, the "no" node is `value` further on. Question 255 is a leaf with symbol `value`. A word with ``/v``
at its end is how the verb is said when the noun differs.
"""

import re
import struct
from pathlib import Path

from .paths import CMU, work
from .teacher import PHONES

PLACES = ["p.name", "p.p.name", "p.p.p.name", "n.name", "n.n.name", "n.n.n.name"]
OFFSETS = [-1, -2, -3, 1, 2, 3]
LETTERS = "abcdefghijklmnopqrstuvwxyz#0"
STRESSED = 64
LEAF = 255
# Said as festival's part-of-speech rules say them in running text.
FIXED = {
    "a": ["ax"], "to": ["t", "ax"], "the": ["dh", "ax"], "use/v": ["y", "uw+", "z"],
    "zigbee": ["z", "ih+", "g", "b", "iy"], "bluetooth": ["b", "l", "uw+", "t", "uw", "th"],
    "spotify": ["s", "p", "aa+", "t", "ax", "f", "ay"], "router": ["r", "aw+", "t", "er"],
    "minute": ["m", "ih+", "n", "ax", "t"],
}  # fmt: skip


def parse(text: str) -> list:
    """S-expressions of `text`, comments left out."""
    stack: list[list] = [[]]
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()";]+|;[^\n]*', text.replace("'(", "(")):
        if token[0] == ";":
            continue
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    return stack[0]


def phones_of(syllables: list) -> list[str]:
    """Phones of festival's syllables; a stressed vowel carries ``+``."""
    return [
        phone + ("+" if stress == "1" and phone[0] in "aeiou" else "")
        for phones, stress, *_ in syllables
        for phone in phones
    ]


def read_words() -> dict[str, list[str]]:
    """Every word in lower case with its first way to say it; verbs that differ as ``word/v``."""
    words: dict[str, list[str]] = {}
    entries = [entry for entry in parse((CMU / "cmudict-0.4.out").read_text("latin-1")) if isinstance(entry, list)]
    for source, override in ((entries, False), (addenda(), True)):
        for word, kind, syllables, *_ in source:
            word = word.strip('"').lower()
            if not re.fullmatch(r"[a-z][a-z']*", word) or not syllables or kind in ("red", "riid", "led", "liid"):
                continue
            phones = phones_of(syllables)
            if any(phone.rstrip("+") not in PHONES for phone in phones):
                continue
            if word in words and kind == "v" and words[word] != phones and not override:
                words[f"{word}/v"] = phones
            elif word not in words or override:
                words[word] = phones
    return words | FIXED


def addenda() -> list:
    """The entries that festival adds to the dictionary."""
    found: list = []

    def walk(node):
        if isinstance(node, list):
            if node and node[0] == "lex.add.entry" and isinstance(node[1][2], list) and len(node[1]) >= 3:
                found.append(node[1])
            for child in node:
                walk(child)

    walk(parse((CMU / "cmulex.scm").read_text("latin-1")))
    return found


class Trees:
    """The letter-to-sound trees as flat nodes."""

    def __init__(self):
        self.symbols: list[tuple[str, ...]] = []
        self.nodes: list[list[int]] = []
        self.roots: dict[str, int] = {}
        text = (CMU / "cmu_lts_rules.scm").read_text("latin-1")
        rules = next(item for item in parse(text) if item[0] == "set!")[2]
        for letter, tree in rules:
            if letter in LETTERS[:26]:
                self.roots[letter] = len(self.nodes)
                self._flatten(tree)

    def _flatten(self, tree: list) -> None:
        at = len(self.nodes)
        if len(tree) == 1:
            self.nodes.append([LEAF, self._symbol(tree[0][-1])])
            return
        (place, verb, letter), yes, no = tree
        assert verb == "is"
        self.nodes.append([PLACES.index(place) * len(LETTERS) + LETTERS.index(letter), 0])
        self._flatten(yes)
        self.nodes[at][1] = len(self.nodes) - at
        self._flatten(no)

    def _symbol(self, name: str) -> int:
        phones = () if name == "_epsilon_" else tuple(self._phone(part) for part in name.split("-"))
        if phones not in self.symbols:
            self.symbols.append(phones)
        return self.symbols.index(phones)

    @staticmethod
    def _phone(name: str) -> str:
        return name[:-1] + ("+" if name[-1] == "1" else "") if name[-1] in "01" else name

    def say(self, word: str) -> list[str]:
        """Phones of a word of letters a-z."""
        padded = f"00#{word}#00"
        phones: list[str] = []
        for index, letter in enumerate(word):
            at = self.roots[letter]
            while self.nodes[at][0] != LEAF:
                place, wanted = divmod(self.nodes[at][0], len(LETTERS))
                found = padded[index + 3 + OFFSETS[place]]
                at += 1 if found == LETTERS[wanted] else self.nodes[at][1]
            phones += self.symbols[self.nodes[at][1]]
        return phones


def plural(phones: list[str]) -> list[str]:
    """The phones with the plural's or the possessive's ending."""
    last = phones[-1].rstrip("+") if phones else ""
    if last in ("s", "z", "sh", "zh", "ch", "jh"):
        return [*phones, "ax", "z"]
    return [*phones, "s" if last in ("p", "t", "k", "f", "th") else "z"]


def say(word: str, kept: dict[str, list[str]], trees: Trees) -> list[str]:
    """How the program says a word: what is kept, else the stem of a plural, else the trees."""
    if word in kept:
        return kept[word]
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "saiou'":
        # The stem first: the trees often go astray when an ending is in their way.
        return plural(say(word[:-1], kept, trees))
    return trees.say(word) if word.isalpha() else []


def pack(kept: dict[str, list[str]], trees: Trees) -> bytes:
    """The file."""
    code = lambda p: PHONES.index(p.rstrip("+")) + (STRESSED if p[-1] == "+" else 0)  # noqa: E731
    out = bytearray(b"HLX1") + bytes([len(trees.symbols)])
    for symbol in trees.symbols:
        out += bytes([len(symbol), *map(code, symbol)])
    out += struct.pack("<26H", *(trees.roots[letter] for letter in LETTERS[:26])) + struct.pack("<I", len(trees.nodes))
    for question, value in trees.nodes:
        out += struct.pack("<BH", question, value)
    out += struct.pack("<I", len(kept))
    before = b""
    for word, phones in sorted(kept.items(), key=lambda item: item[0].encode()):
        raw = word.encode()
        shared = next((i for i, (a, b) in enumerate(zip(before, raw, strict=False)) if a != b), min(len(before), len(raw)))
        out += bytes([shared, len(raw) - shared, *raw[shared:], len(phones), *map(code, phones)])
        before = raw
    return bytes(out)


def main() -> None:
    """Write ``out/lexicon.bin``."""
    trees, words = Trees(), read_words()
    kept: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        if say(word, kept, trees) != words[word]:
            kept[word] = words[word]
    wrong = [word for word in words if say(word, kept, trees) != words[word]]
    for word in wrong:
        kept[word] = words[word]
    packed = pack(kept, trees)
    (work() / "out").mkdir(exist_ok=True)
    Path(work() / "out" / "lexicon.bin").write_bytes(packed)
    print(f"dictionary: {len(words)} words, {len(kept)} kept, {len(trees.nodes)} nodes, {len(packed)} bytes")


if __name__ == "__main__":
    main()
