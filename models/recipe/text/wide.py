"""A wide world beyond the home: families of tools whose names, parameters and sentences are composed from clauses and slot phrases.

A family line is `nouns | verbs | clauses | slots | descriptions`. Clauses hold `{slots}` that must be said, `V` stands for one of
the verbs, `~` marks a clause that takes no "please"; slots with `?` may be added after the clause by one of their phrases.
Families in UNSEEN are for testing only: no training session may hold their tools, sentences or slots of their own.
"""

import re

from . import grammar, words

# slot = values (or lowest-highest) = keys that parameters use = phrases that add it to a clause
_SLOTS = """
people = 2-12 = people,guests,persons,party_size,count = for {} people;for {} persons;for {} guests;for {} of us
cups = 2-9 = cups,amount,count,number = {} cups;for {} cups
strength = mild|strong|extra strong|medium|weak|decaf = strength,kind,intensity = {};make it {}
drink = espresso|cappuccino|latte|americano|hot chocolate|green tea|macchiato|flat white|herbal tea|mocha|lemonade|black coffee = drink,beverage,type,what
dish = lasagna|mushroom soup|pancakes|apple pie|fried rice|tomato soup|fish tacos|potato salad|onion soup|noodles|dumplings|paella|pumpkin curry|omelette|waffles = dish,meal,recipe,food,what
course = starters|mains|desserts|drinks|salads|sides = course,category,section = from the {};under {}
bed = roses|vegetable patch|herb bed|front lawn|hedge|flower beds|tomatoes|back lawn|berry bushes|orchard = area,bed,zone,where
litres = 2-90 = litres,amount,volume,quantity = with {} litres;{} litres
height = 2-60 = height,cut_height,level = at a height of {};{} high
place = airport|main station|museum|city hall|harbour|stadium|hospital|university|town library|beach|cinema|market square|old bridge|zoo|supermarket = destination,place,to,target
route = fastest|shortest|scenic|cheapest|quietest = route,preference,kind,option = the {} way;by the {} route
vehicle = bus|train|ferry|tram|night bus|subway = vehicle,line,transport,by = by {};with the {}
event = team meeting|dentist appointment|yoga class|parents evening|book club|haircut|job interview|piano lesson|garden party|swimming lesson|staff lunch = title,event,what,summary,subject
topic = budget|summer party|new schedule|holiday plans|broken heater|rent|school trip|sales report|open invoice|spare keys|garden work = subject,topic,about,title = about the {};on the subject of the {}
note = the neighbour has our ladder|paint the fence before winter|the code is in the drawer|try the blue tiles|ask about the discount|move the sofa to the wall|the cat likes tuna = text,note,content,body
album = summer holidays|birthday|wedding|new year|road trip|school play|old house|baby photos|mountain tour = album,collection,name,folder
game = chess|checkers|poker|sudoku|hangman|trivia|dominoes|solitaire|word chain|battleship = game,name,title,what
difficulty = easy|normal|hard|expert|beginner = difficulty,level,mode = on {};in {} mode;at {} level
players = 2-8 = players,count,number_of_players = for {} players;with {} players
book = the time machine|treasure island|the jungle book|war and peace|moby dick|the secret garden|peter pan|robin hood|the little prince = book,title,name,what
chapter = 2-40 = chapter,section,part,number = chapter {};from chapter {}
sport = running|rowing|yoga|boxing|stretching|cycling|swimming|pilates|climbing|skipping = sport,kind,activity,type
weight = 40-120 = weight,value,kilos,kg
medicine = aspirin|vitamin drops|cough syrup|eye drops|iron tablets|allergy pills|insulin = medicine,drug,name,what
dose = 2-20 = dose,amount,units,count = {} of them;a dose of {};with dose {}
pet = cat|dog|hamster|rabbit|parrot|turtle|guinea pig|goldfish = pet,animal,who,name
grams = 20-400 = grams,amount,portion,quantity = {} grams;with {} grams
document = invoice|contract|boarding pass|shopping receipt|tax form|meeting minutes|cover letter|price list|floor plan = document,file,what,name
copies = 2-30 = copies,count,number,quantity = {} copies;{} times
paper = a four|a five|letter|legal|envelope = paper,size,format = on {};on {} paper
format = pdf|text|spreadsheet|picture|web page = format,type,as = as {};as a {}
object = red cube|blue ball|green box|small bottle|glass jar|wooden block|metal ring|empty can = object,item,what,part
bin = left bin|right bin|top shelf|conveyor|tray|drawer|green crate = target,bin,into,where = into the {};to the {}
speed = 2-90 = speed,rate,velocity,pace = at speed {};with a speed of {}
money = 5-900 = amount,money,value,sum
account = savings account|checking account|joint account|holiday fund|credit card|business account = account,from,source,which = from the {};with the {}
word = rhythm|necessary|umbrella|lieutenant|knowledge|island|receipt|queue|colonel|yacht = word,term,text,what
currency = euros|dollars|pounds|yen|francs|crowns = currency,to,target,into
option = the blue design|the second plan|the park|option three|the new logo|the early start|the small team = choice,option,for,candidate
goods = screws|bricks|pallets|bottles|cable drums|tiles|paint cans|gloves|helmets|batteries = goods,item,product,article,sku
shelf = shelf one|shelf nine|the ramp|row four|dock two|the cold store|gate three = location,shelf,to,where = to {};onto {}
guest_room = 101-480 = room,room_number,number = to room {};for room {}
tempo = 50-200 = tempo,bpm,beats,speed
slide = 2-80 = slide,page,number,index
participant = everyone|the host|the guests|the speaker|the new colleague = participant,who,target
ticket = the login fails|the page is blank|the report is late|the printer jams|the app crashes|the search is slow = title,summary,text,issue
priority = low|medium|high|urgent|critical = priority,severity,importance = with {} priority;as {}
project = web shop|billing service|mobile app|search engine|mail gateway|chat bot|data pipeline = project,service,app,name,component
stage = test|staging|production|demo|preview = stage,environment,env,to = to {};on {}
server = mail server|web server|file server|database|print server|backup server|game server = server,host,machine,name
sound = bell|chime|harp|whistle|gong|buzzer|trumpet|cuckoo|dog bark = sound,tone,ring,name
period = this week|last week|this month|last month|yesterday|this year = period,range,time_frame,when = for {};of {};over {}
meter = power|gas|water|solar output|heat pump = meter,kind,type,what
plate = 1-9 = plate,zone,burner,number
setpoint = 60-240 = temperature,degrees,celsius,heat
lane = 1-8 = lane,track,number
language = spanish|italian|german|polish|dutch|greek|swedish = language,lang,in,to = in {};to {}
podium = microphone|fog machine|curtain|projector screen|follow spot|trapdoor|confetti cannon = device,item,what,unit
pattern = stripes|dots|zigzag|spiral|checkerboard|waves = pattern,style,shape = in {};with {}
crop = wheat|corn|barley|carrots|sunflowers|cotton field|clover = crop,field,plant,what
vehicle_part = trunk|left window|sunroof|hood|tailgate|charging flap|right window = part,what,target,item
fabric = jeans|curtains|blanket|work clothes|sports wear|baby clothes|towels = fabric,load,what,laundry
drill = drill press|lathe|band saw|milling machine|laser cutter|sander = machine,tool,device,name
rpm = 100-900 = rpm,speed,revolutions,turns = at {} revolutions;with {} turns
subject_area = history|biology|algebra|geography|physics|grammar = subject,course,field,topic
sticker = heart|smiley|star|thumbs up|rainbow|fire = sticker,reaction,icon,emoji
player_name = anna|ben|carla|david|emma|frank|grace|henry|leo|maria|noah|olivia = player,name,who,for = for {};by {}
points = 1-50 = points,score,value,count
"""

