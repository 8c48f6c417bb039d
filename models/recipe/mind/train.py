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
from torch import nn

from common.muon import Muon, plan

from . import cases, pack, pictures, spoken
from .model import Ahead, Core, Shape
from .prime import prime
from .projector import Projector, Sight
from .source import KINDS, Source, heard_vectors, seen_vectors
from .tree import plant

FORESEE_WEIGHT = 0.2


def loss_of(model, tree, placed, foresee=False, rng=None):
    """(loss, mean loss of answer tokens, mean loss of foreseen tokens or None) of a Tree.

    Of the user's own words, which weigh little, only every third is looked at, at three times the weight.
    """
    hidden = model.core(tree, *placed, ahead=model.ahead if foresee else None)
    hidden, beyond = hidden if foresee else (hidden, None)
    weights = tree.weights
    if rng is not None:
        light = (weights > 0) & (weights < 0.5)
        weights = torch.where(light, weights * 3 * (torch.rand(len(weights), generator=rng) < 1 / 3), weights)
    rows = torch.nonzero(weights > 0).flatten()
    each = _losses(model.core, hidden, tree.ids, rows, rows + 1)
    weight = weights[rows]
    loss, answers = (each * weight).sum() / weight.sum(), each.detach()[weight >= 1].mean().item()
    if not foresee:
        return loss, answers, None
    rows = rows[(weight >= 1) & (tree.weights[tree.following[rows]] >= 1)]
    foreseen = _losses(model.core, beyond, tree.ids, rows, rows + 2).mean()
    return loss + FORESEE_WEIGHT * foreseen, answers, foreseen.item()


def _losses(core, hidden, ids, rows, wanted):
    return F.cross_entropy(core.logits(hidden[rows]).float(), ids[wanted], reduction="none")


def markers(tokenizer):
    """Token ids that open an answer, open a user's words, end a message; those of sound and pictures; what comes before a tool's name; what comes before a decision."""
    one = [tokenizer.token_to_id(t) for t in ("<|assistant|>", "<|user|>", "<|im_end|>")]
    silent = [tokenizer.token_to_id(t) for t in ("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>", "<|spare_0|>", "<|spare_1|>")]
    turning = [tokenizer.token_to_id(t) for t in ("<|assistant|>", "<|/heard|>", "<|/tool_call|>")]
    return [*one, silent, tokenizer.encode('{"name":"').ids, turning]


@torch.no_grad()
def exact(model, sessions, markers_, call):
    """Right of how many, by row of the evaluation: teacher-forced, each talk's last answer or call; greedy decoding would give the same.

    Where nothing fits it counts that no call is begun.
    """
    model.eval()
    hits = {}
    for name, session in sessions:
        tree = plant([session], markers_, model.core.shape.sliding_window)
        with torch.autocast("cpu", torch.bfloat16):
            best = model.core.logits(model.core(tree)).argmax(-1)
        branch = torch.from_numpy(session.branch.astype(np.int64))
        for talk in range(1, int(branch.max()) + 1):
            rows = torch.nonzero((branch == talk) & (tree.weights >= 1)).flatten()
            breaks = torch.nonzero(rows.diff() > 1).flatten()
            last = rows[int(breaks[-1]) + 1:] if len(breaks) else rows
            found = hits.setdefault(name, [0, 0])
            found[1] += 1
            found[0] += bool(best[last[0]] != call if name == "nothing" else (best[last] == tree.ids[last + 1]).all())
    model.train()
    return {name: f"{right}/{count}" for name, (right, count) in hits.items()}


def held_sessions(each, tokenizer, seed=5):
    """(row, Packed) of sentences that no training set holds; other ones than those of models/eval."""
    found = []
    for line in cases.lines(each, seed):
        session = {"tools": line["tools"], "instructions": line["instructions"], "talks": [cases.whole_talk(line)]}
        packed = pack.pack_session(session, tokenizer)
        if packed and packed.branch.max() == 1:
            found.append((line["row"], packed))
    return found


