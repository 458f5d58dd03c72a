"""What the words of a prompt say of a picture: when and where it is, what is in it, in which colours and style."""

import re
from collections.abc import Callable
from typing import NamedTuple

from ...words import singular
from . import creatures, things
from .canvas import NAMED, Canvas, Colour

Motif = Callable[[Canvas, float, float, float, Colour], None]

# Where a thing stands: on the ground, on water, in it, or in the air.
GROUND, WATER, UNDER, AIR = "ground", "water", "under", "air"


class Kind(NamedTuple):
    """A thing that can be painted: its *words*, its usual colour, its height on the canvas, and where it stands."""

    paint: Motif
    words: str
    colour: Colour
    size: float
    place: str = GROUND


KINDS = (
    Kind(creatures.cat, "cat kitten kitty tabby katze gato chat", (228, 150, 84), 0.42),
    Kind(creatures.dog, "dog puppy retriever poodle corgi husky hound hund perro chien", (190, 140, 92), 0.42),
    Kind(creatures.fox, "fox fuchs", (222, 112, 48), 0.42),
    Kind(creatures.rabbit, "rabbit bunny hare hase", (206, 192, 178), 0.36),
    Kind(creatures.bear, "bear teddy koala otter beaver hamster monkey", (146, 100, 68), 0.46),
    Kind(creatures.panda, "panda", (40, 40, 46), 0.46),
    Kind(creatures.horse, "horse pony stallion donkey zebra deer camel llama alpaca giraffe pferd", (142, 92, 60),
         0.46),
    Kind(creatures.unicorn, "unicorn", (250, 246, 250), 0.46),
    Kind(creatures.elephant, "elephant mammoth rhino hippo", (146, 152, 166), 0.46),
    Kind(creatures.cow, "cow bull ox calf sheep goat pig lamb", (246, 240, 232), 0.4),
    Kind(creatures.owl, "owl eule", (150, 112, 80), 0.4),
    Kind(creatures.penguin, "penguin", (44, 48, 62), 0.42),
    Kind(creatures.bird, "bird eagle sparrow parrot raven crow seagull gull dove duck goose swan hawk robin vogel",
         (84, 136, 206), 0.2, AIR),
    Kind(creatures.butterfly, "butterfly moth", (238, 142, 60), 0.2, AIR),
    Kind(creatures.bee, "bee wasp bumblebee", (246, 200, 66), 0.16, AIR),
    Kind(creatures.fish, "fish goldfish salmon koi shark tuna", (244, 142, 62), 0.26, UNDER),
    Kind(creatures.whale, "whale dolphin orca", (70, 108, 160), 0.3, UNDER),
    Kind(creatures.astronaut, "astronaut cosmonaut spaceman", (66, 120, 206), 0.46),
    Kind(creatures.robot, "robot android cyborg mech", (132, 160, 190), 0.44),
    Kind(creatures.dragon, "dragon dinosaur monster wyvern drache", (86, 156, 98), 0.46),
    Kind(creatures.snowman, "snowman", (206, 62, 58), 0.42),
    Kind(creatures.person, "person man woman boy girl child kid people human king queen prince princess wizard witch "
         "knight samurai ninja chef doctor teacher farmer developer programmer scientist engineer artist dancer baby "
         "player runner hiker pirate detective musician portrait", (74, 118, 182), 0.46),
    Kind(things.christmas, "christmas xmas", (44, 112, 70), 0.5),
    Kind(things.pine, "pine fir spruce", (50, 112, 76), 0.46),
    Kind(things.palm, "palm coconut", (68, 146, 82), 0.5),
    Kind(things.cactus, "cactus cacti", (86, 150, 92), 0.4),
    Kind(things.tree, "tree oak maple birch bonsai willow baum", (82, 150, 78), 0.46),
    Kind(things.sunflower, "sunflower", (246, 196, 50), 0.34),
    Kind(things.flower, "flower rose tulip daisy lotus orchid lily blossom bouquet garden blume", (232, 96, 120), 0.3),
    Kind(things.mushroom, "mushroom toadstool", (208, 62, 54), 0.3),
    Kind(things.castle, "castle palace fortress temple cathedral church schloss", (186, 180, 174), 0.42),
    Kind(things.lighthouse, "lighthouse leuchtturm", (212, 66, 58), 0.52),
    Kind(things.windmill, "windmill mill", (226, 212, 188), 0.44),
    Kind(things.pyramid, "pyramid", (228, 192, 122), 0.36),
    Kind(things.bridge, "bridge", (196, 84, 62), 0.34),
    Kind(things.tent, "tent camp camping", (232, 140, 60), 0.28),
    Kind(things.house, "house home cottage cabin hut barn villa building haus", (240, 216, 176), 0.38),
    Kind(things.boat, "boat sailboat yacht sail canoe boot", (170, 70, 58), 0.32, WATER),
    Kind(things.ship, "ship steamer ferry vessel cruise submarine schiff", (52, 72, 108), 0.26, WATER),
    Kind(things.car, "car taxi automobile truck van auto jeep", (206, 60, 54), 0.24),
    Kind(things.bus, "bus tram coach", (240, 180, 60), 0.28),
    Kind(things.bicycle, "bicycle bike motorcycle scooter cycling", (60, 130, 170), 0.32),
    Kind(things.train, "train locomotive railway zug", (60, 98, 140), 0.26),
    Kind(things.plane, "plane airplane aircraft jet aeroplane flugzeug", (240, 244, 250), 0.16, AIR),
    Kind(things.rocket, "rocket spaceship spacecraft shuttle starship rakete", (212, 66, 58), 0.34, AIR),
    Kind(things.balloon, "balloon balloons zeppelin", (222, 84, 74), 0.28, AIR),
    Kind(things.kite, "kite", (226, 90, 80), 0.26, AIR),
    Kind(things.book, "book books library novel notebook document reading", (70, 100, 156), 0.28),
    Kind(things.cup, "cup coffee tea mug cappuccino espresso cocoa kaffee", (242, 240, 236), 0.32),
    Kind(things.apple, "apple fruit pear peach cherry tomato apfel", (206, 52, 48), 0.28),
    Kind(things.cake, "cake birthday pie dessert cupcake bread pizza food", (222, 150, 150), 0.36),
    Kind(things.heart, "heart love valentine", (222, 66, 82), 0.36, AIR),
    Kind(things.computer, "computer laptop monitor screen code server keyboard terminal software", (70, 130, 190),
         0.36),
    Kind(things.guitar, "guitar violin cello banjo ukulele music", (200, 126, 62), 0.46),
    Kind(things.lamp, "lamp lantern candle light", (240, 200, 120), 0.38),
    Kind(things.ball, "ball football soccer basketball tennis sphere", (226, 110, 60), 0.24),
    Kind(things.umbrella, "umbrella parasol", (206, 62, 70), 0.4),
    Kind(things.star, "logo icon badge emblem", (246, 200, 70), 0.34, AIR),
)  # fmt: skip