_FAMILIES = """
coffee,coffee machine,barista | make,brew,prepare | V a {drink};V me a {drink};~i want a {drink};~i could use a {drink};{drink} please;get me a {drink} | strength? cups? | make a hot drink;brew coffee or tea
recipe,cookbook,dish | find,show,search,open | V a recipe for {dish};V the {dish} recipe;~how do i make {dish};~i want to cook {dish};look up {dish} | people? | look up a recipe;find how to cook something
meal plan,menu,meal | plan,set,put | V {dish} for {day};~we want {dish} {day};~{dish} is for dinner {day};put {dish} on the plan {day} | people? | plan a meal for a day
kitchen order,order,waiter | order,place,send | order {dish};~i will have the {dish};~one {dish} for me;bring me the {dish} | guest_room? copies? | order a dish in the restaurant
irrigation,watering,sprinklers | water,irrigate,start | water the {bed};~the {bed} [is|are] dry;give the {bed} water;~the {bed} need water;irrigate the {bed} | litres? duration? | water a part of the garden;irrigate a bed
mower,lawn robot,lawn | mow,cut,trim | V the {bed};~the {bed} [is|are] too high;~the {bed} should be cut;let the mower do the {bed} | height? time? | cut the grass somewhere;mow an area
navigation,route,directions | start,plan,calculate | navigate to the {place};take me to the {place};~how do i get to the {place};~i have to go to the {place};directions to the {place};route to the {place} | route? | start navigation to a place;plan a route
departures,timetable,connection | look up,check,find | ~when is the next {vehicle} to the {place};~when does the {vehicle} leave for the {place};find a {vehicle} to the {place};~is there a {vehicle} to the {place} | time? day? | departures to a place;find the next connection
calendar,event,appointment | add,create,schedule | V a {event} {day};put a {event} in my calendar {day};~i have a {event} {day};note the {event} {day};new {event} {day} | time? | add an event to the calendar;create an appointment
agenda,calendar,schedule | read,show,list | ~what is on my calendar {day};~do i have anything {day};~am i busy {day};show my day {day};read my agenda {day};~what are my plans {day} | | read the calendar of a day;list appointments
email,mail,letter | write,send,compose | V an email to {name};V {name} an email;mail {name};start an email to {name} | topic? | write an email to somebody
memo,note,notebook | take,write,save | take a note {note};write down {note};note that {note};save that {note};make a memo {note} | | keep a note;write something into the notebook
photos,album,gallery | show,open,play | show [me|] the {album} photos;open the album {album};~i want to see the pictures of the {album};display the {album} pictures | duration? | show an album of photos
game,board game,play | start,launch,open | play {game};start a game of {game};~let's play {game};~i want to play {game};~how about a round of {game} | difficulty? players? | start a game to play together
reader,audio story,bookshelf | read,open,continue | read me {book};read {book};~i'd like to hear {book};open the book {book};go on with {book} | chapter? | read a book aloud
workout,training,exercise | start,begin,log | start [some|] {sport};~i want to do some {sport};begin my {sport} session;~time for {sport};log {sport} | duration? difficulty? | start a workout;log a training
scale,body weight,health log | log,record,save | my weight is {weight};log {weight} kilos;record a weight of {weight};~i weigh {weight} kilos [today|];save {weight} kilos | | record the body weight
medicine,medication,pills | log,record,note | ~i took my {medicine};log the {medicine};note that i had {medicine};record {medicine} | dose? time? | write down taken medicine
pet feeder,animal,bowl | feed,give,serve | feed the {pet};give the {pet} some food;~the {pet} is hungry;~the {pet} needs food;fill the bowl of the {pet} | grams? | feed a pet;fill a bowl
printer,print job,office printer | print,output,run | print the {document};~i need the {document} on paper;make a print of the {document};send the {document} to the printer | copies? paper? | print a document
scanner,document scan,copier | scan,read,digitise | scan the {document};~i need a scan of the {document};make a scan of the {document};digitise the {document} | format? | scan a document
gripper,robot arm,manipulator | move,pick,place | pick up the {object};grab the {object};take the {object};move the {object};put the {object} | bin? | move an object with the arm;pick and place
forwarder,conveyor,line | run,start,drive | run the belt at {speed};set the conveyor to {speed};let the line go at {speed};~the belt should run at {speed} | duration? | drive the conveyor belt
bank,payment,transfer | send,transfer,pay | send {money} euros to {name};transfer {money} euros to {name};pay {name} {money} euros;give {name} {money} euros;~i owe {name} {money} euros | account? day? | send money to a person
account,balance,bank account | check,read,get | ~how much is in my {account};~what is the balance of the {account};check the {account};show the balance of my {account} | | balance of an account
dictionary,spelling,word | define,explain,look up | ~what does {word} mean;define {word};explain the word {word};look up {word};~what is a {word} | language? | meaning of a word
exchange,converter,currency | convert,change,exchange | convert {money} to {currency};~how much is {money} in {currency};change {money} into {currency};~what do i get for {money} in {currency} | | convert money to a currency
poll,vote,ballot | cast,give,submit | vote for {option};~my vote goes to {option};~i am for {option};choose {option};put my vote on {option} | | vote in a poll
warehouse,forklift,stock | move,carry,relocate | move the {goods};bring the {goods};take the {goods};carry the {goods} | shelf! speed? | move goods in the warehouse
inventory,stock,goods | count,check,query | ~how many {goods} do we have;~are there any {goods} left;count the {goods};check the stock of {goods};~what is the stock of {goods} | | count goods in stock
room service,hotel,tray | order,send,bring | bring {dish};send {dish};order {dish} | guest_room! time? | bring food to a hotel room
studio,recorder,track | record,capture,start | start recording;record this;~please record what we play;make a recording | duration? topic? | record audio in the studio
metronome,tempo,beat | set,change,adjust | set the tempo to {tempo};~i want {tempo} beats a minute;metronome at {tempo};play at {tempo} beats;~make it {tempo} beats | | tempo of the metronome
slides,presentation,deck | go to,show,open | go to slide {slide};show slide {slide};~i need slide {slide};jump to page {slide};~slide {slide} please;open number {slide} | | show a slide of the presentation
meeting,conference,call room | mute,silence,quiet | mute {participant};silence {participant};~{participant} should be quiet;turn off the microphone of {participant} | duration? | mute someone in the meeting
issue,bug,helpdesk | create,file,open | file a bug {ticket};open a ticket that {ticket};report that {ticket};~{ticket} create an issue;note the problem {ticket} | priority? | file a problem
deployment,release,rollout | deploy,ship,roll out | deploy the {project};ship the {project};roll out the {project};release the {project};bring the {project} live | stage? time? | bring a project to a stage
tests,build,checks | run,start,launch | run the tests of the {project};test the {project};check the {project} build;start the {project} tests | stage? | run the tests of a project
server,host,machine | restart,reboot,reset | restart the {server};reboot the {server};~the {server} hangs restart it;give the {server} a restart;bring the {server} back up | time? | restart a server
backup,archive,copy | back up,save,run | back up the {server};make a backup of the {server};save the {server};~the {server} needs a backup | day? time? | make a backup
doorbell,chime,ringer | set,change,choose | set the doorbell to {sound};change the chime to {sound};~the doorbell should play a {sound};use the {sound} sound for the door;~i want a {sound} as doorbell | percent? | sound of the doorbell
meter,consumption,usage | read,query,report | ~how much {meter} did we use;~what was our {meter} use;read the {meter} meter;show the {meter} numbers;~what does the {meter} meter say | period? | read a meter;how much was used
stove,hob,cooktop | set,heat,turn | set plate {plate} to {level};turn burner {plate} to {level};put plate {plate} on {level};heat burner {plate} at level {level} | duration? | heat a plate of the stove
oven,bake,grill | preheat,heat,set | preheat the oven to {setpoint};heat the oven to {setpoint} degrees;oven at {setpoint};~i need the oven at {setpoint} degrees;warm the oven up to {setpoint} | duration? | heat the oven
sauna,steam room,spa | heat,warm up,prepare | heat the sauna;get the sauna ready;~i want to go to the sauna;warm up the sauna;prepare the sauna | degrees? time? | heat the sauna
bath,bathtub,tub | run,fill,draw | run a bath;fill the tub;draw me a bath;~i want to take a bath;let water into the tub | degrees? litres? | fill the bathtub
car,vehicle,auto | open,close,unlock | open the {vehicle_part} [of the car|];~i need the {vehicle_part} open;pop the {vehicle_part};let me into the {vehicle_part} | | open a part of the car
charger,wallbox,charging | charge,start,load | charge the car to {percent} percent;load the car up to {percent} percent;~the car should have {percent} percent;fill the car battery to {percent} percent | time? | charge the electric car
tractor,harvester,farm | harvest,reap,plough | harvest the {crop};~the {crop} is ripe;bring in the {crop};~it's time to harvest the {crop};reap the {crop} | speed? day? | drive over a field
iron,dry cleaner,wardrobe | clean,press,treat | clean the {fabric};press the {fabric};~the {fabric} is dirty;~my {fabric} needs a clean;freshen up the {fabric} | day? | treat clothes
workshop,shop machine,tool | run,start,set | run the {drill};start the {drill};spin up the {drill};set the {drill} going;~i need the {drill} | rpm? duration? | run a machine of the workshop
lesson,tutor,course | start,open,give | teach me {subject_area};start a lesson in {subject_area};~i want to learn {subject_area};~time for {subject_area};give me some {subject_area} | difficulty? duration? | start a lesson
chat,reaction,sticker | send,post,react | send {name} a {sticker};react to {name} with a {sticker};post a {sticker} for {name};give {name} a {sticker} | | react with a sticker
score,scoreboard,points | add,give,count | give {player_name} {points} points;{points} points for {player_name};~{player_name} scored {points} points;add {points} points for {player_name};~{player_name} gets {points} | | count points of a game
painter,plotter,led wall | draw,paint,fill | paint the wall {colour};fill the screen with {colour};~the wall should be {colour};draw in {colour} | pattern? speed? | paint the led wall
"""

