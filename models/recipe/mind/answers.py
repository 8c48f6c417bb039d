"""What tools return and what the assistant then says: short, spoken, numbers in digits (the voice reads them)."""

import json
import re

from text import wide

_DONE = [{"ok": True}, {"success": True}, {"status": "ok"}, {"result": "done"}, "ok", "done", {"status": "success"}, {}]
_FAILURES = ["the device is offline", "no connection", "not found", "permission denied", "the battery is empty", "timeout",
             "the device is busy", "unknown error", "it is not reachable", "the service is down"]

# intent -> sentences after a success; slots as in the call
_SAID = {
    "light_power": "Okay, the light in the {room} is {state}.|The {room} light is {state} now.",
    "lamp_power": "Okay, the {lamp} is {state}.|The {lamp} is {state} now.",
    "light_level": "Okay, the light in the {room} is at {percent} percent.|The {room} light is at {percent} percent now.",
    "light_colour": "Okay, the light in the {room} is {colour}.|The {room} light is {colour} now.",
    "climate_set": "Okay, the {room} is set to {degrees} degrees.|I set the {room} to {degrees} degrees.",
    "climate_mode": "Okay, the climate is in {mode} mode.|I set the climate to {mode}.",
    "cover_move": "Okay, I {move} the {room} {cover}.|The {cover} in the {room} will {move} now.",
    "cover_level": "Okay, the {room} {cover} goes to {percent} percent.",
    "lock_set": "Okay, the {door} is {lock}ed.|The {door} is {lock}ed now.",
    "device_power": "Okay, the {device} in the {room} is {state}.|The {room} {device} is {state} now.",
    "appliance_power": "Okay, the {device} is {state}.|The {device} is {state} now.",
    "media_play": "Playing {music}.|Okay, here is {music}.", "media_control": "Okay.|Done.",
    "media_volume": "Okay, the volume is at {percent} percent.",
    "timer_set": "Okay, your timer is set for {span}.|The timer runs for {span}.",
    "timer_cancel": "Okay, the {timer} timer is cancelled.", "alarm_set": "Okay, your alarm is set for {time}.|I will wake you at {time}.",
    "scene_set": "Okay, {scene} is on.|The {scene} scene is active.", "reminder_set": "Okay, I will remind you to {chore} at {time}.",
    "reminder_plain": "Okay, I will remind you to {chore}.", "list_add": "Okay, {item} is on the {list}.|I added {item} to the {list}.",
    "shop_add": "Okay, I added {item}.|Okay, {item} is noted.", "list_remove": "Okay, {item} is off the {list}.",
    "vacuum_room": "Okay, the robot cleans the {room}.|The {room} gets cleaned now.", "fan_level": "Okay, the {room} fan is at {level}.",
    "message_send": "Okay, I told {name}.|Your message to {name} is sent.", "call_start": "Calling {name}.|Okay, I am calling {name}.",
    "announce": "Okay, I announced it.|Done, everyone knows.", "camera_show": "Here is the {camera} camera.",
    "channel_set": "Okay, here is {channel}.", "program_start": "Okay, the {washer} runs {program}.",
    "thing_set": "Okay, the {thing} {property} is {number}.|I set the {property} of the {thing} to {number}.",
    "thing_mode": "Okay, the {thing} is in {thing_mode} mode.", "thing_power": "Okay, the {thing} is {state}.|The {thing} is {state} now.",
    "thing_do": "Okay, I {verb} the {thing}.|Okay, the {thing} is on it.",
}
_WIDE = "Okay.|Done.|Okay, it is done."
_LOOKING = set("check,read,query,look up,get,count,define,explain,report,find".split(","))
_FOUND = ["ready", "full", "nearly empty", "fine", "in stock", "sold out", "closed today", "open until eight", "on the second floor", "very low", "a small boat",
          "a kind of cloth", "late by ten minutes", "at the north gate", "not known", "better than yesterday", "an old word for road", "three left"]
_NO_CLOCK = ["Sorry, I do not know the time."]


def time_of(clock):
    """The answer to `what time is it`; `clock` is ("Tuesday", "14:05") or None."""
    return f"It is {clock[1]}." if clock else _NO_CLOCK[0]


def weekday_of(clock):
    """The answer to `what day is it`."""
    return f"It is {clock[0]}." if clock else "Sorry, I do not know the day."


def number_in(text):
    """The first number of a text, or None."""
    found = re.search(r"-?\d+(\.\d+)?", text)
    return float(found.group()) if found else None


def sentence(text):
    """A lower-case reply with a capital and a full stop."""
    text = text[0].upper() + text[1:]
    text = text.replace(" i ", " I ").replace(" i'", " I'")
    return text if text[-1] in ".?!" else text + ("?" if text.split()[0] in ("How", "What") or " how can i" in text.lower() or " what can i" in text.lower() else ".")


