"""More ways to ask for errands, for the core only (format: phrasings.py)."""

MORE_ERRANDS = {
    "timer_set": """
~could you time {duration} [for the {timer}|]
time {duration} [for me|for the {timer}|]
[add|set up|get me|start up] a timer [for|of] {duration}
[add|set up] a {timer} timer for {duration}
{duration} timer [please|]
{duration} [on the clock|] for the {timer}
{timer} timer [for|] {duration}
ping me [in|after] {duration}
alert me in {duration}
ring in {duration}
[remind|warn] me in {duration}
~the {timer} will be ready in {duration} set a timer
~the {timer} has to cook for {duration}
~the {timer} takes {duration} time it
~i want to be told in {duration}
~let {duration} run
run {duration} for the {timer}
let the timer run for {duration}
make it ring in {duration}
start counting down {duration}
~it should ring in {duration}
""",
    "timer_cancel": """
[clear|abort|scrap|quit|kill off|shut off] the {timer} timer
~the {timer} timer can go
~i no longer need the {timer} timer
~no more {timer} timer
~we can skip the {timer} timer
stop counting for the {timer}
take away the {timer} timer
make the {timer} timer stop
the {timer} timer should stop
end the countdown for the {timer}
cancel the timer for the {timer}
stop the timer of the {timer}
delete the timer for the {timer}
""",
    "timer_query": """
~how many minutes are left for the {timer}
~how long does the {timer} still need
~how far is the {timer} timer
~what does the {timer} timer say
~where is the {timer} timer [at|now]
~how much longer for the {timer} timer
~will the {timer} timer ring soon
~how much time does the {timer} timer have left
give me the remaining time of the {timer} timer
show me the {timer} timer
look at the {timer} timer
~what is the status of the {timer} timer
""",
    "alarm_set": """
wake me at {time} [sharp|]
~i want to wake up at {time} [{day}|]
~i must be awake at {time} [{day}|]
~my train leaves early wake me at {time}
get me out of bed at {time} [{day}|]
~please wake me {day} at {time}
~could you wake me at {time} [{day}|]
an alarm for {time} [{day}|]
~i need an alarm [for|at] {time} [{day}|]
set my alarm clock [for|to] {time}
alarm clock [to|at] {time} [{day}|]
set a wake up [call|alarm] for {time}
schedule an alarm for {time} [{day}|]
~don't let me sleep past {time}
let me sleep until {time}
ring me awake at {time}
""",
    "scene_set": """
{scene} mode [please|]
[make|set up] {scene}
[get|make] the house ready for {scene}
prepare the house for {scene}
~we are doing {scene}
~time for {scene}
put on the {scene} scene
~i'd like the {scene} scene
~can we have the {scene} scene
bring up the {scene} scene
switch the house to {scene}
set {scene} [scene|mode]
play the {scene} scene
do the {scene} scene
make it {scene} [mode|]
use the {scene} scene
""",
    "reminder_set": """
~could you remind me at {time} that i have to {chore}
~at {time} i have to {chore} remind me
~i want to {chore} at {time} remind me
~i need to {chore} at {time} [{day}|] please remind me
put a reminder at {time} to {chore}
[schedule|save|note] a reminder for {time} to {chore}
ping me at {time} to {chore}
let me know at {time} that i have to {chore}
{chore} at {time} remind me [of that|]
~make sure i {chore} at {time}
~help me remember to {chore} at {time}
new reminder {chore} at {time}
reminder to {chore} {day} at {time}
tell me to {chore} at {time} {day}
remind me {day} that i have to {chore} at {time}
""",
    "reminder_plain": """
~help me remember to {chore}
~make sure i {chore} [{day}|]
~i should {chore} remind me
~remember that i have to {chore}
~i want to {chore} {day} remind me
[save|take] a note that i must {chore}
new reminder {chore}
reminder to {chore} [{day}|]
tell me to {chore} {day}
make a note to {chore}
jot down {chore}
~i keep forgetting to {chore}
~one must not forget to {chore}
keep in mind that i have to {chore}
[schedule|save] a reminder to {chore} [{day}|]
""",
    "list_add": """
{item} on the {list}
{item} to my {list}
{item} goes on the {list}
~the {list} needs {item}
~i want {item} on the {list}
~could you add {item} to the {list}
~{item} should be on the {list}
~there should be {item} on my {list}
[jot|write] down {item} on the {list}
[stick|enter|save|list|drop] {item} [on|in] the {list}
have {item} added to the {list}
extend the {list} with {item}
~don't forget {item} on the {list}
~{item} is missing on the {list}
~we also need {item} on the {list}
let the {list} have {item}
""",
    "shop_add": """
~we've run out of {item}
~the {item} is [gone|used up|empty|finished]
~i need [more|some|] {item}
~we have no [more|] {item}
~we are low on {item}
~we could use [some|more] {item}
~there's hardly any {item} left
~someone finished the {item}
~next time we shop we need {item}
purchase [some|more|] {item}
pick up [some|more|] {item}
stock up on {item}
~i'd like to [buy|order] {item}
~we should buy {item}
~remember the {item} when you shop
reorder {item}
get us {item}
""",
    "list_remove": """
~the {list} no longer needs {item}
~we don't need {item} on the {list} any more
~i don't want {item} on my {list}
~i bought {item} already remove it from the {list}
drop {item} from the {list}
clear {item} from the {list}
get {item} off the {list}
kick {item} off my {list}
~{item} can come off the {list}
~{item} is done take it off the {list}
tick off {item} on the {list}
take {item} from my {list}
wipe {item} off the {list}
no {item} on the {list} any more
""",
    "list_read": """
~what does my {list} say
~which things are on the {list}
~what did i put on the {list}
~what is there on my {list}
~how does the {list} look
~is my {list} empty
~what have we got on the {list}
give me the {list}
list what is on the {list}
tell me my {list}
read out the {list}
let me hear my {list}
remind me what is on the {list}
""",
    "vacuum_room": """
~the {room} [could use|needs] [a clean|vacuuming|a sweep]
~can the robot do the {room}
~there are crumbs [on the floor of|in] the {room}
~i spilled something in the {room} clean it up
~it's dusty in the {room}
[run|start] the [vacuum|robot|cleaner] in the {room}
do the floor in the {room}
do the {room} with the vacuum
have the {room} cleaned
get the {room} clean
go over the {room} [floor|]
let the robot go to the {room}
~the {room} has to be cleaned
make the {room} floor clean
""",
    "fan_level": """
{room} fan [to|on] {level}
fan in the {room} [at|to|on] [level|speed|] {level}
~the fan in the {room} should be at [level|] {level}
~i'd like the {room} fan at {level}
put the fan in the {room} at {level}
[make|let] the {room} fan run at [speed|level|] {level}
[raise|lower] the {room} fan to [level|] {level}
fan level {level} in the {room}
set level {level} on the {room} fan
have the {room} fan on {level}
adjust the {room} fan to {level}
take the fan in the {room} to speed {level}
""",
    "message_send": """
~could you tell {name} that {message}
~i want to tell {name} {message}
~{name} should know that {message}
inform {name} that {message}
[shoot|drop|send off] {name} a message {message}
send {name} the message {message}
send word to {name} that {message}
send to {name} {message}
message {name} {message}
message to {name} {message}
pass on to {name} that {message}
give {name} the message {message}
answer {name} {message}
reply to {name} {message}
let {name} know {message}
new message to {name} {message}
write {name} a text {message}
compose a message to {name} saying {message}
""",
    "call_start": """
~could you ring up {name}
~i have to talk to {name}
~i want to call {name}
~i'd like to speak with {name}
~can i talk to {name}
get me {name} [on the phone|]
try to reach {name}
place a call to {name}
telephone {name}
start a phone call to {name}
connect a call with {name}
bring {name} on the line
ring up {name}
call up {name}
buzz {name}
""",
    "announce": """
make it known that {message}
~everyone should know that {message}
inform everybody that {message}
tell the whole house that {message}
tell the {room} that {message}
say out loud that {message}
call out {message} [in the {room}|]
play the message {message} in the {room}
let the {room} know that {message}
give out that {message}
put out an announcement {message}
proclaim that {message}
spread the word that {message}
""",
    "camera_show": """
~what is going on at the {camera}
~what's happening at the {camera}
~who's at the {camera}
~is there somebody at the {camera}
~can i see the {camera}
~i'd like a look at the {camera}
give me the {camera} camera
give me a view of the {camera}
put the {camera} [camera|] on the screen
look at the {camera} [camera|]
view the {camera} [camera|]
take me to the {camera} camera
turn to the {camera} camera
get the picture of the {camera}
camera at the {camera}
""",
    "sensor_read": """
~can you tell me the {sensor} in the {room}
~what does the {sensor} sensor in the {room} say
~how high is the {sensor} in the {room}
~i want to know the {sensor} in the {room}
~what {sensor} do we have in the {room}
~is the {sensor} in the {room} fine
find out the {sensor} in the {room}
get me the {room} {sensor}
get the {sensor} of the {room}
look up the {sensor} in the {room}
{sensor} in the {room}
{sensor} of the {room} please
show me the {sensor} in the {room}
sensor=temperature; ~what temperature is it in the {room}
sensor=temperature; ~how many degrees are there in the {room}
sensor=temperature; ~do i need a sweater in the {room}
sensor=temperature; ~is the {room} [cold|warm|hot]
sensor=humidity; ~is it [humid|damp|too dry] in the {room}
sensor=brightness; ~how bright is it in the {room}
sensor=noise level; ~how loud is it in the {room}
sensor=air quality; ~is the air in the {room} [good|fresh|bad]
""",
    "lock_state": """
~has someone locked the {door}
~has the {door} been locked
~can somebody get in through the {door}
~was the {door} left open
~is the {door} shut
~is the {door} still [open|unlocked]
~i am not sure whether i locked the {door}
~the {door} is locked right
see [if|whether] the {door} is [locked|open]
find out if the {door} is [locked|shut]
make sure whether the {door} is locked
give me the state of the {door}
how is the {door} open or locked
""",
    "light_state": """
~is there light in the {room}
~is a {light} on in the {room}
~are the {room} lights [still|] on
~has someone left the {light} on in the {room}
~does the {light} in the {room} burn
~is it dark in the {room}
~was the {room} {light} left on
see [if|whether] the {light} in the {room} is [on|off]
find out if the {room} {light} is on
look [if|whether] the {room} {light} is on
give me the state of the {room} {light}
what about the {light} in the {room} is it on
""",
    "weather": """
~should i take an umbrella {day}
~do i need a [jacket|coat|hat] {day}
~what will the weather be [like|] {day}
~what kind of weather do we get {day}
~how will the weather be in {city} [{day}|]
~how does the weather look {day}
~any rain {day}
~is it raining in {city}
~is it [sunny|cold|warm|windy] in {city} [{day}|]
~will the sun shine [in {city}|] {day}
~will it be [nice|cold|windy|stormy|sunny] [in {city}|] {day}
~can we have a picnic {day}
weather [in|for] {city} [{day}|]
weather {day}
forecast for {day}
look up the weather in {city} [{day}|]
get me the weather [for {city}|] {day}
check the weather [in {city}|] {day}
""",
    "channel_set": """
~let's watch {channel}
~i'd like to see {channel}
~what is on {channel} put it on
~can we watch {channel}
give me {channel} on the television
turn on {channel}
turn over to {channel}
flip to {channel}
jump to {channel}
bring up {channel}
open {channel}
television to {channel}
change the channel to {channel}
select {channel} on the television
""",
    "program_start": """
{washer} on {program}
{program} in the {washer}
use the {program} program in the {washer}
choose {program} on the {washer} and start
let the {washer} run the {program} program
let the {washer} do {program}
run a {program} [cycle|program] [in|on] the {washer}
switch the {washer} to {program} and start it
turn the {washer} to {program}
~the {washer} should do a {program} [cycle|wash]
~i want the {washer} on {program}
~i need a {program} cycle in the {washer}
make the {washer} do {program}
launch {program} on the {washer}
""",
    "thing_set": """
get the {property} of the {thing} to {number}
[push|move|dial|take|tune] the {property} of the {thing} to {number}
give the {thing} a {property} of {number}
{property} {number} for the {thing}
{property} of the {thing} to {number}
{thing} {property} to {number}
~i'd like the {property} of the {thing} at {number}
~the {property} of the {thing} should be {number}
~the {thing} needs a {property} of {number}
~the {thing} should have {property} {number}
let the {thing} have a {property} of {number}
run the {thing} at {property} {number}
have the {thing} {property} at {number}
use {property} {number} on the {thing}
let the {property} of the {thing} be {number}
""",
    "thing_mode": """
{thing_mode} mode on the {thing}
{thing} in {thing_mode} mode
{thing} to {thing_mode} [mode|]
make the {thing} {thing_mode}
have the {thing} in {thing_mode} mode
turn the {thing} to {thing_mode} [mode|]
choose {thing_mode} for the {thing}
select {thing_mode} mode for the {thing}
activate {thing_mode} mode on the {thing}
bring the {thing} into {thing_mode} mode
let the {thing} run in {thing_mode} mode
~the {thing} should be in {thing_mode} mode
~i'd like the {thing} in {thing_mode} mode
~can the {thing} go to {thing_mode} [mode|]
""",
    "thing_power": """
put the {thing} {state}
flip the {thing} {state}
flip {state} the {thing}
make sure the {thing} is {state}
change the {thing} to {state}
{state} with the {thing}
~the {thing} should be {state}
~the {thing} [must|has to] be {state}
~i'd like the {thing} {state}
have the {thing} {state}
get the {thing} {state}
state=on; activate the {thing}
state=on; fire up the {thing}
state=on; get the {thing} going
state=on; run the {thing}
state=on; let the {thing} run
state=off; shut off the {thing}
state=off; shut down the {thing}
state=off; kill the {thing}
state=off; deactivate the {thing}
state=off; ~we are done with the {thing}
state=off; ~the {thing} is still running turn it off
""",
    "thing_do": """
let the {thing} {verb}
~could you {verb} the {thing}
~the {thing} needs to {verb}
~the {thing} should {verb} [now|]
~i'd like to {verb} the {thing}
~we have to {verb} the {thing}
[tell|order|ask|get|command] the {thing} to {verb}
{verb} that {thing}
{verb} our {thing} [please|]
{verb} my {thing}
{thing} {verb}
do a {verb} of the {thing}
""",
    "thing_state": """
~how is the {property} of the {thing}
~is the {thing} all right
~what does the {thing} do right now
~what is the {thing} doing
~what's up with the {thing}
~how high is the {property} of the {thing}
~which {property} is the {thing} at
~what {property} is set on the {thing}
look at the {thing}
look up the {property} of the {thing}
find out the {property} of the {thing}
get the {property} of the {thing}
get the status of the {thing}
show me the {property} of the {thing}
status of the {thing}
report on the {thing}
""",
}
