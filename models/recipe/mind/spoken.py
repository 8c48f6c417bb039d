"""Sessions in which the user speaks: tools made for sentences that were synthesised, with encoder embeddings at audio positions."""

import random
from dataclasses import dataclass

import numpy as np

from text import grammar, write

from . import answers, tokens
from .dialogue import _CONFUSABLE, _calls, _Session
from .gate import keep
from .pack import PREFIX_MAX
from .schema import FAMILIES, MISSING

FRAMES_MAX = 90


@dataclass
class Utterance:
    """A spoken home sentence: its meaning, embeddings f16 [frames, E], and the voice."""

    said: grammar.Said
    embedding: np.ndarray
    voice: str


def meanings(lines=60_000, seed=7):
    """Meaning of every line of home_train.txt, home_test.txt and home_test_phrasings.txt (redrawn with the same seed)."""
    train, test, phrasings = write.home(lines, seed)
    return {text: said for part in (train, test, phrasings) for text, said in part.items() if said is not None}


def load(paths, known, gate=None):
    """Utterances of the embedding files whose text has a known meaning; `gate` drops blank frames."""
    found = []
    for path in paths:
        stored = np.load(path)
        embedding, first, texts, voices = (stored[name] for name in ("embedding", "first", "text", "voice"))
        for index, text in enumerate(texts.tolist()):
            said = known.get(text)
            if said is not None and first[index + 1] - first[index] <= FRAMES_MAX:
                rows = embedding[first[index]:first[index + 1]]
                found.append(Utterance(said, keep(gate, rows) if gate else rows, str(voices[index])))
    return found


class Pool:
    """Utterances by intent, each given out once per round."""

    def __init__(self, utterances, rng):
        self.rng, self.all = rng, {}
        for one in utterances:
            self.all.setdefault(one.said.intent, []).append(one)
        self.left = {intent: [] for intent in self.all}

    def take(self, intent, count):
        """Up to `count` utterances of an intent."""
        taken = []
        for _ in range(count if intent in self.all else 0):
            if not self.left[intent]:
                self.left[intent] = self.rng.sample(self.all[intent], len(self.all[intent]))
            taken.append(self.left[intent].pop())
        return taken


class SpokenSession(_Session):
    """A session whose talks are spoken, with a few written ones between them."""

    def __init__(self, rng, general, pool, held=False):
        self.pool, self.for_tool = pool, []
        super().__init__(rng, general, held, None)

    def _tools(self):
        rng, tools, served = self.rng, [], set()
        count = rng.randrange(1, 6)
        for line in rng.sample(FAMILIES, len(FAMILIES)):
            if len(tools) >= count or served & set(line[0]) or any(served & pair and set(line[0]) & pair for pair in _CONFUSABLE):
                continue
            spoken = [one for intent in line[0] for one in self.pool.take(intent, 2 if len(line[0]) > 1 else 3)]
            self.home.wanted = {}
            for one in spoken:
                for slot, value in one.said.slots.items():
                    self.home.wanted.setdefault(slot, set()).add(value if isinstance(value, str) else "")
            self.home.wanted = {slot: values - {""} for slot, values in self.home.wanted.items()}
            tool = self.home.tool(line)
            if any(tool.name == other.name for other in tools):
                continue
            tools.append(tool)
            served |= set(line[0])
            self.for_tool += [(one, tool) for one in spoken]
        self.home.wanted = {}
        rng.shuffle(tools)
        self.served = served
        return tools

    def spoken_talks(self, others=2, written=2):
        """[(messages, embedding or None)]: spoken wishes, spoken sentences without a tool, and written talks."""
        found = []
        for one, tool in self.for_tool:
            arguments = tool.arguments(one.said.slots)
            if arguments is not MISSING:
                call = {**_calls([(tool.name, arguments)]), "heard": one.said.text}
                found.append(([_audio(one), call, *self._after(one.said, tool)], one.embedding))
        for _ in range(others):
            one = self._other()
            if one:
                found.append(([_audio(one), {"role": "assistant", "heard": one.said.text, "content": self._reply(one.said)}], one.embedding))
        return found + [(self._talk(), None) for _ in range(written)]

    def _other(self):
        """An utterance that none of the tools serves."""
        served = set(self.served)
        for pair in _CONFUSABLE:
            served |= pair if served & pair else set()
        unserved = [i for i in self.pool.all if i not in served and not (i in _WISHES and self._near(i))]
        talk = [i for i in unserved if i not in _WISHES]
        intent = self.rng.choice(talk if talk and self.rng.random() < 0.5 else unserved) if unserved else None
        taken = self.pool.take(intent, 1) if intent else []
        return taken[0] if taken else None

    def _reply(self, said):
        if said.intent == "time":
            return answers.time_of(self.clock)
        if said.intent == "weekday":
            return answers.weekday_of(self.clock)
        if said.intent.startswith("sum_"):
            return answers.sum_of(said.intent, *(said.slots[k] for k in (("m", "n") if "m" in said.slots else ("a", "b"))))
        if said.phrasing.reply:
            return self._chat_reply(said.phrasing)
        return answers.cannot(self.rng)


_WISHES = {p.intent for p in grammar.WISHES}


def _audio(one):
    return {"role": "user", "content": [{"positions": len(one.embedding)}]}


def pack_spoken(session, talks, tokenizer):
    """(ids, branch, sounds): sounds are the embeddings of all audio positions in row order [A, E]; None when too long."""
    schemas = {"tools": [tool.schema() for tool in session.tools], "instructions": session.text}
    prefix = tokenizer.encode(tokens.prefix_text(schemas)).ids
    if len(prefix) > PREFIX_MAX:
        return None
    ids, branch, sounds = [prefix], [np.zeros(len(prefix), np.uint8)], []
    for index, (messages, embedding) in enumerate(talks, 1):
        talk = tokenizer.encode(tokens.talk_text(messages)).ids
        if len(talk) > 260:
            continue
        ids.append(talk)
        branch.append(np.full(len(talk), index, np.uint8))
        if embedding is not None:
            sounds.append(embedding)
    return np.concatenate(ids).astype(np.uint16), np.concatenate(branch), np.concatenate(sounds) if sounds else np.zeros((0, 192), np.float16)


def make(rng, general, pool, tokenizer, held=False, written=2):
    """One packed spoken session, or None."""
    session = SpokenSession(rng, general, pool, held)
    return pack_spoken(session, session.spoken_talks(written=written), tokenizer)


def seeded(seed):
    """A random source."""
    return random.Random(seed)
