"""Sessions in which the user shows pictures: embeddings of the eyes at picture positions, questions about them, tools beside them."""

import json

import numpy as np

from . import dialogue

POSITIONS = 32


def _dark(facts):
    night = facts["time"] == "night"
    return ("it is dark outside|it is night|it is dark|it's already night", night, "It is day.") if facts["tells_time"] else None


def _bright(facts):
    night = facts["time"] == "night"
    return ("it is day|it is bright outside|the sun is up|it is still light", not night, "It is night.") if facts["tells_time"] else None


def _lamp(facts):
    lit = [thing["lit"] for thing in facts["things"] if "lit" in thing]
    return ("the lamp is off|the lamp there is off|the lamp is not on", not lit[0], "The lamp is on.") if len(lit) == 1 else None


def _somebody(facts):
    there = any(thing["kind"] == "person" for thing in facts["things"])
    return "there is a person|somebody is there|you see someone|there is someone in the picture", there, "There is no person."


def _nobody(facts):
    there = any(thing["kind"] == "person" for thing in facts["things"])
    return "nobody is there|you see nobody|there is no one in the picture", not there, "There is a person."


_STATES = [_dark, _bright, _lamp, _somebody, _nobody]


class Pictures:
    """Embeddings f16 [32, E] with the facts of their scenes, and pairs of them with what changed between."""

    def __init__(self, scenes, pairs, rng, held=False):
        self.scenes, self.pairs, self.rng, self.held = scenes, pairs, rng, held

    @classmethod
    def load(cls, paths, rng, held=False):
        """Files of vision.embed (the facts lie beside each, as .jsonl).

        Raises ValueError for a file of test scenes unless `held`.
        """
        scenes, pairs = [], []
        for path in paths:
            if "test" in path.name and not held:
                raise ValueError(f"{path} holds pictures kept for testing")
            embedding = np.load(path)["embedding"]
            facts = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
            (pairs if embedding.ndim == 4 else scenes).extend(zip(embedding, facts))
        return cls(scenes, pairs, rng, held)

    def session(self, rng, general, talks=6):
        """A session dict (as dialogue.session makes it) whose talks begin with pictures."""
        session = dialogue.Session(rng, general, self.held and True, world="home")
        session.tools = session.tools[:3]
        drawn = [session._titled(self.pair_talk() if self.pairs and rng.random() < 0.3 else self.scene_talk(session)) for _ in range(talks)]
        return {"tools": [tool.schema() for tool in session.tools], "instructions": session.text, "talks": drawn}

    def scene_talk(self, session):
        """Questions about one picture, sometimes with a wish of the home between them."""
        from vision import questions
        picture, facts = self.rng.choice(self.scenes)
        messages = []
        for turn in range(self.rng.choice([1, 1, 2, 3, 4])):
            if session.tools and self.rng.random() < 0.15:
                more = self.conditional(session, facts, [picture] if turn == 0 else [])
                if more:
                    return messages + more
            asked, answer = questions.draw(self.rng, facts, held=self.held)
            messages += [self.shown([picture] if turn == 0 else [], asked.text), {"role": "assistant", "content": answer.text}]
        return messages

    def conditional(self, session, facts, pictures):
        """"turn on the lamp if it is dark": a call, or why there is none."""
        found, state = session.call(), self.rng.choice(_STATES)(facts)
        if not found or not state or not found[0].phrasing.imperative:
            return None
        said, tool, arguments = found
        ways, holds, reply = state
        condition = self.rng.choice(ways.split("|"))
        text = f"{said.core} if {condition}" if self.rng.random() < 0.7 else f"if {condition} {said.core}"
        answer = dialogue.calls([(tool.name, arguments)]) if holds else {"role": "assistant", "content": reply}
        return [self.shown(pictures, text), answer]

    def pair_talk(self):
        """Two pictures: what changed? In one message, or one after the other."""
        from vision import questions
        pictures, facts = self.rng.choice(self.pairs)
        asked, answer = questions.draw_change(self.rng, facts["before"], facts["after"], facts["change"], held=self.held)
        said = {"role": "assistant", "content": answer.text}
        if self.rng.random() < 0.4:
            return [self.shown(list(pictures), asked.text), said]
        first, reply = questions.draw(self.rng, facts["before"], held=self.held)
        talk = [self.shown([pictures[0]], first.text), {"role": "assistant", "content": reply.text}, self.shown([pictures[1]], asked.text), said]
        if self.rng.random() < 0.3:
            last, reply = questions.draw(self.rng, facts["after"], held=self.held)
            talk += [self.shown([], last.text), {"role": "assistant", "content": reply.text}]
        return talk

    def shown(self, pictures, text):
        """The user's message: pictures before the words, or after them."""
        if not pictures:
            return {"role": "user", "content": text}
        parts = [{"image_positions": POSITIONS} for _ in pictures]
        content = [{"text": text}, *parts] if self.rng.random() < 0.3 else [*parts, {"text": text}]
        return {"role": "user", "content": content, "pictures": pictures}
