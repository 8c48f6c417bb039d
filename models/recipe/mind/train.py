"""Text stage: teach the core to call a session's own tools and to answer, from packed sessions."""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from common.muon import Muon, plan

from . import dialogue, pack
from .model import Core, Shape
from .tree import plant


def loss_of(core, tree, heard=None):
    """(weighted mean loss, mean loss of answer tokens) of a Tree."""
    hidden = core(tree, heard)
    rows = torch.nonzero(tree.weights > 0).flatten()
    logits = core.logits(hidden[rows]).float()
    each, weight = F.cross_entropy(logits, tree.ids[rows + 1], reduction="none"), tree.weights[rows]
    return (each * weight).sum() / weight.sum(), each.detach()[weight == 1].mean().item()


def markers(tokenizer):
    """Token ids that open an answer, open a user's words, end a message; and those of audio positions."""
    one = [tokenizer.token_to_id(t) for t in ("<|assistant|>", "<|user|>", "<|im_end|>")]
    return [*one, [tokenizer.token_to_id(t) for t in ("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>")]]


def batches(sessions, rows_max, rng):
    """Endless shuffled batches of sessions, each of about `rows_max` rows."""
    while True:
        rng.shuffle(sessions)
        now, count = [], 0
        for session in sessions:
            now.append(session)
            count += len(session[0])
            if count >= rows_max:
                yield now
                now, count = [], 0


def optimiser(core):
    """Muon on the matrices of the blocks, AdamW on embeddings, head, norms, sinks and routers."""
    matrices = [p for n, p in core.named_parameters() if "layers" in n and p.dim() > 1 and not n.endswith("mlp.gate")]
    chosen = {id(p) for p in matrices}
    rest = [p for p in core.parameters() if id(p) not in chosen]
    return Muon([{"params": matrices, "peak": 0.02}, {"params": rest, "peak": 0.004, "adam": True}])


@torch.no_grad()
def exact(core, sessions, markers_, call):
    """(calls exact, calls, other answers exact, others): teacher-forced, each talk's first answer; greedy decoding would give the same."""
    core.eval()
    hits = {True: [0, 0], False: [0, 0]}
    for session in sessions:
        tree = plant([session], markers_, core.shape.sliding_window)
        with torch.autocast("cpu", torch.bfloat16):
            best = core.logits(core(tree)).argmax(-1)
        ids, weight, branch = tree.ids, tree.weights, torch.from_numpy(session[1].astype(np.int64))
        for talk in range(1, int(branch.max()) + 1):
            rows = torch.nonzero((branch == talk) & (weight == 1)).flatten()
            if not len(rows):
                continue
            breaks = torch.nonzero(rows.diff() > 1).flatten()
            first = rows[: int(breaks[0]) + 1] if len(breaks) else rows
            kind = bool(ids[first[0] + 1] == call)
            hits[kind][1] += 1
            hits[kind][0] += bool((best[first] == ids[first + 1]).all())
    core.train()
    return (*hits[True], *hits[False])


def held_sessions(count, text, tokenizer, seed=5):
    """Packed sessions of held-out sentences and phrasings."""
    general = (text / "general_test.txt").read_text().splitlines()
    rng = random.Random(seed)
    made = (pack.pack_session(dialogue.session(rng, general, talks=6, held=True), tokenizer) for _ in range(count))
    return [session for session in made if session]


def main(argv=None):
    """Entry of `run.py mind.train`."""
    options = argparse.ArgumentParser(prog="run.py mind.train", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--sessions", type=Path, default=Path("build/mind/sessions"))
    options.add_argument("--out", type=Path, default=Path("build/mind/text.pt"))
    options.add_argument("--steps", type=int, default=1200)
    options.add_argument("--rows", type=int, default=3000, help="token rows of one step")
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    core = Core(Shape())
    train(core, optimiser(core), tokenizer, args)


def train(core, optim, tokenizer, args):
    """Runs or resumes the stage; a checkpoint every 50 steps."""
    start, spent = _resume(core, optim, args.out)
    held = held_sessions(40, args.text, tokenizer)
    marks, call = markers(tokenizer), tokenizer.token_to_id("<|tool_call|>")
    sessions = [s for path in sorted(args.sessions.glob("*.npz")) for s in pack.load(path)]
    stream = batches(sessions, args.rows, random.Random(args.seed + start))
    began, shown, rows, losses = time.process_time(), time.process_time(), 0, []
    for step in range(start, args.steps):
        tree = plant(next(stream), marks, core.shape.sliding_window)
        with torch.autocast("cpu", torch.bfloat16):
            loss, answers = loss_of(core, tree)
        optim.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(core.parameters(), 1.0)
        share = plan(step, args.steps)
        for group in optim.param_groups:
            group["lr"] = group["peak"] * share
        optim.step()
        for layer in core.layers[1:]:
            layer.mlp.balance(0.004 * share)
        losses.append(answers)
        rows += len(tree.ids)
        if (step + 1) % 10 == 0:
            now = time.process_time()
            print(json.dumps({"step": step + 1, "loss": round(float(np.mean(losses)), 4), "rows_per_cpu_s": round(rows / (now - shown)),
                              "cpu_s": round(spent + now - began), "at": time.strftime("%H:%M:%S")}), flush=True)
            shown, rows, losses = now, 0, []
        if (step + 1) % 50 == 0 or step + 1 == args.steps:
            _keep(core, optim, args.out, step + 1, spent + time.process_time() - began)
        if (step + 1) % 100 == 0 or step + 1 == args.steps:
            right, calls, fine, others = exact(core, held, marks, call)
            print(json.dumps({"step": step + 1, "held_calls_exact": f"{right}/{calls}", "held_others_exact": f"{fine}/{others}"}), flush=True)


def _keep(core, optim, path, step, spent):
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save({"core": core.state_dict(), "optim": optim.state_dict(), "step": step, "cpu_s": spent}, fresh)
    fresh.replace(path)


def _resume(core, optim, path):
    if not path.exists():
        return 0, 0.0
    stored = torch.load(path, weights_only=True)
    core.load_state_dict(stored["core"])
    optim.load_state_dict(stored["optim"])
    return stored["step"], stored["cpu_s"]


if __name__ == "__main__":
    main()
