"""How people ask for the rest: timers, reminders, lists, people, questions, and things of their own (format: phrasings.py)."""

ERRANDS = {
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
