"""What scenes are made of: kinds of things, colours, places, and what is printed on signs."""

from zlib import crc32

HELD_WORDS_ONE_IN = 12

# kind: (plural, side of its box against the short side of the picture: least and most, width by height: least and most)
KINDS = {
    "person": ("people", (0.42, 0.85), (0.26, 0.42)),
    "dog": ("dogs", (0.20, 0.36), (1.15, 1.5)),
    "cat": ("cats", (0.20, 0.34), (0.95, 1.3)),
    "bird": ("birds", (0.12, 0.22), (1.1, 1.5)),
    "lamp": ("lamps", (0.28, 0.55), (0.38, 0.6)),
    "cup": ("cups", (0.13, 0.25), (1.05, 1.35)),
    "bottle": ("bottles", (0.2, 0.4), (0.28, 0.4)),
    "book": ("books", (0.15, 0.28), (0.62, 0.85)),
    "ball": ("balls", (0.12, 0.26), (0.98, 1.02)),
    "box": ("boxes", (0.15, 0.32), (1.0, 1.5)),
    "package": ("packages", (0.17, 0.34), (1.1, 1.6)),
    "chair": ("chairs", (0.28, 0.48), (0.5, 0.68)),
    "plant": ("plants", (0.22, 0.45), (0.6, 0.85)),
    "bag": ("bags", (0.18, 0.34), (0.8, 1.05)),
    "umbrella": ("umbrellas", (0.22, 0.4), (0.85, 1.1)),
    "key": ("keys", (0.12, 0.2), (1.9, 2.4)),
    "clock": ("clocks", (0.16, 0.28), (0.98, 1.02)),
    "square": ("squares", (0.13, 0.28), (0.98, 1.02)),
    "triangle": ("triangles", (0.14, 0.3), (0.9, 1.2)),
    "star": ("stars", (0.15, 0.3), (0.95, 1.05)),
    "heart": ("hearts", (0.14, 0.28), (0.95, 1.1)),
}
PLURAL = {kind: row[0] for kind, row in KINDS.items()}
LIVING = ("person", "dog", "cat", "bird")
SHAPES = ("square", "triangle", "star", "heart")
ON_WALL = ("clock",)
HANDY = ("cup", "bottle", "book", "ball", "box", "package", "bag", "key", "plant", "umbrella")  # what lies on tables and floors
# Kinds whose colour says nothing: parcels are always brown, plants green.
ONE_COLOUR = {"package": "brown", "plant": "green"}

# Red, green, blue of a good example; scenes stray around it.
COLOURS = {
    "red": (205, 32, 38), "orange": (240, 130, 25), "yellow": (244, 212, 40), "green": (44, 150, 62), "blue": (38, 84, 196),
    "purple": (122, 48, 160), "pink": (240, 130, 178), "brown": (122, 76, 40), "black": (30, 30, 32), "white": (244, 244, 240),
    "grey": (136, 138, 140), "turquoise": (44, 190, 190),
}
COLOUR_NAMES = tuple(COLOURS)
ANIMAL_COLOURS = ("brown", "black", "white", "grey", "orange")

PLACES = ("kitchen", "living room", "bedroom", "office", "hall", "garden", "street", "desk", "plain")
OUTSIDE = ("garden", "street")
TIMES = ("day", "night")

_PRINTED = """open closed exit enter push pull stop go slow danger fire water hot cold kitchen bedroom bathroom garage garden office
hall cellar attic balcony toilet shower laundry pantry studio library gym lobby lift stairs door window roof wall floor desk table
milk tea coffee sugar salt pepper flour rice pasta honey jam bread butter cheese juice soda beer wine oil vinegar soup sauce beans
peas corn apple orange lemon banana cherry grape melon peach pear plum mango onion garlic carrot potato tomato lettuce fish meat
chicken bacon egg eggs cake cookie candy cocoa cereal oats nuts soap shampoo towel paper glue tape pens paint brush tools screws
nails bolts wood steel glass cloth wool cotton silk leather plastic rubber metal stone brick sand clay toys games books music films
photos letters bills mail parcel fragile heavy light left right up down north south east west top bottom front back inside outside
private public office staff guests only please thanks welcome hello goodbye sorry quiet silence smile peace love home house family
friends kids baby mom dad anna ben carl dora emil fred greta hugo ida jack karl lisa mark nina otto paul rosa sam tom uma vera will
monday tuesday friday saturday sunday january march april may june july august october today tonight morning noon evening night
sale free new old best fresh sweet sour dry wet clean dirty ready wait start finish begin end pause play reset power on off low high
error alarm warning secure locked unlock key code pin phone radio camera sensor battery charger cable lamp fan heater oven stove
fridge freezer washer dryer kettle toaster mixer blender vacuum iron broom bucket bin recycle trash plants flowers seeds soil rose
tulip lily ivy fern cactus grass tree forest river lake ocean beach island mountain valley desert bridge tower castle church school
museum market shop bank post hotel cafe bar pub bakery butcher pharmacy doctor dentist nurse police taxi bus train tram metro plane
ship boat bike car truck van parking ticket platform gate track stop station airport harbour zone area room level floor bay unit
dog cat bird horse cow sheep pig goat duck hen mouse rabbit fox bear wolf deer owl bee ant frog snake fishing lion tiger zebra
red blue green yellow black white brown pink purple grey gold silver copper bronze ruby amber jade coral navy olive ivory
one two three four five six seven eight nine ten zero first second third last next menu lunch dinner supper snack dessert pizza
burger salad noodles sushi curry taco waffle pancake muffin bagel donut toast omelet"""
PRINTED = tuple(sorted({word for word in _PRINTED.split() if 2 <= len(word) <= 8}))


def held_word(word):
    """True for a word that no training picture may show."""
    return crc32(("printed:" + word).encode()) % HELD_WORDS_ONE_IN == 0
