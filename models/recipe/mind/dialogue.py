"""Sessions to learn from: tools, instructions, and several independent short conversations that share them.

`session(rng, general)` returns `{"tools", "instructions", "talks": [messages, ...]}` with OpenAI messages; the talks of one
session share the prefix of tools and instructions, so training computes that prefix once (a tree, see pack.py).
"""

import re

from text import grammar, wide

from . import answers, reckon, refusals
from . import made as made_up
from .follow import Follow, Past, after
from .schema import FAMILIES, MISSING, Home, call_text, invented, some_words
from .several import Several

_CONFUSABLE = [{"device_power", "appliance_power"}, {"list_add", "shop_add"}, {"thing_power", "appliance_power"}, {"thing_power", "device_power"},
               {"lamp_power", "light_power"}, {"light_power", "light_state"}, {"thing_state", "sensor_read"}, {"thing_mode", "climate_mode"}]
_WIDE_PAIRS = [{"kitchen order", "room service"}, {"kitchen order", "recipe"}, {"metronome", "forwarder"}]
_CONFUSABLE += [{f.intent for f in wide.SEEN if f.nouns[0] in pair} for pair in _WIDE_PAIRS]
_CONFUSABLE += [{"reminder_plain", f.intent} for f in wide.SEEN if f.nouns[0] == "memo"]
_OPEN = ("item", "chore", "message", "music", "thing", "name", "city", "timer")
_LISTED = ("room", "door", "scene", "device", "thing", "camera")
_SLOT = re.compile(r"\{(\w+)\}")
_PERSONAS = ["hearth", "ada", "jarvis", "luna", "max", "home", "nova", "robin", "echo", "iris", "otto", "sage"]
_STYLE_LINES = """You are a helpful home assistant.|You are a helpful assistant.|Answer briefly.|Be brief and friendly.|You control a smart home.
You are a voice assistant. Keep answers short.|Speak in short sentences.|Use the tools when they fit.|Be concise.|You are a friendly voice in the house.
Talk quickly and be kind.|Help the user with the home.|You are a helpful, witty, and friendly AI.|Your voice should be warm and engaging.|Do not make things up.
If you cannot help, say so.|You must call a function when you can.|You live in a small house.|The user speaks English.|Respond in one sentence."""
_LINES = [line for row in _STYLE_LINES.splitlines() for line in row.split("|")]
_MANNERS = ["Call the user {}.", "Address the user as {}.", "Always say {} to the user.", "The user is {}, say so in every answer."]
_TITLES = ["captain", "boss", "my friend", "sir", "madam", "chef", "my dear", "professor", *(name.capitalize() for name in grammar.TABLES["name"][:30])]


def instructions(rng, general):
    """(text or None, reckon.Clock or None, name of the assistant or None, how it calls the user or None)."""
    if rng.random() < 0.12:
        return None, None, None, None
    lines, clock, persona, title = rng.sample(_LINES, rng.randrange(1, 4)), None, None, None
    if rng.random() < 0.55:
        clock = reckon.Clock(rng)
        lines.append(clock.line)
    if rng.random() < 0.25:
        persona = rng.choice(_PERSONAS) if rng.random() < 0.6 else invented(rng)
        lines.append(rng.choice(["Your name is {}.", "You are {}.", "You are called {}."]).format(persona.capitalize()))
    if rng.random() < 0.1:
        title = rng.choice(_TITLES)
        lines.append(rng.choice(_MANNERS).format(title))
    if rng.random() < 0.2 and general:
        lines.append(answers.sentence(rng.choice(general)))
    rng.shuffle(lines)
    return " ".join(lines), clock, persona, title


def session(rng, general, talks=8, held=False, strange=None, world=None):
    """One session to learn from, or with `held` one of unseen sentences: "fillings" of seen phrasings, "phrasings", or True for both.

    `world`: which tools: "home", "wide" (families beyond the home), "both", "unseen" (families that no training session holds),
    "made" (of random words), None = any but the unseen.
    """
    return Session(rng, general, held, strange, world).build(talks)


