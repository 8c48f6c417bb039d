"""How people say what they want: one block per intent.

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
    "timer_set": """
set a timer for {duration}
set a {duration} timer
set a {timer} timer for {duration}
start a timer for {duration}
start a {duration} timer
start a {timer} timer for {duration}
start a {duration} timer for the {timer}
timer [for|] {duration}
count down {duration}
count down {duration} for the {timer}
give me {duration} for the {timer}
[create|make|run] a {timer} timer of {duration}
[create|make|run] a timer of {duration}
wake me in {duration}
tell me when {duration} are over
put {duration} on the clock
~i need a timer for {duration}
~i need {duration} for the {timer}
~the {timer} needs {duration}
let me know in {duration}
beep [after|in] {duration}
begin a countdown of {duration}
""",
    "timer_cancel": """
cancel the {timer} timer
stop the {timer} timer
delete the {timer} timer
end the {timer} timer
remove the {timer} timer
turn off the {timer} timer
forget the {timer} timer
~i don't need the {timer} timer any more
get rid of the {timer} timer
kill the {timer} timer
~never mind the {timer} timer
drop the {timer} timer
""",
    "timer_query": """
~how much time is left on the {timer} timer
~how long does the {timer} timer still run
~how long until the {timer} timer [rings|ends|is done]
~what is left on the {timer} timer
~when [is|will] the {timer} timer [done|over|ring]
check the {timer} timer
tell me the time left on the {timer} timer
~is the {timer} timer [still running|nearly done]
""",
    "alarm_set": """
set an alarm for {time}
set an alarm at {time}
set the alarm [for|to] {time} {day}
wake me [up|] at {time}
wake me up {day} at {time}
~i need to get up at {time} [{day}|]
~i have to be up at {time} [{day}|]
[create|make|add] an alarm for {time}
alarm at {time} [{day}|]
put an alarm on for {time}
ring at {time} [{day}|]
let the alarm ring at {time}
get me up at {time}
""",
    "scene_set": """
activate [the|] {scene} scene
turn on [the|] {scene} scene
start [the|] {scene} [scene|mode]
set the scene to {scene}
switch to [the|] {scene} scene
~it's time for {scene}
~let's have {scene}
run [the|] {scene} scene
set the house to {scene} [mode|]
change to [the|] {scene} scene
put the house in {scene} mode
~i want the {scene} scene
load the {scene} scene
{scene} scene
[enable|choose|select] the {scene} scene
go to {scene} mode
""",
    "reminder_set": """
remind me to {chore} at {time}
remind me at {time} to {chore}
remind me to {chore} {day} at {time}
remind me {day} at {time} to {chore}
set a reminder to {chore} at {time}
set a reminder for {time} to {chore}
set a reminder for {time} {day} to {chore}
~i have to {chore} at {time} [{day}|] don't let me forget [it|]
~don't let me forget to {chore} at {time}
tell me at {time} to {chore}
[create|make|add] a reminder to {chore} at {time}
at {time} remind me to {chore}
give me a [nudge|hint] at {time} to {chore}
~i must {chore} at {time} remind me
""",
    "reminder_plain": """
remind me to {chore}
remind me to {chore} {day}
set a reminder to {chore}
[create|make|add] a reminder to {chore}
~don't let me forget to {chore}
put {chore} on my reminders
~i must not forget to {chore}
note that i have to {chore}
~i need a reminder to {chore}
{day} remind me to {chore}
""",
    "list_add": """
add {item} to the {list}
add {item} to my {list}
put {item} on the {list}
put {item} on my {list}
write {item} on the {list}
~we need {item} put it on the {list}
~we are out of {item} add it to the {list}
~i need {item} on my {list}
note {item} on the {list}
include {item} in the {list}
get {item} onto the {list}
append {item} to my {list}
""",
    "shop_add": """
~we need [more|] {item}
~we are out of {item}
~there is no {item} left
~we ran out of {item}
~i have to buy {item}
~don't let me forget the {item}
buy {item}
order [more|some|] {item}
get [some|more] {item}
~{item} is running low
""",
    "list_remove": """
remove {item} from the {list}
take {item} off the {list}
delete {item} from my {list}
cross {item} off the {list}
scratch {item} from the {list}
~i have {item} already take it off the {list}
erase {item} from my {list}
strike {item} off the {list}
""",
    "list_read": """
~what is on the {list}
~what's on my {list}
read me the {list}
read my {list}
tell me what is on the {list}
show [me|] the {list}
~what do i have on the {list}
go through my {list}
open the {list}
~is there anything on the {list}
""",
    "vacuum_room": """
vacuum the {room}
clean the {room}
send the robot to the {room}
let the [robot|vacuum] clean the {room}
have the [robot|vacuum] do the {room}
start vacuuming [in|] the {room}
sweep the {room}
~the {room} is dirty
~the floor in the {room} needs cleaning
tell the robot to clean the {room}
mop the {room}
hoover the {room}
""",
    "fan_level": """
set the {room} fan to {level}
set the fan in the {room} to {level}
set the fan in the {room} to level {level}
turn the {room} fan to {level}
put the {room} fan on level {level}
run the {room} fan at {level}
[change|switch] the fan in the {room} to level {level}
{room} fan at level {level}
bring the {room} fan to speed {level}
~i want the fan in the {room} on level {level}
""",
    "message_send": """
