"""Where sessions come from: written, rehearsed (made-up piece posteriors), spoken (encoder embeddings), drilled (only which tool), repeated
(plain copying), seen (pictures) and reckoned (sums, days and times)."""

import numpy as np
import torch

from text import grammar

from . import cases, dialogue, pack, spoken, tokens
from .projector import rehearsal

KINDS = ("written", "rehearsed", "spoken", "drilled", "repeated", "seen", "reckoned")


class Source:
    """Endless Packed sessions of the KINDS."""

    def __init__(self, general, tokenizer, rng, utterances=(), shares=(0.5, 0.5), pictures=None, unseen=frozenset(), sounds=None):
        self.general, self.tokenizer, self.rng, self.unseen = tuple(general), tokenizer, rng, unseen
        self.shares = [*shares, *[0.0] * (len(KINDS) - len(shares))]
        self.pool, self.pictures = spoken.Pool(utterances, rng) if utterances else None, pictures
        self.sounds = sounds or {}
        said = [grammar.draw(rng).text for _ in range(2000)]
        self.confusable = sorted({t for text in said for t in tokenizer.encode(text).ids})

    def draw(self):
        """One session."""
        kind = self.rng.choices(KINDS, self.shares)[0]
        while True:
            made = getattr(self, f"_{kind}")()
            if made:
                return made

    def _written(self):
        return self._pack(dialogue.session(self.rng, self.general), 0)

    def _rehearsed(self):
        return self._pack(dialogue.session(self.rng, self.general), 0.75)

    def _spoken(self):
        return self._pack(spoken.spoken_session(self.rng, self.general, self.pool), 0.6)

    def _seen(self):
        return self._pack(self.pictures.session(self.rng, self.general), 0.4)

    def _reckoned(self):
        """Sums, days and times, many short questions that share one clock."""
        session = dialogue.Session(self.rng, self.general, False)
        session.tools = []
        talks = [session._sum() if self.rng.random() < 0.7 else session._clock() for _ in range(16)]
        return self._pack({"tools": [], "instructions": session.text, "talks": [talk for talk in talks if talk]}, 0.4)

    def _pack(self, session, share):
        session["talks"] = self._fresh(session["talks"])
        rehearse(session["talks"], share, self)
        return pack.pack_session(session, self.tokenizer)

    def _fresh(self, talks):
        """Talks without the sentences of the evaluation: hashes keep its phrasings away, this also what is drawn alike by chance."""
        said = ((talk, [m["content"] for m in talk if m["role"] == "user" and isinstance(m["content"], str)]) for talk in talks)
        return [talk for talk, texts in said if not any(cases.plain(text) in self.unseen for text in texts)]

    def _drilled(self):
        """Many short questions to a few tools, often with meaningless names: which one is it? Answers end after the name."""
        session = dialogue.session(self.rng, self.general, talks=14, strange=self.rng.random() < 0.65)
        if not 2 <= len(session["tools"]) <= 6:
            return None
        parts = [self.tokenizer.encode(tokens.prefix_text(session)).ids]
        for talk in self._fresh(session["talks"]):
            text = tokens.talk_text(talk[:1], ask=True)
            calls = talk[1].get("tool_calls")
            text += f'<|tool_call|>{{"name":"{calls[0]["function"]["name"]}","' if calls else talk[1]["content"] + "<|im_end|>"
            parts.append(self.tokenizer.encode(text).ids)
        return _flat(parts) if len(parts[0]) <= 220 else None

    def _repeated(self):
        """Random tokens and pieces of them again: the plainest lesson in copying."""
        rng, answer = self.rng, self.tokenizer.token_to_id("<|assistant|>")
        row = [rng.randrange(16, self.tokenizer.get_vocab_size()) for _ in range(rng.randrange(30, 120))]
        parts = [row]
        for _ in range(8):
            first = rng.randrange(len(row) - 12)
            parts.append([answer, *row[first:first + rng.randrange(8, 24)]])
        return _flat(parts)


def _flat(parts):
    branch = np.concatenate([np.full(len(part), index, np.uint8) for index, part in enumerate(parts)])
    return pack.Packed(np.concatenate(parts).astype(np.uint16), branch)


def rehearse(talks, share, source):
    """Turns a share of the typed messages into spoken ones; the answer writes down what was heard.

    Where `source` has the sound of the very sentence it is taken, else posteriors are made up.
    """
    rng = source.rng
    for talk in talks:
        for index, message in enumerate(talk[:-1]):
            if message["role"] != "user" or talk[index + 1]["role"] != "assistant" or rng.random() > share:
                continue
            parts = [message["content"]] if isinstance(message["content"], str) else [part.get("text") for part in message["content"]]
            words = [part for part in parts if part]
            if "sound" in message or len(words) != 1 or any(c.isdigit() for c in words[0]):
                continue
            text = " ".join("".join(c if c.isalpha() or c in " '" else " " if c == "," else "" for c in words[0].lower()).split())
            if text:
                real = source.sounds.get(text)
                frames = rng.choice(real) if real else rehearsal(text, source.tokenizer, rng, source.confusable)
                spoken_part = {"positions": len(frames)}
                message["content"] = [spoken_part] if isinstance(message["content"], str) else [spoken_part if part.get("text") else part for part in message["content"]]
                message["sound" if real else "frames"], talk[index + 1]["heard"] = frames, text


def heard_vectors(projector, sessions, tree, pad):
    """(rows of audio positions, their vectors) of a batch, or None."""
    items = [item for session in sessions for item in session.heard]
    rows = torch.nonzero(tree.ids == pad).flatten()
    if not len(rows):
        return None
    lengths = [len(item) for item in items]
    at = np.split(np.arange(len(rows)), np.cumsum(lengths)[:-1])
    sounds = [i for i, item in enumerate(items) if isinstance(item, np.ndarray)]
    frames = [i for i, item in enumerate(items) if not isinstance(item, np.ndarray)]
    found, order = [], []
    if sounds:
        noisy = torch.from_numpy(np.concatenate([items[i] for i in sounds]).astype(np.float32))
        found.append(projector(noisy + 0.1 * torch.randn_like(noisy)).float())
        order += [at[i] for i in sounds]
    if frames:
        found.append(_mixed(projector, [frame for i in frames for frame in items[i]]))
        order += [at[i] for i in frames]
    return rows[torch.from_numpy(np.concatenate(order))], torch.cat(found)


def _mixed(projector, frames):
    """Vectors of made-up posteriors."""
    where = torch.tensor([row for row, frame in enumerate(frames) for _ in frame])
    token = torch.tensor([t for frame in frames for t, _ in frame])
    share = torch.tensor([s for frame in frames for _, s in frame])
    return torch.zeros(len(frames), projector.table.shape[0]).index_add(0, where, projector.table.T[token] * share[:, None])


def seen_vectors(sight, sessions, tree, pad):
    """(rows of picture positions, their vectors) of a batch, or None."""
    items = [picture for session in sessions for picture in session.seen]
    if not items:
        return None
    return torch.nonzero(tree.ids == pad).flatten(), sight(torch.from_numpy(np.concatenate(items).astype(np.float32))).float()
