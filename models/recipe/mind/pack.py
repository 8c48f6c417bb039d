"""Sessions as token trees: one prefix (tools, instructions) and independent talks that all continue it.

A packed session is three arrays: `ids` u16, `branch` u8 (0 = prefix, k = k-th talk) and, derived, positions: a talk's
positions go on from the prefix. Attention sees the prefix and the own talk only, so one prefix serves many talks.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from . import dialogue, tokens

PREFIX_MAX, TALK_MAX = 420, 160
SHARES = {"answer": 1.0, "user": 0.1, "rest": 0.08}


def pack_session(session, tokenizer):
    """(ids, branch) of one session, or None when it is too long."""
    prefix = tokenizer.encode(tokens.prefix_text(session)).ids
    if len(prefix) > PREFIX_MAX:
        return None
    ids, branch = [prefix], [np.zeros(len(prefix), np.uint8)]
    for index, talk in enumerate(session["talks"], 1):
        talk_ids = tokenizer.encode(tokens.talk_text(talk)).ids
        if len(talk_ids) <= TALK_MAX:
            ids.append(talk_ids)
            branch.append(np.full(len(talk_ids), index, np.uint8))
    return np.concatenate(ids).astype(np.uint16), np.concatenate(branch)


def positions(branch):
    """Positions of the rows of a tree: every talk goes on where the prefix ended."""
    where = np.arange(len(branch))
    starts = np.flatnonzero(np.diff(branch, prepend=-1))
    prefix = int((branch == 0).sum())
    for start in starts:
        if branch[start]:
            where[start:] = np.arange(len(branch) - start) + prefix
    return where


def weights(ids, assistant, user, end, audio):
    """Loss weight of predicting ids[i + 1] from row i (the last row predicts nothing; audio positions are no words)."""
    kind, found = SHARES["rest"], np.zeros(len(ids), np.float32)
    for row, token in enumerate(ids[:-1].tolist()):
        if token == assistant:
            kind = SHARES["answer"]
        elif token == user:
            kind = SHARES["user"]
        found[row] = kind if token != end else SHARES["rest"] * 0.5
        if token == end:
            kind = SHARES["rest"]
    following = np.append(ids[1:], audio[0])
    found[np.isin(following, audio)] = 0
    return found


def save(path, sessions):
    """Write packed sessions as one npz."""
    sizes = np.array([len(ids) for ids, _ in sessions])
    np.savez(path, ids=np.concatenate([i for i, _ in sessions]), branch=np.concatenate([b for _, b in sessions]), sizes=sizes)


def load(path):
    """The list of (ids, branch) of a file written by `save`."""
    stored = np.load(path)
    ids, branch, sizes = stored["ids"], stored["branch"], stored["sizes"]
    return [(ids[end - size:end], branch[end - size:end]) for end, size in zip(np.cumsum(sizes), sizes)]


def main(argv=None):
    """Entry of `run.py mind.pack`."""
    options = argparse.ArgumentParser(prog="run.py mind.pack", description=__doc__)
    options.add_argument("--text", type=Path, default=Path("build/text"))
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--out", type=Path, default=Path("build/mind/sessions"))
    options.add_argument("--shards", type=int, default=16)
    options.add_argument("--sessions", type=int, default=1000, help="per shard")
    options.add_argument("--seed", type=int, default=100)
    args = options.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    general = (args.text / "general_train.txt").read_text().splitlines()
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    for shard in range(args.shards):
        path = args.out / f"{args.seed + shard}.npz"
        if path.exists():
            continue
        rng, began = random.Random(args.seed + shard), time.process_time()
        made = (pack_session(dialogue.session(rng, general), tokenizer) for _ in range(args.sessions))
        sessions = [packed for packed in tqdm(made, total=args.sessions, desc=path.name, mininterval=5) if packed]
        save(path, sessions)
        print(f"{path}: {len(sessions)} sessions, {sum(len(i) for i, _ in sessions)} tokens, {time.process_time() - began:.0f} CPU-s")


if __name__ == "__main__":
    main()
