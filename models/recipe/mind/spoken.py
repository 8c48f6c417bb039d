"""Sessions in which the user speaks: tools made for sentences that were synthesised, with encoder embeddings at audio positions."""

import random
from dataclasses import dataclass

import numpy as np

from text import grammar, write

from . import answers, reckon, refusals
from .dialogue import Session, clashes
from .gate import keep
from .schema import FAMILIES, MISSING

FRAMES_MAX = 90


@dataclass
class Utterance:
    """A spoken home sentence: its meaning, embeddings f16 [frames, E], and the voice."""

    said: grammar.Said
    embedding: np.ndarray
    voice: str
    source: str = ""


def meanings(lines=60_000, seed=7):
    """Meaning of every line of home_train.txt, home_test.txt and home_test_phrasings.txt (redrawn with the same seed)."""
    train, test, phrasings = write.home(lines, seed)
    return {text: said for part in (train, test, phrasings) for text, said in part.items() if said is not None}


def load(paths, known, gate=None):
    """Utterances of the embedding files whose text has a known meaning; `gate` drops blank frames."""
    return list(_all(paths, known, gate))


def load_training(paths, known, gate=None):
    """As `load`, for training.

    Raises ValueError for a file that holds a sentence kept for testing.
    """
    found = []
    for one in _all(paths, known, gate):
        if not grammar.is_train(one.said):
            raise ValueError(f"{one.source} holds a sentence kept for testing: {one.said.text}")
        found.append(one)
    return found


def _all(paths, known, gate):
    for path, text, voice, rows in _rows(paths, gate):
        if text in known:
            yield Utterance(known[text], rows, voice, str(path))


def _rows(paths, gate):
    for path in paths:
        stored = np.load(path)
        embedding, first, texts, voices = (stored[name] for name in ("embedding", "first", "text", "voice"))
        for index, text in enumerate(texts.tolist()):
            if first[index + 1] - first[index] <= FRAMES_MAX:
                rows = embedding[first[index]:first[index + 1]]
                yield path, text, str(voices[index]), keep(gate, rows) if gate else rows


def by_text(paths, known, gate=None):
    """Embeddings of sentences without a known meaning, by their text: they stand in wherever a session says the same."""
    found = {}
    for _, text, _, rows in _rows(paths, gate):
        if text not in known:
            found.setdefault(text, []).append(rows)
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


class SpokenSession(Session):
    """A session whose talks begin with spoken sentences; what follows is rehearsed (see source.py) or written."""

    def __init__(self, rng, general, pool, held=False):
        self.pool, self.for_tool = pool, []
        super().__init__(rng, general, held, None, "home")

    def _tools(self):
        rng, tools, served = self.rng, [], set()
        count = rng.randrange(1, 6)
        for line in rng.sample(FAMILIES, len(FAMILIES)):
            if len(tools) >= count or clashes(line[0], served):
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

    def spoken_talks(self, others=2, written=2, more=0.35):
        """Talks: spoken wishes, spoken sentences without a tool, and written ones; a share of `more` goes on after the first turn."""
        found = []
        for one, tool in self.for_tool:
            arguments = tool.arguments(one.said.slots)
            if arguments is not MISSING:
                self.past = []
                found.append(self._on([spoken_message(one), *heard(self.made(one.said, tool, arguments), one)], more))
        for _ in range(others):
            one = self._stranger()
            if one:
                self.past = []
                found.append(self._on([spoken_message(one), {"role": "assistant", "heard": one.said.text, "content": self._reply(one.said)}], more))
        return found + [self.talk() for _ in range(written)]

    def _on(self, messages, more):
        messages = self._titled(messages)
        while self.rng.random() < more and messages[-1]["role"] == "assistant" and len(messages) < 12:
            spoken = self.for_tool and self.rng.random() < 0.3 and self.rng.choice(self.for_tool)
            arguments = spoken and spoken[1].arguments(spoken[0].said.slots)
            if spoken and arguments is not MISSING:
                turn = [spoken_message(spoken[0]), *heard(self.made(spoken[0].said, spoken[1], arguments), spoken[0])]
            else:
                turn = (self.past and self.follow()) or self.turn()
            messages += self._titled(turn)
        return messages

    def _stranger(self):
        """An utterance that none of the tools serves."""
        unserved = [i for i in self.pool.all if not clashes([i], self.served) and not (i in _WISHES and self._near(i))]
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
            return reckon.sum_of(said.intent, *(said.slots[k] for k in (("m", "n") if "m" in said.slots else ("a", "b"))))
        if said.phrasing.reply:
            return self._chat_reply(said.phrasing)
        return refusals.refusal(self.rng, said)


_WISHES = {p.intent for p in grammar.WISHES}


def spoken_message(one):
    """The user's message of an utterance."""
    return {"role": "user", "content": [{"positions": len(one.embedding)}], "sound": one.embedding}


def heard(messages, one):
    """The assistant's messages, the first of which writes down what was heard."""
    messages[0]["heard"] = one.said.text
    return messages


def spoken_session(rng, general, pool, held=False, written=2):
    """A session dict (as dialogue.session makes it) with spoken talks."""
    session = SpokenSession(rng, general, pool, held)
    talks = session.spoken_talks(written=written)
    return {"tools": [tool.schema() for tool in session.tools], "instructions": session.text, "talks": talks}


def seeded(seed):
    """A random source."""
    return random.Random(seed)
