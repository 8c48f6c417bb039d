"""Where sessions come from: written, rehearsed (made-up piece posteriors), spoken (encoder embeddings), drilled (only which tool), repeated (plain copying)."""

import numpy as np
import torch

from text import grammar

from . import dialogue, pack, spoken, tokens
from .projector import rehearsal


class Source:
    """Endless packed sessions of five kinds; each (ids, branch, sounds, pieces)."""

    def __init__(self, general, tokenizer, rng, utterances=(), shares=(0.5, 0.5, 0.0, 0.0, 0.0)):
        self.general, self.tokenizer, self.rng, self.shares = general, tokenizer, rng, shares
        self.pool = spoken.Pool(utterances, rng) if utterances else None
        said = [grammar.draw(rng).text for _ in range(2000)]
        self.confusable = sorted({t for text in said for t in tokenizer.encode(text).ids})

    def draw(self):
        """One session; sounds f32 [A, E] are real, pieces (rows, tokens, shares) are rehearsed."""
        kind = self.rng.choices(("written", "rehearsed", "spoken", "drilled", "repeated"), self.shares)[0]
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

    def _drilled(self):
        """Many short questions to a few tools, often with meaningless names: which one is it? Answers end after the name."""
        session = dialogue.session(self.rng, self.general, talks=14, strange=self.rng.random() < 0.65)
        if not 2 <= len(session["tools"]) <= 6:
            return None
        parts = [self.tokenizer.encode(tokens.prefix_text(session)).ids]
        for talk in session["talks"]:
            text = tokens.talk_text(talk[:1], ask=True)
            calls = talk[1].get("tool_calls")
            text += f'<|tool_call|>{{"name":"{calls[0]["function"]["name"]}","' if calls else talk[1]["content"] + "<|im_end|>"
            parts.append(self.tokenizer.encode(text).ids)
        if len(parts[0]) > 220:
            return None
        branch = np.concatenate([np.full(len(part), index, np.uint8) for index, part in enumerate(parts)])
        return np.concatenate(parts).astype(np.uint16), branch, None, None

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
