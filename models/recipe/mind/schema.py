"""Tools as sessions bring them: OpenAI function schemas composed at random, each knowing which intents it serves."""

import json
from dataclasses import dataclass, field

from text import grammar, wide, words

MISSING = object()

# intents | nouns | verbs | parameters (slot names, `?` = optional) | descriptions
_TOOLS = """
light_power | light,lights,lamp,lighting | set,switch,power,toggle,control,turn | room state | switch lights on or off;turns the light of a room on or off;control the light in a room
light_power,light_level | light,lights,dimmer | set,adjust,control,change | room state? percent? | switch or dim the light of a room;power and brightness of a light
light_power,light_level,light_colour | light,lights,lamps,lighting | set,control,update,change | room state? percent? colour? | set power brightness or colour of lights;control the lights of a room
light_power,light_colour | light,lamp | set,control | room state? colour? | power and colour of a light
lamp_power | lamp,plug,socket,outlet | switch,set,power,toggle | lamp state | switch a lamp;turn a lamp on or off
light_level | brightness,dimmer,light level | set,dim,adjust | room percent | dim the light of a room;brightness of the light in percent
light_colour | colour,light colour,hue,tint | set,change,apply | room colour | colour of the light in a room;change the light colour
climate_set | thermostat,temperature,heating,climate | set,adjust,change | room degrees | set the temperature of a room;heat or cool a room to some degrees
climate_mode | air conditioner,climate,hvac,ac | mode,set mode,switch | mode room? | mode of the air conditioner;choose how the climate runs
climate_set,climate_mode | climate,thermostat,hvac | set,control,update | room? degrees? mode? | temperature and mode of the climate
cover_move | cover,blinds,shutters,curtain,window | move,set,control | room move | open or close covers;move blinds or curtains of a room
cover_move,cover_level | cover,blinds,shades | move,set,control | room move? percent? | open close or position covers
cover_level | cover position,blinds,shutter | set,move | room percent | position of a cover in percent
lock_set | lock,door,door lock | set,control,change | door lock | lock or unlock a door;control a door lock
device_power | device,switch,plug,appliance | set,switch,power,control | device room state | switch a device in a room on or off;power of a device
appliance_power | appliance,device,machine | set,switch,power,control,run | device state | switch an appliance on or off;power a machine
media_play | music,media,player,audio | play,start,stream | music room? | play music radio or podcasts;start something to listen to
media_control | player,playback,media,music | control,command | control room? | control what is playing;pause stop or skip
media_volume | volume,speaker,sound | set,change | percent room? | volume of a speaker in percent;set how loud it is
media_play,media_volume | speaker,media,audio | set,control | music? percent? room? | play something or set the volume
timer_set | timer,countdown | set,start,create,add | duration timer? | start a timer;count down a time
timer_cancel | timer,countdown | cancel,stop,delete,remove | timer | cancel a timer;stop a running timer
timer_query | timer,countdown | check,query,left | timer | time left on a timer;look at a timer
alarm_set | alarm,alarm clock,wake up | set,create,add | time day? | set an alarm;wake the user
scene_set | scene,mood,house mode | activate,set,start,run | scene | activate a scene;set the house to a scene
reminder_set,reminder_plain | reminder,reminders,note | create,add,set | chore time? day? | create a reminder;remind the user of something
list_add | list,list item | add,append,put | item list | add something to a list;put an item on a list
shop_add | shopping,groceries,cart,purchase | add,order,buy | item | add to the shopping;order something to buy
list_remove | list,list item | remove,delete,drop | item list | remove something from a list;take an item off
list_read | list | read,show,get | list | read a list;what is on a list
vacuum_room | vacuum,robot,cleaner | start,clean,send | room | clean a room with the robot;vacuum a room
fan_level | fan,fan speed | set,adjust | room level | speed of a fan;set a fan level
message_send | message,text,sms,chat | send,write | name message | send a message to a person;text someone
call_start | call,phone,phone call | start,make,dial | name | call a person;make a phone call
announce | announcement,broadcast,intercom | make,play,send | message room? | announce something in the house;say a message aloud
camera_show | camera,video,camera view | show,open,view | camera | show a camera;view the picture of a camera
sensor_read | sensor,reading,measurement | read,get,query | room sensor | read a sensor of a room;get a measured value
lock_state | lock state,door state,door | get,check,query | door | state of a door lock;is a door locked
light_state | light state,light status,light | get,check,query | room | is the light of a room on;state of a light
weather | weather,forecast | get,fetch,query,check | city? day? | weather forecast;weather of a place and day
channel_set | channel,television,tv channel | set,change,tune | channel | switch the television channel;choose what to watch
program_start | washer,laundry,wash program | start,run | washer program | start a program of a machine;run a wash program
thing_set | thing,device,value,gadget | set,adjust,tune | thing property number | set a value of a device;adjust a property
thing_mode | thing mode,device mode,mode,gadget | set,switch,change | thing thing_mode | set the mode of a device;switch a device mode
thing_power | thing,device,gadget,machine | switch,power,set | thing state | switch a device on or off;power of a machine
thing_do | thing,device,gadget | run,do,command | thing verb | let a device do something;run an action on a device
thing_state | thing,device,gadget | get,check,read | thing property? | read the state of a device;look at a device
"""

