"""Answers questions from facts alone, by what the question is about: the other way round from `questions`, which draws them.

On true facts the answer is the drawn one (a check of both); on facts read back out of tokens it tells what the tokens hold.
"""

from . import words
from .questions import _THIRDS, related


def _things(facts, named):
    """Things of a kind, or of a colour and a kind (`red cup`)."""
    colour, _, kind = named.rpartition(" ")
    return [one for one in facts["things"] if one["kind"] == kind and colour in ("", one["colour"])]


def _third(thing):
    x = (thing["box"][0] + thing["box"][2]) / 2
    return "left" if x < _THIRDS[0] else "right" if x > _THIRDS[1] else "middle"


def _colour(facts, about, form):
    kind = "person" if form == "colour/person" else about["k"] if "k" in about else next(k for k, many in words.PLURAL.items() if many == about["ks"])
    found = _things(facts, kind)
    return found[0]["colour"] if found else "absent"


def _object(facts, about, form):
    if form == "object/coloured":
        found = [one for one in facts["things"] if one["colour"] == about["c"] and one["kind"] not in words.LIVING and not one.get("lit")]
        return found[0]["kind"] if found else "absent"
    found = _things(facts, about["ck"] if "ck" in about else about["k"])
    if form == "object/where":
        return _third(found[0]) if found else "absent"
    return "yes" if found else "absent"


def _count(facts, about, form):
    named = f"{about['c']} {about['k']}" if about["c"] else about["k"]
    return str(len(_things(facts, named)))


def _nearest(one, other, name):
    """How far the relation holds, above 0 when it does."""
    ax, ay, bx, by = ((box[n] + box[n + 2]) / 2 for box in (one["box"], other["box"]) for n in (0, 1))
    if name == "next":
        gap = max(one["box"][0] - other["box"][2], other["box"][0] - one["box"][2])
        level = min(one["box"][3], other["box"][3]) - max(one["box"][1], other["box"][1])
        return 0.17 - gap if level > 0 else -1.0
    return {"left": bx - ax, "right": ax - bx, "above": by - ay, "below": ay - by}[name] - 0.035


def _relation(facts, about, form):
    others = _things(facts, about["b"])
    if not others:
        return "absent"
    if form == "relation/what":
        found = [(_nearest(one, others[0], about["r"]), one["kind"]) for one in facts["things"] if one is not others[0]]
        held = [(0, one["kind"]) for one in facts["things"] if one is not others[0] and about["r"] in related(one, others[0])[0]]
        return max(held or found)[1] if found else "absent"
    ones = _things(facts, about["ck"])
    if not ones:
        return "absent"
    if form == "relation/side":
        return "left" if _nearest(ones[0], others[0], "left") > _nearest(ones[0], others[0], "right") else "right"
    return "yes" if _nearest(ones[0], others[0], about["r"]) > 0 else "no"


def _person(facts, about, form, empty):
    people = _things(facts, "person")
    if form == "person/where":
        return _third(people[0]) if people else "absent"
    return "yes" if bool(people) != empty else "no"


def _printed(facts, kind):
    found = [one["text"].lower() for one in facts["texts"] if one["kind"] == kind]
    return found[0] if found else "absent"


def settle(question, facts):
    """The canonical answer to a `questions.Question` about one picture, by these facts."""
    form, about = question.form, question.about
    topic = form.split("/")[0]
    if topic == "lamp":
        lamps = _things(facts, "lamp")
        return ("on" if lamps[0]["lit"] else "off") if lamps else "absent"
    if topic == "person":
        return _person(facts, about, form, "empty" in question.text)
    if topic in ("word", "number"):
        return _printed(facts, topic)
    if topic == "time":
        return facts["time"]
    return {"colour": _colour, "object": _object, "count": _count, "relation": _relation}[topic](facts, about, form)


def _tally(facts):
    counts = {}
    for one in facts["things"]:
        counts.setdefault((one["kind"], one["colour"]), []).append(one)
    return counts


def settle_change(before, after):
    """The canonical form of what changed between two pictures: whatever differs most clearly."""
    was, now = ([one for one in facts["things"]] for facts in (before, after))
    lamps = [_things(facts, "lamp") for facts in (before, after)]
    if lamps[0] and lamps[1] and lamps[0][0]["lit"] != lamps[1][0]["lit"]:
        return "lamp on" if lamps[1][0]["lit"] else "lamp off"
    kinds = {one["kind"] for one in was + now}
    for kind in sorted(kinds):
        difference = sum(one["kind"] == kind for one in now) - sum(one["kind"] == kind for one in was)
        if difference:
            return f"{'came' if difference > 0 else 'went'} {kind}"
    return _same_kinds(before, after)


def _same_kinds(before, after):
    was, now = _tally(before), _tally(after)
    fresh = [(kind, colour) for kind, colour in now if len(now[kind, colour]) > len(was.get((kind, colour), []))
             and kind not in words.ONE_COLOUR and kind not in words.LIVING and not now[kind, colour][0].get("lit")]
    if fresh:
        return f"colour {fresh[0][0]} {fresh[0][1]}"
    far, told = 0.12, "nothing"
    for key in was:
        if len(was[key]) == len(now.get(key, [])) == 1:
            step = (now[key][0]["box"][0] + now[key][0]["box"][2] - was[key][0]["box"][0] - was[key][0]["box"][2]) / 2
            if abs(step) > far:
                far, told = abs(step), f"moved {key[0]} {'right' if step > 0 else 'left'}"
    return told
