"""Second and later turns: changes, corrections, pronouns, and questions about what was just done."""

from dataclasses import dataclass

from text import follow, grammar

from . import answers
from .schema import MISSING

_ASK = {"room": "Which room?", "percent": "To how many percent?", "colour": "Which colour?", "degrees": "To how many degrees?", "duration": "For how long?",
        "time": "At what time?", "item": "What shall I take?", "message": "What shall I say?", "name": "Who shall it be?", "level": "To which level?",
        "number": "To which value?", "thing_mode": "Which mode?", "scene": "Which scene?", "music": "What would you like to hear?", "camera": "Which camera?",
        "city": "In which city?"}
_FLIPPED = {"on": "off", "off": "on", "open": "close", "close": "open", "lock": "unlock", "unlock": "lock"}
_STEP_BOUNDS = {"percent": (0, 100), "degrees": (5, 90), "level": (1, 10)}


@dataclass
class Past:
    """A call that was made, and what came of it."""

    said: grammar.Said
    tool: object
    arguments: dict
    answer: str = ""
    failed: bool = False
    result: str = ""


def after(past, rng, share=0.62):
    """The result of a call and the answer to it, in a `share` of cases."""
    if rng.random() > share:
        return []
    past.result, past.answer = answers.outcome(past.said, rng, past.tool)
    past.failed = past.answer.startswith("Sorry, that did not work")
    return [{"role": "tool", "content": past.result}, {"role": "assistant", "content": past.answer}]


def _kind(slot):
    if slot in follow.ARTICLE:
        return "article"
    return "numbers" if slot in grammar.NUMBERS or slot in ("time", "duration") else "plain"