class Session(Follow, Several):
    """One session in the making: its tools, its instructions, and turns drawn one by one."""

    def __init__(self, rng, general, held, strange=None, world=None):
        self.rng, self.general, self.held, self.past, self.made_of = rng, general, held, [], {}
        self.world = world or rng.choices(("home", "both", "wide", "made"), (0.45, 0.15, 0.2, 0.2 if general else 0))[0]
        self.home = Home(rng, [w for s in rng.sample(general, 8) for w in s.split() if len(w) > 3] if general else ())
        if strange is not None:
            self.home.strange_names = strange
            self.home.described = self.home.described or strange
        self.text, self.clock, self.persona, self.title = instructions(rng, general)
        self.tools = self._tools()

    def build(self, talks):
        """`talks` conversations that share the tools."""
        schemas = [tool.schema() for tool in self.tools]
        return {"tools": schemas, "instructions": self.text, "talks": [self.talk() for _ in range(talks)]}

    def _families(self):
        """Family lines in random order."""
        rng = self.rng
        wider = [family.line(rng) for family in (wide.UNSEEN if self.world == "unseen" else wide.SEEN)]
        found = {"home": FAMILIES, "both": FAMILIES + wider}.get(self.world, wider)
        return rng.sample(found, len(found))

    def _tools(self):
        rng, tools, served = self.rng, [], set()
        if self.world == "made":
            return self._made_tools()
        count = rng.choice([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]) if not self.held else rng.randrange(2, 7)
        for line in self._families()[:count * 2]:
            if len(tools) >= count or clashes(line[0], served):
                continue
            tool = self.home.tool(line)
            if any(tool.name == other.name for other in tools):
                continue
            tools.append(tool)
            served |= set(line[0])
            if tool.bound and rng.random() < 0.5:
                self._sibling(line, tool, tools)
        rng.shuffle(tools)
        self.served = served
        return tools

    def _made_tools(self):
        self.served = set()
        for index in range(self.rng.randrange(1, 7)):
            made = made_up.make(self.rng, self.home, index, self.general, list(self.made_of.values()))
            if made and made.tool.name not in [other.tool.name for other in self.made_of.values()]:
                self.made_of[made.intent] = made
        return self.rng.sample([made.tool for made in self.made_of.values()], len(self.made_of))

    def _sibling(self, line, tool, tools):
        for _ in range(20):
            other = self.home.tool(line)
            if other.bound.keys() == tool.bound.keys() and other.bound != tool.bound and other.name not in [t.name for t in tools]:
                tools.append(other)
                return

    def talk(self, turns=None):
        """One conversation of one to five turns."""
        self.past = []
        messages = self._titled(self.turn())
        turns = turns or self.rng.choices((1, 2, 3, 4, 5), (0.45, 0.25, 0.16, 0.09, 0.05))[0]
        for _ in range(turns - 1):
            if messages[-1]["role"] != "assistant":
                break
            more = self.follow() if self.past and self.rng.random() < 0.7 else None
            messages += self._titled(more or self.turn())
        return messages

    def _titled(self, messages):
        """Calls the user what the instructions want."""
        for message in messages if self.title else ():
            if message["role"] == "assistant" and message["content"]:
                message["content"] = f"{message['content'][:-1]}, {self.title}{message['content'][-1]}"
        return messages

    def turn(self):
        """Messages of one turn: a wish, something no tool serves, a question, or small talk."""
        rng, kind = self.rng, self.rng.random()
        if self.tools and kind < 0.48:
            turn = self._wish()
        elif self.tools and kind < 0.58:
            turn = self.several()
        elif self.tools and kind < 0.67:
            turn = self._missing_value() if rng.random() < 0.7 else self.bare()
        elif kind < 0.83:
            turn = self._unserved()
        elif kind < 0.89:
            turn = self._clock()
        elif kind < 0.93:
            turn = self._sum()
        else:
            turn = self._chat()
        return turn or self._chat()

    # sentences -----------------------------------------------------------------------------------------------------------

    def _allowed(self, said):
        if self.held:
            unseen = {"phrasings": said.phrasing.held, "fillings": said.held_text and not said.phrasing.held}
            return unseen.get(self.held, any(unseen.values()))
        return grammar.is_train(said) and not grammar.shadows_held(said.core)

    def say(self, phrasings, fixed=None, polite=0.4):
        """A sentence of one of the phrasings (a list, or a function that draws one) that may be used here, or None."""
        rng = self.rng
        for _ in range(300 if self.held else 30):
            phrasing = phrasings() if callable(phrasings) else rng.choice(phrasings)
            said = grammar.fill(phrasing, rng, self._novel(phrasing, fixed or {}), written=rng.random() < 0.1)
            if self._allowed(said):
                return grammar.polish(said, rng, polite)
        return None

    def ways(self, intent, tool):
        """How an intent can be asked of a tool."""
        if intent in self.made_of:
            return lambda: self.made_of[intent].phrasing(self.rng)
        if intent in wide.BY_INTENT:
            slots = {parameter.slot for parameter in tool.parameters}
            return lambda: wide.BY_INTENT[intent].phrasing(self.rng, slots)
        return grammar.WIDER[intent]

    def _novel(self, phrasing, fixed):
        """Values from anywhere for slots that take any words, so that values are copied, not remembered."""
        rng, fixed = self.rng, dict(fixed)
        for slot in _SLOT.findall(phrasing.pattern) if self.general else ():
            share = 0.4 if slot in wide.CLOSED else 0.1 if slot in _OPEN else 0
            if slot not in fixed and rng.random() < share:
                count = 1 if slot in ("name", "city", "item", "timer") else 2 if slot in ("thing", "music") else rng.randrange(1, 4) if slot in wide.CLOSED else rng.randrange(2, 6)
                text = some_words(rng, self.general, count)
                fixed[slot] = (text, text)
        return fixed

    def user(self, said):
        """The sentence as somebody types it."""
        text, rng = said.text, self.rng
        if rng.random() < 0.06 and not self.held:
            text = _noisy(text, said, rng)
        if rng.random() < 0.3:
            text = text[0].upper() + text[1:] + rng.choice(["", ".", ".", "!", "?" if not said.phrasing.imperative else "."])
        return {"role": "user", "content": text}

    # turns ---------------------------------------------------------------------------------------------------------------

    def call(self, tool=None):
        """(sentence, tool, arguments) for one wish that a tool serves."""
        rng = self.rng
        for _ in range(12):
            tool_now = tool or rng.choice(self.tools)
            intent = rng.choice(tool_now.intents)
            said = self.say(self.ways(intent, tool_now), tool_now.fixed(rng))
            if said is None:
                continue
            arguments = tool_now.arguments(said.slots)
            if arguments is not MISSING:
                return said, tool_now, arguments
        return None

    def _wish(self):
        found = self.call()
        return found and [self.user(found[0]), *self.made(*found)]

    def made(self, said, tool, arguments):
        """The call, and mostly its result and what is then said."""
        past = Past(said, tool, arguments)
        self.past.append(past)
        return [calls([(tool.name, arguments)]), *after(past, self.rng)]

    def _missing_value(self):
        """A wish for a value that the tool's list does not hold."""
        tool = self.rng.choice(self.tools)
        asked = _LISTED if self.held else set(grammar.TABLES) - {"control", "mode", "state", "move", "lock"}
        closed = [p for p in tool.parameters if p.options and p.schema.get("enum") and p.slot in asked]
        if not closed:
            return self._wish()
        parameter = self.rng.choice(closed)
        values = [v for v in grammar.TABLES[parameter.slot] if (v, v) not in parameter.options]
        if not values:
            return self._wish()
        value = self.rng.choice(values)
        said = self.say(self.ways(self.rng.choice(tool.intents), tool), {**tool.fixed(self.rng), parameter.slot: (value, value)})
        if said is None or said.slots.get(parameter.slot) != value:
            return self._wish()
        return [self.user(said), {"role": "assistant", "content": refusals.not_here(self.rng, said.slots[parameter.slot])}]

    def _unserved(self):
        served = set(self.served)
        for pair in _CONFUSABLE:
            served |= pair if served & pair else set()
        pool = [i for i in {p.intent for p in grammar.WISHES} - served if not self._near(i)]
        kind = self.rng.random()
        if self.made_of and kind < 0.4:
            return self._unmade()
        if kind < 0.25 or not pool:
            said = self.say(grammar.BEYOND)
        elif kind < 0.5 and self.world != "unseen":
            family = self.rng.choice([f for f in wide.SEEN if f.intent not in served])
            said = self.say(lambda: family.phrasing(self.rng, family.extra))
        else:
            said = self.say(grammar.WIDER[self.rng.choice(sorted(pool))])
        return said and [self.user(said), {"role": "assistant", "content": refusals.refusal(self.rng, said)}]

    def _unmade(self):
        """A wish for a tool of random words that is not there."""
        other = made_up.make(self.rng, self.home, 99, self.general, [])
        if any(other.noun == made.noun or set(other.verbs) & set(made.verbs) for made in self.made_of.values()):
            return None
        said = self.say(lambda: other.phrasing(self.rng), other.tool.fixed(self.rng))
        return said and [self.user(said), {"role": "assistant", "content": refusals.refusal(self.rng, said, f"the {other.noun}")}]

    def _near(self, intent):
        """True when a served intent is of the same family (no clear refusal)."""
        families = [set(f[0]) for f in FAMILIES if intent in f[0]]
        return any(family & self.served for family in families)

    def _clock(self):
        rng = self.rng
        if rng.random() < 0.35 and self.tools:
            return self._in_a_while()
        if rng.random() < 0.5:
            phrasing, fixed, reply = reckon.question(rng, self.clock)
            said = self.say([phrasing], fixed)
        else:
            said = self.say(grammar.CLOCK)
            reply = said and (answers.time_of(self.clock) if said.intent == "time" else answers.weekday_of(self.clock))
        return said and [self.user(said), {"role": "assistant", "content": reply}]

    def _in_a_while(self):
        """An alarm or reminder after a time to wait, for a tool that wants the time of day."""
        rng = self.rng
        found = [(tool, intent) for tool in self.tools for intent in tool.intents if intent in reckon.RELATIVE and "time" in {p.slot for p in tool.parameters}]
        if not found or not self.clock or self.served & {"timer_set"}:
            return None
        tool, intent = rng.choice(found)
        words, minutes = reckon.span(rng)
        ways = [grammar.Phrasing(intent, pattern, {}, True) for pattern in reckon.RELATIVE[intent].split("|")]
        said = self.say(ways, {"span": (words, minutes)})
        if said is None:
            return None
        said.slots["time"] = self.clock.later(minutes)
        arguments = tool.arguments(said.slots)
        return None if arguments is MISSING else [self.user(said), *self.made(said, tool, arguments)]

    def _sum(self):
        said = self.say(grammar.SUMMING, polite=0.2)
        if said is None:
            return None
        a, b = (said.slots[k] for k in (("m", "n") if "m" in said.slots else ("a", "b")))
        return [self.user(said), {"role": "assistant", "content": reckon.sum_of(said.intent, a, b)}]

    def _chat(self):
        phrasing = self.rng.choice(grammar.CHATTER_WIDER)
        said = grammar.polish(grammar.fill(phrasing, self.rng), self.rng, 0.15)
        return [self.user(said), {"role": "assistant", "content": self._chat_reply(phrasing)}]

    def _chat_reply(self, phrasing):
        reply = answers.sentence(self.rng.choice(phrasing.reply))
        if "name is hearth" in reply.lower() or "i am hearth" in reply.lower():
            reply = f"My name is {(self.persona or 'hearth').capitalize()}."
        return reply


