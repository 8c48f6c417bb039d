"""Step: texts -> development texts, apart from training and from the tests, for whatever is chosen by trying.

`home_dev.txt` (sentences of seen phrasings), `phrasings_dev.txt` (whole phrasings: no line of the training texts that is
left uses them), `general_dev.txt`, and `home_learn.txt`, `general_learn.txt`: the training texts without all of these.
"""

import argparse
import random
from pathlib import Path
from zlib import crc32

from text import write
from text.grammar import Phrasing

PHRASINGS_ONE_IN, TEXTS_ONE_IN, LINES = 25, 60, 250


def is_dev_phrasing(phrasing: Phrasing) -> bool:
    """True for a phrasing that only development may use; none of them is held out for testing."""
    return crc32(("dev:" + phrasing.intent + phrasing.pattern).encode()) % PHRASINGS_ONE_IN == 0


def is_dev_text(text: str) -> bool:
    """True for a sentence that only development may use."""
    return crc32(("dev:" + text).encode()) % TEXTS_ONE_IN == 0


def main(arguments: list[str] | None = None) -> None:
    """Writes the five files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="folder of text.write")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=60_000, help="as text.write was told")
    parser.add_argument("--seed", type=int, default=7, help="as text.write was told")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    drawn, _, _ = write.home(chosen.lines, chosen.seed)
    lines = (chosen.texts / "home_train.txt").read_text().splitlines()
    general = (chosen.texts / "general_train.txt").read_text().splitlines()
    assert set(drawn) == set(lines), "home_train.txt is not what text.write makes with this seed"
    phrased = {text for text, said in drawn.items() if said and is_dev_phrasing(said.phrasing)}
    rest = [line for line in lines if line not in phrased]
    files = {"phrasings_dev": [line for line in lines if line in phrased], "home_dev": [x for x in rest if is_dev_text(x)]}
    files |= {"home_learn": [x for x in rest if not is_dev_text(x)], "general_dev": [x for x in general if is_dev_text(x)]}
    files["general_learn"] = [x for x in general if not is_dev_text(x)]
    for name, found in files.items():
        if name.endswith("_dev"):
            found = random.Random(3).sample(found, min(LINES, len(found)))
        (chosen.out / f"{name}.txt").write_text("\n".join(found) + "\n")
        print(name, len(found))


if __name__ == "__main__":
    main()
