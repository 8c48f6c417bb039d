"""How well the voices are understood and how near they are to their teachers, as one JSON list of figures.

    run.py voice.evaluate --spoken FOLDER --package models/pocket/voice

`FOLDER` holds what the server spoke: ``<voice>/0001.wav``, ... by the line of models/eval/voice_sentences.txt (a voice may
speak some of them only) and ``styles/<voice>/<style>/0001.wav``. The teachers are asked for the same sentences. The graphs
are those of the package, run by ONNX Runtime. Figures are {what, value, unit, count, low, high, goal}; `goal` is [">=" or
"<=", number] or null; low and high hold 95 % of what other sentences would give.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from . import likeness, styles, understood
from .paths import EVAL_SENTENCES, PACKAGE, work


def main() -> None:
    """Measure what there is and print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--spoken", type=Path, required=True)
    options.add_argument("--package", type=Path, default=PACKAGE)
    options.add_argument("--out", type=Path, default=None)
    options.add_argument("--without", nargs="*", default=[], choices=["understood", "likeness", "styles"])
    given = options.parse_args()
    texts = EVAL_SENTENCES.read_text().splitlines()
    config = json.loads((given.package / "config.json").read_text())
    voices = [speaker["name"] for speaker in config.get("speakers", [config])]
    began, figures = time.process_time(), []
    if "understood" not in given.without:
        figures += understood.figures(texts, given.spoken, voices)
    if "likeness" not in given.without:
        figures += likeness.figures(texts, given.package, voices)
    if "styles" not in given.without:
        figures += styles.figures(given.spoken / "styles", voices)
    for figure in figures:
        for key in ("value", "low", "high"):
            figure[key] = None if figure[key] is None else round(float(figure[key]), 3)
    (given.out or work() / "evaluation.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    print(f"voice.evaluate took {time.process_time() - began:.0f} CPU s", file=sys.stderr)


if __name__ == "__main__":
    main()
