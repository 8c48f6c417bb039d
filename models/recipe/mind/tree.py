"""A batch of session trees, laid flat: no padding in the dense layers, small attention groups instead of one big mask.

Rows of all sessions lie one after the other [N]. A group is a set of query blocks [K, L] with the key blocks [K, M] they may look
at: one group of prefixes, and talks sorted by length in a few groups whose keys are the prefix (or its end, for windows) and their own rows.
"""

from dataclasses import dataclass

import numpy as np
import torch

from . import pack
from .model import GLOBAL, WINDOWED

TALKS_PER_GROUP = 12


@dataclass
class Group:
    """Query rows [K * L], key rows [K * M], blocks K, and what is added to the scores [K, 1, L, M + 1] (last column = sink)."""

    queries: torch.Tensor
    keys: torch.Tensor
    blocks: int
    bias: torch.Tensor
    asked: np.ndarray


@dataclass
class Tree:
    """The batch: ids, positions, weights [N]; `groups` per layer type; `back` [N] finds a row in the groups' joined outputs.

    `following` [N] is the row that comes next; at the end of a prefix the first of a talk, at the end of a talk the row itself.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    weights: torch.Tensor
    groups: dict
    back: dict
    following: torch.Tensor


def plant(sessions, markers, window):
    """A Tree of packed sessions."""
    ids = np.concatenate([s.ids for s in sessions]).astype(np.int64)
    positions = np.concatenate([pack.positions(s.branch) for s in sessions])
    weights = np.concatenate([pack.weights(s.ids, *markers) * (np.diff(s.branch, append=s.branch[-1]) == 0) for s in sessions])
    prefixes, talks = _blocks(sessions)
    groups = {kind: _groups(prefixes, talks, positions, span) for kind, span in ((GLOBAL, 1 << 30), (WINDOWED, window))}
    back = {kind: _back(found, len(ids)) for kind, found in groups.items()}
    following = np.arange(len(ids))
    for block in [*prefixes, *(own for _, own in talks)]:
        following[block[:-1]] += 1
    following[[prefix[-1] for prefix in prefixes]] += 1  # all talks begin alike
    following = np.minimum(following, len(ids) - 1)
    return Tree(torch.from_numpy(ids), torch.from_numpy(positions), torch.from_numpy(weights), groups, back, torch.from_numpy(following))


def _blocks(sessions):
    prefixes, talks, start = [], [], 0
    for session in sessions:
        ids, branch = session.ids, session.branch
        cuts = np.flatnonzero(np.diff(branch)) + 1
        parts = np.split(np.arange(start, start + len(ids)), cuts)
        if branch[0] == 0:
            prefixes.append(parts.pop(0))
            talks += [(prefixes[-1], part) for part in parts]
        else:
            talks += [(np.arange(0), part) for part in parts]
        start += len(ids)
    return prefixes, sorted(talks, key=lambda talk: len(talk[1]))


def _groups(prefixes, talks, positions, window):
    found = [_group([(p, p) for p in prefixes], positions, window)] if prefixes else []
    for first in range(0, len(talks), TALKS_PER_GROUP):
        part = talks[first:first + TALKS_PER_GROUP]
        found.append(_group([(own, np.concatenate([prefix[-min(window, len(prefix)):] if len(prefix) else prefix, own])) for prefix, own in part], positions, window))
    return found


def _group(blocks, positions, window):
    queries, asked = _pad([q for q, _ in blocks])
    keys, known = _pad([k for _, k in blocks])
    distance = positions[queries][:, :, None] - positions[keys][:, None, :]
    mask = (distance >= 0) & (distance < window) & known[:, None, :]
    bias = np.zeros((*mask.shape[:2], mask.shape[2] + 1), np.float32)
    bias[..., :-1][~mask] = -1e9
    flat = torch.from_numpy(queries.ravel()), torch.from_numpy(keys.ravel())
    return Group(*flat, len(blocks), torch.from_numpy(bias[:, None]), asked.ravel())


def _pad(rows):
    width = max(map(len, rows))
    found, real = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), bool)
    for index, row in enumerate(rows):
        found[index, :len(row)], real[index, :len(row)] = row, True
    return found, real


def _back(groups, count):
    back, start = np.zeros(count, np.int64), 0
    for group in groups:
        rows = group.queries.numpy()
        back[rows[group.asked]] = start + np.flatnonzero(group.asked)
        start += len(rows)
    return torch.from_numpy(back)