TIMES = {
    "night": "night midnight moonlit moonlight nocturnal nacht noche nuit neon cyberpunk",
    "sunset": "sunset dusk evening twilight",
    "dawn": "dawn sunrise morning",
    "storm": "storm stormy thunderstorm rain rainy thunder lightning hurricane",
    "fog": "fog foggy mist misty haze",
    "space": "space galaxy cosmos universe nebula planet orbit mars astronaut spaceship starship",
    "underwater": "underwater undersea reef coral submarine aquarium",
    "winter": "winter snow snowy snowman ice icy arctic antarctic frozen penguin christmas",
    "room": "room desk table kitchen office studio library interior indoor indoors cafe bar portrait",
}
LANDS = {
    "sea": "sea ocean lake beach shore coast bay island harbor harbour wave water boat sailboat ship yacht meer",
    "mountains": "mountain alps peak alpine everest himalaya berg fuji",
    "volcano": "volcano lava",
    "city": "city skyline town skyscraper downtown metropolis urban tokyo york london paris berlin street",
    "forest": "forest woods jungle woodland taiga rainforest wald",
    "desert": "desert dune sahara cactus camel pyramid",
    "hills": "hill meadow valley countryside farm field",
    "river": "river stream creek brook canal",
    "beach": "beach island sand shore",
}
SIGHTS = {
    "sun": "sun sunny sonne",
    "moon": "moon moonlit moonlight mond",
    "clouds": "cloud cloudy sky",
    "rain": "rain rainy",
    "snow": "snow snowy snowing snowfall blizzard winter",
    "rainbow": "rainbow",
    "lightning": "lightning thunder thunderstorm",
    "aurora": "aurora",
    "fireworks": "firework",
    "stars": "stars starry",
    "planet": "planet saturn jupiter",
}
STYLES = {
    "pixel": "pixel pixelated 8-bit 8bit",
    "grey": "monochrome noir grayscale",
    "sepia": "sepia vintage antique retro",
    "sketch": "sketch pencil drawing ink engraving",
    "paint": "watercolor watercolour oil impressionist painting",
    "poster": "poster minimalist flat vector cartoon",
    "neon": "neon cyberpunk synthwave",
}
TREES = "pine fir spruce palm christmas oak maple birch apple cherry bonsai willow coconut".split()
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "some": 3, "several": 4, "many": 5, "couple": 2}
EMPTY = frozenset(
    "a an the of in on at with and or to for from by over under near beside above below into through between his her "
    "its their my your very image picture photo photograph illustration painting drawing render rendering art style "
    "digital detailed high quality beautiful realistic cute small big little large tiny simple abstract scene view "
    "background foreground showing shows that is are was sitting standing flying running walking sleeping playing "
    "eating wearing holding looking one make create draw generate please it this add change remove replace".split()
)
WORD = re.compile(r"8-bit|[^\W_]+")


