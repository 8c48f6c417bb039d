"""What people say next: changes, corrections, pronouns, several wishes in one breath, questions about what just happened (format: phrasings.py).

`{old}` and `{new}` are values of one slot, `the?` is "the" for slots whose values carry an article.
"""

from . import grammar

# Slots that a next sentence can change, and how a value is called there.
ARTICLE = "room device lamp thing door camera washer light cover".split()
PLAIN = "item name city colour scene music timer mode channel program thing_mode day time duration list control drink dish bed place game book sport pet".split()
NUMBERS = "percent degrees level number weight litres speed tempo".split()

CHANGE = {
    "room": """
and in the {new}
and the {new}
and the {new} too
and now the {new}
now the {new}
now in the {new}
the {new} too
the {new} as well
also the {new}
also in the {new}
do the same in the {new}
same in the {new}
same for the {new} [please|]
the same for the {new}
[now|] do the {new} too
{new} too
and that in the {new}
repeat that in the {new}
and also the one in the {new}
next the {new}
""",
    "article": """
and the {new}
and the {new} too
and now the {new}
now the {new}
the {new} too
the {new} as well
also the {new}
same for the {new}
same with the {new}
do the same with the {new}
then the {new}
next the {new}
{new} too
and also the {new}
the {new} please
""",
    "plain": """
and {new}
and {new} too
now {new}
{new} too
{new} as well
also {new}
and now {new}
then {new}
and also {new}
{new} please
next {new}
make it {new}
same for {new}
rather {new}
{new} instead
""",
    "numbers": """
make it {new}
make that {new}
now {new}
to {new}
{new} please
and now {new}
better {new}
rather {new}
{new} instead
change it to {new}
set it to {new}
put it to {new}
try {new}
{new} is better
let's say {new}
""",
    "asked": """
and in the {new}
and the {new}
what about the {new}
how about the {new}
and what about the {new}
and how about the {new}
the {new} too
and for the {new}
now the {new}
what about in the {new}
same question for the {new}
""",
}

CORRECT = {
    "article": """
no the {new}
no i meant the {new}
i meant the {new}
not the {old} the {new}
no not the {old} the {new}
sorry the {new}
sorry i meant the {new}
oh no the {new}
wait the {new}
actually the {new}
the {new} not the {old}
i said the {new}
no no the {new}
wrong one i meant the {new}
not that the {new}
i want the {new} not the {old}
no in the {new}
no it's the {new}
""",
    "plain": """
no {new}
no i meant {new}
i meant {new}
not {old} {new}
no not {old} but {new}
sorry {new}
sorry i meant {new}
oh no {new}
wait {new}
actually {new}
{new} not {old}
i said {new}
no no {new}
no make it {new}
not that {new}
i want {new} not {old}
""",
}
OTHER = """
no the other one
the other one
the other one please
not that one the other one
i meant the other one
no i meant the other
and the other one
and the other one too
now the other one
the other one too
the other one as well
no not this one
wrong one
do the other one
"""
FLIP = {
    "state": """
turn it {state} again
turn it {state}
switch it {state} again
switch it back {state}
turn it back {state}
and {state} again
{state} again
{state} again please
now {state}
now turn it {state}
and now {state}
no {state}
turn that {state}
turn them {state} again
put it {state} again
actually turn it {state}
i want it {state} again
no turn it {state}
make it go {state}
it can go {state} [again|now]
""",
    "move": """
{move} it again
{move} it
{move} them again
now {move} it
and {move} it again
{move} that again
please {move} it again
no {move} it
actually {move} it
i want it to {move}
now {move} them
""",
    "lock": """
{lock} it again
{lock} it
now {lock} it
and {lock} it again
please {lock} it again
no {lock} it
{lock} that again
actually {lock} it
i want it {lock}ed
""",
}
UNDO = """
undo that
undo it
change it back
put it back
no change that back
reverse that
take that back
back again
make that undone
as it was before
"""
REPEAT = """
again
once more
do that again
do it again
one more time
repeat that
same again
the same again
try again
try it again
please do it again
another time
"""
STEPS = {  # words that move a number, by slot
    "degrees": [("warmer|a bit warmer|make it warmer|make it a bit warmer|it's still too cold|still too cold|turn it up|a little warmer please|hotter|one degree more|up a degree", 1),
                ("cooler|a bit cooler|make it cooler|make it a bit colder|it's still too warm|too hot|turn it down|a little cooler please|colder|one degree less|down a degree", -1),
                ("two degrees more|two degrees warmer|make it two degrees warmer|up two degrees", 2),
                ("two degrees less|two degrees cooler|make it two degrees colder|down two degrees", -2),
                ("three degrees warmer|make it three degrees warmer", 3), ("three degrees cooler|make it three degrees colder", -3)],
    "percent": [("more|a bit more|turn it up|turn it up a bit|higher|ten percent more|up ten percent|some more|a little more|raise it", 10),
                ("less|a bit less|turn it down|turn it down a bit|lower|ten percent less|down ten percent|not so much|a little less|reduce it", -10),
                ("twenty percent more|much more|a lot more|up twenty percent", 20), ("twenty percent less|much less|a lot less|down twenty percent", -20)],
    "level": [("higher|faster|one more|one up|turn it up|a bit faster", 1), ("lower|slower|one less|one down|turn it down|a bit slower", -1)],
}
STEP_WORDS = {"light_level": ("brighter|make it brighter|a bit brighter|it's too dark", "darker|make it darker|a bit darker|it's too bright|dim it a bit"),
              "media_volume": ("louder|make it louder|a bit louder|it's too quiet|speak up", "quieter|make it quieter|a bit quieter|it's too loud|softer")}

