"""Questions about scenes, with answers that are true by the scene's facts.

    question, answer = draw(rng, facts, held=False)                    # one picture
    question, answer = draw_change(rng, before, after, change, held=False)   # two pictures, in order

`question.text` is what a person asks, `question.category` one of CATEGORIES, `question.form` how it is meant; `answer.text`
is a short sentence to speak, `answer.key` its canonical form. `canonical(question, spoken)` reads the canonical form out of
any spoken answer: an answer is right when it equals `answer.key`. `held`: False draws only phrasings for training, True only
phrasings kept for testing (one in twelve, by the hash of the pattern, as in `text.grammar`), None both.

Only what a look can settle is asked: nothing near a border between two answers, and nothing that could mean two things.
"""

import re
from typing import NamedTuple
from zlib import crc32

from . import words
from .phrases import ASKING, RELATIONS

HELD_PHRASINGS_ONE_IN = 12
CATEGORIES = ("colour", "object", "count", "relation", "person", "lamp", "time", "number", "word", "absent", "change")
NUMBERS = ("no", "one", "two", "three", "four", "five")
COUNT_MAX = 5
_THIRDS, _MARGIN = (0.36, 0.64), 0.045


class Question(NamedTuple):
    """What is asked: its text, its category (how it is counted), its form (which patterns), whether its phrasing is held out, and
    what the form is about (kinds, colours, a relation)."""

    text: str
    category: str
    form: str
    held: bool
    about: dict


class Answer(NamedTuple):
    """What to say, and the canonical form that decides whether another answer is as good."""

    text: str
    key: str


def held_phrasing(form, pattern):
    """True for a phrasing that no training set may contain."""
    return crc32((form + pattern).encode()) % HELD_PHRASINGS_ONE_IN == 0


PATTERNS = {form: [line.strip() for line in block.strip().splitlines()] for form, block in ASKING.items()}
for _form, _patterns in PATTERNS.items():
    if not any(held_phrasing(_form, one) for one in _patterns):  # short lists keep one phrasing for testing, too
        _patterns.append(_patterns.pop(0))
_LAST_HELD = {form: patterns[-1] for form, patterns in PATTERNS.items() if not any(held_phrasing(form, one) for one in patterns)}


def _is_held(form, pattern):
    return held_phrasing(form, pattern) or _LAST_HELD.get(form) == pattern


def _ask(rng, category, form, held, about=None, **slots):
    pool = [one for one in PATTERNS[form] if held is None or _is_held(form, one) == held]
    pattern = rng.choice(pool)
    text = re.sub(r"\[([^\]]*)\]", lambda m: rng.choice(m.group(1).split("|")), pattern).format(**slots)
    return Question(text, category, form, _is_held(form, pattern), about or slots)


