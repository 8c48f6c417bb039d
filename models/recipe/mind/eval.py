"""Evaluate a released core: exact tool calls from text and from speech, in float32 and int8.

An answer counts when greedy decoding gives it token by token; the check feeds prompt and wanted answer at once and compares
the best token of every row, which is the same thing. The cases are those of models/eval/mind_*.jsonl (see cases.py), which the server's own evaluation reads too.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from . import spoken, tokens
from .replay import Replay


def answer_of(expect):
    """The assistant text that a line expects."""
    if "calls" in expect:
        from .schema import call_text
        return "".join(f"<|tool_call|>{call_text(c['name'], c['arguments'])}<|/tool_call|>" for c in expect["calls"]) + "<|im_end|>"
    return expect["like"] + "<|im_end|>"


class Judge:
    """Feeds prompts and wanted answers to an exported graph."""

    def __init__(self, folder, graph):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.replay = Replay(folder / graph)
        self.call = self.tokenizer.token_to_id("<|tool_call|>")
        self.pad = self.tokenizer.token_to_id("<|audio_pad|>")

    def best(self, prompt, answer, sounds=None):
        """(wanted ids of the answer, best ids at the same places)."""
        wanted = self.tokenizer.encode(answer).ids
        asked = self.tokenizer.encode(prompt).ids
        ids = np.array(asked + wanted)
        rows = np.arange(len(asked) - 1, len(ids) - 1)
        audio = np.flatnonzero(ids == self.pad)
        sounds = np.zeros((0, 192), np.float32) if sounds is None else sounds.astype(np.float32)
        logits = self.replay.run(input_ids=ids, slot=np.zeros(len(ids), np.int64), position=np.arange(len(ids)), logit_rows=rows, audio_rows=audio, audio_embeddings=sounds)
        return np.array(wanted), logits.argmax(-1)


def text_score(judge, lines):
    """Shares of right answers: calls exact, calls exact with invented names, right to speak instead of calling; by row where lines have one."""
    hits = {}
    for line in tqdm(lines, mininterval=5, disable=None):
        system = [{"role": "system", "content": line["instructions"]}] if line["instructions"] else []
        prompt = tokens.template().render(tools=line["tools"], messages=system + line["messages"], add_generation_prompt=True)
        wanted, best = judge.best(prompt, answer_of(line["expect"]))
        if "say" in line["expect"]:
            right = best[0] != judge.call and (line.get("row") != "reckoned" or bool((wanted == best).all()))
            hits.setdefault(line.get("row", "says"), []).append(right)
            continue
        right = bool((wanted == best).all())
        for name in [line["row"]] if "row" in line else ["calls", f"calls_{line['unseen']}", *(["calls_new_names"] if line["new_names"] else [])]:
            hits.setdefault(name, []).append(right)
    return {name: (sum(h), len(h)) for name, h in hits.items()}


def speech_score(judge, utterances, general, count, seed=77):
    """Exact calls and exact transcripts from embeddings of held-out sentences; `heard` must not be right for a call to count."""
    rng, hits = spoken.seeded(seed), {"calls": [], "heard": []}
    pool = spoken.Pool(utterances, rng)
    heard_end = judge.tokenizer.token_to_id("<|/heard|>")
    while len(hits["calls"]) < count:
        session = spoken.SpokenSession(rng, general, pool)
        prefix = tokens.prefix_text({"tools": [t.schema() for t in session.tools], "instructions": session.text})
        for messages in session.spoken_talks(others=0, written=0, more=0):
            embedding = messages[0]["sound"]
            prompt = prefix + tokens.talk_text(messages[:1], ask=True)
            answer = tokens.talk_text(messages[1:2])[len("<|assistant|>"):]
            generated = greedy(judge, prompt, embedding, len(judge.tokenizer.encode(answer).ids) + 16)
            wanted = judge.tokenizer.encode(answer).ids
            mark, own = wanted.index(heard_end), generated.index(heard_end) if heard_end in generated else -2
            hits["heard"].append(generated[:own] == wanted[:mark])
            hits["calls"].append(generated[own + 1:] == wanted[mark + 1:])
    return {name: (sum(h), len(h)) for name, h in hits.items()}


def greedy(judge, prompt, sounds, limit):
    """Ids that greedy decoding generates after a prompt."""
    ids = np.array(judge.tokenizer.encode(prompt).ids)
    audio, none = np.flatnonzero(ids == judge.pad), (np.zeros(0, np.int64), np.zeros((0, 192), np.float32))
    feed, at, found = ids, 0, []
    extra = (audio, sounds.astype(np.float32))
    while len(found) < limit:
        logits = judge.replay.run(input_ids=feed, slot=np.zeros(len(feed), np.int64), position=np.arange(at, at + len(feed)),
                                  logit_rows=np.array([len(feed) - 1]), audio_rows=extra[0], audio_embeddings=extra[1])
        found.append(int(logits[0].argmax()))
        if found[-1] == 1:
            break
        at, feed, extra = at + len(feed), np.array(found[-1:]), none
    return found


def main(argv=None):
    """Entry of `run.py mind.eval`."""
    options = argparse.ArgumentParser(prog="run.py mind.eval", description=__doc__)
    options.add_argument("--folder", type=Path, help="released mind folder")
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--cases", type=Path, default=Path(__file__).parents[2] / "eval", help="folder of mind_*.jsonl, or one such file")
    options.add_argument("--embeddings", type=Path, nargs="*", default=[], help="encoder embeddings of held-out sentences (npz)")
    options.add_argument("--spoken", type=int, default=150)
    options.add_argument("--graphs", nargs="*", default=["core.fp32.onnx", "core.onnx"])
    args = options.parse_args(argv)
    general = (args.text / "general_test.txt").read_text().splitlines()
    files = sorted(args.cases.glob("mind_*.jsonl")) if args.cases.is_dir() else [args.cases]
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    known = spoken.meanings() if args.embeddings else {}
    for graph in args.graphs:
        judge = Judge(args.folder, graph)
        gate = json.loads((args.folder / "core.json").read_text())["audio_gate"]
        report(graph, "text", text_score(judge, lines))
        if args.embeddings:
            report(graph, "speech", speech_score(judge, spoken.load(args.embeddings, known, gate), general, args.spoken))


def report(graph, kind, hits):
    """One line per figure."""
    for name, (right, count) in hits.items():
        print(f"{graph:16} {kind:7} {name:16} {right}/{count} = {100 * right / max(1, count):.1f} %")


if __name__ == "__main__":
    main()
