"""Sentences for the teacher to read: answers of a home assistant and general English from WordNet.

Writes ``train.txt`` (one sentence per line, shuffled, unique). The sentences of the evaluation never appear in it.
"""

import random
import re

from .paths import EVAL_SENTENCES, WORDNET, work

ROOMS = """kitchen|living room|bedroom|hallway|garage|bathroom|office|nursery|dining room|basement|attic|porch|garden
|study|laundry room|guest room|pantry|balcony|workshop|cellar|patio|library|den|sunroom|driveway|back yard
|front door|upstairs landing|playroom|gym""".replace("\n", "").split("|")
DEVICES = """lights|lamp|ceiling light|fan|heater|thermostat|blinds|curtains|speaker|television|lock|door|window
|coffee machine|dishwasher|washing machine|dryer|vacuum|sprinkler|air conditioner|humidifier|oven|radio|kettle
|garage door|alarm|camera|bedside lamp|reading lamp|floor lamp|shutters|awning""".replace("\n", "").split("|")
COLOURS = "red blue green warm white|yellow|purple|orange|pink|cyan|turquoise|amber|violet|lavender|crimson|gold"
COLOURS = COLOURS.replace("red blue green ", "red|blue|green|").split("|")
NAMES = """Anna|Peter|Maria|James|Linda|Robert|Susan|David|Karen|Thomas|Emily|Daniel|Laura|Michael|Sarah|Kevin|Julia
|Martin|Helen|Oliver|Alice|George|Nora|Henry|Clara|Walter|Sophie|Max|Emma|Leo""".replace("\n", "").split("|")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday today tomorrow tonight".split()
MONTHS = "January February March April May June July August September October November December".split()
TASKS = """call the dentist|take out the trash|water the plants|feed the cat|buy milk|pay the rent|pick up the kids
|walk the dog|take the medicine|check the oven|charge the car|send the letter|book the flight|lock the door
|clean the filter|bring an umbrella|return the books|change the sheets""".replace("\n", "").split("|")
SCENES = "movie night|good morning|bedtime|dinner|party|reading|away|relax|focus|sunrise|romantic|cleaning".split("|")
SONGS = "some jazz|classical music|the news|your favourite playlist|rock music|a podcast|soft piano|the radio".split("|")
THINGS = """I cannot do that yet|I did not understand that|that device is not available|I have no access to that
|something went wrong|I do not know the answer|the internet connection seems to be down|that is not possible
|I could not find that device""".replace("\n", "").split("|")
ANSWERS = """Okay, I turned {onoff} the {dev} in the {room}.|The {room} {dev} is now {state}.|Done.|Sure.|All right, done.
|The temperature in the {room} is {deg} degrees.|I set the {dev} to {pct} percent.|It is {time}.|The time is {time} now.
|I set a timer for {num} minutes.|Your timer for {num} {unit} is done.|I will remind you to {task} at {time}.
|Sorry, {thing}.|{thing}.|The {dev} in the {room} is already {onoff}.|I changed the {room} lights to {colour}.
|The {scene} scene is active.|Playing {song} in the {room}.|{num} plus {num} is {num}.|{num} times {num} equals {num}.
|{num} minus {num} is {num}.|{num} divided by {num} is {num}.|Good morning, {name}!|Good night, {name}. Sleep well.
|Would you like me to turn {onoff} the {dev}?|Which {dev} do you mean?|Do you mean the {room} or the {room}?
|You have {num} reminders for {day}.|On {day}, {month} {ord}, you have {num} appointments.|Is there anything else?
|The {dev} is {state}, and the {dev} is {state}.|I locked the {room} door.|The {room} door is unlocked.
|Your alarm is set for {time} on {day}.|It will be {deg} degrees and sunny {day}.|There is a {pct} percent chance of rain.
|The battery of the {dev} is at {pct} percent.|Volume set to {num}.|Pausing the music.|The next song is playing now.
|I turned down the {dev} by {num} degrees.|Today is {day}, {month} {ord}.|{name} called {num} minutes ago.
|Okay {name}, I will {task}.|I closed the {dev} in the {room} and opened the {dev} in the {room}.|Hello, how can I help?
|You are welcome!|I am fine, thank you. How are you?|The {dev} used {num} point {digit} kilowatt hours {day}.
|No, the {dev} is not {onoff}.|Yes, all the {dev} are {onoff}.|Here is what I found.|I am turning {onoff} everything.
|The timer has {num} minutes and {num} seconds left.|Motion was detected in the {room} at {time}.|Let me check.
|What time should I wake you?|How warm should the {room} be?|Shall I also close the {dev}?|That costs {num} dollars.
|Reminder: {task}.|Attention, the {room} window is open.|I added it to your list.|Please say that again.
|It is {num} minutes past {hour}.|The {dev} will turn {onoff} in {num} {unit}.|The letters are {letters}.
|The {colour} light means that the {dev} is {state}.|I heard {name} in the {room}.|{ord} of {month}.
""".replace("\n", "").split("|")


