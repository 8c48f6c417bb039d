"""Sessions to learn from: tools, instructions, and several independent short conversations that share them.

`session(rng, general)` returns `{"tools", "instructions", "talks": [messages, ...]}` with OpenAI messages; the talks of one
session share the prefix of tools and instructions, so training computes that prefix once (a tree, see pack.py).
"""

from text import grammar

from . import answers
from .schema import FAMILIES, MISSING, Home, call_text, invented

_CONFUSABLE = [{"device_power", "appliance_power"}, {"list_add", "shop_add"}, {"thing_power", "appliance_power"}, {"thing_power", "device_power"},
               {"lamp_power", "light_power"}, {"light_power", "light_state"}, {"thing_state", "sensor_read"}, {"thing_mode", "climate_mode"}]
_OPEN = ("item", "chore", "message", "music", "thing", "name", "city", "timer")
_PERSONAS = ["hearth", "ada", "jarvis", "luna", "max", "home", "nova", "robin", "echo", "iris", "otto", "sage"]
_STYLE_LINES = """You are a helpful home assistant.|You are a helpful assistant.|Answer briefly.|Be brief and friendly.|You control a smart home.
You are a voice assistant. Keep answers short.|Speak in short sentences.|Use the tools when they fit.|Be concise.|You are a friendly voice in the house.
Talk quickly and be kind.|Help the user with the home.|You are a helpful, witty, and friendly AI.|Your voice should be warm and engaging.|Do not make things up.
If you cannot help, say so.|You must call a function when you can.|You live in a small house.|The user speaks English.|Respond in one sentence."""
_LINES = [line for row in _STYLE_LINES.splitlines() for line in row.split("|")]
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_AGAIN = ["and the {room} too", "and in the {room}", "do the same in the {room}", "now the same for the {room}", "the {room} as well please", "and now the {room}"]


def instructions(rng, general):
    """(text or None, clock or None, name of the assistant or None)."""
    if rng.random() < 0.12:
        return None, None, None
    lines, clock, persona = rng.sample(_LINES, rng.randrange(1, 4)), None, None
    if rng.random() < 0.55:
        clock = (rng.choice(_DAYS), f"{rng.randrange(24):02d}:{rng.randrange(60):02d}")
        lines.append(rng.choice(["It is {0} {1}.", "The time is {1} on {0}.", "Now: {0}, {1}.", "Current time: {1}, {0}.", "Today is {0}. The clock shows {1}."]).format(*clock))
    if rng.random() < 0.25:
        persona = rng.choice(_PERSONAS)
        lines.append(rng.choice(["Your name is {}.", "You are {}.", "You are called {}."]).format(persona.capitalize()))
    if rng.random() < 0.2 and general:
        lines.append(answers.sentence(rng.choice(general)))
    rng.shuffle(lines)
    return " ".join(lines), clock, persona


def session(rng, general, talks=8, held=False, strange=None):
    """One session to learn from, or with `held` one of unseen sentences: "fillings" of seen phrasings, "phrasings", or True for both."""
    return _Session(rng, general, held, strange).build(talks)