tell {name} that {message}
tell {name} {message}
text {name} {message}
text {name} that {message}
send a message to {name} saying {message}
send {name} a message saying {message}
send {name} a message {message}
message {name} that {message}
write {name} that {message}
let {name} know that {message}
say to {name} {message}
write to {name} {message}
drop {name} a line that {message}
""",
    "call_start": """
call {name}
ring {name}
give {name} a call
phone {name}
dial {name}
start a call with {name}
get {name} on the [phone|line]
~i want to talk to {name}
~i need to speak to {name}
connect me with {name}
make a call to {name}
put me through to {name}
""",
    "announce": """
announce that {message}
announce {message} in the {room}
tell everyone that {message}
tell everybody in the {room} that {message}
broadcast {message}
say in the {room} that {message}
let everyone know that {message}
make an announcement that {message}
shout {message} in the {room}
""",
    "camera_show": """
show me the {camera} camera
show the {camera} camera
~who is at the {camera}
let me see the {camera}
open the {camera} camera
~what does the {camera} camera see
display the {camera} camera
pull up the {camera} camera
~i want to see the {camera}
check the {camera} camera
bring up the {camera} camera on the screen
switch to the {camera} camera
""",
    "sensor_read": """
~what is the {sensor} in the {room}
~what's the {sensor} in the {room}
~how is the {sensor} in the {room}
tell me the {sensor} in the {room}
~what {sensor} does the {room} have
check the {sensor} in the {room}
read the {room} {sensor}
give me the {sensor} in the {room}
~{room} {sensor}
measure the {sensor} in the {room}
~do you know the {sensor} in the {room}
sensor=temperature; ~how [warm|cold|hot] is it in the {room}
sensor=temperature; ~is it [warm|cold] in the {room}
sensor=humidity; ~how [humid|damp] is [it in|] the {room}
sensor=air quality; ~how is the air in the {room}
""",
    "lock_state": """
~is the {door} locked
~is the {door} [open|closed]
~did i [lock|close] the {door}
check [if|whether] the {door} is [locked|closed|open]
~what about the {door} is it locked
tell me [if|whether] the {door} is [locked|open]
~have i locked the {door}
~what is the state of the {door}
look whether the {door} is [locked|shut]
""",
    "light_state": """
~is the {light} in the {room} on
~is the {room} {light} [on|off]
~are the lights on in the {room}
check [if|whether] the {room} {light} is [on|off]
~did i leave the {light} on in the {room}
~is there still light in the {room}
tell me whether the {light} in the {room} is [on|off]
""",
    "weather": """
~what is the weather [like|] {day}
~what's the weather in {city}
~what is the weather like in {city} {day}
~how is the weather in {city}
~will it rain {day}
~will it rain in {city} {day}
~do i need an umbrella {day}
~is it going to [snow|rain|be sunny] {day}
tell me the weather for {city}
give me the forecast for {city} [{day}|]
~how [warm|cold|hot] will it be {day}
~what is the forecast [for {city}|] {day}
~how does it look outside in {city}
""",
    "channel_set": """
switch to {channel}
put on {channel}
change to {channel}
turn the television to {channel}
show {channel}
~i want to watch {channel}
watch {channel} [in the {room}|]
set the television to {channel}
go to {channel}
tune [in|] to {channel}
""",
    "program_start": """
start the {washer} with the {program} program
run the {washer} on {program}
start the {program} program on the {washer}
set the {washer} to {program}
do a {program} cycle in the {washer}
turn on the {washer} with {program}
begin a {program} wash in the {washer}
put the {washer} on {program}
""",
    "thing_set": """
set the {property} of the {thing} to {number}
set the {thing} {property} to {number}
change the {thing} {property} to {number}
put the {property} of the {thing} at {number}
adjust the {property} of the {thing} to {number}
[raise|lower|bring] the {thing} {property} to {number}
{thing} {property} {number}
make the {property} of the {thing} {number}
turn the {property} of the {thing} [up|down] to {number}
~i want the {thing} at {property} {number}
""",
    "thing_mode": """
set the {thing} to {thing_mode} [mode|]
put the {thing} in {thing_mode} mode
switch the {thing} to {thing_mode} [mode|]
run the {thing} in {thing_mode} mode
change the {thing} [mode|] to {thing_mode}
start {thing_mode} mode on the {thing}
~i want the {thing} in {thing_mode} mode
use {thing_mode} mode on the {thing}
let the {thing} go to {thing_mode}
""",
    "thing_power": """
turn {state} the {thing}
turn the {thing} {state}
switch {state} the {thing}
switch the {thing} {state}
{thing} {state}
power {state} the {thing}
set the {thing} to {state}
state=on; start the {thing}
state=off; stop the {thing}
~i want the {thing} {state}
""",
    "thing_do": """
{verb} the {thing}
{verb} the {thing} [in the {room}|]
~i want you to {verb} the {thing}
~it is time to {verb} the {thing}
[go ahead and|] {verb} the {thing} now
~please do {verb} the {thing}
make the {thing} {verb}
have the {thing} {verb}
""",
    "thing_state": """
~what is the {property} of the {thing}
~how is the {thing} doing
tell me the {property} of the {thing}
check the {thing}
check the {property} of the {thing}
~what {property} does the {thing} have
read the {thing} {property}
give me the state of the {thing}
~what is the state of the {thing}
""",
}
