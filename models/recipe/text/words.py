"""Slot fillers of the grammar. Everything is lower case and spoken: only a-z, spaces and apostrophes."""

ROOMS = """kitchen|living room|bedroom|bathroom|hallway|office|garage|garden|dining room|kids room|nursery|basement
attic|guest room|guest bathroom|laundry room|study|porch|balcony|terrace|entrance|pantry|playroom|master bedroom|studio
library|sun room|corridor|closet|workshop|cellar|stairs|patio|den|lounge|front yard|back yard|greenhouse|gym
upstairs hall|shower|conservatory|music room|storage room|family room|loft"""

LIGHTS = """light|lights|lamp|lamps|ceiling light|floor lamp|desk lamp|bedside lamp|reading light|night light|spotlights
table lamp|wall light|chandelier|led strip|mirror light|string lights|pendant light|corner lamp"""

LIGHTS_ALONE = """desk lamp|bedside lamp|christmas lights|porch light|reading lamp|night light|fairy lights|garden lights
stair lights|aquarium light|piano lamp|closet light|driveway lights|cabinet lights|bookshelf lights|balcony lights"""

DEVICES = """fan|heater|television|coffee machine|kettle|washing machine|dishwasher|dryer|oven|air purifier|humidifier
dehumidifier|radio|speaker|toaster|printer|computer|game console|projector|vacuum|sprinkler|water heater|towel warmer
electric blanket|air conditioner|ceiling fan|extractor fan|fountain|pool pump|router|charger|bread maker|rice cooker
pet feeder|bath fan|sauna|doorbell|siren|monitor|sound bar|diffuser"""

