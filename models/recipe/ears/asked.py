"""Step: what else people say to Hearth -> `asked.txt`, for the n-gram only: more phrasings, later turns, questions about pictures.

The lines are the users' of sessions that the core may train on. Left out: held-out sentences and phrasings, however they were
drawn, the development texts, and lines with digits or with words that no other text knows (slips and invented names).
"""

import argparse
import random
import re
from pathlib import Path

from mind import dialogue
from text import grammar
from vision import facts, questions

from .develop import is_dev_phrasing, is_dev_text

LETTERS = set("abcdefghijklmnopqrstuvwxyz' ")


def forbidden() -> re.Pattern:
    """Finds a sentence of a held-out or a development phrasing, with whatever around it."""
    phrasings = [p for p in grammar.ALL if p.held or is_dev_phrasing(p)]
    return re.compile(r"\b(?:" + "|".join(f"(?:{grammar.pattern_of(p)})" for p in phrasings) + r")\b")


def wider(rng: random.Random, count: int) -> list[str]:
    """Sentences of the wider phrasings that only the core learns otherwise."""
    pool = [p for found in grammar.WIDER.values() for p in found] + grammar.CHATTER_WIDER
    pool = [p for p in pool if not p.held and not is_dev_phrasing(p)]
    drawn = (grammar.draw(rng, pool) for _ in range(count))
    return [said.text for said in drawn if grammar.is_train(said)]


def turns(rng: random.Random, general: list[str], sessions: int) -> list[str]:
    """What users say in sessions: wishes, corrections, answers, several wishes at once."""
    found = []
    for _ in range(sessions):
        for talk in dialogue.session(rng, general)["talks"]:
            found += [message["content"] for message in talk if message["role"] == "user" and isinstance(message["content"], str)]
    return found


def looks(rng: random.Random, count: int) -> list[str]:
    """Questions about pictures in the phrasings for training."""
    found = []
    for _ in range(count):
        scene = facts.draw(rng)
        before, after, change = scene, *(facts.change(rng, scene) if rng.random() < 0.15 else (None, None))
        asked, _ = questions.draw_change(rng, before, after, change) if change else questions.draw(rng, scene)
        found.append(asked.text)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True, help="folder of ears.develop")
    parser.add_argument("--tests", type=Path, required=True, help="folder of text.write, whose test sentences are left out")
    parser.add_argument("--lines", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=61)
    chosen = parser.parse_args(arguments)
    rng = random.Random(chosen.seed)
    read = lambda folder, name: (folder / f"{name}.txt").read_text().splitlines()
    general = read(chosen.texts, "general_learn")
    left_out = {line for name in ("home_test", "home_test_phrasings", "general_test") for line in read(chosen.tests, name)}
    left_out |= {line for name in ("home_dev", "phrasings_dev", "general_dev") for line in read(chosen.texts, name)}
    more, pictures = wider(rng, chosen.lines), looks(rng, chosen.lines // 8)
    known = {word for line in [*general, *read(chosen.texts, "home_learn"), *more, *pictures] for word in line.split()}
    found = [*more, *pictures, *turns(rng, general[:2000], chosen.lines // 10)]
    kept = [line for line in dict.fromkeys(found) if set(line) <= LETTERS and line not in left_out and not is_dev_text(line)]
    never = forbidden()
    kept = [line for line in kept if known.issuperset(line.split()) and not never.search(line)]
    (chosen.texts / "asked.txt").write_text("\n".join(kept) + "\n")
    print(len(kept), "lines of", len(found))


if __name__ == "__main__":
    main()