class _Session:
    def __init__(self, rng, general, held, strange):
        self.rng, self.general, self.held = rng, general, held
        self.home = Home(rng, [w for s in rng.sample(general, 8) for w in s.split() if len(w) > 3] if general else ())
        if strange is not None:
            self.home.strange_names = strange
            self.home.described = self.home.described or strange
        self.text, self.clock, self.persona = instructions(rng, general)
        self.tools = self._tools()

    def build(self, talks):
        schemas = [tool.schema() for tool in self.tools]
        return {"tools": schemas, "instructions": self.text, "talks": [self._talk() for _ in range(talks)]}

    def _tools(self):
        rng, tools, served = self.rng, [], set()
        count = rng.choice([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8]) if not self.held else rng.randrange(2, 7)
        for line in rng.sample(FAMILIES, min(len(FAMILIES), count * 2)):
            if len(tools) >= count or served & set(line[0]) or any(served & pair and set(line[0]) & pair for pair in _CONFUSABLE):
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

    def _sibling(self, line, tool, tools):
        for _ in range(20):
            other = self.home.tool(line)
            if other.bound.keys() == tool.bound.keys() and other.bound != tool.bound and other.name not in [t.name for t in tools]:
                tools.append(other)
                return

    def _talk(self):
        messages = self._turn()
        while messages[-1]["role"] == "assistant" and self.rng.random() < 0.25 and len(messages) < 8:
            again = self._again(messages) if self.rng.random() < 0.25 else None
            messages += again or self._turn()
        return messages

    def _turn(self):
        rng, kind = self.rng, self.rng.random()
        if self.tools and kind < 0.66:
            turn = self._wish()
        elif self.tools and kind < 0.71:
            turn = self._two_wishes()
        elif self.tools and kind < 0.735:
            turn = self._missing_value()
        elif kind < 0.84:
            turn = self._unserved()
        elif kind < 0.90:
            turn = self._clock()
        elif kind < 0.94:
            turn = self._sum()
        else:
            turn = self._chat()
        if not turn and rng.random() < 2:
            turn = self._chat()
        return turn

    # sentences -----------------------------------------------------------------------------------------------------------

    def _allowed(self, said):
        if self.held:
            unseen = {"phrasings": said.phrasing.held, "fillings": said.held_text and not said.phrasing.held}
            return unseen.get(self.held, any(unseen.values()))
        return grammar.is_train(said)

    def _say(self, phrasings, fixed=None, polite=0.4):
        rng = self.rng
        for _ in range(300 if self.held else 30):
            said = grammar.fill(rng.choice(phrasings), rng, self._novel(fixed or {}), written=rng.random() < 0.1)
            if self._allowed(said):
                return grammar.polish(said, rng, polite)
        return None

    def _novel(self, fixed):
        rng, fixed = self.rng, dict(fixed)
        for slot in _OPEN:
            if slot not in fixed and self.general and rng.random() < 0.06:
                words = rng.choice(self.general).split()
                count = 1 if slot in ("name", "city", "item", "timer") else 2 if slot in ("thing", "music") else rng.randrange(2, 6)
                start = rng.randrange(max(1, len(words) - count + 1))
                text = " ".join(words[start:start + count]) if rng.random() < 0.85 else invented(rng)
                fixed[slot] = (text, text)
        return fixed

    def _user(self, said):
        text, rng = said.text, self.rng
        if rng.random() < 0.06 and not self.held:
            text = _noisy(text, said, rng)
        if rng.random() < 0.3:
            text = text[0].upper() + text[1:] + rng.choice(["", ".", ".", "!", "?" if not said.phrasing.imperative else "."])
        return {"role": "user", "content": text}

    # turns ---------------------------------------------------------------------------------------------------------------

    def _call(self, tool=None):
        """(sentence, tool, arguments) for one wish that a tool serves."""
        rng = self.rng
        for _ in range(12):
            tool_now = tool or rng.choice(self.tools)
            intent = rng.choice(tool_now.intents)
            said = self._say(grammar.BY_INTENT[intent], tool_now.fixed(rng))
            if said is None:
                continue
            arguments = tool_now.arguments(said.slots)
            if arguments is not MISSING:
                return said, tool_now, arguments
        return None

    def _wish(self):
        found = self._call()
        if not found:
            return None
        said, tool, arguments = found
        self.last = found
        return [self._user(said), _calls([(tool.name, arguments)]), *self._after(said, tool)]

    def _after(self, said, tool):
        if self.rng.random() < 0.5:
            return []
        result, answer = answers.outcome(said, self.rng, tool)
        return [{"role": "tool", "content": result}, {"role": "assistant", "content": answer}]

    def _two_wishes(self):
        one, two = self._call(), self._call()
        if not one or not two or not (one[0].phrasing.imperative and two[0].phrasing.imperative):
            return one and self._wish()
        text = f"{one[0].text} {self.rng.choice(['and', 'and then', 'and also', 'then'])} {two[0].core}"
        return [{"role": "user", "content": text}, _calls([(tool.name, arguments) for _, tool, arguments in (one, two)])]

    def _again(self, messages):
        """A follow-up that repeats the last call for another room."""
        if not getattr(self, "last", None) or not any(m.get("tool_calls") for m in messages[-3:]):
            return None
        said, tool, _ = self.last
        if said.text not in [m["content"].lower().rstrip(".!?") for m in messages[-4:] if m["role"] == "user"] or "room" not in said.slots:
            return None
        rooms = [value for p in tool.parameters if p.slot == "room" for _, value in (p.options or [(r, r) for r in self.home.rooms])]
        rooms = [room for room in rooms if room != said.slots["room"]]
        if not rooms or "room" in tool.bound:
            return None
        room = self.rng.choice(rooms)
        arguments = tool.arguments({**said.slots, "room": room})
        text = self.rng.choice(_AGAIN).format(room=room)
        return [{"role": "user", "content": text}, _calls([(tool.name, arguments)])]

    def _missing_value(self):
        """A wish for a value that the tool's list does not hold."""
        tool = self.rng.choice(self.tools)
        closed = [p for p in tool.parameters if p.options and p.slot in ("room", "door", "scene", "device", "thing", "camera")]
        if not closed:
            return self._wish()
        parameter = self.rng.choice(closed)
        value = self.rng.choice([v for v in grammar.TABLES[parameter.slot] if (v, v) not in parameter.options])
        said = self._say(grammar.BY_INTENT[self.rng.choice(tool.intents)], {**tool.fixed(self.rng), parameter.slot: (value, value)})
        if said is None or said.slots.get(parameter.slot) != value:
            return self._wish()
        return [self._user(said), {"role": "assistant", "content": answers.not_here(said.slots[parameter.slot])}]

    def _unserved(self):
        served = set(self.served)
        for pair in _CONFUSABLE:
            served |= pair if served & pair else set()
        pool = [i for i in {p.intent for p in grammar.WISHES} - served if not self._near(i)]
        if self.rng.random() < 0.3 or not pool:
            said = self._say(grammar.BEYOND)
        else:
            said = self._say(grammar.BY_INTENT[self.rng.choice(sorted(pool))])
        return said and [self._user(said), {"role": "assistant", "content": answers.cannot(self.rng)}]

    def _near(self, intent):
        """True when a served intent is of the same family (no clear refusal)."""
        families = [set(f[0]) for f in FAMILIES if intent in f[0]]
        return any(family & self.served for family in families)

    def _clock(self):
        said = self._say(grammar.CLOCK)
        if said is None:
            return None
        reply = answers.time_of(self.clock) if said.intent == "time" else answers.weekday_of(self.clock)
        return [self._user(said), {"role": "assistant", "content": reply}]

    def _sum(self):
        said = self._say(grammar.SUMMING, polite=0.2)
        if said is None:
            return None
        a, b = (said.slots[k] for k in (("m", "n") if "m" in said.slots else ("a", "b")))
        return [self._user(said), {"role": "assistant", "content": answers.sum_of(said.intent, a, b)}]

    def _chat(self):
        phrasing = self.rng.choice(grammar.CHATTER)
        said = grammar.polish(grammar.fill(phrasing, self.rng), self.rng, 0.15)
        return [self._user(said), {"role": "assistant", "content": self._chat_reply(phrasing)}]

    def _chat_reply(self, phrasing):
        reply = answers.sentence(self.rng.choice(phrasing.reply))
        if "name is hearth" in reply.lower() or "i am hearth" in reply.lower():
            reply = f"My name is {(self.persona or 'hearth').capitalize()}."
        return reply


def _calls(calls):
    functions = [{"type": "function", "function": {"name": n, "arguments": call_text(n, a)[len(call_text(n, "")) - 3:-1]}} for n, a in calls]
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
