"""Draw home sentences with their meaning; keep some texts and some whole phrasings unseen.

A sentence is unseen when the hash of its core (without politeness) says so, or when its phrasing's hash does; the same
rule holds for every run and for every consumer (recogniser, language model, core).
"""

import random
import re
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

from . import numbers, words
from .errands import ERRANDS
from .more import MORE
from .more_errands import MORE_ERRANDS
from .moretalk import MORE_TALK
from .phrasings import PHRASINGS
from .smalltalk import IMPOSSIBLE, PREFIXES, PREFIXES_ANY, SUFFIXES, SUFFIXES_ANY, SUMS, TALK, TIME, WEEKDAY

HELD_PHRASINGS_ONE_IN = 12
HELD_TEXTS_ONE_IN = 40


@dataclass
class Phrasing:
    """One way of saying an intent: its pattern, what the words imply, and whether politeness fits around it."""

    intent: str
    pattern: str
    bound: dict
    imperative: bool
    reply: list = field(default_factory=list)
    more: bool = False  # begins with a verb that _VERBS does not list

    @property
    def held(self):
        """True for a phrasing that no training set may contain."""
        return not self.reply and crc32((self.intent + self.pattern).encode()) % HELD_PHRASINGS_ONE_IN == 0


@dataclass
class Said:
    """A sentence and its meaning: `slots` maps slot names to what a tool gets (str, int or a mapping), `spoken` to how it was said."""

    text: str
    core: str
    intent: str
    slots: dict
    phrasing: Phrasing
    spoken: dict = field(default_factory=dict)

    @property
    def held_text(self):
        """True for a sentence that no training set may contain (whatever politeness is around it)."""
        return held_text(self.core)


def held_text(core):
    """True when a sentence (without politeness) is kept for testing."""
    return crc32(("text:" + core).encode()) % HELD_TEXTS_ONE_IN == 0


TABLES = {name: words.split(table) for name, table in {
    "room": words.ROOMS, "light": words.LIGHTS, "lamp": words.LIGHTS_ALONE, "device": words.DEVICES, "cover": words.COVERS,
    "door": words.DOORS, "colour": words.COLOURS, "scene": words.SCENES, "mode": words.MODES, "timer": words.TIMER_NAMES,
    "chore": words.CHORES, "item": words.ITEMS, "name": words.NAMES, "message": words.MESSAGES, "camera": words.CAMERAS,
    "city": words.CITIES, "day": words.DAYS, "sensor": words.SENSORS, "channel": words.CHANNELS, "program": words.PROGRAMS,
    "list": words.LISTS, "thing": words.THINGS, "property": words.PROPERTIES, "thing_mode": words.THING_MODES,
    "verb": words.VERBS_ON_THINGS, "music": words.GENRES + "|" + words.ARTISTS + "|" + words.STATIONS,
    "washer": "washing machine|dishwasher|dryer", "state": "on|off", "move": "open|close", "lock": "lock|unlock",
    "control": "pause|stop|resume|mute|unmute|restart",
}.items()}

NUMBERS = {
    "percent": lambda rng: rng.choice([10, 20, 30, 40, 50, 60, 70, 80, 90, 5, 15, 25, 35, 45, 75, 100, rng.randrange(1, 100), rng.randrange(1, 100)]),
    "degrees": lambda rng: rng.choice([18, 19, 20, 20, 21, 21, 22, 22, 23, 24, 25, 17, 16, rng.randrange(5, 31), rng.randrange(55, 85)]),
    "level": lambda rng: rng.randrange(1, 11),
    "number": lambda rng: rng.choice([rng.randrange(1, 21), rng.randrange(20, 100), rng.choice([100, 120, 150, 200, 250, 300, 400, 500])]),
    "a": lambda rng: rng.randrange(1, 100),
    "b": lambda rng: rng.randrange(1, 100),
    "m": lambda rng: rng.randrange(2, 13),
    "n": lambda rng: rng.randrange(2, 13),
}


def lines(intent, block):
    """The phrasings of a block of text."""
    for line in block.strip().splitlines():
        bound, pattern = {}, line.strip()
        while re.match(r"\w+=", pattern):
            name, pattern = pattern.split("=", 1)
            value, pattern = pattern.split(";", 1)
            bound[name], pattern = int(value) if value.isdigit() else value, pattern.strip()
        imperative = not pattern.startswith("~")
        yield Phrasing(intent, pattern.lstrip("~"), bound, imperative)


def _talk(block, prefix="talk"):
    for index, line in enumerate(block.strip().splitlines()):
        said, replies = line.split(" => ")
        for pattern in said.split("|"):
            yield Phrasing(f"{prefix}_{index}", pattern.lstrip("~"), {}, False, replies.split("|"))


WISHES = [p for intent, block in {**PHRASINGS, **ERRANDS}.items() for p in lines(intent, block)]
CHATTER = list(_talk(TALK))
CLOCK = [*lines("time", TIME), *lines("weekday", WEEKDAY)]
SUMMING = [p for operation, block in SUMS.items() for p in lines(f"sum_{operation}", block)]
BEYOND = list(lines("beyond", IMPOSSIBLE))
ALL = WISHES + CHATTER + CLOCK + SUMMING + BEYOND
BY_INTENT = {}
for _p in ALL:
    BY_INTENT.setdefault(_p.intent, []).append(_p)


# What only the core learns: many more phrasings of the same intents. The ears' sentences (`draw`, `ALL`) stay as they were.
WIDER = {intent: [*found, *lines(intent, {**MORE, **MORE_ERRANDS}.get(intent, ""))] for intent, found in BY_INTENT.items()}

