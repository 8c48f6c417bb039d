"""Write the text sets: home_{train,test,test_phrasings}.txt and general_{train,test}.txt, one sentence a line."""

import argparse
from pathlib import Path

from . import grammar, wordnet


def main(argv=None):
    """Entry of `run.py text.write`."""
    options = argparse.ArgumentParser(prog="run.py text.write", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("build/text"))
    options.add_argument("--lines", type=int, default=60_000)
    options.add_argument("--seed", type=int, default=7)
    args = options.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    train, test, phrasings = home(args.lines, args.seed)
    general = wordnet.sentences()
    _write(args.out / "home_train.txt", train)
    _write(args.out / "home_test.txt", test)
    _write(args.out / "home_test_phrasings.txt", phrasings)
    _write(args.out / "general_train.txt", [s for s in general if not wordnet.is_held(s)])
    _write(args.out / "general_test.txt", [s for s in general if wordnet.is_held(s)][:400])


def home(lines, seed, tests=200):
    """(train, unseen fillings of seen phrasings, unseen phrasings): distinct home sentences, each mapped to its Said."""
    rng = grammar.seeded(seed)
    train, test, phrasings = {}, {}, {}
    while len(train) < lines:
        said = grammar.draw(rng)
        if grammar.is_train(said):
            train.setdefault(said.text, said)
        elif said.phrasing.held:
            if len(phrasings) < tests:
                phrasings.setdefault(said.text, said)
        elif len(test) < tests:
            test.setdefault(said.text, said)
    for text in grammar.spoken_forms(rng, lines // 15):
        train.setdefault(text)
    assert not set(train) & (set(test) | set(phrasings))
    return train, test, phrasings


def _write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    print(f"{path}: {len(lines)} lines")


if __name__ == "__main__":
    main()