def clashes(intents, served):
    """True when a tool for these intents could be mistaken for one that is there."""
    return bool(served & set(intents)) or any(served & pair and set(intents) & pair and not served & set(intents) for pair in _CONFUSABLE)


def calls(made):
    """The assistant's message of calls, each (name, arguments)."""
    functions = [{"type": "function", "function": {"name": n, "arguments": call_text(n, a)[len(call_text(n, "")) - 3:-1]}} for n, a in made]
    return {"role": "assistant", "content": "", "tool_calls": functions}


def _noisy(text, said, rng):
    """Recogniser-like slips in words that carry no slot."""
    kept = {w for spoken in said.spoken.values() for w in spoken.split()}
    kept |= {"on", "off", "open", "close", "lock", "unlock", "up", "down", "not"}
    words = text.split()
    index = rng.randrange(len(words))
    word = words[index]
    if word in kept or len(words) < 3:
        return text
    slip = rng.randrange(4)
    if slip == 0 and len(word) > 3:
        cut = rng.randrange(len(word))
        words[index] = word[:cut] + word[cut + 1:]
    elif slip == 1 and len(word) > 3:
        cut = rng.randrange(len(word))
        words[index] = word[:cut] + rng.choice("aeioutrnsl") + word[cut + 1:]
    elif slip == 2 and word in ("the", "a", "in", "please", "to", "of"):
        del words[index]
    else:
        words.insert(index, rng.choice([word, "uh", "um", "the"]))
    return " ".join(words)