class Subject(NamedTuple):
    """Something to paint, how many of it, and in which colour."""

    kind: Kind
    many: int
    colour: Colour


class Scene(NamedTuple):
    """All that a prompt says. *tint* is a colour of the whole, when it belongs to nothing else."""

    time: str
    lands: frozenset[str]
    sights: frozenset[str]
    subjects: tuple[Subject, ...]
    styles: frozenset[str]
    tint: Colour | None


def read(prompt: str, usual: Colour) -> Scene:
    """The scene that *prompt* says; what is no word of ours is painted as a stone of the colour *usual*."""
    words = [word.lower() for word in WORD.findall(prompt)][:200]
    known = set(words) | {singular(word) for word in words}
    subjects: dict[Kind, Subject] = {}
    colour: Colour | None = None
    tint: Colour | None = None
    count, strange = 1, False
    kinds, scenery = _kinds(), _scenery()
    for at, word in enumerate(words):
        single = singular(word)
        kind = kinds.get(word) or kinds.get(single)
        if word in NAMED and not (word in ("rose", "orange") and at + 1 == len(words)):
            tint = colour if colour is not None else tint
            colour = NAMED[word]
        elif word in NUMBERS or (word.isdigit() and 1 < int(word[:4]) < 7):
            count = NUMBERS.get(word) or int(word)
        elif single == "tree" and at and words[at - 1] in TREES:
            continue  # the word before it has said which
        elif kind is not None:
            number = count if count > 1 else 3 if word != single and word not in kinds else 1
            if kind not in subjects:
                subjects[kind] = Subject(kind, number, colour or kind.colour)
            colour, count = None, 1
        elif word in scenery or single in scenery:
            tint = colour if colour is not None else tint
            colour = None
        elif word not in EMPTY:
            strange = True
    tint = colour if colour is not None else tint
    lands = frozenset(name for name, said in LANDS.items() if not known.isdisjoint(said.split()))
    sights = frozenset(name for name, said in SIGHTS.items() if not known.isdisjoint(said.split()))
    styles = frozenset(name for name, said in STYLES.items() if not known.isdisjoint(said.split()))
    time = next((name for name, said in TIMES.items() if not known.isdisjoint(said.split())), "day")
    if not subjects and not lands and not sights and (strange or not words):
        subjects[STONE] = Subject(STONE, 1, tint or usual)
    return Scene(time, lands, sights, tuple(subjects.values())[:5], styles, tint)


STONE = Kind(things.crystal, "", (90, 140, 200), 0.5)


def _kinds() -> dict[str, Kind]:
    return {word: kind for kind in reversed(KINDS) for word in kind.words.split()}


def _scenery() -> frozenset[str]:
    said = (*TIMES.values(), *LANDS.values(), *SIGHTS.values(), *STYLES.values())
    return frozenset(word for words in said for word in words.split())
