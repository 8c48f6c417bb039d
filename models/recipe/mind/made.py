"""Tools made of random words: what belongs together can only be found by the words that sentence and tool share.

A family of `schema` or `wide` can be learnt by heart; these never come twice. So they teach to look: which tool speaks of this
noun, of this verb or one like it, and which parameter of these words.
"""

import re
from dataclasses import dataclass

from text import grammar, numbers

from .schema import MISSING, Parameter, Tool, invented, some_words, styled

_ALIKE = """start run launch begin|stop halt end quit|show display open|send post forward|fetch get bring|clean wash wipe|fix repair mend|order buy get|remove delete
raise lift|lower drop|fill load|empty drain|cook prepare make|heat warm|cool chill|measure check read|count|find search locate|book reserve|move shift push|turn rotate spin
paint colour|carry take bring|cut trim chop|lock secure close|save keep store|sort order|pack wrap|print|copy|record|play|hide|test try|inspect look check|replace change swap
reset restart|update refresh|install add|share|rent lend|return|feed|water|plant|groom brush|walk|train|race|ride|drive|park|fly|land|dock|steer|aim point|zoom|tilt|shake
press squeeze|inflate pump|charge|connect link join|seal|label mark tag|rate review|approve accept|reject refuse|assign give|schedule plan|delay postpone|repeat|announce
summarise|sing|dim|mute silence|boost|filter|freeze|melt|boil|roast|toast|peel|slice|grind|serve|weigh|stack pile|fold|draw|scan|polish shine|tune adjust|mix stir|pour"""
_VERBS = [group.split() for line in _ALIKE.splitlines() for group in line.split("|")]
_LOOKING = {"measure", "check", "read", "count", "find", "search", "locate", "weigh", "inspect", "look"}
_NUMBERS = """speed level amount size weight height width length depth volume angle pages rounds steps pieces copies points turns layers power pressure limit
distance score price age floor row seat number channel track chapter grams litres metres minutes percent degrees dose share""".split()
_CHOICES = "mode type kind style size material side shape flavour pattern quality class target source group finish program season model".split()
_OPEN = {"name": "for {};from {};to {};with {}", "title": "called {};titled {};named {}", "reason": "because of {};due to {}", "topic": "about {};on {}",
         "label": "labelled {};with the label {}", "place": "at the {};near the {};by the {}", "person": "for {};with {}", "tool": "with the {};using the {}"}
_EXTRAS = "foam salt music light sound steam cover sugar glue ice box lid ribbon photo receipt alarm help insurance gloves".split()


_KNOWN = {}  # nouns by the identity of the sentences: hashing them all would take longer than the search


def _nouns(sentences):
    """Words that follow an article in the sentences: mostly nouns."""
    if id(sentences) in _KNOWN:
        return _KNOWN[id(sentences)][1]
    found = {}
    for sentence in sentences:
        for word in re.findall(r"\b(?:the|a|an) ([a-z]{3,10})\b", sentence):
            found[word] = found.get(word, 0) + 1
    _KNOWN[id(sentences)] = sentences, [word for word, count in found.items() if count >= 3]
    return _KNOWN[id(sentences)][1]


@dataclass
class Made:
    """A tool of random words and the sentences that ask for it."""

    intent: str
    tool: Tool
    noun: str
    verbs: list
    phrases: dict  # slot -> phrases, with {} for the value
    required: list
    alone: bool  # no other tool of the session speaks of this noun

    def phrasing(self, rng):
        """A way of saying it, with some of what may be added."""
        verb = self.verbs[0] if rng.random() < 0.6 else rng.choice(self.verbs)
        clauses = ["V the N", "V the N", "V my N", "V this N", "go and V the N", "~we have to V the N", "~it's time to V the N", "~the N needs a V", "~let's V the N", "N V",
                   "~i'd like to V the N", "~someone has to V the N"]
        if self.alone:
            clauses += ["do the N", "~i need the N", "~the N please", "~what about the N", "now the N"]
        clause = rng.choice(clauses)
        added = self.required + [slot for slot in self.phrases if slot not in self.required and rng.random() < 0.5]
        rng.shuffle(added)
        words = clause.lstrip("~").replace("V", verb).replace("N", self.noun)
        parts = [words, *(rng.choice(self.phrases[slot]).replace("{}", "{" + slot + "}") for slot in added)]
        return grammar.Phrasing(self.intent, " ".join(parts), {}, not clause.startswith("~"), more=clause[0] == "V")


