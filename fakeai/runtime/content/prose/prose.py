"""Plain prose about the topic of a prompt: seeded, readable, made of whole tokens."""

import re

from ...chance import Chance
from ...tokens import Tokens

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
# As many as a prime number, so that every stride through them meets each once.
SENTENCES = (
    "It helps to start from a small case that you can check by hand",
    "Measure before you change anything, and keep the numbers next to the code",
    "A simple design usually survives longer than a clever one",
    "When two parts disagree, look at the boundary between them first",
    "Much of the cost hides in waiting rather than in work",
    "Write the result down in one sentence, and see whether it still holds tomorrow",
    "The order of the steps is part of the answer",
    "Good defaults save more time than many options",
    "Every limit you choose is a promise to somebody",
    "What is easy to observe is easy to repair",
    "Ask what would have to be true for the opposite to work",
    "A second reader finds in a minute what the first one missed for a week",
    "Failure is a state like any other, and it deserves a clear message",
    "Keep the fast path short and the rare path obvious",
    "Names carry more of the design than diagrams do",
    "Repeat the experiment with a different seed before you trust it",
    "The cheapest request is the one that you do not send",
    "Some of this depends on scale, so state the scale",
    "A plan that fits on one page gets read",
    "Compare against something real, even if it is slow",
    "Small batches make mistakes cheap",
    "Everything that can be computed from the facts need not be kept",
    "With that in place, the rest follows",
)
REMARKS = (
    "The details of {} matter most at the edges, where inputs are empty, huge or late",
    "People who use {} every day tend to prefer the boring option",
    "If something about {} surprises you, make it smaller until it no longer does",
    "The same idea appears in {} under several names",
    "It is worth separating what {} is from how it is stored",
    "Once the shape is right, the speed of {} is mostly arithmetic",
    "Old assumptions about {} are worth testing again from time to time",
    "The last ten percent of {} is where most of the care goes",
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
LOOKED_AT = 160  # characters of the prompt in which its topic is looked for
REMEMBERED_TOPICS = 4096
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


Frame = tuple[Part, Part | None]  # what stands before and after the topic; None after a sentence without it


class Prose:
    """A writer of prose. It keeps the tokens of what it says often: sentences, runs of sentences, topics."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._greetings = [self._part(greeting) for greeting in GREETINGS]
        self._openings = [self._frame(f"{sentence}.") for sentence in OPENINGS]
        self._sentences = [tokens.pieces(f" {sentence}.") for sentence in SENTENCES]
        self._remarks = [self._frame(f" {sentence}.") for sentence in REMARKS]
        self._closings = [self._frame(f" {sentence}") for sentence in CLOSINGS]
        self._end, self._break = self._part("."), self._part(".\n\n")
        self._runs: dict[tuple[int, int, int], Part] = {}
        self._topics: dict[str, Part] = {}

    def write(self, prompt: str, chance: Chance, least: int, most: int) -> tuple[list[Part], bool]:
        """The parts of an answer to *prompt* and whether it came to its own end.

        They have at least *least* tokens and at most *most*.
        """
        if not least and len(prompt) < LONGEST_GREETING and IS_GREETING.fullmatch(prompt):
            return trimmed([self._greetings[chance.below(len(GREETINGS))]], most)
        topic = self._topic(topic_of(prompt))
        parts: list[Part] = []
        size = 0
        while True:
            size += self._paragraph(parts, topic, chance)
            if size >= most or size + 1 >= least:
                parts.append(self._end)
                return trimmed(parts, most) if size >= most else (parts, True)
            parts.append(self._break)
            size += self._break.size

    def _paragraph(self, parts: list[Part], topic: Part, chance: Chance) -> int:
        """Add an opening, some sentences, a remark and a closing without its full stop; how many tokens that is."""
        opening, at, stride, more, remark, closing = chance.draw(
            len(OPENINGS), len(SENTENCES), len(SENTENCES) - 1, 2, len(REMARKS), len(CLOSINGS)
        )
        run = self._runs.get((at, stride, more)) or self._run(at, stride, more)
        size = 0
        for head, tail in (self._openings[opening], (run, None), self._remarks[remark], self._closings[closing]):
            parts.append(head)
            if tail:
                parts += (topic, tail)
                size += topic.size + tail.size
            size += head.size
        return size

    def _run(self, at: int, stride: int, more: int) -> Part:
        """Three or four different sentences."""
        count = len(SENTENCES)
        chosen = [self._sentences[(at + number * (stride + 1)) % count] for number in range(3 + more)]
        run = self._runs[at, stride, more] = Part([token for sentence in chosen for token in sentence])
        return run

    def _topic(self, text: str) -> Part:
        topic = self._topics.get(text)
        if topic is None:
            if len(self._topics) >= REMEMBERED_TOPICS:
                self._topics.clear()
            topic = self._topics[text] = self._part(f" {text}")
        return topic

    def _frame(self, sentence: str) -> Frame:
        head, slot, tail = sentence.partition(" {}")
        return self._part(head), self._part(tail) if slot else None

    def _part(self, text: str) -> Part:
        return Part(self._tokens.pieces(text))


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
    for longest in sorted(words, key=len, reverse=True):
        core = longest.strip(MARKS)
        if core and not core.isdigit() and core.lower() not in FILLERS:
            break
    else:
        return "this"
    at = words.index(longest)
    first = at
    while first > max(0, at - LONGEST_TOPIC + 1):
        before = words[first - 1]
        if before[-1] in MARKS or before.lower() in FILLERS:
            break
        first -= 1
    return " ".join(words[first : at + 1])[:LONGEST_TOPIC_TEXT].strip(MARKS + " ")