def article(noun):
    """The noun with `a` or `an`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def number_words(count, kind):
    """`one cup`, `three people`, `no cups`."""
    return f"{NUMBERS[count]} {kind if count == 1 else words.PLURAL[kind]}"


def _of(facts, kind=None, colour=None):
    return [one for one in facts["things"] if kind in (None, one["kind"]) and colour in (None, one["colour"])]


def _centre(thing):
    box = thing["box"]
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def third(thing):
    """`on the left`, `in the middle`, `on the right`, or None near a border."""
    x = _centre(thing)[0]
    if min(abs(x - border) for border in _THIRDS) < _MARGIN:
        return None
    return "on the left" if x < _THIRDS[0] else "on the right" if x > _THIRDS[1] else "in the middle"


def related(a, b):
    """Which relations hold between two things, and which surely do not: (holds, fails), each a set of names of RELATIONS."""
    (ax, ay), (bx, by) = _centre(a), _centre(b)
    holds, fails = set(), set()
    for name, far in (("left", bx - ax), ("right", ax - bx), ("above", by - ay), ("below", ay - by)):
        if far > 0.12:
            holds.add(name)
        elif far < -0.05:
            fails.add(name)
    gap = max(a["box"][0] - b["box"][2], b["box"][0] - a["box"][2])
    level = min(a["box"][3], b["box"][3]) - max(a["box"][1], b["box"][1])
    smaller = min(a["box"][3] - a["box"][1], b["box"][3] - b["box"][1])
    if gap < 0.1 and level > 0.5 * smaller and abs(ax - bx) > 0.06:
        holds.add("next")
    elif gap > 0.25 or level < -0.15:
        fails.add("next")
    return holds, fails


def _named(facts, thing):
    """How to name a thing so that it is the only one: `cup`, or `red cup`; None when that is not enough."""
    if len(_of(facts, thing["kind"])) == 1:
        return thing["kind"]
    if thing["kind"] not in words.LIVING and len(_of(facts, thing["kind"], thing["colour"])) == 1:
        return f"{thing['colour']} {thing['kind']}"
    return None


def _singles(facts):
    return [one for one in facts["things"] if len(_of(facts, one["kind"])) == 1]


def _missing(rng, facts):
    plain = words.SHAPES + words.HANDY if facts["place"] == "plain" else words.HANDY + words.LIVING[1:] + ("chair", "clock", "umbrella")
    return rng.choice([kind for kind in plain if not _of(facts, kind)])


def _colour(rng, facts, held):
    pool = [one for one in _singles(facts) if one["kind"] not in words.ONE_COLOUR and not one.get("lit")]
    many = [kind for kind in words.KINDS if len(_of(facts, kind)) > 1 and len({one["colour"] for one in _of(facts, kind)}) == 1]
    many = [kind for kind in many if kind not in words.ONE_COLOUR and kind not in words.LIVING]
    if many and rng.random() < 0.2:
        kind = rng.choice(many)
        colour = _of(facts, kind)[0]["colour"]
        return _ask(rng, "colour", "colour/many", held, ks=words.PLURAL[kind]), Answer(f"They are {colour}.", colour)
    if not pool:
        return None
    thing = rng.choice(pool)
    if thing["kind"] == "person":
        return _ask(rng, "colour", "colour/person", held), Answer(f"They wear {thing['colour']}.", thing["colour"])
    return _ask(rng, "colour", "colour/thing", held, k=thing["kind"]), Answer(f"It is {thing['colour']}.", thing["colour"])


def _object(rng, facts, held):
    return rng.choice((_coloured, _exists, _where))(rng, facts, held)


def _coloured(rng, facts, held):
    pool = [one for one in facts["things"] if len(_of(facts, None, one["colour"])) == 1 and one["kind"] not in words.LIVING]
    pool = [one for one in pool if not one.get("lit") and not any(text["colour"] == one["colour"] for text in facts["texts"])]
    pool = [one for one in pool if not any(other["kind"] in words.LIVING and other["colour"] == one["colour"] for other in facts["things"])]
    if not pool:
        return None
    thing = rng.choice(pool)
    return _ask(rng, "object", "object/coloured", held, c=thing["colour"]), Answer(f"It is {article(thing['kind'])}.", thing["kind"])


def _exists(rng, facts, held):
    pool = [kind for kind in words.KINDS if _of(facts, kind) and kind != "person"]
    if not pool:
        return None
    kind = rng.choice(pool)
    if rng.random() < 0.3 and kind not in words.LIVING + tuple(words.ONE_COLOUR):
        colour = rng.choice(_of(facts, kind))["colour"]
        return _ask(rng, "object", "object/exists_colour", held, ck=f"{colour} {kind}"), Answer(f"Yes, there is a {colour} {kind}.", "yes")
    there = f"there is {article(kind)}" if len(_of(facts, kind)) == 1 else f"there are {number_words(len(_of(facts, kind)), kind)}" if len(_of(facts, kind)) <= COUNT_MAX else None
    return there and (_ask(rng, "object", "object/exists", held, a=article(kind), k=kind), Answer(f"Yes, {there}.", "yes"))


def _where(rng, facts, held):
    pool = [one for one in _singles(facts) if third(one) and one["kind"] != "person"]
    if not pool:
        return None
    thing = rng.choice(pool)
    place = third(thing)
    return _ask(rng, "object", "object/where", held, k=thing["kind"]), Answer(f"It is {place}.", place.split()[-1])


def _count(rng, facts, held):
    kinds = sorted({one["kind"] for one in facts["things"]})
    if not kinds:
        return None
    kind = rng.choice(kinds + [max(kinds, key=lambda one: len(_of(facts, one)))] * 2) if rng.random() < 0.9 else _missing(rng, facts)
    found = _of(facts, kind)
    if len(found) > 1 and rng.random() < 0.25 and kind not in words.LIVING and kind not in words.ONE_COLOUR:
        colour = rng.choice(found)["colour"]
        return _counted(rng, held, "count/coloured", len(_of(facts, kind, colour)), kind, colour)
    return _counted(rng, held, "count/kind", len(found), kind)


def _counted(rng, held, form, count, kind, colour=None):
    if count > COUNT_MAX:
        return None
    noun = kind if count == 1 else words.PLURAL[kind]
    noun = f"{colour} {noun}" if colour else noun
    verb = "is" if count == 1 else "are"
    question = _ask(rng, "count", form, held, ks=words.PLURAL[kind], k=kind, c=colour)
    return question, Answer(f"There {verb} {NUMBERS[count]} {noun}.", str(count))


def _relation(rng, facts, held):
    pairs = [(a, b) for a in facts["things"] for b in facts["things"] if a is not b and _named(facts, a) and _named(facts, b)]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    holds, fails = related(one, other)
    slots = {"ck": _named(facts, one), "b": _named(facts, other)}
    form = rng.choice(("side", "yes", "yes", "what"))
    if form == "side" and holds & {"left", "right"}:
        side = "left" if "left" in holds else "right"
        return _ask(rng, "relation", "relation/side", held, **slots), Answer(f"It is {side} of it.", side)
    if form == "what":
        return _only_one(rng, facts, held, other)
    name = rng.choice(sorted(holds) if holds and rng.random() < 0.5 else sorted(fails) or sorted(holds) or ["none"])
    if name == "none":
        return None
    truth = name in holds
    question = _ask(rng, "relation", "relation/yes", held, slots | {"r": name}, r=rng.choice(RELATIONS[name]), **slots)
    return question, Answer("Yes, it is." if truth else "No, it is not.", "yes" if truth else "no")


def _only_one(rng, facts, held, other):
    """What is left of it? Asked where one thing surely is, and every other surely is not."""
    names = []
    for name in RELATIONS:
        states = [(one, related(one, other)) for one in facts["things"] if one is not other]
        yes = [one for one, (holds, _) in states if name in holds]
        if len(yes) == 1 and sum(name in fails for _, (_, fails) in states) == len(states) - 1:
            names.append((name, yes[0]))
    if not names:
        return None
    name, thing = rng.choice(names)
    question = _ask(rng, "relation", "relation/what", held, {"r": name, "b": _named(facts, other)}, r=rng.choice(RELATIONS[name]), b=_named(facts, other))
    return question, Answer(f"{article(thing['kind']).capitalize()}.", thing["kind"])


def _person(rng, facts, held):
    people = _of(facts, "person")
    if len(people) == 1 and third(people[0]) and rng.random() < 0.4:
        place = third(people[0])
        return _ask(rng, "person", "person/where", held), Answer(f"The person is {place}.", place.split()[-1])
    if not people and rng.random() < 0.2:
        return _ask(rng, "absent", "person/where", held), Answer("I see nobody.", "absent")
    question = _ask(rng, "person", "person/any", held)
    if "empty" in question.text:
        return question, Answer("No, somebody is there." if people else "Yes, nobody is there.", "no" if people else "yes")
    told = {0: "No, nobody is there.", 1: "Yes, there is a person."}.get(len(people)) or f"Yes, there are {number_words(len(people), 'person')}."
    return question, Answer(told, "yes" if people else "no")


def _lamp(rng, facts, held):
    lamps = _of(facts, "lamp")
    if not lamps:
        return _ask(rng, "absent", "lamp/lit", held), Answer("I see no lamp.", "absent")
    lit, question = lamps[0]["lit"], _ask(rng, "lamp", "lamp/lit", held)
    if question.text.endswith(" off") and " or " not in question.text:
        return question, Answer("No, the lamp is on." if lit else "Yes, the lamp is off.", "on" if lit else "off")
    return question, Answer("Yes, the lamp is on." if lit else "No, the lamp is off.", "on" if lit else "off")


def _time(rng, facts, held):
    if not facts["tells_time"]:
        return None
    time = facts["time"]
    return _ask(rng, "time", "time/day", held), Answer(f"It is {time}.", time)


def _printed(kind):
    def asked(rng, facts, held):
        found = [one for one in facts["texts"] if one["kind"] == kind]
        if not found:
            question = _ask(rng, "absent", f"{kind}/read", held, o="sign")
            return question, Answer(f"I see no {kind}.", "absent")
        text = found[0]["text"]
        question = _ask(rng, kind, f"{kind}/read", held, o="sign")
        said = f"The number is {text}." if kind == "number" else f"It says {text.upper()}."
        return question, Answer(said, text.lower())

    return asked


def _absent(rng, facts, held):
    kind = _missing(rng, facts)
    none = Answer(f"I see no {kind}.", "absent")
    form = rng.choice(("colour/thing", "object/where", "object/exists", "object/exists_colour"))
    if form == "object/exists_colour":
        present = [one["kind"] for one in facts["things"] if one["kind"] not in words.LIVING and one["kind"] not in words.ONE_COLOUR]
        kind = rng.choice(present) if present and rng.random() < 0.6 else kind
        colour = rng.choice([name for name in words.COLOUR_NAMES if not _of(facts, kind, name)])
        return _ask(rng, "absent", form, held, ck=f"{colour} {kind}"), Answer(f"No, I see no {colour} {kind}.", "absent")
    if form == "object/exists":
        none = Answer(f"No, I see no {kind}.", "absent")
    return _ask(rng, "absent", form, held, k=kind, a=article(kind)), none


_DRAWING = {"colour": _colour, "object": _object, "count": _count, "relation": _relation, "person": _person, "lamp": _lamp,
            "time": _time, "number": _printed("number"), "word": _printed("word"), "absent": _absent}


def draw(rng, facts, held=False, category=None):
    """(Question, Answer) about one picture; `category` asks for a certain one (what is drawn may be `absent` instead)."""
    order = [category] if category else rng.sample(list(_DRAWING), len(_DRAWING))
    for name in order * 6:
        if not category and name in ("number", "word") and not facts["texts"] and rng.random() < 0.7:
            continue
        drawn = _DRAWING[name](rng, facts, held)
        if drawn:
            return drawn
    return _absent(rng, facts, held)


def told_change(what):
    """The sentence that tells a change of `facts.change`."""
    name = "person" if what.get("kind") == "person" else f"{what.get('colour')} {what.get('kind')}"
    return {
        "came": lambda: f"{article(name).capitalize()} came.", "went": lambda: f"The {name} is gone.",
        "moved": lambda: f"The {name} moved to the {what['to']}.", "lit": lambda: "The lamp was turned on.",
        "unlit": lambda: "The lamp was turned off.", "colour": lambda: f"The {what['kind']} turned from {what['colour']} to {what['to']}.",
        "nothing": lambda: "Nothing changed.",
    }[what["what"]]()


def change_key(what):
    """`came cup`, `went dog`, `moved ball left`, `lamp on`, `lamp off`, `colour box blue`, `nothing`."""
    return {
        "came": lambda: f"came {what['kind']}", "went": lambda: f"went {what['kind']}", "moved": lambda: f"moved {what['kind']} {what['to']}",
        "lit": lambda: "lamp on", "unlit": lambda: "lamp off", "colour": lambda: f"colour {what['kind']} {what['to']}", "nothing": lambda: "nothing",
    }[what["what"]]()


def draw_change(rng, before, after, change, held=False):
    """(Question, Answer) about two pictures of one scene in order; `change` is what `facts.change` told of them."""
    form = "change/what"
    if change["what"] in ("came", "went") and rng.random() < 0.3:
        form = f"change/{change['what']}"
    elif change["what"] == "nothing" and rng.random() < 0.3:
        form = rng.choice(("change/came", "change/went"))
    return _ask(rng, "change", form, held), Answer(told_change(change), change_key(change))


def canonical(question, spoken):
    """The canonical form of a spoken answer to a question; an answer is right when this equals `Answer.key`."""
    said = re.findall(r"[a-z]+|\d+", spoken.lower())
    if question.category == "change":
        return _canonical_change(said)
    if question.form.startswith(("word/", "number/")) and "no" not in said[:3]:
        return _canonical_print(question, spoken)
    if question.form not in ("count/kind", "count/coloured", "person/any") and re.search(r"\b(see|is) no(body)?\b", spoken.lower()):
        return "absent"
    asked = re.findall(r"[a-z]+", question.text.lower())
    return _CANONICAL[question.form.split("/")[0]](question, said, asked)


def _first(said, vocabulary):
    return next((vocabulary[word] for word in said if word in vocabulary), "")


_SINGULAR = {**{kind: kind for kind in words.KINDS}, **{plural: kind for kind, plural in words.PLURAL.items()}}
_COUNTS = {**{word: str(n) for n, word in enumerate(NUMBERS)}, **{str(n): str(n) for n in range(COUNT_MAX + 1)}, "none": "0", "a": "1", "an": "1"}
_SIDES = {side: side for side in ("left", "right", "middle")}
_YES = {"yes": "yes", "no": "no"}


def _canonical_object(question, said, asked):
    if question.form == "object/coloured":
        return _first(said, _SINGULAR)
    return _first(said, _SIDES if question.form == "object/where" else _YES)


def _canonical_relation(question, said, asked):
    if question.form == "relation/what":
        return _first(said, _SINGULAR)
    return _first(said, _SIDES if question.form == "relation/side" else _YES)


def _canonical_print(question, spoken):
    if question.form.startswith("number/"):
        return "".join(re.findall(r"\d", spoken))
    found = re.search(r"(?:says|is|reads|word)\s+\"?([A-Za-z]+(?:[- ][A-Za-z]\b)*)", spoken)
    return re.sub(r"[^a-z]", "", (found.group(1) if found else spoken).lower())


def _canonical_change(said):
    kind = _first(said, {**_SINGULAR, "somebody": "person"})
    colours = [word for word in said if word in words.COLOURS]
    if "nothing" in said:
        return "nothing"
    if kind == "lamp" and ("on" in said or "off" in said):
        return "lamp on" if "on" in said else "lamp off"
    if "moved" in said:
        return f"moved {kind} {_first(said, _SIDES)}"
    if len(colours) > 1:
        return f"colour {kind} {colours[-1]}"
    return f"{'went' if 'gone' in said or 'went' in said else 'came'} {kind}"


_CANONICAL = {
    "colour": lambda question, said, asked: _first(said, {name: name for name in words.COLOURS}),
    "object": _canonical_object, "relation": _canonical_relation, "count": lambda question, said, asked: _first(said, _COUNTS),
    "person": lambda question, said, asked: _first(said, _SIDES if question.form == "person/where" else _YES),
    "lamp": lambda question, said, asked: _first(said, {"on": "on", "off": "off"}),
    "time": lambda question, said, asked: _first(said, {name: name for name in words.TIMES}),
    "number": lambda question, said, asked: "absent" if "no" in said else "", "word": lambda question, said, asked: "absent" if "no" in said else "",
}
