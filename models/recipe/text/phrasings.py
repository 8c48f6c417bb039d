"""How people ask for light, warmth, covers, locks, devices and music: one block per intent.

A line is a phrasing: `{slot}` is filled from words.py, `[a|b|]` picks one alternative (possibly nothing).
`~` in front marks a sentence that takes no "please" or "can you"; `slot=value;` in front binds a slot that the words imply.
"""

PHRASINGS = {
    "light_power": """
turn {state} the {light} in the {room}
turn the {light} in the {room} {state}
turn the {room} {light} {state}
turn {state} the {room} {light}
switch {state} the {room} {light}
switch the {room} {light} {state}
switch the {light} {state} in the {room}
set the {room} {light} to {state}
{room} {light} {state}
[get|make] the {light} in the {room} {state}
in the {room} turn {state} the {light}
put the {room} {light} {state}
power {state} the {light} in the {room}
flip the {light} {state} in the {room}
have the {light} in the {room} turned {state}
state=on; [light up|illuminate] the {room}
state=on; ~[it's|it is] [too|so|very] dark in the {room}
state=on; ~i can't see [anything|a thing] in the {room}
state=on; ~i need [some|more] light in the {room}
state=on; ~let there be light in the {room}
state=on; ~i am going to the {room} and it is dark there
state=on; give me [some|] light in the {room}
state=off; ~[nobody|no one] is in the {room} so [kill|cut] the light
state=off; [kill|cut] the {light} in the {room}
state=off; ~we don't need the {light} in the {room} [any more|now]
state=off; ~the {light} in the {room} can go off
state=off; make it dark in the {room}
state=off; put out the {light} in the {room}
state=off; ~i forgot to turn off the {room} {light}
""",
    "lamp_power": """
turn {state} the {lamp}
turn the {lamp} {state}
switch {state} the {lamp}
switch the {lamp} {state}
{lamp} {state}
set the {lamp} to {state}
[get|make] the {lamp} go {state}
~i want the {lamp} {state}
~the {lamp} should be {state}
power {state} the {lamp}
state=off; [kill|cut] the {lamp}
state=off; ~we don't need the {lamp} [any more|]
state=on; light the {lamp}
""",
    "light_level": """
set the {room} {light} to {percent} percent
dim the {room} {light} to {percent} percent
dim the {light} in the {room} to {percent} percent
set the brightness in the {room} to {percent} percent
set the brightness of the {room} {light} to {percent} [percent|]
bring the {room} {light} [up|down|] to {percent} percent
put the {light} in the {room} at {percent} percent
change the {room} brightness to {percent} [percent|]
make the {room} {light} {percent} percent bright
[raise|lower] the {light} in the {room} to {percent} percent
{room} {light} at {percent} percent
{percent} percent brightness in the {room}
adjust the {room} {light} to {percent} percent
turn the {room} {light} [up|down] to {percent} percent
~i want {percent} percent light in the {room}
~the {light} in the {room} should be at {percent} percent
percent=100; [full|maximum] brightness in the {room}
percent=100; make the {room} as bright as possible
percent=50; set the {room} {light} to half [brightness|]
percent=50; dim the {room} to half
""",
    "light_colour": """
set the {room} {light} to {colour}
make the {room} {light} {colour}
turn the {room} {light} {colour}
turn the {light} in the {room} {colour}
change the {room} {light} to {colour}
change the colour [in|of] the {room} to {colour}
make the {light} in the {room} {colour}
give the {room} a {colour} light
~i want {colour} light in the {room}
[use|try] {colour} for the {room} {light}
paint the {room} {colour}
{colour} light in the {room}
switch the {light} in the {room} to {colour}
let the {room} {light} shine {colour}
~i would like the {room} in {colour}
light the {room} in {colour}
""",
    "climate_set": """
set the [temperature|thermostat|heating] in the {room} to {degrees} [degrees|]
set the {room} [temperature|thermostat|] to {degrees} degrees
make it {degrees} degrees in the {room}
[heat|warm] the {room} [up|] to {degrees} [degrees|]
cool the {room} [down|] to {degrees} [degrees|]
change the {room} [thermostat|temperature] to {degrees} [degrees|]
put the {room} at {degrees} degrees
~i want {degrees} degrees in the {room}
~i'd like the {room} at {degrees} degrees
bring the {room} to {degrees} degrees
adjust the {room} [thermostat|heating] to {degrees}
{degrees} degrees in the {room}
turn the heating in the {room} to {degrees} degrees
turn the {room} thermostat [up|down] to {degrees} [degrees|]
~the {room} should be {degrees} degrees warm
keep the {room} at {degrees} degrees
let the {room} be {degrees} degrees
[raise|lower] the temperature in the {room} to {degrees} degrees
""",
    "climate_mode": """
set the air conditioner [in the {room}|] to {mode}
switch the [thermostat|air conditioning] to {mode} [mode|]
put the [climate|air conditioner] [in the {room}|] in {mode} mode
set the [climate|thermostat] to {mode} [mode|]
change the air conditioner [in the {room}|] to {mode} [mode|]
~i want the [thermostat|air conditioner] in {mode} mode
run the air conditioner in {mode} mode [in the {room}|]
use {mode} mode for the [climate|air conditioner]
[thermostat|climate|air conditioner] to {mode} mode
activate {mode} mode on the [thermostat|air conditioner]
""",
    "cover_move": """
{move} the {cover} in the {room}
{move} the {room} {cover}
~i want the {room} {cover} {move}
{move} the {cover} [of|for] the {room}
in the {room} {move} the {cover}
[go ahead and|] {move} all the {cover} in the {room}
[get|have] the {cover} in the {room} to {move}
let the {room} {cover} {move}
move=open; raise the {room} {cover}
move=open; pull up the {cover} in the {room}
move=open; roll up the {room} {cover}
move=open; let [the sun|some light|daylight] in through the {room} {cover}
move=close; lower the {room} {cover}
move=close; shut the {cover} in the {room}
move=close; pull down the {cover} in the {room}
move=close; roll down the {room} {cover}
move=close; ~the sun is blinding me in the {room} so shut the {cover}
move=close; draw the {room} {cover}
""",
    "cover_level": """
set the {room} {cover} to {percent} percent
open the {room} {cover} to {percent} percent
close the {room} {cover} to {percent} percent
move the {cover} in the {room} to {percent} percent
put the {room} {cover} at {percent} percent
bring the {cover} in the {room} to {percent} percent
[raise|lower] the {room} {cover} to {percent} percent
open the {cover} in the {room} {percent} percent
{room} {cover} at {percent} percent
percent=50; open the {room} {cover} half way
percent=50; close the {cover} in the {room} half way
adjust the {room} {cover} to {percent} percent
""",
    "lock_set": """
{lock} the {door}
make sure the {door} is {lock}ed
~i want the {door} {lock}ed
[go ahead and|] {lock} the {door} [now|]
{lock} up the {door}
get the {door} {lock}ed
have the {door} {lock}ed
~the {door} should be {lock}ed
~[someone|the guest|the mailman] is coming so {lock} the {door}
~i am leaving so {lock} the {door}
set the {door} to {lock}ed
put the {door} into the {lock}ed state
lock=lock; secure the {door}
lock=lock; bolt the {door}
lock=lock; ~don't let anyone in through the {door}
lock=unlock; let {name} in through the {door}
lock=unlock; undo the lock of the {door}
lock=unlock; ~{name} is at the {door} let them in
""",
    "device_power": """
turn {state} the {device} in the {room}
turn the {device} in the {room} {state}
turn {state} the {room} {device}
turn the {room} {device} {state}
switch {state} the {room} {device}
switch the {device} in the {room} {state}
switch {state} the {device} in the {room}
set the {room} {device} to {state}
{room} {device} {state}
power {state} the {device} in the {room}
put the {device} in the {room} {state}
~i want the {device} in the {room} {state}
have the {device} in the {room} switched {state}
state=on; start the {device} in the {room}
state=on; get the {device} in the {room} going
state=on; fire up the {room} {device}
state=on; ~i need the {device} in the {room}
state=off; stop the {device} in the {room}
state=off; shut down the {room} {device}
state=off; shut off the {device} in the {room}
state=off; ~i forgot the {device} in the {room} turn it off
state=off; cut the power of the {device} in the {room}
""",
    "appliance_power": """
turn {state} the {device}
turn the {device} {state}
switch {state} the {device}
switch the {device} {state}
{device} {state}
set the {device} to {state}
power {state} the {device}
~the {device} should be {state}
~i want the {device} {state} [now|]
state=on; start the {device}
state=on; fire up the {device}
state=off; stop the {device}
state=off; shut off the {device}
state=off; ~i don't need the {device} [any more|]
""",
    "media_play": """
play {music}
play [some|] {music} in the {room}
put on {music}
put on [some|] {music} in the {room}
start {music} in the {room}
~i want to hear {music} [in the {room}|]
~i'd like to listen to {music} [in the {room}|]
let me hear {music}
play me {music}
[start|begin] playing {music} [in the {room}|]
in the {room} play {music}
turn on {music} in the {room}
how about {music} in the {room}
~let's have {music} in the {room}
~i am in the mood for {music}
stream {music} [in the {room}|]
fill the {room} with {music}
have the {room} speaker play {music}
""",
    "media_control": """
{control} the music
{control} the music in the {room}
{control} [playback|the song|the player]
{control} the {room} speaker
{control} whatever is playing [in the {room}|]
{control} what is playing [in the {room}|]
control=pause; hold the music [for a moment|]
control=pause; ~give the music a break
control=stop; no more music [please|]
control=stop; ~i don't want to hear this any more
control=next; skip this [song|track|one]
control=next; play the next [song|track]
control=next; next [song|track] [in the {room}|]
control=next; ~i don't like this song
control=previous; go back [one|a] [song|track]
control=previous; play the [last|previous] [song|track] [again|]
control=resume; go on with the music
control=resume; keep playing
control=resume; continue playing [in the {room}|]
control=mute; be quiet in the {room}
control=mute; ~it is too loud in the {room} mute it
""",
    "media_volume": """
set the volume to {percent} [percent|]
set the volume in the {room} to {percent} [percent|]
set the {room} volume to {percent} [percent|]
turn the volume [up|down|] to {percent} [percent|] [in the {room}|]
change the volume [of the {room} speaker|] to {percent} [percent|]
volume {percent} [percent|] [in the {room}|]
volume [at|to] {percent} percent
put the {room} speaker at {percent} percent
make it {percent} percent loud [in the {room}|]
bring the [sound|volume] to {percent} percent [in the {room}|]
~i want the volume at {percent} percent
adjust the {room} volume to {percent}
percent=100; [full|maximum] volume [in the {room}|]
""",
}
