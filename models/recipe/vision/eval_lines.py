"""Step: pictures and questions for `make eval`: JPEG files and `eyes.jsonl`, from scenes and phrasings that training never sees.

A line: {`pictures`: file names in order, `question`, `row`: where it is counted, `key`: the canonical answer, `read`: how to read an answer}.
To read an answer: if `read` is `words`, its first word that is a key of the table `table` of the first line stands for that key's value
(and `absent` for an answer that sees none: "no KIND", "nobody"); if `digits`, all its digits; if `print`, the word after says/is/reads; if
`change`, see `questions._canonical_change`. `text` is an answer that is right.
"""

import argparse
import json
import random
from pathlib import Path

from PIL import Image

from . import facts as scenes, questions, render, words

SEED = 3 << 40
ROWS = {"colour": 60, "object": 60, "count": 60, "relation": 60, "person": 50, "lamp": 30, "time": 30, "number": 60, "word": 60, "absent": 40}
CHANGES = 70
TABLES = {
    "colours": {name: name for name in words.COLOURS}, "kinds": {**{k: k for k in words.KINDS}, **{many: k for k, many in words.PLURAL.items()}},
    "counts": {**{name: str(n) for n, name in enumerate(questions.NUMBERS)}, **{str(n): str(n) for n in range(6)}, "none": "0", "a": "1", "an": "1"},
    "sides": {side: side for side in ("left", "right", "middle")}, "yes": {"yes": "yes", "no": "no"}, "lit": {"on": "on", "off": "off"},
    "times": {time: time for time in words.TIMES},
}
_READ = {"colour": "colours", "count": "counts", "lamp": "lit", "time": "times"}
_BY_FORM = {"object/coloured": "kinds", "object/where": "sides", "relation/what": "kinds", "relation/side": "sides", "person/where": "sides"}


def reading(question):
    """How an answer to a question is read: (`read`, `table`)."""
    topic = question.form.split("/")[0]
    if topic in ("number", "word"):
        return ("digits" if topic == "number" else "print"), None
    return "words", _BY_FORM.get(question.form) or _READ.get(topic) or "yes"


def save(facts, folder, name, rng):
    """One picture as a camera takes it, at a size of its own."""
    facts["size"] = list(facts["size"])
    picture = Image.fromarray(render.picture(facts, rng.randrange(1 << 30)))
    file = f"{name}.jpg"
    picture.save(folder / file, quality=88)
    return file


def main(argv=None):
    """Entry of `run.py vision.eval_lines`."""
    options = argparse.ArgumentParser(prog="run.py vision.eval_lines", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("models/eval"))
    args = options.parse_args(argv)
    folder, rng = args.out / "eyes", random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    lines, left, number = [{"tables": TABLES}], dict(ROWS), 0
    while any(left.values()):
        facts, asked = scenes.draw(rng, held_words=rng.random() < 0.5), []
        for category in [name for name, count in left.items() if count > 0]:
            question, answer = questions.draw(rng, facts, held=rng.random() < 0.5, category=category)
            if question.category == category and len(asked) < 4:
                asked.append((question, answer))
        if not asked:
            continue
        file = save(facts, folder, f"scene_{number}", rng)
        number += 1
        for question, answer in asked:
            left[question.category] -= 1
            read, table = reading(question)
            lines.append({"pictures": [file], "question": question.text, "row": question.category, "key": answer.key, "text": answer.text, "read": read,
                          "table": table, "held": question.held})
    for number in range(CHANGES):
        before = scenes.draw(rng)
        after, change = scenes.change(rng, before)
        question, answer = questions.draw_change(rng, before, after, change, held=rng.random() < 0.5)
        files = [save(one, folder, f"pair_{number}_{part}", rng) for part, one in enumerate((before, after))]
        lines.append({"pictures": files, "question": question.text, "row": "change", "key": answer.key, "text": answer.text, "read": "change", "table": None, "held": question.held})
    (args.out / "eyes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{len(lines) - 1} questions, {sum(file.stat().st_size for file in folder.iterdir()) // 1024} kB of pictures")


if __name__ == "__main__":
    main()