def make(rng, home, index, general, others):
    """A Made whose noun or verb now and then is also that of one of `others`."""
    nouns = _nouns(general)
    noun = rng.choice(nouns) if rng.random() < 0.85 else invented(rng)
    verbs = list(rng.choice(_VERBS))
    if others and rng.random() < 0.35:
        noun, verbs = (rng.choice(others).noun, verbs) if rng.random() < 0.6 else (noun, list(rng.choice(others).verbs))
    if any(noun == other.noun and set(verbs) & set(other.verbs) for other in others):
        return None
    rng.shuffle(verbs)
    found, phrases, required, taken = [], {}, [], {noun}
    for place in range(rng.choice([0, 1, 1, 2, 2, 3])):
        made = _parameter(rng, home, f"s{index}x{place}", general, taken)
        if made:
            found.append(made[0])
            phrases[made[0].slot] = made[1]
            required += [made[0].slot] if made[0].required else []
    alone = all(noun != other.noun for other in others)
    for other in others:
        other.alone &= other.noun != noun
    tool = Tool(_name(rng, home, verbs[0], noun), _description(rng, home, verbs, noun), [f"made_{index}"], found, looks=bool(set(verbs) & _LOOKING))
    return Made(f"made_{index}", tool, noun, verbs, phrases, required, alone)


def _name(rng, home, verb, noun):
    if home.strange_names:
        return styled(" ".join(invented(rng) for _ in range(rng.randrange(1, 3))), home.names)
    return styled(rng.choice([f"{verb} {noun}", f"{verb} {noun}", f"{noun} {verb}", f"the {noun} {verb}", f"{noun} service"]), home.names)


def _description(rng, home, verbs, noun):
    if not home.described:
        return ""
    verb = rng.choice(verbs)
    text = rng.choice([f"{verb} the {noun}", f"{verb} a {noun}", f"{verb} {noun}", f"lets you {verb} the {noun}", f"{verb} the {noun} of the house", f"{verb} or not {verb} the {noun}"])
    return text[0].upper() + text[1:] + "." if rng.random() < 0.4 else text


def _parameter(rng, home, slot, general, taken):
    """(Parameter, phrases) of a random kind, or None when its key is taken."""
    kind, required = rng.choice(["number", "number", "choice", "choice", "open", "time", "day", "extra"]), rng.random() < 0.5
    key = {"number": rng.choice(_NUMBERS), "choice": rng.choice(_CHOICES), "open": rng.choice(list(_OPEN)), "extra": rng.choice(_EXTRAS)}.get(kind, kind)
    if key in taken:
        return None
    taken.add(key)
    name = invented(rng) if home.strange_keys and rng.random() < 0.5 else key
    told = {"description": key} if name != key or rng.random() < 0.15 else {}
    value = lambda slots: slots.get(slot, MISSING)  # noqa: E731
    if kind == "number":
        options = [(numbers.spoken(n, rng.random() < 0.3), n) for n in (rng.choice([rng.randrange(1, 20), rng.randrange(1, 100), rng.randrange(100, 1000)]) for _ in range(10))]
        phrases = [f"{key} {{}}", f"with {key} {{}}", f"at {key} {{}}", f"{key} of {{}}"] if rng.random() < 0.7 else [f"{{}} {key}", f"with {{}} {key}"]
        return Parameter(name, {"type": rng.choice(["integer", "number"]), **told}, required, slot, value, options), phrases
    if kind == "choice":
        table = list(dict.fromkeys(some_words(rng, general, rng.choice([1, 1, 2])) for _ in range(rng.randrange(2, 7))))
        spelling = {spoken: styled(spoken, home.values) for spoken in table}
        phrases = [f"in {{}} {key}", f"{{}} {key}", f"with {key} {{}}", f"{key} {{}}", "in {}", "as {}"]
        schema = {"type": "string", "enum": list(spelling.values()), **told}
        return Parameter(name, schema, required, slot, lambda slots: spelling.get(slots.get(slot), MISSING), [(one, one) for one in table]), phrases
    if kind == "extra":
        schema = {"type": "boolean", **told}
        return Parameter(name, schema, False, slot, lambda slots: slots[slot] == "with" if slot in slots else MISSING, [("with", "with"), ("without", "without")]), [f"{{}} {key}"]
    if kind == "open":
        options = [(text, text) for text in (some_words(rng, general, rng.randrange(1, 4)) for _ in range(8))]
        return Parameter(name, {"type": "string", **told}, required, slot, value, options), _OPEN[key].split(";")
    if kind == "time":
        return Parameter(name, {"type": "string", "description": "HH:MM"}, required, slot, value, [numbers.clock(rng) for _ in range(8)]), ["at {}", "for {}"]
    return Parameter(name, {"type": "string", **told}, required, slot, value, [(day, day) for day in rng.sample(grammar.TABLES["day"], 6)]), ["{}"]