COVERS = """blinds|curtains|shades|shutters|drapes|awning|roller blind|skylight|window|windows|garage door|gate|sun shade"""
DOORS = """front door|back door|side door|garage door|garden gate|cellar door|patio door|main door|balcony door|office door
basement door|gate|shed|safe|kitchen door|terrace door"""
COLOURS = """red|green|blue|yellow|orange|purple|pink|white|warm white|cool white|turquoise|violet|cyan|magenta|amber|gold
lavender|teal|lime|crimson|coral|indigo"""
SCENES = """movie night|good night|good morning|dinner|party|reading|relax|romantic|bedtime|away|welcome home|focus|work
breakfast|cleaning|sunset|sunrise|game night|guests|holiday|yoga|cooking|siesta|storm|rainy day|date night|homework|wake up"""
GENRES = """jazz|classical music|rock|pop|blues|country music|hip hop|reggae|folk music|techno|soul|piano music|opera
heavy metal|disco|ambient music|christmas songs|lullabies|film music|dance music|punk|swing|bossa nova|gospel|rain sounds
ocean waves|the news|my favourites|some nineties hits|an audio book|the morning podcast|children's songs"""
ARTISTS = """the beatles|queen|mozart|bach|david bowie|nina simone|miles davis|johnny cash|beethoven|bob marley|pink floyd
ella fitzgerald|the rolling stones|chopin|elvis|radiohead|daft punk|louis armstrong|vivaldi|dolly parton|prince|abba"""
STATIONS = """radio one|city radio|classic radio|jazz radio|the news station|rock radio|radio paradise|sports radio"""
TIMER_NAMES = """pasta|egg|pizza|tea|laundry|bread|nap|rice|cake|oven|workout|homework|cookies|potatoes|roast|soup|parking
meditation|chicken|steak|bath|dough|coffee|break|reading|salmon|lasagna|stretching"""
CHORES = """call mom|water the plants|take out the trash|feed the cat|walk the dog|buy milk|pay the rent|call the dentist
take my medicine|check the oven|pick up the kids|send the report|book a table|wash the car|charge the phone|empty the dishwasher
renew the passport|call the plumber|buy a birthday present|return the books|clean the filter|post the letter|bring in the laundry
change the sheets|back up the laptop|order flowers|visit grandma|sign the papers|lock the shed|fix the bike|iron the shirts
buy bread|defrost the chicken|turn off the grill|pack the suitcase|write to anna|pay the bills|cancel the order|feed the fish"""
ITEMS = """milk|bread|eggs|butter|cheese|apples|bananas|coffee|tea|sugar|flour|rice|pasta|tomatoes|potatoes|onions|garlic
chicken|salmon|yogurt|orange juice|toilet paper|soap|shampoo|toothpaste|dog food|cat litter|batteries|light bulbs|olive oil
salt|pepper|honey|cereal|carrots|lemons|spinach|strawberries|chocolate|ice cream|paper towels|dish soap|candles|wine|beer
water|mushrooms|cucumbers|noodles|peanut butter|oat milk|trash bags|oranges|grapes|lettuce|ham|cream"""
NAMES = """anna|ben|carla|david|emma|frank|grace|henry|irene|jack|kate|leo|maria|noah|olivia|paul|rachel|sam|tom|victor|wendy
zoe|mom|dad|grandma|grandpa|sarah|peter|lucy|oscar|nina|max|julia|daniel|sophie|martin|alice|robert|laura|simon|clara|felix
hannah|mark|eva|george|helen|ivan|michael|susan"""
MESSAGES = """i am on my way|dinner is ready|i will be late|see you tonight|happy birthday|the package arrived|call me back
i am at home|please buy some bread|the meeting is over|i love you|we are out of milk|the train is late|thanks for your help
can you pick me up|the kids are asleep|good luck today|i forgot my keys|the door is open|let us meet at six|see you tomorrow
it is raining here|i need a ride|come to the kitchen|breakfast is ready|do not wait for me|i am in a meeting"""
CAMERAS = """front door|driveway|garden|garage|back yard|baby|hallway|pool|balcony|gate|porch|entrance|nursery|street|parking"""
CITIES = """london|paris|berlin|madrid|rome|new york|chicago|boston|tokyo|sydney|dublin|vienna|prague|oslo|lisbon|athens
toronto|seattle|denver|miami|cairo|munich|amsterdam|geneva|brussels|austin|dallas|helsinki"""
DAYS = """today|tomorrow|tonight|this weekend|on monday|on tuesday|on wednesday|on thursday|on friday|on saturday|on sunday
this afternoon|tomorrow morning|next week"""
MODES = "heat|cool|auto|dry|eco|fan only"
SENSORS = """temperature|humidity|air quality|brightness|noise level|battery|carbon dioxide|power use|water level|pressure"""
CHANNELS = """the sports channel|the news channel|channel four|the kids channel|the movie channel|the music channel|channel two
the history channel|the cooking channel|channel seven|the weather channel"""
PROGRAMS = """cotton|wool|quick wash|delicate|eco|rinse|spin|intensive|silk|synthetics|half load|glass"""
LISTS = """shopping list|grocery list|to do list|packing list|wish list|party list|work list|holiday list"""

# Things and properties no tool of the fixed families speaks of; they make a session's own tools.
THINGS = """aquarium pump|hot tub|beehive|telescope|fireplace|wine cooler|bird feeder|pizza oven|ice maker|treadmill|massage chair
fish tank|robot mower|pool cover|train set|jukebox|loom|kiln|weather vane|incubator|smoker|compost bin|rain barrel|solar panel
chicken coop|dumb waiter|bubble machine|fog machine|disco ball|rowing machine|water wheel|kennel|hammock|cuckoo clock|lava lamp
snow globe|elevator|drone|scooter|wind tunnel|printer arm|slot car|water cannon|popcorn machine|candy machine|mirror|easel"""
PROPERTIES = """speed|level|power|height|angle|strength|pressure|flow|depth|tempo|pitch|rate|intensity|delay|balance|tilt|range
distance|weight|gain|contrast|tension|dose|zoom|limit|target"""
THING_MODES = """turbo|silent|gentle|summer|winter|manual|sport|baby|rapid|boost|night|day|guest|deep clean|steam|travel|cruise
rest|storm|demo|random|classic|pulse|wave|rainbow|slow|standby|smart|quiet|hyper"""
VERBS_ON_THINGS = "start|stop|reset|calibrate|empty|refill|clean|lower|raise|rotate|rinse|feed|wake|park|flush|polish|scan|inflate"


def split(words):
    """The list behind one of the tables above (`|` and line ends separate)."""
    return [w.strip() for line in words.splitlines() for w in line.split("|") if w.strip()]