_PARAMETERS = {
    "room": "room,area,zone,location,place,where,room_name,space", "lamp": "lamp,light,device,name,target,fixture",
    "colour": "colour,color,hue,tint,shade", "percent": "level,percent,brightness,value,amount,intensity",
    "degrees": "degrees,temperature,target,celsius,value,setpoint", "mode": "mode,operation,program,setting",
    "door": "door,lock,entrance,name,target,which", "device": "device,appliance,machine,name,target,what",
    "music": "query,music,what,title,content,media,name", "control": "action,command,control,operation,do",
    "timer": "name,label,timer,title,id,for", "time": "time,at,when,clock,start", "day": "day,date,when,on_day",
    "scene": "scene,name,mode,scene_name,mood", "chore": "text,what,task,title,note,content,subject", "item": "item,product,thing,what,name,article",
    "list": "list,list_name,target,name,which", "level": "level,speed,value,step", "name": "person,name,to,contact,recipient,who",
    "message": "text,message,body,content,words", "camera": "camera,name,view,source,which", "sensor": "sensor,kind,quantity,what,measure,metric",
    "city": "city,place,location,where,town", "channel": "channel,program,what,name", "washer": "machine,device,appliance,name",
    "program": "program,cycle,mode,setting", "thing": "device,thing,name,target,object,unit", "property": "property,attribute,key,field,parameter,what",
    "number": "value,number,to,amount,setting", "thing_mode": "mode,setting,preset,program", "verb": "action,command,verb,operation,do",
}
_CLOSED = {"room", "lamp", "colour", "mode", "door", "device", "control", "scene", "list", "camera", "sensor", "washer", "program",
           "thing", "property", "thing_mode", "verb", "timer", "name", "channel", "city", "item"}
_OFTEN_OPEN = {"timer", "name", "channel", "city", "item", "colour", "lamp", "door", "device", "scene", "list"}
_NUMERIC = {"percent", "degrees", "level", "number"} | wide.NUMERIC
_PARAMETERS |= wide.KEYS
_CLOSED |= wide.CLOSED
_TWO_WAYS = {  # slot -> (boolean names by the value that is true), pairs of enum values
    "state": ("on", "on,power,enabled,active,is_on", "off", "state,power,action,status,value,command"),
    "move": ("open", "open,opened,is_open", "close", "direction,action,move,command,state,position"),
    "lock": ("lock", "locked,lock,secured,is_locked", "unlock", "action,state,command,operation"),
}
_PAIRS = {"state": [("on", "off"), ("ON", "OFF"), ("turn_on", "turn_off"), ("start", "stop"), ("1", "0")],
          "move": [("open", "close"), ("up", "down"), ("OPEN", "CLOSE"), ("raise", "lower")],
          "lock": [("lock", "unlock"), ("locked", "unlocked"), ("LOCK", "UNLOCK"), ("secure", "release")]}

_SYLLABLES = "ba be bo da do fa fe ga go ka ki ko la le lo ma mi mo na ne no pa pi po ra re ri ro sa se so ta ti to va vi vo za zo zu qua tri plo ster gran mel vox dex nor".split()


def invented(rng):
    """A word that no dictionary holds."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(2, 4))) + rng.choice(["", "", "n", "x", "r", "l"])


def some_words(rng, sentences, count):
    """`count` words in a row out of some sentence, or now and then an invented one."""
    if rng.random() < 0.15:
        return invented(rng)
    words = rng.choice(sentences).split()
    if count == 1:
        return max(rng.sample(words, min(2, len(words))), key=len)
    start = rng.randrange(max(1, len(words) - count + 1))
    return " ".join(words[start:start + count])


_STYLES = {
    "plain": lambda w: w, "snake": lambda w: w.replace(" ", "_").replace("'", ""), "kebab": lambda w: w.replace(" ", "-").replace("'", ""),
    "camel": lambda w: "".join(p.capitalize() if i else p for i, p in enumerate(w.replace("'", "").split())),
    "upper": lambda w: w.upper().replace(" ", "_").replace("'", ""), "title": lambda w: w.title(),
}


def styled(text, style):
    """An identifier or value in one of the usual spellings (`plain snake kebab camel upper title`)."""
    return _STYLES[style](text)


@dataclass
class Parameter:
    """One field of a tool's schema; `value(slots)` is what a call carries, or MISSING."""

    name: str
    schema: dict
    required: bool
    slot: str
    value: object
    options: list = field(default_factory=list)  # (spoken, slot value) that the schema allows; empty = anything


