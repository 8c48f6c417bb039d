"""How people ask about pictures: patterns by category and form. `{a}`: a kind with article, `{k}`: the kind, `{ks}`: its plural,
`{ck}`: colour and kind, `{b}`: a second kind or colour and kind, `{c}`: a colour. [a|b] is a choice."""

ASKING = {
    "colour/thing": """
what colour is the {k}
what colour is that {k}
which colour is the {k}
which colour does the {k} have
what is the colour of the {k}
tell me the colour of the {k}
[do you see|can you tell] what colour the {k} is
the {k} [there|in the picture], what colour is it
what colour would you say the {k} is
and the {k}, what colour is that
what kind of colour does the {k} have
say what colour the {k} is""",
    "colour/person": """
what colour [is the person wearing|does the person wear]
which colour are the clothes of the person
what colour are the person's clothes
the person, what colour [do they wear|are they wearing]
tell me the colour of the person's clothes
in what colour is the person dressed""",
    "colour/many": """
what colour are the {ks}
which colour do the {ks} have
tell me the colour of the {ks}
what is the colour of the {ks}
the {ks}, what colour are they""",
    "object/coloured": """
what is the {c} thing
what is that {c} thing [there|in the picture]
which thing is {c}
what do you see that is {c}
what is {c} in the picture
what {c} thing [is there|do you see]
tell me what the {c} thing is
the {c} thing, what is it
name the {c} object
which object is {c}
what have I got there in {c}
what would you call the {c} thing""",
    "object/exists": """
is there {a}
is there {a} [here|in the picture|there]
do you see {a}
can you see {a} [anywhere|here]
is {a} in the picture
have I got {a} here
does the picture show {a}
is there any {k} [here|there]
tell me whether there is {a}
any {k} in sight
would you say there is {a}
look, is there {a}""",
    "object/exists_colour": """
is there a {ck}
do you see a {ck}
can you see a {ck} [anywhere|here]
is a {ck} in the picture
does the picture show a {ck}
tell me whether there is a {ck}
any {ck} in sight""",
    "object/where": """
where is the {k}
where do you see the {k}
where in the picture is the {k}
on which side is the {k}
whereabouts is the {k}
tell me where the {k} is
[can you tell|do you see] where the {k} is
in which part of the picture is the {k}
the {k}, where is it""",
    "count/kind": """
how many {ks} are there
how many {ks} do you see
how many {ks} [are in the picture|can you see]
count the {ks}
[please count|can you count] the {ks}
what is the number of {ks}
how many {ks} have I got [here|there]
tell me how many {ks} there are
the {ks}, how many are there
how many of them are {ks}
say how many {ks} you see
number of {ks} please""",
    "count/colour": """
how many {c} things are there
how many things are {c}
how many {c} objects do you see
count the {c} things
tell me how many {c} things there are
how many {c} ones [are there|do you see]""",
    "count/coloured": """
how many {c} {ks} are there
how many {c} {ks} do you see
count the {c} {ks}
tell me how many {c} {ks} there are
how many of the {ks} are {c}""",
    "relation/side": """
is the {ck} left or right of the {b}
on which side of the {b} is the {ck}
is the {ck} to the left or to the right of the {b}
does the {ck} stand left or right of the {b}
which side of the {b} is the {ck} on
seen from the {b}, is the {ck} left or right""",
    "relation/yes": """
is the {ck} {r} the {b}
would you say the {ck} is {r} the {b}
tell me whether the {ck} is {r} the {b}
the {ck}, is it {r} the {b}
can you see whether the {ck} is {r} the {b}
is it true that the {ck} is {r} the {b}""",
    "relation/what": """
what is {r} the {b}
what do you see {r} the {b}
which thing is {r} the {b}
tell me what is {r} the {b}
what [stands|lies] {r} the {b}
name what is {r} the {b}""",
    "person/any": """
is anybody there
is somebody there
is there [anybody|anyone|somebody|someone|a person] [in the picture|here|there]
do you see [anybody|anyone|a person|people]
can you see [anyone|anybody|a person] [there|here]
is a person in the picture
is anyone in the room
is somebody at home
[is someone|is anybody] standing there
are there people in the picture
tell me whether somebody is there
look whether anyone is there
is the place empty of people""",
    "person/where": """
where is the person
where do you see the person
on which side is the person
where does the person stand
tell me where the person is
where in the picture is [the person|somebody]
whereabouts is the person
in which part of the picture is the person""",
    "lamp/lit": """
is the lamp on
is the lamp [on or off|lit|switched on|turned on]
is the lamp off
did I leave the lamp on
is the light on
does the lamp shine
tell me whether the lamp is on
the lamp, is it on
is the lamp burning
look whether the lamp is on""",
    "time/day": """
is it day or night
is it day or night [there|outside|in the picture]
is it dark outside
is it light outside
what time of day is it in the picture
was this [picture taken|taken] by day or by night
does the picture show day or night
tell me whether it is day or night
is it night [there|in the picture]
is it day [there|in the picture]""",
    "number/read": """
what number do you see
which number is that
what number is [on the sign|written there|printed there|shown]
what is the number [there|in the picture]
read the number
read me the number [please|there]
can you read the number
tell me the number
what does the number say
which number [does it show|is on it]
the number there, what is it
what are the digits
what number does the {o} show""",
    "word/read": """
what does it say
what does the {o} say
what is written [there|on it|on the {o}]
read the word
read me the word [please|there]
can you read the word
which word do you see
which word is on the {o}
what is printed [there|on the {o}]
what word is [that|this|in the picture]
tell me what is written [there|on the {o}]
tell me the word
[please read|read] what it says""",
    "change/what": """
what changed
what has changed
what is different [now|in the second picture]
what changed between the [two pictures|pictures]
what is the difference [between them|between the pictures]
what happened [there|between the pictures]
do you see what changed
tell me what changed
has anything changed
did anything change
is anything different
what is new or gone
compare the two pictures
and now, what changed""",
    "change/came": """
what came
what is new
what was added
is there something new [now|in the second picture]
did anything come
what do you see now that was not there before""",
    "change/went": """
what went
what is gone
what is missing [now|in the second picture]
what was taken away
did anything go away
what was there before and is not there now""",
}

RELATIONS = {
    "left": ("left of", "to the left of"), "right": ("right of", "to the right of"),
    "above": ("above", "higher than"), "below": ("below", "under"), "next": ("next to", "beside"),
}
