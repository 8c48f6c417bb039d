"""Sessions in which the user shows pictures: embeddings of the eyes at picture positions, questions about them, tools beside them."""

import json

import numpy as np

from . import dialogue

POSITIONS = 32


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
            if turn and session.tools and self.rng.random() < 0.15:
                session.past = []
                more = session._wish()
                if more and more[-1]["role"] == "assistant" and more[-1]["content"]:
                    messages += more
                    continue
            asked, answer = questions.draw(self.rng, facts, held=self.held)
            messages += [self.shown([picture] if turn == 0 else [], asked.text), {"role": "assistant", "content": answer.text}]
        return messages

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