@dataclass
class Tool:
    """A composed tool: its OpenAI schema, what it serves, and slots that its name already fixes."""

    name: str
    description: str
    intents: list
    parameters: list
    bound: dict = field(default_factory=dict)  # slot -> (spoken, value) implied by the name
    looks: bool = False  # returns something to read out

    def schema(self):
        """The tool as a client sends it (`{"type":"function","function":{...}}`)."""
        properties = {p.name: p.schema for p in self.parameters}
        required = [p.name for p in self.parameters if p.required]
        function = {"name": self.name, "parameters": {"type": "object", "properties": properties, "required": required}}
        if self.description:
            function["description"] = self.description
        return {"type": "function", "function": function}

    def arguments(self, slots):
        """The arguments that these slots make, keys in the schema's order; MISSING when a required one lacks or a bound one differs."""
        if any(slots.get(name) != value for name, (_, value) in self.bound.items()):
            return MISSING
        found = {}
        for parameter in self.parameters:
            value = parameter.value(slots)
            if value is not MISSING:
                found[parameter.name] = value
            elif parameter.required:
                return MISSING
        return found

    def fixed(self, rng):
        """Slots that a sentence for this tool must use, as (spoken, value)."""
        chosen = {p.slot: rng.choice(p.options) for p in self.parameters if p.options}
        return {**chosen, **self.bound}


def call_text(name, arguments):
    """The canonical text of a call: no spaces, keys in the schema's order."""
    return json.dumps({"name": name, "arguments": arguments}, separators=(",", ":"), ensure_ascii=False)