class Model(nn.Module):
    """All that is trained together."""

    def __init__(self):
        super().__init__()
        self.core = Core(Shape())
        width = self.core.shape.hidden_size
        self.projector = Projector(192, width, self.core.shape.vocab_size)
        self.ahead, self.sight = Ahead(self.core.shape), Sight(192, width)

    @property
    def parts(self):
        """By the names of a checkpoint."""
        return {"core": self.core, "projector": self.projector, "ahead": self.ahead, "sight": self.sight}


def optimiser(model):
    """Muon on the matrices of the blocks, AdamW on the rest; the encoder's piece head moves slowly."""
    core, projector = model.core, model.projector
    matrices = [p for n, p in core.named_parameters() if "layers" in n and p.dim() > 1 and not n.endswith("mlp.gate")]
    chosen = {id(p) for p in matrices}
    rest = [p for p in core.parameters() if id(p) not in chosen]
    head = list(projector.pieces.parameters())
    other = [p for n, p in projector.named_parameters() if not n.startswith("pieces")]
    return Muon([{"params": matrices, "peak": 0.02}, {"params": rest, "peak": 0.004, "adam": True},
                 {"params": other, "peak": 0.003, "adam": True}, {"params": head, "peak": 0.0005, "adam": True}])


def widen(optim, model):
    """Adds the parts that came later than the first checkpoints."""
    late = [p for part in (model.ahead, model.sight) for p in part.parameters()]
    optim.add_param_group({"params": [p for p in late if p.dim() > 1], "peak": 0.02})
    optim.add_param_group({"params": [p for p in late if p.dim() < 2], "peak": 0.004, "adam": True})


