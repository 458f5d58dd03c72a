"""Plain prose about the topic of a prompt: seeded, readable, made of whole tokens."""

import re

from ..chance import Chance
from ..tokens import Tokens

# `{}` is the topic, written as the prompt writes it. Words stand before and after it, so that a token ends wherever a
# sentence is cut into parts.
OPENINGS = (
    "Here is a short way to look at {} in general",
    "The useful question about {} is what changes when you rely on it",
    "There are two sides to {} and both deserve a look",
    "Most people meet {} in practice long before they meet the theory",
    "In brief, {} rewards a little planning",
    "A good first step with {} is to write down what you expect to happen",
    "Let us take {} one step at a time",
)
SENTENCES = (
    "It helps to start from a small case that you can check by hand",
    "The details of {} matter most at the edges, where inputs are empty, huge or late",
    "Measure before you change anything, and keep the numbers next to the code",
    "A simple design usually survives longer than a clever one",
    "When two parts disagree, look at the boundary between them first",
    "Much of the cost hides in waiting rather than in work",
    "People who use {} every day tend to prefer the boring option",
    "Write the result down in one sentence, and see whether it still holds tomorrow",
    "The order of the steps is part of the answer",
    "If something about {} surprises you, make it smaller until it no longer does",
    "Good defaults save more time than many options",
    "Every limit you choose is a promise to somebody",
    "What is easy to observe is easy to repair",
    "Ask what would have to be true for the opposite to work",
    "A second reader finds in a minute what the first one missed for a week",
    "The same idea appears in {} under several names",
    "Failure is a state like any other, and it deserves a clear message",
    "Keep the fast path short and the rare path obvious",
    "It is worth separating what {} is from how it is stored",
    "Names carry more of the design than diagrams do",
    "Repeat the experiment with a different seed before you trust it",
    "The cheapest request is the one that you do not send",
    "Some of this depends on scale, so state the scale",
    "Once the shape is right, the speed of {} is mostly arithmetic",
    "Old assumptions about {} are worth testing again from time to time",
    "A plan that fits on one page gets read",
    "Compare against something real, even if it is slow",
    "Small batches make mistakes cheap",
    "Everything that can be computed from the facts need not be kept",
    "The last ten percent of {} is where most of the care goes",
    "With that in place, the rest follows",
)
CLOSINGS = (
    "That is the core of {} and the rest is practice",
    "If you tell me how {} fits your case, I can be more specific",
    "From here, try it on a real example and adjust",
    "In short, {} works best when its limits are known",
    "I would begin there and look again after the first result",
)
GREETINGS = (
    "Hello! How can I help you today?",
    "Hi there! What would you like to work on?",
    "Hello! What can I do for you?",
)
IS_GREETING = re.compile(r"\s*(hi|hello|hey|good (morning|afternoon|evening)|greetings)( there)?[\s!.,]*", re.I)

WORD = re.compile(r"[^\W_][\w'’+#-]*")
MARKS = ".,;:!?\"'()[]{}<>«»“”„*_`|/\\"  # that stand around words
LONGEST_GREETING = 40  # characters
LOOKED_AT = 240  # characters of the prompt in which its topic is looked for
LONGEST_TOPIC = 3  # words
LONGEST_TOPIC_TEXT = 80  # characters
FILLERS = frozenset(
    "a about after again all also an and any are as at be been before being between both but by can could did do does "
    "each either else every explain few for from get give go had has have he help her here him his how i if in into is "
    "it its just know let like list make many may me might more most much must my need no not now of off on once one "
    "only or other our out over own please say she should show so some such take tell test than that the their them "
    "then there these they this those through to too under up us use very want was we were what when where which "
    "while who why will with word words would write yes you your".split()
)


class Part:
    """Some text and its tokens."""

    __slots__ = ("size", "text", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.size, self.text = tokens, len(tokens), "".join(tokens)


Sentence = tuple[Part | None, ...]  # None is where the topic goes


class Prose:
    """A writer of prose. It keeps the tokens of its sentences, cut where the topic goes."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._greetings = [Part(tokens.pieces(greeting)) for greeting in GREETINGS]
        self._openings = [self._cut(f"{sentence}.") for sentence in OPENINGS]
        self._sentences = [self._cut(f" {sentence}.") for sentence in SENTENCES]
        self._closings = [self._cut(f" {sentence}") for sentence in CLOSINGS]
        self._end, self._break = Part(tokens.pieces(".")), Part(tokens.pieces(".\n\n"))

    def _cut(self, sentence: str) -> Sentence:
        head, slot, tail = sentence.partition(" {}")
        first = Part(self._tokens.pieces(head))
        return (first, None, Part(self._tokens.pieces(tail))) if slot else (first,)

    def write(self, prompt: str, chance: Chance, least: int, most: int) -> tuple[list[Part], bool]:
        """The parts of an answer to *prompt* and whether it came to its own end.

        They have at least *least* tokens and at most *most*.
        """
        if not least and len(prompt) < LONGEST_GREETING and IS_GREETING.fullmatch(prompt):
            parts = [self._greetings[chance.below(len(GREETINGS))]]
            return trimmed(parts, most)
        topic = Part(self._tokens.pieces(" " + topic_of(prompt)))
        parts, size = [], 0
        while True:
            for sentence in self._paragraph(chance):
                for part in sentence:
                    part = part or topic
                    parts.append(part)
                    size += part.size
            if size >= most or size + 1 >= least:
                parts.append(self._end)
                return trimmed(parts, most) if size >= most else (parts, True)
            parts.append(self._break)
            size += self._break.size

    def _paragraph(self, chance: Chance) -> list[Sentence]:
        """An opening, two to five different sentences, and a closing that lacks its full stop."""
        sentences = self._sentences
        opening, at, stride, more, closing = chance.draw(
            len(OPENINGS), len(sentences), len(sentences) - 1, 4, len(CLOSINGS)
        )
        middle = [sentences[(at + number * (stride + 1)) % len(sentences)] for number in range(2 + more)]
        return [self._openings[opening], *middle, self._closings[closing]]


def trimmed(parts: list[Part], most: int) -> tuple[list[Part], bool]:
    """The first *most* tokens of *parts*, and whether that is all of them."""
    left = most
    for at, part in enumerate(parts):
        if part.size > left:
            return [*parts[:at], Part(part.tokens[:left])], False
        left -= part.size
    return parts, True


def topic_of(prompt: str) -> str:
    """The words of *prompt* that say what it is about: its longest word, with up to two before it that belong to it."""
    words = prompt[:LOOKED_AT].split()
    longest = max(words, key=len, default="")
    if longest.strip(MARKS).lower() in FILLERS:
        words = [word for word in words if word.strip(MARKS).lower() not in FILLERS]
        longest = max(words, key=len, default="")
    at = words.index(longest) if words else 0
    first = at
    while first > max(0, at - LONGEST_TOPIC + 1):
        before = words[first - 1]
        if before[-1] in MARKS or before.lower() in FILLERS:
            break
        first -= 1
    topic = " ".join(words[first : at + 1])[:LONGEST_TOPIC_TEXT].strip(MARKS + " ")
    return topic or "this"