class Follow:
    """What a Session can do after a call; needs its say, user, made, tools and past."""

    _KINDS = {"_change": 4, "_correct": 3, "_flip": 3, "_pronoun": 4, "_other": 2, "_undo": 0.7, "_repeat": 0.8, "_step": 2, "_recall": 0.8, "_done": 0.7, "_higher": 0.6}

    def follow(self):
        """Messages of a turn that speaks of an earlier one, or None."""
        kinds = sorted(self._KINDS, key=lambda name: self.rng.random() ** (1 / self._KINDS[name]), reverse=True)
        for kind in kinds[:6]:
            made = getattr(self, kind)(self.past[-1])
            if made:
                return made
        return None

    def _again(self, said, past, slots, tool=None):
        """The last call with other slots, asked for by `said`."""
        tool = tool or past.tool
        if said is None:
            return None
        arguments = tool.arguments(slots)
        if arguments is MISSING:
            return None
        meant = grammar.Said(said.text, said.core, past.said.intent, slots, said.phrasing, said.spoken)
        return [self.user(said), *self.made(meant, tool, arguments)]

    def _ways(self, kind, block):
        return follow.phrasings(f"follow_{kind}", block)

    def _new_value(self, past):
        """(slot, (old spoken, old), (new spoken, new), tool) of a slot that can be said anew."""
        rng, options = self.rng, []
        for parameter in past.tool.parameters:
            slot = parameter.slot
            if slot in past.said.slots and slot not in ("state", "move", "lock", "message", "chore", "note", "property", "control", "thing_mode", "verb", "sensor"):
                options.append((slot, past.tool, parameter.options))
        for other in self.tools:
            if other.bound and other is not past.tool and other.intents == past.tool.intents and other.bound.keys() == past.tool.bound.keys():
                slot, value = next(iter(other.bound.items()))
                options.append((slot, other, [value]))
        if not options:
            return None
        slot, tool, values = rng.choice(options)
        old = past.said.slots.get(slot)
        new = rng.choice(values) if values else grammar.draw_slot(slot, rng, False) if slot in grammar.NUMBERS or slot in grammar.TABLES or slot in ("time", "duration") else None
        if new is None or new[1] == old or isinstance(old, dict) and slot != "duration":
            return None
        return slot, (past.said.spoken.get(slot, str(old)), old), new, tool

    def _replaced(self, past, kind, blocks):
        found = self._new_value(past)
        if not found:
            return None
        slot, old, new, tool = found
        ways = self._ways(f"{kind}_{blocks(slot)}", getattr(follow, kind.upper())[blocks(slot)])
        if slot == "percent" and self.rng.random() < 0.5:
            new = (f"{new[0]} percent", new[1])
        said = self.say(ways, {"new": new, "old": old})
        return self._again(said, past, {**past.said.slots, slot: new[1]}, tool)

    def _change(self, past):
        def block(slot):
            if past.said.intent in answers.QUESTIONS and slot in follow.ARTICLE:
                return "asked"
            return "room" if slot == "room" else _kind(slot)
        return self._replaced(past, "change", block)

    def _correct(self, past):
        return self._replaced(past, "correct", lambda slot: "article" if _kind(slot) == "article" else "plain")

    def _flip(self, past):
        slot = next((s for s in ("state", "move", "lock") if s in past.said.slots), None)
        if not slot or past.failed:
            return None
        value = _FLIPPED[past.said.slots[slot]]
        said = self.say(self._ways(f"flip_{slot}", follow.FLIP[slot]), {slot: (value, value)})
        return self._again(said, past, {**past.said.slots, slot: value})

    def _undo(self, past):
        slot = next((s for s in ("state", "move", "lock") if s in past.said.slots), None)
        said = slot and not past.failed and self.say(self._ways("undo", follow.UNDO))
        return self._again(said, past, {**past.said.slots, slot: _FLIPPED[past.said.slots[slot]]}) if said else None

    def _other(self, past):
        for parameter in past.tool.parameters:
            values = [spoken for spoken, _ in parameter.options]
            if len(values) == 2 and past.said.slots.get(parameter.slot) in values:
                other = values[1 - values.index(past.said.slots[parameter.slot])]
                return self._again(self.say(self._ways("other", follow.OTHER)), past, {**past.said.slots, parameter.slot: other})
        return None

    def _repeat(self, past):
        return self._again(self.say(self._ways("repeat", follow.REPEAT)), past, past.said.slots) if past.failed or self.rng.random() < 0.4 else None

    def _step(self, past):
        slots = [s for s in follow.STEPS if isinstance(past.said.slots.get(s), int) and s in {p.slot for p in past.tool.parameters}]
        if not slots:
            return None
        slot, intent = slots[0], past.said.intent
        rows = list(follow.STEPS[slot])
        if intent in follow.STEP_WORDS and self.rng.random() < 0.6:
            rows = [(row, step) for row, step in zip(follow.STEP_WORDS[intent], (10, -10))]
        row, step = self.rng.choice(rows)
        low, high = _STEP_BOUNDS[slot]
        value = past.said.slots[slot] + step
        if not low <= value <= high:
            return None
        said = self.say(self._ways(f"step_{slot}", row.replace("|", "\n")))
        return self._again(said, past, {**past.said.slots, slot: value})

    def _pronoun(self, past):
        found = [(tool, intent) for tool in self.tools for intent in tool.intents
                 if intent in follow.PRONOUNS and set(follow.PRONOUNS[intent][0].split()) <= set(past.said.slots)]
        if not found:
            return None
        tool, intent = self.rng.choice(found)
        taken = {slot: past.said.slots[slot] for slot in follow.PRONOUNS[intent][0].split()}
        fixed = {slot: value for slot, value in tool.fixed(self.rng).items() if slot not in taken}
        said = self.say(self._ways(f"it_{intent}", follow.PRONOUNS[intent][1]), fixed)
        if said is None:
            return None
        slots = {**said.slots, **taken}
        arguments = tool.arguments(slots)
        if arguments is MISSING or (tool is past.tool and arguments == past.arguments):
            return None
        meant = grammar.Said(said.text, said.core, intent, slots, said.phrasing, said.spoken)
        return [self.user(said), *self.made(meant, tool, arguments)]

    def _recall(self, past):
        said = past.answer and self.say(self._ways("recall", follow.RECALL))
        return [self.user(said), {"role": "assistant", "content": past.answer}] if said else None

    def _done(self, past):
        if not past.answer or past.said.intent in answers.QUESTIONS:
            return None
        said = self.say(self._ways("done", follow.DONE))
        reply = past.answer.replace("Sorry, that did not work", "No, it did not work") if past.failed else "Yes, it is done."
        return said and [self.user(said), {"role": "assistant", "content": reply}]

    def _higher(self, past):
        """Two readings of one kind: where is it more?"""
        read = [(p, answers.number_in(p.answer)) for p in self.past if p.said.intent == "sensor_read" and p.said.slots["sensor"] == past.said.slots.get("sensor")]
        read = [(p, value) for p, value in read if value is not None][-2:]
        if len(read) < 2 or read[0][1] == read[1][1] or read[0][0].said.slots["room"] == read[1][0].said.slots["room"]:
            return None
        most = max(read, key=lambda one: one[1])[0]
        said = self.say(self._ways("higher", follow.HIGHER))
        return said and [self.user(said), {"role": "assistant", "content": f"In the {most.said.slots['room']}."}]

    # something is missing ------------------------------------------------------------------------------------------------

    def bare(self):
        """A wish that lacks what the tool must know: ask, then call."""
        rng = self.rng
        found = [(tool, intent, p) for tool in self.tools for intent in tool.intents if intent in follow.BARE
                 for p in tool.parameters if p.slot == follow.BARE[intent][0] and (p.required or p.slot == "duration") and p.slot in _ASK]
        if not found:
            return None
        tool, intent, parameter = rng.choice(found)
        slot, row = follow.BARE[intent]
        said = self.say(self._ways(f"bare_{intent}", row.replace("|", "\n")), {k: v for k, v in tool.fixed(rng).items() if k != slot})
        if said is None or slot in said.slots:
            return None
        new = rng.choice(parameter.options) if parameter.options else grammar.draw_slot(slot, rng, False)
        kind = slot if slot in follow.ANSWERS else _kind(slot)
        told = self.say(self._ways(f"told_{kind}", follow.ANSWERS[kind].replace("|", "\n")), {"new": new}, polite=0.1)
        slots = {**said.slots, slot: new[1]}
        arguments = told and tool.arguments(slots)
        if not told or arguments is MISSING:
            return None
        meant = grammar.Said(told.text, told.core, intent, slots, told.phrasing, {**said.spoken, slot: new[0]})
        return [self.user(said), {"role": "assistant", "content": _ASK[slot]}, self.user(told), *self.made(meant, tool, arguments)]