def _slot(name: str, rng: random.Random) -> str:
    """One random filling of the slot `name`."""
    pools = {
        "room": ROOMS, "dev": DEVICES, "colour": COLOURS, "name": NAMES, "day": DAYS, "month": MONTHS, "task": TASKS,
        "scene": SCENES, "song": SONGS, "thing": THINGS, "onoff": ["on", "off"], "unit": ["seconds", "minutes", "hours"],
        "state": ["on", "off", "open", "closed", "locked", "unlocked", "running", "offline", "idle", "ready"],
    }  # fmt: skip
    if name in pools:
        return rng.choice(pools[name])
    makers = {
        "num": lambda: str(rng.choice([rng.randint(0, 20), rng.randint(0, 100), rng.randint(0, 2000)])),
        "deg": lambda: str(rng.randint(-15, 110)).replace("-", "minus "),
        "pct": lambda: str(rng.randint(0, 100)),
        "digit": lambda: str(rng.randint(0, 9)),
        "hour": lambda: str(rng.randint(1, 12)),
        "ord": lambda: rng.choice("first second third fourth fifth sixth ninth tenth twelfth thirtieth".split()),
        "time": lambda: f"{rng.randint(1, 12)}:{rng.randint(0, 59):02d} {rng.choice(['a m', 'p m', ''])}".strip(),
        "letters": lambda: " ".join(rng.sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4)),
    }
    return makers[name]()


def home_sentences(count: int, rng: random.Random) -> list[str]:
    """`count` distinct assistant answers made from the templates."""
    made: dict[str, None] = {}
    for _ in range(count * 20):
        text = re.sub(r"\{(\w+)\}", lambda m: _slot(m[1], rng), rng.choice(ANSWERS))
        made[text[0].upper() + text[1:]] = None
        if len(made) == count:
            break
    return list(made)


def wordnet_sentences() -> list[str]:
    """Glosses and examples of WordNet of 4 to 16 plain words, as sentences, in file order."""
    made: dict[str, None] = {}
    for part in ("noun", "verb", "adj", "adv"):
        for line in (WORDNET / f"data.{part}").read_text("latin-1").splitlines():
            if " | " not in line:
                continue
            gloss = re.sub(r"\([^)]*\)", "", line.split(" | ", 1)[1])
            for piece in re.split(r"[;\"]", gloss):
                text = re.sub(r"\s+", " ", piece).strip(" .,:")
                if re.fullmatch(r"[A-Za-z][A-Za-z',]*( [A-Za-z',]+){3,15}[?!]?", text):
                    made[text[0].upper() + text[1:] + ("" if text[-1] in "?!" else ".")] = None
    return list(made)


def main(home: int = 3500, general: int = 6500, seed: int = 7) -> None:
    """Write ``train.txt``; a shuffled mix of both kinds without the evaluation sentences."""
    rng = random.Random(seed)
    held_out = set(EVAL_SENTENCES.read_text().splitlines())
    glosses = [text for text in wordnet_sentences() if text not in held_out]
    texts = [text for text in home_sentences(home, rng) if text not in held_out]
    texts += rng.sample(glosses, general)
    rng.shuffle(texts)
    (work() / "train.txt").write_text("\n".join(texts) + "\n")
    print(f"texts: {len(texts)} sentences, {sum(map(len, texts))} characters")


if __name__ == "__main__":
    main()