class Home:
    """What the tools of one session share: rooms, spellings, and whether names are invented."""

    def __init__(self, rng, general=()):
        self.rng = rng
        self.general = general
        self.rooms = rng.sample(grammar.TABLES["room"], rng.randrange(2, 9))
        self.names = rng.choice(["snake", "snake", "snake", "camel", "camel", "kebab"])
        self.keys = "camel" if self.names == "camel" else "snake"
        self.values = rng.choice(["plain", "plain", "plain", "snake", "snake", "camel", "upper", "title", "kebab"])
        self.strange_names = rng.random() < 0.3
        self.strange_keys = rng.random() < 0.15
        self.described = rng.random() < 0.8 or self.strange_names
        self.wanted = {}  # slot -> values that a closed list must hold; while set, names bind no slot
        self.explained = rng.random() < 0.2  # parameters carry descriptions

    def tool(self, line):
        """A tool of one family line, composed anew."""
        intents, nouns, verbs, slots, descriptions = line
        rng = self.rng
        bound = self._bound(slots) if rng.random() < 0.15 and not self.wanted else {}
        used = [s for s in slots if s.rstrip("?") not in bound]
        if len(used) > 1 and rng.random() < 0.3:
            rng.shuffle(used)
        taken, parameters = set(), []
        for slot in used:
            parameters += self._explain(self._parameters(slot.rstrip("?"), slot.endswith("?"), taken))
        name = self._name(rng.choice(nouns), rng.choice(verbs), [spoken for spoken, _ in bound.values()])
        return Tool(name, self._description(rng.choice(descriptions), bound), intents, parameters, bound)

    def _explain(self, parameters):
        for parameter in parameters if self.explained else ():
            wording = self.rng.choice(["the {}", "{} to use", "which {}", "{} of it", "The {}."])
            parameter.schema.setdefault("description", wording.format(parameter.slot.replace("_", " ")))
        return parameters

    def _bound(self, slots):
        rng = self.rng
        for slot in ("thing", "room", "device", "door", "lamp"):
            if slot in slots:
                value = rng.choice(self.rooms if slot == "room" else grammar.TABLES[slot])
                return {slot: (value, value)}
        return {}

    def _name(self, noun, verb, bound):
        rng = self.rng
        if self.strange_names:
            return styled(" ".join(invented(rng) for _ in range(rng.randrange(1, 3))), self.names)
        parts = [*bound, noun] if rng.random() < 0.5 or not bound else [*bound]
        text = " ".join([verb, *parts] if rng.random() < 0.6 else [*parts, verb])
        if rng.random() < 0.1:
            text = f"{rng.choice(['home', 'my', 'house', 'smart', 'hub'])} {text}"
        return styled(text, self.names)

    def _description(self, text, bound):
        if not self.described:
            return ""
        text = " ".join([text, *(f"({spoken})" for spoken, _ in bound.values())])
        return text[0].upper() + text[1:] + "." if self.rng.random() < 0.4 else text

    def _key(self, names, taken):
        rng = self.rng
        for _ in range(20):
            name = invented(rng) if self.strange_keys and rng.random() < 0.6 else rng.choice(names.split(","))
            name = styled(name.replace("_", " "), self.keys)
            if name not in taken:
                break
        taken.add(name)
        return name

    def _parameters(self, slot, optional, taken):
        if slot in _TWO_WAYS:
            return [self._two_way(slot, optional, taken)]
        if slot == "duration":
            return self._duration(taken)
        key, required = self._key(_PARAMETERS[slot], taken), not optional
        if slot in _NUMERIC:
            schema = {"type": self.rng.choice(["integer", "integer", "number"])}
            return [Parameter(key, schema, required, slot, lambda slots: slots.get(slot, MISSING))]
        if slot in _CLOSED and self.rng.random() < (0.45 if slot in _OFTEN_OPEN else 0.8):
            return [self._enum(key, slot, required)]
        schema = {"type": "string"}
        if slot == "time":
            schema["description"] = "HH:MM"
        return [Parameter(key, schema, required, slot, lambda slots: slots.get(slot, MISSING))]

    def _enum(self, key, slot, required):
        rng = self.rng
        table = self.rooms if slot == "room" else rng.sample(grammar.TABLES[slot], min(len(grammar.TABLES[slot]), rng.randrange(2, 8)))
        table = [v for v in table if v not in self.wanted.get(slot, ())] + sorted(self.wanted.get(slot, ()))
        rng.shuffle(table)
        if self.general and not self.wanted and slot not in ("control", "mode", "sensor", "verb"):
            share = 0.35 if slot in wide.CLOSED else 0.03
            table = list(dict.fromkeys(some_words(rng, self.general, rng.randrange(1, 3)) if rng.random() < share else value for value in table))
        spelling = {spoken: styled(spoken, self.values) for spoken in table}
        schema = {"type": "string", "enum": list(spelling.values())}
        options = [(spoken, spoken) for spoken in table]
        if slot == "control":  # phrasings imply these two, they are not said as verbs
            extra = {spoken: styled(spoken, self.values) for spoken in ("next", "previous")}
            spelling.update(extra)
            schema["enum"] += list(extra.values())
        return Parameter(key, schema, required, slot, lambda slots: spelling.get(slots.get(slot), MISSING), options)

    def _two_way(self, slot, optional, taken):
        positive, booleans, negative, names = _TWO_WAYS[slot]
        if self.rng.random() < 0.5:
            key = self._key(booleans, taken)
            return Parameter(key, {"type": "boolean"}, not optional, slot, lambda s: s[slot] == positive if slot in s else MISSING)
        yes, no = self.rng.choice(_PAIRS[slot][:1] * 3 + _PAIRS[slot])
        values = {positive: yes, negative: no}
        schema = {"type": "string", "enum": [yes, no] if self.rng.random() < 0.7 else [no, yes]}
        return Parameter(self._key(names, taken), schema, not optional, slot, lambda s: values.get(s.get(slot), MISSING))

    def _duration(self, taken):
        kind = self.rng.random()
        if kind < 0.35:
            key = self._key("duration,length,time,for_time,period", taken)
            schema = {"type": "string", "description": self.rng.choice(["like 10 minutes", "such as 1 hour 5 minutes", "10 minutes"])}
            return [Parameter(key, schema, True, "duration", lambda s: _span_text(s["duration"]) if "duration" in s else MISSING)]
        units = ["hours", "minutes", "seconds"] if kind < 0.8 else ["minutes", "seconds"]
        found = []
        for unit in units:
            key = self._key(unit, taken) if not self.strange_keys else unit
            found.append(Parameter(key, {"type": "integer"}, False, "duration", _unit_value(unit, "hours" in units)))
        return found


def _span_text(span):
    return " ".join(f"{count} {unit if count != 1 else unit[:-1]}" for unit, count in span.items())


def _unit_value(unit, with_hours):
    def value(slots):
        span = dict(slots.get("duration", {}))
        if "hours" in span and not with_hours:
            span["minutes"] = span.pop("hours") * 60 + span.get("minutes", 0)
        return span.get(unit, MISSING)
    return value


def _parse(table):
    for line in table.strip().splitlines():
        intents, nouns, verbs, slots, descriptions = (part.strip() for part in line.split("|"))
        yield intents.split(","), nouns.split(","), verbs.split(","), slots.split(), descriptions.split(";")


FAMILIES = list(_parse(_TOOLS))
assert all(intent in grammar.BY_INTENT for family in FAMILIES for intent in family[0])
assert words.ROOMS
