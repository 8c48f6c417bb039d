"""Train the core and its projector: calls of a session's own tools, answers, and writing down what it hears.

One schedule: primed weights, written and rehearsed sessions first; spoken ones join when encoder embeddings exist (`--embeddings`).
A checkpoint every 25 steps; started again, the step goes on from it, with whatever mix the options now say.
"""

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

from . import dialogue, pack, spoken
from .model import Core, Shape
from .prime import prime
from .projector import Projector
from .source import Source, vectors
from .tree import plant


def loss_of(core, tree, heard=None):
    """(weighted mean loss, mean loss of answer tokens) of a Tree."""
    hidden = core(tree, heard)
    rows = torch.nonzero(tree.weights > 0).flatten()
    logits = core.logits(hidden[rows]).float()
    each, weight = F.cross_entropy(logits, tree.ids[rows + 1], reduction="none"), tree.weights[rows]
    return (each * weight).sum() / weight.sum(), each.detach()[weight >= 1].mean().item()


def markers(tokenizer):
    """Token ids that open an answer, open a user's words, end a message; those of audio positions; what comes before a tool's name."""
    one = [tokenizer.token_to_id(t) for t in ("<|assistant|>", "<|user|>", "<|im_end|>")]
    audio = [tokenizer.token_to_id(t) for t in ("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>")]
    return [*one, audio, tokenizer.encode('{"name":"').ids]


@torch.no_grad()
def exact(core, sessions, markers_, call):
    """(calls exact, calls, other answers exact, others): teacher-forced, each talk's first answer; greedy decoding would give the same."""
    core.eval()
    hits = {True: [0, 0], False: [0, 0]}
    for session in sessions:
        tree = plant([session[:2]], markers_, core.shape.sliding_window)
        with torch.autocast("cpu", torch.bfloat16):
            best = core.logits(core(tree)).argmax(-1)
        ids, weight, branch = tree.ids, tree.weights, torch.from_numpy(session[1].astype(np.int64))
        for talk in range(1, int(branch.max()) + 1):
            rows = torch.nonzero((branch == talk) & (weight >= 1)).flatten()
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


def optimiser(core, projector):
    """Muon on the matrices of the blocks, AdamW on the rest; the encoder's piece head moves slowly."""
    matrices = [p for n, p in core.named_parameters() if "layers" in n and p.dim() > 1 and not n.endswith("mlp.gate")]
    chosen = {id(p) for p in matrices}
    rest = [p for p in core.parameters() if id(p) not in chosen]
    head = list(projector.pieces.parameters())
    other = [p for n, p in projector.named_parameters() if not n.startswith("pieces")]
    return Muon([{"params": matrices, "peak": 0.02}, {"params": rest, "peak": 0.004, "adam": True},
                 {"params": other, "peak": 0.003, "adam": True}, {"params": head, "peak": 0.0005, "adam": True}])