CHATTER_WIDER = CHATTER + list(_talk(MORE_TALK, "talk_more"))


def fill(phrasing, rng, fixed=None, written=False):
    """One sentence of a phrasing. `fixed` gives slots as (spoken, value), the others are drawn; `written` writes numbers in digits."""
    pattern = re.sub(r"\[([^\]]*)\]", lambda m: rng.choice(m.group(1).split("|")), phrasing.pattern)
    slots = dict(phrasing.bound)
    values = dict(fixed or {})

    def put(match):
        name = match.group(1)
        if name not in values:
            values[name] = draw_slot(name, rng, written)
        slots[name] = values[name][1]
        return values[name][0]

    text = " ".join(re.sub(r"\{(\w+)\}", put, pattern).split())
    said_as = {name: value[0] for name, value in values.items() if name in slots}
    return Said(text, text, phrasing.intent, slots, phrasing, said_as)


def draw_slot(name, rng, written=False):
    """A random filler of a slot: (as said, value)."""
    if name in TABLES:
        value = rng.choice(TABLES[name])
        return value, value
    if name in NUMBERS:
        value = NUMBERS[name](rng)
        return str(value) if written else numbers.spoken(value, rng.random() < 0.3), value
    if name == "time":
        said, value = numbers.clock(rng)
        return (value, value) if written else (said, value)
    said, value = numbers.duration(rng)
    if written:
        said = " and ".join(f"{count} {unit if count != 1 else unit[:-1]}" for unit, count in value.items())
    return said, value


_PREFIXES, _SUFFIXES = words.split(PREFIXES), words.split(SUFFIXES)
_PREFIXES_ANY, _SUFFIXES_ANY = words.split(PREFIXES_ANY), words.split(SUFFIXES_ANY)


def polish(said, rng, share=0.45):
    """Put politeness and hesitation around a sentence in `share` of the cases; the meaning stays."""
    before = _PREFIXES if said.phrasing.imperative else _PREFIXES_ANY
    after = _SUFFIXES if said.phrasing.imperative else _SUFFIXES_ANY
    first = said.core.split()[0]
    if said.phrasing.imperative and first in numbers._ONES + numbers._TENS or not (said.phrasing.more or _is_verb(first)):
        before, after = _PREFIXES_ANY[:12], ["please"]
    text = said.core
    if rng.random() < share:
        text = f"{rng.choice(before)} {text}"
    if rng.random() < share * 0.5:
        text = f"{text} {rng.choice(after)}"
    said.text = text
    return said


_VERBS = set("""turn switch set get make put power flip have light give kill cut dim bring change raise lower adjust use try paint
let heat warm cool keep run activate open close go pull roll shut draw move lock unlock secure bolt undo start fire stop play
begin stream fill pause resume mute unmute restart hold skip continue add start count create wake tell beep cancel delete end
remove forget drop check load enable choose select remind note write include append buy order take cross scratch erase strike
read show vacuum clean send sweep mop hoover text message say call ring phone dial connect announce broadcast shout display
measure look watch tune do reset calibrate empty refill rotate rinse feed park flush polish scan inflate subtract multiply book
translate wash cook fly find drive post repair""".split())


def _is_verb(word):
    return word in _VERBS


def draw(rng, pool=None, polite=0.45):
    """A random sentence: intents evenly, then phrasings evenly; `pool` limits the phrasings."""
    if pool is None:
        intent = rng.choice(_WEIGHTED)
        phrasing = rng.choice(BY_INTENT[intent])
    else:
        phrasing = rng.choice(pool)
    return polish(fill(phrasing, rng), rng, polite)


_WEIGHTED = [i for i in BY_INTENT if not i.startswith("talk_")] * 3 + [i for i in BY_INTENT if i.startswith("talk_")]


def is_train(said):
    """True for a sentence that a training set may contain."""
    return not said.phrasing.held and (bool(said.phrasing.reply) or not said.held_text)


def pattern_of(phrasing):
    """A regular expression that matches every sentence of a phrasing (open slots match anything)."""
    text = re.escape(re.sub(r"\s+", " ", phrasing.pattern)).replace("\\ ", " ")
    text = re.sub(r"\\\[(.*?)\\\]", lambda m: "(?:" + m.group(1).replace("\\|", "|") + ")", text)
    text = re.sub(r"\\\{(\w+)\\\}", lambda m: _any_of(m.group(1)), text)
    return re.sub(r" +", " *", text)


def _any_of(slot):
    return "(?:" + "|".join(map(re.escape, sorted(TABLES[slot], key=len, reverse=True))) + ")" if slot in TABLES else "[a-z0-9:' ]+"


@lru_cache
def _held_pattern():
    return re.compile("|".join(f"(?:{pattern_of(p)})" for p in ALL if p.held))


def shadows_held(core):
    """True when a sentence, however it was drawn, is also one of a held-out phrasing."""
    return bool(_held_pattern().fullmatch(core))


def spoken_forms(rng, count):
    """Short free-standing forms (numbers, times, durations, names), so that a recogniser hears them alone too."""
    for _ in range(count):
        kind = rng.randrange(4)
        if kind == 0:
            yield numbers.spoken(rng.choice([rng.randrange(0, 100), rng.randrange(0, 1000), rng.randrange(0, 10000)]), rng.random() < 0.4)
        elif kind == 1:
            yield numbers.clock(rng)[0]
        elif kind == 2:
            yield numbers.duration(rng)[0]
        else:
            yield TABLES[rng.choice(["room", "device", "colour", "scene", "item", "thing", "city", "chore", "message"])][rng.randrange(14)]


def seeded(seed):
    """A random source of its own."""
    return random.Random(seed)