_UNSEEN = """
vending,snack machine,dispenser | dispense,drop,give | dispense a {snack};~i'd like a {snack};get me a {snack};drop a {snack};~one {snack} please | snacks? | give out a snack
elevator,lift,cabin | ride,send,call | take me to floor {floor};go to floor {floor};send the elevator to floor {floor};~i want to go up to floor {floor};floor {floor} please | people? | move the elevator to a floor
telescope,observatory,star tracker | point,aim,turn | point the telescope at {star};~i want to look at {star};aim at {star};show me {star};turn to {star} | exposure? | look at a star
box office,tickets,theatre | buy,book,get | buy tickets for {show};~we want to see {show};get us tickets for {show};book seats for {show};~two of us want to go to {show} | seats? day? | buy tickets for a show
sailing,boat,helm | set,hold,steer | set course {bearing};steer {bearing};hold a course of {bearing};~the course should be {bearing};turn the boat to {bearing} | knots? | steer the boat
hospital bed,bed,mattress | raise,lower,tilt | bring the {bed_part} to {tilt};set the {bed_part} to {tilt} degrees;tilt the {bed_part} to {tilt};~the {bed_part} should be at {tilt} | | adjust the bed
stable,farm animals,barn | feed,supply,serve | feed the {livestock};~the {livestock} are hungry;give the {livestock} something to eat;bring food to the {livestock} | buckets? time? | feed animals on the farm
mixer,paint shop,tint | mix,blend,prepare | mix some {paint};~i need some {paint};blend me a bucket of {paint};prepare {paint} paint | tins? gloss? | mix a paint
race,stopwatch,lap timer | start,record,take | start a lap for {rider};~{rider} is off;record a lap of {rider};take the time of {rider} | loops? | time a lap of a rider
museum,audio guide,tour | explain,tell,play | tell me about {exhibit};~what is {exhibit};explain {exhibit};~i'd like to hear about {exhibit};play the guide for {exhibit} | language? | explain an exhibit
ferry wheel,ride,carousel | spin,run,start | start the {ride};let the {ride} run;spin the {ride};~the {ride} should go now | rounds? | run a ride in the park
kiosk,newsstand,paper | fetch,open,read | get me the {paper_name};~is there a new {paper_name};open the {paper_name};~i'd like to read the {paper_name} | issue_day? | open a newspaper
"""

