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
LOOKED_AT = 400  # characters of the prompt in which its topic is looked for
LONGEST_TOPIC = 3  # words
FILLERS = frozenset(
    "a about after again all also an and any are as at be been before being between both but by can could did do does "
    "each either else every explain few for from get give go had has have he help her here him his how i if in into is "
    "it its just know let like list make many may me might more most much must my need no not now of off on once one "
    "only or other our out over own please say she should show so some such take tell test than that the their them "
    "then there these they this those through to too under up us use very want was we were what when where which "
    "while who why will with word words would write yes you your".split()
)


class Prose:
    """A writer of prose. It keeps the pieces of its sentences, which depend on the encoding alone."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pieces: dict[str, list[str]] = {}

    def write(self, prompt: str, chance: Chance, least: int, most: int) -> tuple[list[str], bool]:
        """The tokens of an answer to *prompt* and whether it came to its own end.

        It has at least *least* tokens and at most *most*; joined, they are the text.
        """
        if not least and IS_GREETING.fullmatch(prompt[:80]):
            made = list(self.pieces(GREETINGS[chance.below(len(GREETINGS))]))
            return made[:most], len(made) <= most
        topic = self._tokens.pieces(" " + topic_of(prompt))
        made = []
        while True:
            self._paragraph(made, topic, chance)
            if len(made) >= most or len(made) + 1 >= least:
                made += self.pieces(".")
                return made[:most], len(made) <= most
            made += self.pieces(".\n\n")

    def _paragraph(self, made: list[str], topic: list[str], chance: Chance) -> None:
        """Add some sentences to *made*, without the full stop of the last."""
        self._sentence(made, "", OPENINGS[chance.below(len(OPENINGS))], topic, ".")
        at, stride = chance.below(len(SENTENCES)), 1 + chance.below(len(SENTENCES) - 1)
        for number in range(2 + chance.below(4)):
            sentence = SENTENCES[(at + number * stride) % len(SENTENCES)]
            self._sentence(made, " ", sentence, topic, ".")
        self._sentence(made, " ", CLOSINGS[chance.below(len(CLOSINGS))], topic, "")

    def _sentence(self, made: list[str], lead: str, sentence: str, topic: list[str], end: str) -> None:
        head, slot, tail = sentence.partition(" {}")
        if not slot:
            made += self.pieces(lead + head + end)
            return
        made += self.pieces(lead + head)
        made += topic
        made += self.pieces(tail + end)

    def pieces(self, text: str) -> list[str]:
        """The tokens of a text that is always the same."""
        pieces = self._pieces.get(text)
        if pieces is None:
            pieces = self._pieces[text] = self._tokens.pieces(text)
        return pieces


def topic_of(prompt: str) -> str:
    """The words of *prompt* that say what it is about: the longest run of at most three that are not fillers."""
    best: list[str] = []
    run: list[str] = []
    for word in WORD.findall(prompt[:LOOKED_AT]):
        if word.lower() in FILLERS:
            run = []
            continue
        run = [*run[-(LONGEST_TOPIC - 1) :], word]
        if sum(map(len, run)) > sum(map(len, best)):
            best = run
    return " ".join(best)[:80] or "this"