def outcome(said, rng, tool):
    """(tool result, answer) of one call; queries read their answer from the result."""
    if rng.random() < 0.08:
        return _failure(rng)
    question = QUESTIONS.get(said.intent) or (_looked_up if tool.looks else _asked(said))
    if question:
        result, answer = question(said.slots, rng)
        return _text(result), answer
    slots = {name: value for name, value in said.slots.items() if not isinstance(value, dict)}
    if isinstance(said.slots.get("duration"), dict):
        slots["span"] = " and ".join(f"{n} {unit if n != 1 else unit[:-1]}" for unit, n in said.slots["duration"].items())
    fitting = [s for s in _SAID.get(said.intent, _WIDE).split("|") if _fits(s, slots)] or ["Okay.", "Done."]
    answer = rng.choice(fitting).format(**slots)
    return _text(rng.choice(_DONE)), re.sub(r"(\w{2,}[^s]s) is (on|off)\b", r"\1 are \2", answer)


def _asked(said):
    """How a question beyond the home is answered: with what the tool returns."""
    family = wide.BY_INTENT.get(said.intent)
    return _looked_up if family and set(family.verbs) & _LOOKING else None


def _looked_up(slots, rng):
    value = rng.choice([rng.randrange(2, 2000), round(rng.uniform(0, 99), 1), f"{rng.randrange(6, 23):02d}:{rng.randrange(60):02d}",
                        rng.choice(_FOUND), rng.choice(_FOUND)])
    result = rng.choice([{"result": value}, {"answer": value}, {"value": value}, {"text": value}, str(value)])
    return result, f"It is {value}."


def _fits(template, slots):
    try:
        return bool(template.format(**slots))
    except KeyError:
        return False


def _failure(rng):
    reason = rng.choice(_FAILURES)
    result = rng.choice([{"error": reason}, {"ok": False, "error": reason}, f"error: {reason}", {"status": "failed", "message": reason}])
    return _text(result), f"Sorry, that did not work, {reason}."


def _text(result):
    return result if isinstance(result, str) else json.dumps(result, separators=(",", ":"))


def _sensor(slots, rng):
    value = rng.choice([rng.randrange(0, 100), round(rng.uniform(0, 40), 1)])
    unit = rng.choice(["degrees", "percent", "celsius", "lux", "watts", "decibels", "ppm", ""])
    key = rng.choice(["value", "reading", slots["sensor"].replace(" ", "_"), "current"])
    result = {key: value, "unit": unit} if unit and rng.random() < 0.7 else {key: value} if not unit else f"{value} {unit}"
    return result, f"The {slots['sensor']} in the {slots['room']} is {value}{' ' + unit if unit else ''}."


def _door(slots, rng):
    state = rng.choice(["locked", "unlocked", "open", "closed"])
    result = rng.choice([{"state": state}, {"status": state}, state, {"door": slots["door"], "state": state}])
    return result, f"The {slots['door']} is {state}."


def _light(slots, rng):
    lit = rng.random() < 0.5
    word = "on" if lit else "off"
    return rng.choice([{"on": lit}, {"state": word}, word, {"power": lit}]), f"The light in the {slots['room']} is {word}."


def _timer(slots, rng):
    left = rng.choice([f"{rng.randrange(2, 60)} minutes", f"{rng.randrange(2, 60)} seconds"])
    result = rng.choice([{"remaining": left}, {"left": left}, left, {"time_left": left}])
    return result, f"There are {left} left."


def _list(slots, rng):
    from text import grammar
    items = rng.sample(grammar.TABLES["item"], rng.randrange(0, 4))
    if not items:
        return rng.choice([[], {"items": []}]), f"The {slots['list']} is empty."
    words = items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
    return rng.choice([items, {"items": items}]), f"On the {slots['list']} you have {words}."


def _weather(slots, rng):
    sky = rng.choice(["sunny", "cloudy", "rainy", "snowy", "windy", "foggy", "clear", "stormy"])
    degrees = rng.randrange(-9, 36)
    result = rng.choice([{"condition": sky, "temperature": degrees}, {"weather": sky, "temp": degrees}, {"forecast": sky, "high": degrees}])
    return result, f"It will be {sky} with {degrees} degrees."


def _thing(slots, rng):
    if "property" in slots:
        value = rng.choice([rng.randrange(0, 100), rng.randrange(100, 900)])
        key = rng.choice([slots["property"], "value", "reading"])
        return {key: value}, f"The {slots['property']} of the {slots['thing']} is {value}."
    state = rng.choice(["idle", "running", "full", "empty", "off", "on", "clean", "busy", "ready"])
    return rng.choice([{"status": state}, {"state": state}, state]), f"The {slots['thing']} is {state}."


QUESTIONS = {"sensor_read": _sensor, "lock_state": _door, "light_state": _light, "timer_query": _timer, "list_read": _list,
              "weather": _weather, "thing_state": _thing}