# A sentence that leaves to the last one what it speaks of: intent -> (slots taken over, patterns).
PRONOUNS = {
    "light_power": ("room", """
turn {state} the light there
switch it {state} there
turn the light {state} there too
and turn the light {state}
state=on; ~it is dark there
"""),
    "light_level": ("room", """
dim it to {percent} percent
set it to {percent} percent
make it {percent} percent bright
bring it to {percent} percent
and {percent} percent brightness there
~it should be at {percent} percent
turn it down to {percent} percent
put the brightness there at {percent} percent
"""),
    "light_colour": ("room", """
make it {colour}
turn it {colour}
change it to {colour}
set it to {colour}
and {colour} light there
~i want it {colour}
let it shine {colour}
paint it {colour}
"""),
    "climate_set": ("room", """
heat it to {degrees} degrees
set it to {degrees} degrees there
make it {degrees} degrees in there
warm it up to {degrees} degrees
and {degrees} degrees there
~it should be {degrees} degrees there
"""),
    "cover_move": ("room cover", """
{move} it
{move} them
{move} those
and {move} it
now {move} them
"""),
    "cover_level": ("room cover", """
open it to {percent} percent
set them to {percent} percent
move it to {percent} percent
bring them to {percent} percent
percent=50; half way
percent=50; only half way
"""),
    "lock_set": ("door", """
{lock} it
then {lock} it
please {lock} it
{lock} that one
~it should be {lock}ed
"""),
    "lock_state": ("door", """
~is it locked
~is it open
~did i lock it
check if it is locked
~what about it is it locked
"""),
    "light_state": ("room", """
~is the light on there
~is it on there
~is there light there
check if the light is on there
"""),
    "sensor_read": ("room", """
~what is the {sensor} there
~and the {sensor} there
~how is the {sensor} there
tell me the {sensor} there
~what about the {sensor}
sensor=temperature; ~how warm is it there
sensor=temperature; ~is it cold there
sensor=humidity; ~how humid is it there
"""),
    "vacuum_room": ("room", """
clean there too
vacuum there
~the floor there needs cleaning
send the robot there
let the robot clean there
"""),
    "device_power": ("room", """
turn {state} the {device} there
switch the {device} there {state}
and the {device} there {state}
state=on; start the {device} there
state=off; stop the {device} there
"""),
    "media_play": ("room", """
play {music} there
put on {music} there
and {music} there
~i want to hear {music} there
"""),
    "thing_set": ("thing", """
set its {property} to {number}
change its {property} to {number}
put its {property} at {number}
~its {property} should be {number}
and its {property} to {number}
"""),
    "thing_mode": ("thing", """
put it in {thing_mode} mode
set it to {thing_mode} mode
switch it to {thing_mode}
run it in {thing_mode} mode
~it should be in {thing_mode} mode
"""),
    "thing_power": ("thing", """
turn it {state}
switch it {state}
and turn it {state}
state=on; start it
state=off; stop it
"""),
    "thing_do": ("thing", """
{verb} it
now {verb} it
and {verb} it
let it {verb}
make it {verb}
"""),
    "thing_state": ("thing", """
~what is its {property}
~how is it doing
check it
check its {property}
~what {property} does it have
tell me its {property}
~and its {property}
"""),
    "timer_cancel": ("timer", """
cancel it
stop it
delete it again
~i don't need it any more
forget it again
"""),
    "timer_query": ("timer", """
~how long does it still run
~how much time is left on it
~is it still running
check it
"""),
    "list_add": ("list", """
add {item} too
also {item}
put {item} on it
add {item} to it
and {item} too
~i need {item} on it
"""),
    "list_remove": ("list", """
take {item} off it
remove {item} from it
delete {item} from it
~{item} can go
"""),
    "list_read": ("list", """
~what is on it now
read it to me
~what else is on it
show it to me
"""),
    "message_send": ("name", """
tell [her|him|them] {message}
and tell [her|him|them] that {message}
write [her|him|them] {message}
send [her|him|them] a message {message}
let [her|him|them] know that {message}
"""),
    "call_start": ("name", """
call [her|him|them]
then call [her|him|them]
ring [her|him|them] up
call [her|him|them] instead
"""),
    "camera_show": ("camera", """
show it to me again
open it again
let me see it again
"""),
    "weather": ("city", """
~and {day}
~what about {day}
~will it rain there {day}
~how is it there {day}
"""),
}
# A second clause that leaves out what the first one said: intent -> patterns.
ELLIPSES = {
    "light_power": "the {room} {light} {state}|the one in the {room} {state}|{state} in the {room}",
    "light_level": "the {room} to {percent} percent|the {room} {light} to {percent}|the one in the {room} to {percent} percent",
    "light_colour": "the {room} {colour}|the {room} {light} to {colour}|the one in the {room} {colour}",
    "climate_set": "the {room} to {degrees} degrees|the {room} to {degrees}|{degrees} degrees in the {room}",
    "cover_level": "the {room} to {percent} percent|the {room} {cover} to {percent}|the ones in the {room} to {percent} percent",
    "device_power": "the {room} {device} {state}|the {device} in the {room} {state}",
    "appliance_power": "the {device} {state}", "thing_power": "the {thing} {state}", "lamp_power": "the {lamp} {state}",
    "thing_set": "the {property} of the {thing} to {number}|the {thing} {property} to {number}",
    "thing_mode": "the {thing} to {thing_mode}|the {thing} in {thing_mode} mode",
    "timer_set": "one for {duration}|another one for {duration}|a {timer} timer for {duration}",
    "alarm_set": "another one at {time}|one for {time}", "fan_level": "the {room} fan to {level}|the one in the {room} to {level}",
    "list_add": "{item} to the {list}|{item}", "reminder_set": "to {chore} at {time}|at {time} to {chore}", "reminder_plain": "to {chore}",
    "message_send": "{name} that {message}", "sensor_read": "the {sensor} in the {room}", "cover_move": "{move} the {room} {cover}",
}
# A wish that leaves out what a tool must know: intent -> (missing slot, patterns).
BARE = {
    "light_power": ("room", "turn {state} the {light}|switch the {light} {state}|{light} {state}|switch {state} a {light}"),
    "light_level": ("percent", "dim the {light} in the {room}|change the brightness in the {room}|set the brightness of the {room} {light}"),
    "light_colour": ("colour", "change the colour of the {room} {light}|give the {room} another colour|change the light colour in the {room}"),
    "climate_set": ("degrees", "set the temperature in the {room}|change the heating in the {room}|adjust the {room} thermostat"),
    "cover_move": ("room", "{move} the {cover}|please {move} the {cover}"),
    "device_power": ("room", "turn {state} the {device}|switch the {device} {state}"),
    "timer_set": ("duration", "set a timer|start a timer|i need a timer|set a timer for me|time something for me"),
    "alarm_set": ("time", "set an alarm|wake me up|i need an alarm|set an alarm {day}|wake me {day}"),
    "list_add": ("item", "add something to the {list}|put something on the {list}|i need something on my {list}"),
    "list_remove": ("item", "take something off the {list}|remove something from the {list}"),
    "message_send": ("message", "send a message to {name}|write to {name}|text {name}|tell {name} something|send {name} a message"),
    "call_start": ("name", "make a call|call someone|i want to call someone|start a phone call"),
    "announce": ("message", "make an announcement|announce something|i want to announce something"),
    "vacuum_room": ("room", "start the robot|vacuum please|start vacuuming|let the robot clean"),
    "fan_level": ("level", "change the {room} fan|set the fan in the {room}|adjust the fan in the {room}"),
    "thing_set": ("number", "change the {property} of the {thing}|adjust the {thing} {property}|set the {property} of the {thing}"),
    "thing_mode": ("thing_mode", "change the mode of the {thing}|set the mode of the {thing}|another mode for the {thing}"),
    "scene_set": ("scene", "activate a scene|set a scene|change the scene"),
    "reminder_set": ("time", "remind me to {chore}|set a reminder to {chore}|don't let me forget to {chore}"),
    "media_volume": ("percent", "change the volume|set the volume|adjust the volume"),
    "media_play": ("music", "play something|put on some music|play some music"),
    "sensor_read": ("room", "what is the {sensor}|tell me the {sensor}|read the {sensor}"),
    "camera_show": ("camera", "show me a camera|open a camera|let me see a camera"),
    "weather": ("city", "what is the weather|how is the weather|tell me the weather"),
}
ANSWERS = {"room": "the {new}|in the {new}|{new}|in the {new} please|the one in the {new}", "plain": "{new}|{new} please|say {new}|{new} i think",
           "numbers": "{new}|to {new}|{new} please|make it {new}", "percent": "{new} percent|to {new} percent|{new}", "degrees": "{new} degrees|to {new}|{new}",
           "article": "the {new}|{new}|the {new} please"}
RECALL = """
~what did you say
~say that again please
~can you say that again
~could you repeat that
~what was that again
~once again what did you say
~i did not hear you
~please repeat your answer
~tell me that again
"""
DONE = """
~did it work
~is it done
~have you done it
~did you do it
~are you done
~was that all right
~did that work
~is it done now
"""
HIGHER = """
~which one is higher
~which of them is higher
~where is it more
~which is more
~which one has more
~where is it higher
"""


def phrasings(intent, block):
    """The Phrasings of a block."""
    return list(grammar.lines(intent, block))


def split(row):
    """The choices of a `|` row."""
    return row.split("|")
