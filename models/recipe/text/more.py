"""More ways to ask for the same things, for the core only (format: phrasings.py): what the ears were taught stays as it was."""

MORE = {
    "light_power": """
[could we have|let me have|get me] the {light} in the {room} {state}
~the {room} {light} should be {state}
~the {light} in the {room} [has to be|must be|needs to be] {state}
~i'd like the {light} in the {room} {state}
~i want the {room} {light} {state} [please|now|]
{state} with the {room} {light}
{light} {state} in the {room}
[go|head] to the {room} {light} and turn it {state}
[make sure|see that] the {room} {light} is {state}
change the {room} {light} to {state}
the {light} of the {room} goes {state}
toggle the {room} {light} to {state}
state=on; brighten up the {room}
state=on; bring some light [into|to] the {room}
state=on; [start|fire up] the {room} {light}
state=on; ~the {room} is [pitch dark|way too dark|so gloomy]
state=on; ~why is it so dark in the {room}
state=on; ~it's getting dark in the {room}
state=on; ~i [keep bumping into things|can barely see] in the {room}
state=on; ~we need light in the {room}
state=on; ~someone should turn on the {light} in the {room}
state=on; leave the {light} on in the {room}
state=on; ~i am reading in the {room} and need light
state=off; [lights out|no light] in the {room}
state=off; [shut off|shut down|turn out|switch out] the {room} {light}
state=off; ~the {light} in the {room} is still on turn it off
state=off; ~nobody needs the {room} {light} [any longer|now]
state=off; ~why is the {light} on in the {room} turn it off
state=off; ~it's too bright in the {room} turn off the {light}
state=off; ~we are leaving the {room} so lights off
state=off; ~you can turn off the {room} {light} now
state=off; ~did i leave the {room} {light} on please turn it off
state=off; ~don't leave the {light} burning in the {room}
""",
    "lamp_power": """
{state} with the {lamp}
change the {lamp} to {state}
[make sure|see that] the {lamp} is {state}
~the {lamp} [has to be|needs to be|must be] {state}
~i'd like [to have|] the {lamp} {state}
have the {lamp} {state}
[put|flip] the {lamp} {state}
flip {state} the {lamp}
~can we have the {lamp} {state}
let the {lamp} go {state}
state=off; shut off the {lamp}
state=off; turn out the {lamp}
state=off; ~the {lamp} is too bright turn it off
state=off; ~nobody needs the {lamp} now
state=off; ~i forgot to turn off the {lamp}
state=on; [start|fire up] the {lamp}
state=on; ~i need the {lamp} [now|]
state=on; let the {lamp} shine
""",
    "light_level": """
[take|get] the {light} in the {room} [up|down|] to {percent} percent
set the {light} in the {room} to {percent} [percent|]
brightness {percent} [percent|] in the {room}
[raise|reduce|lower] the brightness [in|of] the {room} to {percent} percent
let the {room} {light} glow at {percent} percent
have the {room} {light} at {percent} percent
[move|push] the {room} dimmer to {percent} [percent|]
~the {room} {light} should be [at|] {percent} percent
~i'd like the {light} in the {room} at {percent} percent
~{percent} percent is enough light for the {room}
~the {room} only needs {percent} percent light
make it {percent} percent bright in the {room}
dim the {room} to {percent} [percent|]
brighten the {room} to {percent} percent
turn the brightness in the {room} [up|down|] to {percent} percent
{light} in the {room} at {percent} percent
give the {room} {percent} percent of light
percent=100; ~i want full light in the {room}
percent=100; all the light you have in the {room}
percent=50; half the light in the {room}
percent=50; ~half brightness is enough in the {room}
percent=50; set the {room} brightness to half
""",
    "light_colour": """
colour the {room} {colour}
let there be {colour} light in the {room}
[put|get] the {room} {light} on {colour}
have the {light} in the {room} go {colour}
the {room} {light} in {colour}
~the {light} in the {room} should be {colour}
~i'd like {colour} light in the {room}
~can the {room} {light} be {colour}
~how about {colour} for the {room}
bathe the {room} in {colour}
set the colour [in|of] the {room} to {colour}
set the {light} of the {room} to {colour}
{colour} for the {room} {light}
{room} {light} {colour}
switch the {room} to {colour}
adjust the {room} colour to {colour}
change the {light} in the {room} to {colour}
""",
    "climate_set": """
set {degrees} degrees in the {room}
~{degrees} degrees would be nice in the {room}
~could it be {degrees} degrees in the {room}
get the {room} [up|down|] to {degrees} [degrees|]
let it be {degrees} degrees in the {room}
[heating|thermostat] in the {room} to {degrees} [degrees|]
{room} [thermostat|heating] to {degrees} [degrees|]
{room} at {degrees} degrees
dial the {room} thermostat to {degrees}
change the temperature in the {room} to {degrees} degrees
~the temperature in the {room} should be {degrees} [degrees|]
~i'd prefer {degrees} degrees in the {room}
~we need {degrees} degrees in the {room}
~it should be {degrees} degrees in the {room}
~the {room} is too [cold|warm] make it {degrees}
~it's [freezing|boiling|chilly] in the {room} set it to {degrees} degrees
hold the {room} at {degrees} degrees
target {degrees} degrees for the {room}
regulate the {room} to {degrees} degrees
take the {room} [up|down] to {degrees} degrees
""",
    "climate_mode": """
~i'd like the [climate|air conditioner|thermostat] on {mode}
let the [air conditioner|climate] run [in|on] {mode} [mode|]
[turn|flip] the [air conditioner|thermostat] to {mode} [mode|]
select {mode} [mode|] on the [air conditioner|thermostat]
{mode} mode for the [thermostat|air conditioner|climate]
start the air conditioner in {mode} mode
go to {mode} [mode|] on the [climate|air conditioner]
~the [air conditioner|thermostat] should be [in|on] {mode} [mode|]
choose {mode} for the [climate|air conditioning]
make the [air conditioner|climate] go to {mode} [mode|]
""",
    "cover_move": """
{move} up the {room} {cover}
~the {cover} in the {room} should {move}
~the {room} {cover} [must|has to|need to] {move}
~i'd like the {cover} in the {room} to {move}
see that the {cover} in the {room} {move}
have the {room} {cover} {move}
make the {cover} in the {room} {move}
[tell|ask] the {room} {cover} to {move}
go to the {room} and {move} the {cover}
{move} every {cover} in the {room}
move=open; [up with|raise up] the {cover} in the {room}
move=open; ~i want to see the sun in the {room} open the {cover}
move=open; ~let some air in through the {room} {cover}
move=open; draw back the {room} {cover}
move=open; lift the {cover} in the {room}
move=open; ~the {cover} in the {room} can go up
move=close; [down with|drop] the {cover} in the {room}
move=close; [let|bring] down the {room} {cover}
move=close; ~the neighbours can see into the {room} close the {cover}
move=close; ~it's getting cold in the {room} close the {cover}
move=close; ~the {cover} in the {room} can go down
move=close; block the sun in the {room} with the {cover}
""",
    "cover_level": """
[take|get|drive] the {cover} in the {room} to {percent} percent
~i want the {room} {cover} at {percent} percent
~the {cover} in the {room} should be at {percent} percent
{cover} in the {room} to {percent} percent
have the {room} {cover} {percent} percent [open|]
position the {room} {cover} at {percent} percent
leave the {cover} in the {room} {percent} percent open
turn the {room} {cover} to {percent} [percent|]
{percent} percent for the {room} {cover}
percent=50; {cover} in the {room} half way
percent=50; put the {room} {cover} half way
""",
    "lock_set": """
~i'd like the {door} {lock}ed
~the {door} [must|has to|needs to] be {lock}ed
~please see that the {door} gets {lock}ed
~can the {door} be {lock}ed
{lock} the lock of the {door}
leave the {door} {lock}ed
keep the {door} {lock}ed
change the {door} to {lock}ed
go and {lock} the {door}
{lock} that {door}
lock=lock; ~i am off to bed lock the {door}
lock=lock; ~we are leaving so lock up the {door}
lock=lock; shut and lock the {door}
lock=lock; ~nobody should get in through the {door}
lock=lock; put the lock on the {door}
lock=lock; bar the {door}
lock=unlock; ~{name} forgot the key unlock the {door}
lock=unlock; ~i am back unlock the {door}
lock=unlock; take the lock off the {door}
lock=unlock; ~{name} wants to come in through the {door}
lock=unlock; let me in through the {door}
""",
    "device_power": """
[get|make] the {device} in the {room} {state}
{device} in the {room} {state}
flip {state} the {room} {device}
flip the {device} in the {room} {state}
change the {room} {device} to {state}
~the {device} in the {room} should be {state}
~the {room} {device} [must|has to|needs to] be {state}
~i'd like the {room} {device} {state}
make sure the {device} in the {room} is {state}
see that the {room} {device} is {state}
in the {room} turn {state} the {device}
in the {room} switch the {device} {state}
{state} with the {device} in the {room}
go ahead and turn the {room} {device} {state}
state=on; let the {device} in the {room} run
state=on; run the {device} in the {room}
state=on; run the {room} {device}
state=on; activate the {device} in the {room}
state=on; ~can you get the {room} {device} running
state=on; ~it's time for the {device} in the {room}
state=off; shut the {room} {device} off
state=off; kill the {device} in the {room}
state=off; deactivate the {room} {device}
state=off; ~the {device} in the {room} is still running turn it off
state=off; ~we are done with the {device} in the {room}
state=off; ~nobody uses the {device} in the {room} any more
state=off; pull the plug of the {room} {device}
state=off; ~the {device} in the {room} is too loud switch it off
""",
    "appliance_power": """
[get|make] the {device} {state}
flip {state} the {device}
flip the {device} {state}
change the {device} to {state}
~the {device} [must|has to|needs to] be {state}
~i'd like the {device} {state}
make sure the {device} is {state}
see that the {device} is {state}
{state} with the {device}
put the {device} {state}
have the {device} {state}
state=on; let the {device} run
state=on; run the {device}
state=on; activate the {device}
state=on; get the {device} going
state=on; ~i need the {device} [now|]
state=on; ~it's time for the {device}
state=off; shut down the {device}
state=off; kill the {device}
state=off; deactivate the {device}
state=off; ~the {device} is still running turn it off
state=off; ~we are done with the {device}
state=off; ~i forgot to turn off the {device}
state=off; halt the {device}
""",
    "media_play": """
~can we have [some|] {music} [in the {room}|]
~could i hear [some|] {music} [in the {room}|]
~i feel like [hearing|] {music}
~it's time for {music}
put {music} on [in the {room}|]
turn on [some|] {music}
give me [some|] {music} [in the {room}|]
get {music} going [in the {room}|]
let {music} play in the {room}
~some {music} would be nice [in the {room}|]
switch on {music} in the {room}
throw on [some|] {music}
~what about {music} in the {room}
bring on {music}
run {music} on the {room} speaker
play {music} on the speaker in the {room}
~we want {music} [in the {room}|]
make the {room} speaker play {music}
~let us listen to {music} [in the {room}|]
go for {music} in the {room}
entertain me with {music}
""",
    "media_control": """
{control} it [in the {room}|]
{control} the [audio|sound|speaker|track|playlist] [in the {room}|]
{control} playing [in the {room}|]
please {control} [this|that] [song|track|music]
~i want you to {control} the music [in the {room}|]
control=pause; [freeze|halt] the music [for now|]
control=pause; ~one moment pause that
control=pause; ~someone is calling pause the music
control=stop; ~enough music [in the {room}|]
control=stop; end the music [in the {room}|]
control=stop; [cut|kill] the music [in the {room}|]
control=stop; turn off the music [in the {room}|]
control=stop; ~i've had enough of this music
control=stop; ~silence [in the {room}|]
control=next; ~not this one play another
control=next; jump to the next [song|track]
control=next; ~this song is boring
control=next; ~something else please
control=next; forward to the next [song|track|one]
control=previous; ~what was that song before play it
control=previous; jump back [one|a] [song|track]
control=previous; ~play the one before
control=previous; ~i liked the last song play it again
control=resume; ~start the music again where it was
control=resume; ~you can play on now
control=resume; carry on with the [song|music]
control=resume; unpause the music
control=mute; turn the sound off [in the {room}|]
control=mute; no sound [in the {room}|]
control=mute; ~not a sound from the {room} speaker
control=unmute; turn the sound back on [in the {room}|]
control=unmute; ~i can't hear anything unmute it
control=restart; play that [song|track] from the beginning
control=restart; start this [song|track] over
""",
    "media_volume": """
[take|get|put] the volume [up|down|] to {percent} [percent|]
[raise|lower|reduce] the volume [in the {room}|] to {percent} percent
~the volume should be [at|] {percent} percent
~the {room} speaker should be at {percent} percent
[sound|loudness] at {percent} percent [in the {room}|]
turn the [music|sound] [up|down] to {percent} percent [in the {room}|]
let the {room} speaker play at {percent} percent
set the loudness [in the {room}|] to {percent} percent
set the speaker [in the {room}|] to {percent} percent [volume|]
play at {percent} percent [volume|] [in the {room}|]
~{percent} percent volume is enough
{percent} percent volume [in the {room}|]
percent=100; turn it all the way up [in the {room}|]
percent=100; as loud as [it gets|possible] [in the {room}|]
percent=50; half volume [in the {room}|]
percent=50; set the volume to half [in the {room}|]
""",
}
