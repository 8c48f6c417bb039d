"""What is said when no tool fits: short, sensible sentences that name what is missing."""

import re

from text import wide

# what a wish is about, by intent
_ABOUT = {
    "light_power": "the lights", "lamp_power": "the lamps", "light_level": "the brightness of the lights", "light_colour": "the colour of the lights",
    "climate_set": "the heating", "climate_mode": "the air conditioner", "cover_move": "the blinds", "cover_level": "the blinds", "lock_set": "the locks",
    "device_power": "that device", "appliance_power": "that device", "media_play": "music", "media_control": "the player", "media_volume": "the volume",
    "timer_set": "timers", "timer_cancel": "timers", "timer_query": "timers", "alarm_set": "alarms", "scene_set": "scenes", "reminder_set": "reminders",
    "reminder_plain": "reminders", "list_add": "lists", "shop_add": "the shopping", "list_remove": "lists", "list_read": "lists",
    "vacuum_room": "cleaning", "fan_level": "the fans", "message_send": "messages", "call_start": "phone calls", "announce": "announcements",
    "camera_show": "the cameras", "sensor_read": "the sensors", "lock_state": "the locks", "light_state": "the lights", "weather": "the weather",
    "channel_set": "the television", "program_start": "the washing programs", "thing_set": "the {thing}", "thing_mode": "the {thing}",
    "thing_power": "the {thing}", "thing_do": "the {thing}", "thing_state": "the {thing}",
}
_MISSING = ["Sorry, I have no tool for {about}.", "I am sorry, I cannot reach {about} from here.", "Sorry, {about} is nothing I can help with here.",
            "I have nothing here for {about}, sorry.", "Sorry, I am not connected to {about}."]
_CANNOT = ["Sorry, I cannot {wish}.", "I am sorry, I have no way to {wish}.", "I cannot {wish} from here, sorry.", "Sorry, I am not able to {wish}."]
_PLAIN = ["Sorry, I cannot do that here.", "I am sorry, I have no way to do that.", "Sorry, I do not know that.", "I am sorry, that is beyond me."]
_NOT_HERE = ["Sorry, I do not know {value} here.", "There is no {value} here, sorry.", "Sorry, {value} is not on my list.", "I do not find {value} here, sorry."]
_MINE = {"me": "you", "my": "your", "i": "you", "am": "are", "mine": "yours", "myself": "yourself"}
# Words of which a refusal holds at least one; for judging.
MARKS = ("sorry", "cannot", "not able", "no way", "no tool", "do not", "beyond me", "nothing here", "no ")


def refusal(rng, said, about=None):
    """No tool fits this sentence, which is `about` something."""
    about = about or about_what(said)
    if about and rng.random() < 0.6:
        return _number(rng.choice(_MISSING).format(about=about))
    if said.phrasing.imperative and said.intent in ("beyond", "thing_do") and rng.random() < 0.75:
        return rng.choice(_CANNOT).format(wish=turned(said.core))
    return rng.choice(_PLAIN)


def about_what(said):
    """What is missing, or None."""
    if said.intent in wide.BY_INTENT:
        family = wide.BY_INTENT[said.intent]
        return f"the {family.nouns[0]}"
    about = _ABOUT.get(said.intent)
    return about and re.sub(r"\{(\w+)\}", lambda m: str(said.slots.get(m.group(1), "that")), about)


def turned(wish):
    """A wish as the other one says it: my -> your."""
    return " ".join(_MINE.get(word, word) for word in wish.split())


def not_here(rng, value):
    """The tool exists, this value does not."""
    return rng.choice(_NOT_HERE).format(value=value)


def _number(text):
    """`the blinds is` -> `the blinds are`."""
    return re.sub(r"(\w+[^s ]s) is nothing", r"\1 are nothing", text)