_UNSEEN_SLOTS = """
snack = pretzels|nuts|gummy bears|crackers|protein bar|rice cakes|popcorn|licorice = snack,product,slot,what
snacks = 2-9 = count,pieces,quantity,how_many = {} of them;{} pieces
floor = 2-40 = floor,level,storey,to
star = the moon|mars|jupiter|saturn|venus|the north star|the big dipper|the milky way = object,star,target,body
exposure = 2-60 = exposure,seconds,shutter,time = for {} seconds;with {} seconds exposure
show = the magic flute|swan lake|the comedy night|romeo and juliet|the puppet show|the school choir|cats = show,play,title,performance
seats = 2-9 = seats,tickets,count,how_many = {} seats;{} tickets;for {} of us
bearing = 10-350 = bearing,course,heading,degrees
knots = 3-20 = knots,speed,pace = at {} knots;with {} knots
bed_part = head end|foot end|back rest|knee rest|left side|right side = part,section,end,which
tilt = 5-60 = angle,tilt,degrees,position
livestock = cows|goats|sheep|horses|ducks|donkeys|pigs|geese = animals,herd,who,group
buckets = 2-9 = buckets,amount,portions,count = {} buckets;with {} buckets
paint = ochre|mint green|brick red|sky blue|dove grey|cream white|olive = paint,tint,shade,tone
tins = 2-9 = tins,litres,buckets,amount = {} tins;in {} tins
gloss = matt|satin|glossy|chalky = finish,gloss,sheen = {};in {}
rider = otto|rosa|hugo|ines|theo|greta|bruno|elsa = rider,racer,driver,who
loops = 2-9 = laps,rounds,loops = {} laps;over {} laps
exhibit = the mummy|the golden mask|the whale bones|the blue vase|the steam engine|the roman coins|the meteorite = exhibit,piece,item,what
ride = carousel|ghost train|big wheel|bumper cars|swing boat|roller coaster = ride,attraction,which,name
rounds = 2-9 = rounds,turns,times = {} rounds;for {} rounds
paper_name = morning post|evening star|city herald|sports daily|weekly mirror|farm journal = paper,title,name,which
issue_day = this morning|last sunday|yesterday|last week = issue,edition,of,date = of {};from {}
"""


