"""Speech stage: the core learns to write down what it hears and to act on it, from text, rehearsed and real embeddings.

Until encoder embeddings exist the sound is rehearsed (made-up posteriors); then real ones take over, encoder errors included.
Checkpoints hold core and projector; the stage continues a text checkpoint and is resumable.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from common.muon import Muon, plan
from text import grammar

from . import dialogue, pack, spoken, tokens
from .model import Core, Shape
from .projector import Projector, rehearsal
from .train import exact, held_sessions, loss_of, markers
from .tree import plant


class Source:
    """Endless packed sessions of four kinds: written, rehearsed, spoken, repeated; each (ids, branch, sounds, pieces)."""

    def __init__(self, general, tokenizer, rng, utterances=(), shares=(0.5, 0.5, 0.0, 0.0)):
        self.general, self.tokenizer, self.rng, self.shares = general, tokenizer, rng, shares
        self.pool = spoken.Pool(utterances, rng) if utterances else None
        said = [grammar.draw(rng).text for _ in range(2000)]
        self.confusable = sorted({t for text in said for t in tokenizer.encode(text).ids})

    def draw(self):
        """One session; sounds f32 [A, E] are real, pieces (rows, tokens, shares) are rehearsed."""
        kind = self.rng.choices(("written", "rehearsed", "spoken", "repeated"), self.shares)[0]
        while True:
            made = getattr(self, f"_{kind}")()
            if made:
                return made

    def _written(self):
        packed = pack.pack_session(dialogue.session(self.rng, self.general), self.tokenizer)
        return packed and (*packed, None, None)

    def _spoken(self):
        packed = spoken.make(self.rng, self.general, self.pool, self.tokenizer, written=2)
        return packed and (*packed[:2], packed[2].astype(np.float32), None)

    def _repeated(self):
        """Random tokens and pieces of them again: the plainest lesson in copying."""
        rng, answer = self.rng, self.tokenizer.token_to_id("<|assistant|>")
        row = [rng.randrange(16, self.tokenizer.get_vocab_size()) for _ in range(rng.randrange(30, 120))]
        parts = [row]
        for _ in range(8):
            first = rng.randrange(len(row) - 12)
            parts.append([answer, *row[first:first + rng.randrange(8, 24)]])
        branch = np.concatenate([np.full(len(part), index, np.uint8) for index, part in enumerate(parts)])
        return np.concatenate(parts).astype(np.uint16), branch, None, None

    def _rehearsed(self):
        session, frames = dialogue.session(self.rng, self.general), []
        for talk in session["talks"]:
            for index, message in enumerate(talk):
                if message["role"] == "user" and self.rng.random() < 0.75:
                    text = "".join(c for c in message["content"].lower() if c.isalpha() or c in " '").strip()
                    if not text or any(c.isdigit() for c in message["content"]):
                        continue
                    heard = rehearsal(text, self.tokenizer, self.rng, self.confusable)
                    message["content"] = [{"positions": len(heard)}]
                    talk[index + 1]["heard"] = text
                    message["frames"] = heard
        prefix = self.tokenizer.encode(tokens.prefix_text(session)).ids
        if len(prefix) > pack.PREFIX_MAX:
            return None
        ids, branch = [prefix], [np.zeros(len(prefix), np.uint8)]
        for index, talk in enumerate(session["talks"], 1):
            talk_ids = self.tokenizer.encode(tokens.talk_text(talk)).ids
            if len(talk_ids) <= 260:
                ids.append(talk_ids)
                branch.append(np.full(len(talk_ids), index, np.uint8))
                frames += [frame for message in talk for frame in message.get("frames", ())]
        return np.concatenate(ids).astype(np.uint16), np.concatenate(branch), None, frames


def vectors(projector, sessions, tree, pad):
    """(rows of audio positions, their vectors) of a batch."""
    found = []
    for _, _, sounds, frames in sessions:
        if sounds is not None and len(sounds):
            noisy = torch.from_numpy(sounds)
            found.append(projector(noisy + 0.1 * torch.randn_like(noisy)))
        elif frames:
            where = torch.tensor([row for row, frame in enumerate(frames) for _ in frame])
            token = torch.tensor([t for frame in frames for t, _ in frame])
            share = torch.tensor([s for frame in frames for _, s in frame])
            mixed = torch.zeros(len(frames), projector.table.shape[0]).index_add(0, where, projector.table.T[token] * share[:, None])
            found.append(mixed)
    rows = torch.nonzero(tree.ids == pad).flatten()
    return (rows, torch.cat([f.float() for f in found])) if len(rows) else None


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
    """Entry of `run.py mind.speech`."""
    options = argparse.ArgumentParser(prog="run.py mind.speech", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--start", type=Path, default=Path("build/mind/text.pt"), help="checkpoint of the text stage")
    options.add_argument("--encoder", type=Path, help="encoder checkpoint whose piece head starts the projector")
    options.add_argument("--embeddings", type=Path, nargs="*", default=[])
    options.add_argument("--shares", type=float, nargs=4, default=(0.5, 0.5, 0.0, 0.0), help="written, rehearsed, spoken, repeated")
    options.add_argument("--out", type=Path, default=Path("build/mind/speech.pt"))
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
    step, spent = _start(core, projector, optim, args)
    general = (args.text / "general_train.txt").read_text().splitlines()
    utterances = spoken.load(args.embeddings, spoken.meanings()) if args.embeddings else []
    print(json.dumps({"utterances": len(utterances), "from_step": step}), flush=True)
    source = Source(general, tokenizer, random.Random(args.seed + step), utterances, args.shares)
    train(core, projector, optim, tokenizer, source, args, step, spent)


def _start(core, projector, optim, args):
    """Resume this stage, or begin from the text stage."""
    path = args.out if args.out.exists() else args.start
    stored = torch.load(path, weights_only=True)
    core.load_state_dict(stored["core"])
    if "projector" in stored:
        projector.load_state_dict(stored["projector"])
        optim.load_state_dict(stored["optim"])
    else:
        projector.start_table(core.embed_tokens.weight)
        old = Muon([{"params": g["params"]} for g in optim.param_groups[:2]])
        old.load_state_dict(stored["optim"])
        for parameter, state in old.state.items():
            optim.state[parameter] = state
        for group, before in zip(optim.param_groups, old.param_groups):
            group["steps"] = before["steps"]
    if args.encoder and not stored.get("heard_encoder"):
        head = torch.load(args.encoder, weights_only=False)["average"]
        projector.start_pieces(head["pieces.weight"].float(), head["pieces.bias"].float())
    args.heard_encoder = bool(args.encoder or stored.get("heard_encoder"))
    return stored["step"], stored["cpu_s"]


def train(core, projector, optim, tokenizer, source, args, start, spent):
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
            group["lr"] = group["peak"] * share
        optim.step()
        for layer in core.layers[1:]:
            layer.mlp.balance(0.004 * share)
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
                        "cpu_s": spent + time.process_time() - began, "heard_encoder": args.heard_encoder}, fresh)
            fresh.replace(args.out)
        if (step + 1) % 100 == 0 or step + 1 == args.steps:
            right, calls, fine, others = exact(core, held, marks, call)
            print(json.dumps({"step": step + 1, "held_calls_exact": f"{right}/{calls}", "held_others_exact": f"{fine}/{others}"}), flush=True)


if __name__ == "__main__":
    main()
