"""What needs no tool: small talk with its replies, time, sums, wishes beyond a home; and the politeness around all sentences."""

# Said to the assistant itself; the answer needs no tool. The reply comes from the same block (`=>`), `|` separates choices.
TALK = """
~hello|~hi|~hi there|~hey|~hello there|~good day => hello, how can i help you|hi there, what can i do for you|hello, what can i do for you
~good morning|~morning => good morning, how can i help|good morning, what can i do for you
~good evening => good evening, how can i help|good evening, what can i do for you
~good night|~sleep well => good night, sleep well|good night and sweet dreams
~how are you|~how are you doing|~how is it going|~how do you do => i am fine, thank you, how can i help|i am doing well, thanks, what can i do for you
~thank you|~thanks|~thank you very much|~thanks a lot|~many thanks => you are welcome|my pleasure|glad i could help
~goodbye|~bye|~see you|~bye bye|~see you later => goodbye have a nice day|see you soon
~what is your name|~who are you|~what are you called|~tell me your name => i am hearth your home assistant|my name is hearth
~what can you do|~how can you help me|~what do you know|~what are you able to do => i can control your home and answer simple questions|i can help with your home, just ask
~are you a robot|~are you human|~are you a person|~are you real => i am a computer program that runs in your home|i am not a person i am a home assistant
~are you there|~can you hear me|~hello are you listening|~are you awake => yes i am here|yes i can hear you
~where are you|~where do you live|~where do you run => i live on a small computer in your home|i run right here in your home
~who made you|~who built you|~where do you come from => i was built as an open home assistant|people who like quiet homes built me
~how old are you|~when were you born => i am quite new|i am very young
~you are great|~good job|~well done|~you are the best|~nice work|~i like you => thank you that is kind of you|thanks, i am happy to help
~you are stupid|~that was wrong|~you are wrong|~you did not understand me => i am sorry, please say it again|sorry, let us try again
~i am tired|~i am sleepy|~what a long day => maybe it is time for a rest|a short break may do you good
~i am bored|~i have nothing to do => how about some music or a walk|maybe call a friend or read a book
~i am sad|~i feel bad today|~i had a bad day => i am sorry to hear that i hope it gets better|that is hard, i am here if you need me
~i am happy|~i feel great|~i had a great day => that is wonderful|i am glad to hear that
~i am hungry|~what should i eat => how about a warm soup|maybe some fruit or bread
~i am thirsty => a glass of water may help
~tell me a joke|~make me laugh|~do you know a joke|~say something funny => why did the lamp go to school to get brighter|what runs but never walks water
~sing a song|~sing for me|~can you sing => i would rather not my voice is not made for it
~do you love me|~do you like me|~will you marry me => i like helping you
~what is the meaning of life => to be kind and to turn off the light
~never mind|~forget it|~nothing|~it's nothing => all right|okay
~stop|~be quiet|~shut up|~enough => okay|all right, i am quiet
~yes|~yeah|~sure|~of course => all right|okay
~no|~nope|~no thanks|~no thank you => all right|okay
~what|~pardon|~say that again|~what did you say => i am here, how can i help
~tell me a story|~tell me something => once a small lamp lit a whole house|bees can find their way home by the sun
~merry christmas => merry christmas to you
~happy birthday => thank you very much
~i am home|~i am back => welcome home
~i am leaving|~i have to go => goodbye and take care
~what is the capital of france => the capital of france is paris
~how many days are in a week => a week has seven days
~how many minutes are in an hour => an hour has sixty minutes
~how many hours are in a day => a day has twenty four hours
~how many months are in a year => a year has twelve months
~what colour is the sky => the sky is blue on a clear day
~what do cows drink => cows drink water
"""

TIME = """
~what time is it
~what's the time
~tell me the time
~how late is it
~do you have the time
~what does the clock say
~can you tell me what time it is
~what is the time now
~could you tell me the time
~give me the time
"""

WEEKDAY = """
~what day is it [today|]
~which day is it [today|]
~what weekday is it
~tell me the day
~what day of the week is it
~do you know what day it is
"""

# {a}, {b} are numbers below a hundred, {m}, {n} factors below thirteen.
SUMS = {
    "add": """
~what is {a} plus {b}
~how much is {a} plus {b}
~what's {a} plus {b}
add {a} and {b}
~what is the sum of {a} and {b}
~{a} plus {b}
tell me {a} plus {b}
~what do you get when you add {a} and {b}
""",
    "subtract": """
~what is {a} minus {b}
~how much is {a} minus {b}
~what's {a} minus {b}
subtract {b} from {a}
~{a} minus {b}
tell me {a} minus {b}
take {b} away from {a}
""",
    "multiply": """
~what is {m} times {n}
~how much is {m} times {n}
~what's {m} times {n}
multiply {m} by {n}
~{m} times {n}
tell me {m} times {n}
multiply {m} and {n}
""",
}

# Wishes that no tool of a home serves.
IMPOSSIBLE = """
book [me|] a flight to {city}
order a pizza
~who won the game last night
translate good morning into french
buy [me|] a car
wash the windows for me
cook [me|] dinner
fly to the moon
~what is the stock price of gold
draw me a picture
write a poem about {thing}s
find me a hotel in {city}
~how far is it to {city}
drive me to {city}
book a table for {number} people
~what is the population of {city}
paint the {thing}
walk the dog
do my homework
~who is the president
play chess with me
post a picture of the {room}
order a taxi
make me a sandwich
repair the {device}
~how do i get to {city}
"""

PREFIXES = """please|can you|could you|could you please|can you please|would you|would you please|will you|hey|okay|hey hearth
hearth|hearth please|i want you to|i need you to|i would like you to|go ahead and|um|uh|well|now|quickly|so|and|okay now|just
be so kind and|do me a favour and|kindly|hello|excuse me|um can you|uh please|all right|one more thing|also|then|next"""
PREFIXES_ANY = "hey|okay|hey hearth|hearth|um|uh|well|so|and|all right|excuse me|tell me|oh|hello|hmm|also|one question"
SUFFIXES = """please|now|right now|for me|thanks|thank you|if you can|when you can|right away|would you|will you|again|a bit|quickly
if possible|straight away|my dear|at once|please hearth"""
SUFFIXES_ANY = "please|now|thanks|hearth|by the way|then"