PHRASES, KEYS, NUMERIC, CLOSED = {}, {}, set(), set()


def _slots(block):
    for line in block.strip().splitlines():
        name, values, keys, *phrases = (part.strip() for part in line.split("="))
        KEYS[name], PHRASES[name] = keys, phrases[0].split(";") if phrases else []
        span = re.fullmatch(r"(\d+)-(\d+)", values)
        if span:
            low, high = map(int, span.groups())
            NUMERIC.add(name)
            grammar.NUMBERS[name] = lambda rng, low=low, high=high: rng.randrange(low, high + 1)
        else:
            CLOSED.add(name)
            grammar.TABLES[name] = words.split(values)


_slots(_SLOTS.strip() + "\n" + _UNSEEN_SLOTS.strip())
PHRASES |= {"time": ["at {}", "for {}", "around {}"], "day": ["{}"], "duration": ["for {}"], "percent": ["at {} percent", "with {} percent"],
            "degrees": ["to {} degrees", "at {} degrees", "with {} degrees"]}


class Family:
    """One line: what its tools are called, what people say, which slots may be added."""

    def __init__(self, name, line, unseen):
        nouns, verbs, clauses, slots, descriptions = (part.strip() for part in line.split(" |"))
        self.intent, self.unseen = name, unseen
        self.nouns, self.verbs, self.clauses = nouns.split(","), [v.strip() for v in verbs.split(",")], clauses.split(";")
        self.descriptions = descriptions.split(";")
        inside = [set(re.findall(r"\{(\w+)\}", clause)) for clause in self.clauses]
        self.said = sorted(set.intersection(*inside))
        self.asked = [s[:-1] for s in slots.split() if s.endswith("!")]
        self.extra = [s[:-1] for s in slots.split() if s.endswith("?")]
        assert set.union(*inside) == set(self.said), line
        assert all(PHRASES.get(s) for s in self.asked + self.extra), line

    def line(self, rng):
        """A line of schema.FAMILIES: intents, nouns, verbs, slots, descriptions; some of the extra slots left out."""
        extra = [f"{slot}?" for slot in self.extra if rng.random() < 0.65]
        slots = [*self.said, *self.asked, *extra]
        rng.shuffle(slots)
        return [self.intent], self.nouns, self.verbs, slots, self.descriptions

    def phrasing(self, rng, slots):
        """A way of saying it with some of the extra slots out of `slots`."""
        clause = rng.choice(self.clauses).strip()
        added = [s for s in self.extra if s in slots and rng.random() < 0.55]
        added += self.asked
        rng.shuffle(added)
        clause = re.sub(r"\bV\b", lambda _: rng.choice(self.verbs), clause)
        imperative = not clause.startswith("~")
        parts = [clause.lstrip("~"), *(rng.choice(PHRASES[s]).replace("{}", "{" + s + "}") for s in added)]
        if added and rng.random() < 0.12 and imperative:
            parts = [parts[-1], *parts[:-1]]
        verb = imperative and parts[0] == clause and clause[0] != "{"
        return grammar.Phrasing(self.intent, " ".join(parts), {}, imperative, more=verb)


SEEN = [Family(f"wide_{index}", line, False) for index, line in enumerate(_FAMILIES.strip().splitlines())]
UNSEEN = [Family(f"unseen_{index}", line, True) for index, line in enumerate(_UNSEEN.strip().splitlines())]
BY_INTENT = {family.intent: family for family in SEEN + UNSEEN}