def main(argv=None):
    """Entry of `run.py mind.train`."""
    options = argparse.ArgumentParser(prog="run.py mind.train", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--encoder", type=Path, help="encoder checkpoint whose piece head starts the projector")
    options.add_argument("--embeddings", type=Path, nargs="*", default=[])
    options.add_argument("--gate", type=Path, help="gate.json of mind.gate")
    options.add_argument("--shares", type=float, nargs=5, default=(0.5, 0.4, 0.0, 0.1, 0.0), help="written, rehearsed, spoken, drilled, repeated")
    options.add_argument("--peak", type=float, default=1.0, help="factor on all learning rates")
    options.add_argument("--out", type=Path, default=Path("build/mind/core.pt"))
    options.add_argument("--steps", type=int, default=700)
    options.add_argument("--decay", type=float, default=0.4)
    options.add_argument("--rows", type=int, default=3000)
    options.add_argument("--seed", type=int, default=2)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    core = Core(Shape())
    projector = Projector(192, core.shape.hidden_size, core.shape.vocab_size)
    optim = optimiser(core, projector)
    step, spent = _start(core, projector, optim, tokenizer, args)
    average = Average(core, projector, args.out)
    general = (args.text / "general_train.txt").read_text().splitlines()
    utterances = spoken.load(args.embeddings, spoken.meanings(), args.gate and json.loads(args.gate.read_text())) if args.embeddings else []
    print(json.dumps({"utterances": len(utterances), "from_step": step}), flush=True)
    source = Source(general, tokenizer, random.Random(args.seed + step), utterances, args.shares)
    train(core, projector, optim, average, tokenizer, source, args, step, spent)


class Average:
    """A running mean of all weights, for checkpoints taken before the learning rate has come down."""

    def __init__(self, core, projector, path, keep=0.98):
        self.parts, self.keep = {"core": core, "projector": projector}, keep
        stored = torch.load(path, weights_only=True).get("average") if path.exists() else None
        self.states = stored or {name: {n: v.clone() for n, v in part.state_dict().items()} for name, part in self.parts.items()}

    @torch.no_grad()
    def follow(self):
        """After every step."""
        for name, part in self.parts.items():
            for key, value in part.state_dict().items():
                self.states[name][key].lerp_(value, 1 - self.keep)


def _start(core, projector, optim, tokenizer, args):
    """(step, CPU seconds so far): resumes the checkpoint, or begins with primed weights."""
    args.heard_encoder = False
    if not args.out.exists():
        prime(core, tokenizer)
        projector.start_table(core.embed_tokens.weight)
        return 0, 0.0
    stored = torch.load(args.out, weights_only=True)
    core.load_state_dict(stored["core"])
    projector.load_state_dict(stored["projector"])
    optim.load_state_dict(stored["optim"])
    if args.encoder and not stored["heard_encoder"]:
        head = torch.load(args.encoder, weights_only=False)["average"]
        projector.start_pieces(head["pieces.weight"].float(), head["pieces.bias"].float())
    args.heard_encoder = bool(args.encoder) or stored["heard_encoder"]
    return stored["step"], stored["cpu_s"]


def train(core, projector, optim, average, tokenizer, source, args, start, spent):
    """The loop; a checkpoint every 25 steps, held-out text every 100."""
    held, marks = held_sessions(40, args.text, tokenizer), markers(tokenizer)
    call, pad = tokenizer.token_to_id("<|tool_call|>"), tokenizer.token_to_id("<|audio_pad|>")
    began, shown, rows, losses = time.process_time(), time.process_time(), 0, []
    parameters = [p for group in optim.param_groups for p in group["params"]]
    for step in range(start, args.steps):
        sessions, count = [], 0
        while count < args.rows:
            sessions.append(source.draw())
            count += len(sessions[-1][0])
        tree = plant([s[:2] for s in sessions], marks, core.shape.sliding_window)
        with torch.autocast("cpu", torch.bfloat16):
            loss, answers = loss_of(core, tree, vectors(projector, sessions, tree, pad))
        optim.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        share = plan(step, args.steps, decay=args.decay)
        for group in optim.param_groups:
            group["lr"] = group["peak"] * share * args.peak
        optim.step()
        for layer in core.layers[1:]:
            layer.mlp.balance(0.004 * share)
        average.follow()
        losses.append(answers)
        rows += count
        if (step + 1) % 10 == 0:
            now = time.process_time()
            print(json.dumps({"step": step + 1, "loss": round(float(np.mean(losses)), 4), "rows_per_cpu_s": round(rows / (now - shown)), "lr": round(share, 3),
                              "cpu_s": round(spent + now - began), "at": time.strftime("%H:%M:%S")}), flush=True)
            shown, rows, losses = now, 0, []
        if (step + 1) % 25 == 0 or step + 1 == args.steps:
            fresh = args.out.with_suffix(".new")
            torch.save({"core": core.state_dict(), "projector": projector.state_dict(), "optim": optim.state_dict(), "step": step + 1,
                        "cpu_s": spent + time.process_time() - began, "heard_encoder": args.heard_encoder, "average": average.states}, fresh)
            fresh.replace(args.out)
        if (step + 1) % 100 == 0 or step + 1 == args.steps:
            right, calls, fine, others = exact(core, held, marks, call)
            print(json.dumps({"step": step + 1, "held_calls_exact": f"{right}/{calls}", "held_others_exact": f"{fine}/{others}"}), flush=True)


if __name__ == "__main__":
    main()
