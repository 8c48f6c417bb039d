"""Sessions as token trees: one prefix (tools, instructions) and independent talks that all continue it.

A packed session is three arrays: `ids` u16, `branch` u8 (0 = prefix, k = k-th talk) and, derived, positions: a talk's
positions go on from the prefix. Attention sees the prefix and the own talk only, so one prefix serves many talks.
"""

from dataclasses import dataclass, field

import numpy as np

from . import tokens

PREFIX_MAX, TALK_MAX = 420, 260
SHARES = {"choice": 4.0, "turning": 3.0, "answer": 1.0, "user": 0.1, "rest": 0.0}


@dataclass
class Packed:
    """A session laid flat: ids u16 and branch u8 [N]; what stands at audio and picture positions, in the order of the rows.

    `heard`: embeddings f16 [n, E] of a sound, or a list of made-up posteriors; `seen`: embeddings f16 [n, E] of a picture.
    """

    ids: np.ndarray
    branch: np.ndarray
    heard: list = field(default_factory=list)
    seen: list = field(default_factory=list)


def pack_session(session, tokenizer):
    """A Packed of one session, or None when it is too long; talks that are too long are left out.

    Messages may carry "sound" or "frames" (see Packed.heard) and "pictures".
    """
    prefix = tokenizer.encode(tokens.prefix_text(session)).ids
    if len(prefix) > PREFIX_MAX:
        return None
    packed, ids, branch = Packed(None, None), [prefix], [np.zeros(len(prefix), np.uint8)]
    for index, talk in enumerate(session["talks"], 1):
        talk_ids = tokenizer.encode(tokens.talk_text(talk)).ids
        if len(talk_ids) <= TALK_MAX:
            ids.append(talk_ids)
            branch.append(np.full(len(talk_ids), index, np.uint8))
            packed.heard += [message[kind] for message in talk for kind in ("sound", "frames") if kind in message]
            packed.seen += [picture for message in talk for picture in message.get("pictures", ())]
    packed.ids, packed.branch = np.concatenate(ids).astype(np.uint16), np.concatenate(branch)
    return packed


def positions(branch):
    """Positions of the rows of a tree: every talk goes on where the prefix ended."""
    where = np.arange(len(branch))
    starts = np.flatnonzero(np.diff(branch, prepend=-1))
    prefix = int((branch == 0).sum())
    for start in starts:
        if branch[start]:
            where[start:] = np.arange(len(branch) - start) + prefix
    return where


def weights(ids, assistant, user, end, silent, choice, turning):
    """Loss weight of predicting ids[i + 1] from row i (the last row predicts nothing; `silent` positions, those of sound and pictures, are no words).

    `choice` is the token sequence before a tool's name: what follows it decides the most, and weighs the most.
    After a `turning` token it is decided whether to speak, to call, to call again or to end.
    """
    kind, found = SHARES["rest"], np.zeros(len(ids), np.float32)
    for row, token in enumerate(ids[:-1].tolist()):
        if token == assistant:
            kind = SHARES["answer"]
        elif token == user:
            kind = SHARES["user"]
        found[row] = kind if token != end else SHARES["rest"] * 0.5
        if token == end:
            kind = SHARES["rest"]
    before = [np.roll(ids, shift) == token for shift, token in enumerate(reversed(choice))]
    found[np.logical_and.reduce(before) & (found == SHARES["answer"])] = SHARES["choice"]
    found[np.isin(ids, turning) & (found == SHARES["answer"])] = SHARES["turning"]
    following = np.append(ids[1:], silent[0])
    found[np.isin(following, silent)] = 0
    return found
