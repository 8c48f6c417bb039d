"""The cases of models/eval/mind_*.jsonl: one line a question, with tools, what was said before, and what has to come of it.

Rows: fillings and phrasings (unseen ones of tools from seen families), families (kinds of tools that no training session holds),
several (two to four calls from one sentence), turns (second and third turns that speak of the first), nothing (no tool fits),
reckoned (sums, days and times). All sentences are held out of training by their hashes. models/eval/mind_text.jsonl was drawn
by the dialogues of version 0 and stays as it is.
"""

import argparse
import json
from pathlib import Path

from . import dialogue, refusals, spoken

FILES = {"mind_calls": ("fillings", "phrasings"), "mind_families": ("families",), "mind_several": ("several",), "mind_turns": ("turns",),
         "mind_says": ("nothing", "reckoned")}
ROWS = [row for rows in FILES.values() for row in rows]


def lines(each, seed, rows=ROWS):
    """`each` cases of every row."""
    rng, found = spoken.seeded(seed), []
    for row in rows:
        made = 0
        while made < each:
            line = _line(rng, row, made)
            if line:
                found.append(line)
                made += 1
    return found


def _line(rng, row, number):
    strange = number % 3 == 0
    held = row if row in ("fillings", "phrasings") else True
    world = "unseen" if row == "families" else "home" if row in ("nothing", "turns") else ("home", "home", "both", "wide")[number % 4]
    session = dialogue.Session(rng, (), held, strange, world)
    if not session.tools or (row == "families" and len(session.tools) < 2):
        return None
    messages = getattr(Draw, row)(session)
    if not messages:
        return None
    messages = session._titled(messages)
    last = max(i for i, message in enumerate(messages) if message["role"] == "user")
    return {"row": row, "tools": [tool.schema() for tool in session.tools], "instructions": session.text, "messages": messages[:last + 1],
            "new_names": strange, "unseen": held if held is not True else "any", "expect": expect(messages[last + 1], row, session)}


class Draw:
    """A talk for each row, whose last user message is the question."""

    @staticmethod
    def fillings(session):
        """One wish."""
        return session._wish()

    phrasings = families = fillings

    @staticmethod
    def several(session):
        """Several wishes."""
        messages = session.several()
        return messages if messages and len(messages[1].get("tool_calls", ())) > 1 else None

    @staticmethod
    def turns(session):
        """A wish with its result, perhaps a second turn, and one that speaks of them."""
        messages, turns = session._wish(), session.rng.choice([2, 2, 3])
        for turn in range(1, turns):
            more = messages and messages[-1]["role"] == "assistant" and not messages[-1].get("tool_calls") and session.follow()
            if not more or more[1].get("content") == "":
                messages = messages + more if more else None
            elif turn + 1 == turns:
                return None  # it is to end with a call
            else:
                messages = messages + more
        return messages

    @staticmethod
    def nothing(session):
        """No tool fits, or the value is not there."""
        messages = session._unserved() if session.rng.random() < 0.75 else session._missing_value()
        return messages if messages and not messages[1].get("tool_calls") else None

    @staticmethod
    def reckoned(session):
        """A sum, a day or a time."""
        messages = session._sum() if session.rng.random() < 0.5 else session._clock()
        return messages if messages and messages[1]["content"] else None


def expect(message, row, session):
    """What a line expects of the answer."""
    calls = [call["function"] for call in message.get("tool_calls", ())]
    if calls:
        return {"calls": [{"name": f["name"], "arguments": json.loads(f["arguments"])} for f in calls]}
    if row == "nothing":
        return {"say": True, "like": message["content"], "any": list(refusals.MARKS)}
    key = message["content"].removesuffix(f", {session.title}.").rstrip(".").split(" ")[-1]
    return {"say": True, "like": message["content"], "any": [key]}


def whole_talk(line):
    """The messages of a line with the answer it expects."""
    wanted = line["expect"]
    if "calls" in wanted:
        return [*line["messages"], dialogue.calls([(call["name"], call["arguments"]) for call in wanted["calls"]])]
    return [*line["messages"], {"role": "assistant", "content": wanted["like"]}]


def sentences(folder):
    """What users say last in all cases of a folder, lower case and without punctuation."""
    found = set()
    for path in sorted(folder.glob("mind_*.jsonl")):
        found |= {plain(json.loads(line)["messages"][-1]["content"]) for line in path.read_text().splitlines()}
    return found


def plain(text):
    """Lower case, words only."""
    return " ".join("".join(c if c.isalnum() or c in " ':" else " " for c in text.lower()).split())


def drawn(count, unseen, general, seed=99):
    """Which of the `unseen` sentences training sessions hold when `count` of them are drawn."""
    rng, found = spoken.seeded(seed), set()
    for _ in range(count):
        said = {plain(m["content"]) for talk in dialogue.session(rng, general)["talks"] for m in talk if m["role"] == "user"}
        found |= said & unseen
    return found


def main(argv=None):
    """Entry of `run.py mind.cases`."""
    options = argparse.ArgumentParser(prog="run.py mind.cases", description=__doc__)
    options.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "eval")
    options.add_argument("--each", type=int, default=80)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--check", type=int, default=0, help="draw so many training sessions instead and fail if one holds a case's sentence")
    args = options.parse_args(argv)
    if args.check:
        found = drawn(args.check, sentences(args.out), ())
        print(f"{args.check} sessions: {len(found)} sentences of the cases drawn", *sorted(found)[:20], sep="\n")
        return int(bool(found))
    for name, rows in FILES.items():
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines(args.each, args.seed, rows))
        (args.out / f"{name}.jsonl").write_text(text)
        print(f"{name}.jsonl: {args.each * len(rows)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
