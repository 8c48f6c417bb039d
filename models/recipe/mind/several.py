"""Two to four calls from one sentence: wishes joined, one wish for several things, and a second clause that leaves out what was said."""

from text import follow, grammar

from . import answers
from .schema import MISSING

_JOINTS = ["and", "and", "and then", "and also", "then", "also", "and please", "plus", "after that", "and after that"]
_MANY = ("room", "device", "lamp", "item", "name", "thing", "door", "scene", "camera", "pet", "bed", "server", "document", "goods")


class Several:
    """What a Session says when it wants more than one thing; needs its say, user, call and tools."""

    def several(self):
        """Messages of a turn with two to four calls."""
        kind = self.rng.choices((self._joined, self._shared, self._shortened), (0.4, 0.35, 0.25))[0]
        return kind() or self._joined()

    def _answer(self, text, said, made, asked=False):
        from .dialogue import calls
        self.past = []  # "it" would be unclear
        shown = grammar.Said(text, text, said.intent, said.slots, said.phrasing, {})
        messages = [self.user(shown), calls(made)]
        if not asked and said.intent not in answers.QUESTIONS and self.rng.random() < 0.5:
            messages += [{"role": "tool", "content": '{"ok":true}'} for _ in made] + [{"role": "assistant", "content": "Okay, all done."}]
        return messages

    def _joined(self):
        rng = self.rng
        found = []
        for _ in range(rng.choices((2, 3, 4), (0.72, 0.2, 0.08))[0]):
            one = self.call()
            if one and one[0].phrasing.imperative and one[1:] not in [other[1:] for other in found]:
                found.append(one)
        if len(found) < 2:
            return None
        text = found[0][0].text
        for said, _, _ in found[1:]:
            text += f" {rng.choice(_JOINTS)} {said.core}"
        asked = any(one.intent in answers.QUESTIONS for one, _, _ in found)
        return self._answer(text, found[0][0], [(tool.name, arguments) for _, tool, arguments in found], asked)

    def _shared(self):
        """"turn off the kitchen and the hall light": one wish for several values of one slot."""
        rng, found = self.rng, self.call()
        if not found:
            return None
        said, tool, _ = found
        parameters = [p for p in tool.parameters if p.slot in _MANY and p.slot in said.spoken and said.phrasing.pattern.count("{" + p.slot + "}") == 1]
        if not parameters:
            return None
        parameter = rng.choice(parameters)
        values = [v for v in parameter.options or [(v, v) for v in grammar.TABLES[parameter.slot]] if v[0] != said.spoken[parameter.slot]]
        count = min(len(values), rng.choices((1, 2, 3), (0.65, 0.27, 0.08))[0])
        if not count:
            return None
        chosen = [(said.spoken[parameter.slot], said.slots[parameter.slot]), *rng.sample(values, count)]
        article = "the " if "the {" + parameter.slot + "}" in said.phrasing.pattern and rng.random() < 0.7 else ""
        words = [spoken for spoken, _ in chosen]
        comma = ", " if rng.random() < 0.3 else " "
        joined = (comma + article).join(words[:-1]) + f" and {article}{words[-1]}"
        others = {slot: (spoken, said.slots[slot]) for slot, spoken in said.spoken.items() if slot != parameter.slot}
        whole = self.say([said.phrasing], {**others, parameter.slot: (joined, joined)})
        if whole is None or {k: v for k, v in whole.slots.items() if k != parameter.slot} != {k: v for k, v in said.slots.items() if k != parameter.slot}:
            return None
        made = [tool.arguments({**said.slots, parameter.slot: value}) for _, value in chosen]
        return None if MISSING in made else self._answer(whole.text, whole, [(tool.name, arguments) for arguments in made])

    def _shortened(self):
        """"set the kitchen to 20 and the bedroom to 18 degrees"."""
        rng, found = self.rng, self.call()
        if not found or found[0].intent not in follow.ELLIPSES:
            return None
        said, tool, arguments = found
        text, made, slots = said.text, [(tool.name, arguments)], said.slots
        for _ in range(rng.choices((1, 2), (0.8, 0.2))[0]):
            ways = follow.phrasings(f"short_{said.intent}", follow.ELLIPSES[said.intent].replace("|", "\n"))
            more = self.say(ways, tool.fixed(rng))
            if more is None:
                return None
            slots = {**slots, **more.slots}
            following = tool.arguments(slots)
            if following is MISSING or following == made[-1][1]:
                return None
            text += f" and {more.core}"
            made.append((tool.name, following))
        return self._answer(text, said, made)