def main(argv=None):
    """Entry of `run.py mind.train`."""
    options = argparse.ArgumentParser(prog="run.py mind.train", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--encoder", type=Path, help="encoder checkpoint whose piece head starts the projector")
    options.add_argument("--embeddings", type=Path, nargs="*", default=[])
    options.add_argument("--gate", type=Path, help="gate.json of mind.gate")
    options.add_argument("--pictures", type=Path, nargs="*", default=[], help="embeddings of pictures (npz with facts beside them)")
    options.add_argument("--shares", type=float, nargs="+", default=(0.5, 0.4, 0.0, 0.1), help=", ".join(KINDS))
    options.add_argument("--peak", type=float, default=1.0, help="factor on all learning rates")
    options.add_argument("--out", type=Path, default=Path("build/mind/core.pt"))
    options.add_argument("--steps", type=int, default=700)
    options.add_argument("--decay", type=float, default=0.4)
    options.add_argument("--rows", type=int, default=3000)
    options.add_argument("--warm", type=int, default=30, help="steps until the learning rate is back after a start")
    options.add_argument("--keep", type=float, default=0.98, help="of the running mean of the weights, per step")
    options.add_argument("--foresee", type=int, default=0, help="train the multi-token prediction every so many steps; 0 = never")
    options.add_argument("--cases", type=Path, default=Path(__file__).parents[2] / "eval", help="folder of the evaluation, whose sentences stay unseen")
    options.add_argument("--held", type=int, default=24, help="cases per row of the held-out text")
    options.add_argument("--seed", type=int, default=2)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    model = Model()
    optim = optimiser(model)
    step, spent = _start(model, optim, tokenizer, args)
    average = Average(model, args.out, args.keep)
    general = (args.text / "general_train.txt").read_text().splitlines()
    gate, known = args.gate and json.loads(args.gate.read_text()), spoken.meanings() if args.embeddings else {}
    utterances, sounds = spoken.load_training(args.embeddings, known, gate), spoken.by_text(args.embeddings, known, gate)
    print(json.dumps({"utterances": len(utterances), "other_sounds": len(sounds), "from_step": step}), flush=True)
    shown = pictures.Pictures.load(args.pictures, random.Random(args.seed + step)) if args.pictures else None
    source = Source(general, tokenizer, random.Random(args.seed + step), utterances, args.shares, shown, cases.sentences(args.cases), sounds)
    train(model, optim, average, tokenizer, source, args, step, spent)


class Average:
    """A running mean of all weights, for checkpoints taken before the learning rate has come down."""

    def __init__(self, model, path, keep):
        self.model, self.keep = model, keep
        stored = torch.load(path, weights_only=True).get("average") if path.exists() else None
        self.states = {name: (stored or {}).get(name) or {n: v.clone() for n, v in part.state_dict().items()} for name, part in model.parts.items()}

    @torch.no_grad()
    def follow(self):
        """After every step."""
        for name, part in self.model.parts.items():
            for key, value in part.state_dict().items():
                self.states[name][key].lerp_(value, 1 - self.keep)


def _start(model, optim, tokenizer, args):
    """(step, CPU seconds so far): resumes the checkpoint, or begins with primed weights."""
    args.heard_encoder = False
    if not args.out.exists():
        prime(model.core, tokenizer)
        model.projector.start_table(model.core.embed_tokens.weight)
        widen(optim, model)
        return 0, 0.0
    stored = torch.load(args.out, weights_only=True)
    for name, part in model.parts.items():
        if name in stored:
            part.load_state_dict(stored[name])
    if "ahead" in stored:
        widen(optim, model)
    optim.load_state_dict(stored["optim"])
    if "ahead" not in stored:
        widen(optim, model)
    if args.encoder and not stored["heard_encoder"]:
        head = torch.load(args.encoder, weights_only=False)["average"]
        model.projector.start_pieces(head["pieces.weight"].float(), head["pieces.bias"].float())
    args.heard_encoder = bool(args.encoder) or stored["heard_encoder"]
    return stored["step"], stored["cpu_s"]


def train(model, optim, average, tokenizer, source, args, start, spent):
    """The loop; a checkpoint every 25 steps, held-out text every 200."""
    held, marks = held_sessions(args.held, tokenizer), markers(tokenizer)
    audio, image = (tokenizer.token_to_id(t) for t in ("<|audio_pad|>", "<|spare_0|>"))
    draw = torch.Generator().manual_seed(args.seed + start)
    began, shown, rows, losses, far = time.process_time(), time.process_time(), 0, [], []
    parameters = [p for group in optim.param_groups for p in group["params"]]
    for step in range(start, args.steps):
        sessions, count = [], 0
        while count < args.rows:
            sessions.append(source.draw())
            count += len(sessions[-1].ids)
        tree = plant(sessions, marks, model.core.shape.sliding_window)
        foresee = args.foresee and step % args.foresee == 0
        with torch.autocast("cpu", torch.bfloat16):
            placed = heard_vectors(model.projector, sessions, tree, audio), seen_vectors(model.sight, sessions, tree, image)
            loss, answers, beyond = loss_of(model, tree, placed, foresee, draw)
        optim.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        share = plan(step, args.steps, decay=args.decay) * min(1.0, (step - start + 1) / args.warm)
        for group in optim.param_groups:
            group["lr"] = group["peak"] * share * args.peak
        optim.step()
        for layer in model.core.layers[1:]:
            layer.mlp.balance(0.004 * share)
        average.follow()
        losses.append(answers)
        far += [beyond] if foresee else []
        rows += count
        if (step + 1) % 10 == 0:
            now = time.process_time()
            print(json.dumps({"step": step + 1, "loss": round(float(np.mean(losses)), 4), "ahead": round(float(np.mean(far)), 3) if far else None,
                              "rows_per_cpu_s": round(rows / (now - shown)), "lr": round(share, 3), "cpu_s": round(spent + now - began),
                              "at": time.strftime("%H:%M:%S")}), flush=True)
            shown, rows, losses, far = now, 0, [], []
        if (step + 1) % 25 == 0 or step + 1 == args.steps:
            _keep(model, optim, average, step + 1, spent + time.process_time() - began, args)
        if (step + 1) % 200 == 0 or step + 1 == args.steps:
            print(json.dumps({"step": step + 1, "held": exact(model, held, marks, tokenizer.token_to_id("<|tool_call|>"))}), flush=True)
            shown = time.process_time()


def _keep(model, optim, average, step, spent, args):
    fresh = args.out.with_suffix(".new")
    torch.save({**{name: part.state_dict() for name, part in model.parts.items()}, "optim": optim.state_dict(), "step": step, "cpu_s": spent,
                "heard_encoder": args.heard_encoder, "average": average.states}, fresh)
    fresh.replace(args.out)


if __name__ == "__main__":
    main()
