"""Prose of a given measure: so many words, sentences, characters or paragraphs, about a topic, in a language."""

from collections.abc import Sequence

from ...chance import Chance
from .ask import Ask
from .bounds import Bounds, closed
from .languages.language import Language

ONE_WORD = (
    "Balance", "Clarity", "Essential", "Patience", "Growth", "Harmony", "Versatile", "Timeless", "Structure",
    "Practice",
    "Curiosity", "Precision",
)  # fmt: skip
LONGEST = 5_000  # words
SHORTEST, LONGEST_SENTENCE = 6, 17  # words of the sentences, about


class Sentences:
    """Sentences about a topic, one after the other, none twice before all were there."""

    def __init__(self, language: Language, topic: str, chance: Chance) -> None:
        self._language, self._topic = language, topic
        opening, remark, closing, self._at, stride = chance.draw(
            len(language.openings), len(language.remarks), len(language.closings), len(language.sentences),
            len(language.sentences) - 1,
        )  # fmt: skip
        self._stride = stride + 1
        self.opening = self._about(language.openings[opening])
        self.remark = self._about(language.remarks[remark])
        self.closing = self._about(language.closings[closing])

    def _about(self, sentence: str) -> str:
        return sentence.replace("{}", self._topic)

    def next(self) -> str:
        """The next sentence."""
        self._at = (self._at + self._stride) % len(self._language.sentences)
        return self._language.sentences[self._at]

    def filling(self, words: int, used: Sequence[str]) -> list[str] | None:
        """One or two different sentences of exactly so many *words* together, if there are any besides *used*."""
        table = self._language.sentences
        sizes = {
            table[(self._at + number) % len(table)]: len(table[(self._at + number) % len(table)].split())
            for number in range(len(table))
        }
        left = {sentence: size for sentence, size in sizes.items() if sentence not in used}
        for first, size in left.items():
            if size == words:
                return [first]
        for first, size in left.items():
            for second, other in left.items():
                if size + other == words and first is not second:
                    return [first, second]
        return None

    def join(self, chosen: list[str]) -> str:
        """A paragraph of *chosen*."""
        stop, gap = self._language.stop, self._language.gap
        return (stop + gap).join(chosen) + stop if chosen else ""


def measured(ask: Ask) -> str:
    """Prose about the topic of *ask* that keeps its bounds."""
    return prose_of(ask.language, ask.topic, ask.bounds, ask.chance)


def prose_of(language: Language, topic: str, bounds: Bounds, chance: Chance) -> str:
    """Prose about *topic* that keeps *bounds*."""
    if bounds.one_word:
        return ONE_WORD[chance.below(len(ONE_WORD))] if language.code == "en" else topic.split()[-1]
    made = Sentences(language, topic, chance)
    if bounds.sentences is not None:
        return bounds.clip(made.join(_so_many(made, bounds.sentences)))
    least, most = bounds.least_words, bounds.most_words
    if least is not None or most is not None:
        return _words(made, min(least or 0, LONGEST), most, bounds)
    count = bounds.paragraphs or (4 if bounds.verbosity == "high" else 1)
    size = 2 if bounds.verbosity == "low" else 4
    if bounds.characters is not None:
        count = 1 + bounds.characters // 1000
        size = 2 + min(bounds.characters, 1000) // 60
    paragraphs = []
    for number in range(count):
        made = made if not number else Sentences(language, topic, chance)
        paragraphs.append(made.join(_so_many(made, size)))
    text = "\n\n".join(paragraphs)
    return bounds.clip(text) if bounds.characters is not None else text


def _so_many(made: Sentences, count: int) -> list[str]:
    """*count* sentences, with a beginning and, when there are enough, an end."""
    if count == 1:
        return [made.opening]
    if count == 2:
        return [made.opening, made.next()]
    if count == 3:
        return [made.opening, made.next(), made.closing]
    return [made.opening, *(made.next() for _ in range(count - 3)), made.remark, made.closing]


def _words(made: Sentences, least: int, most: int | None, bounds: Bounds) -> str:
    """Sentences of at least *least* and at most *most* words together."""
    most = min(least + 12 if most is None else most, LONGEST)
    target = least or max(1, min(most, 60) * 3 // 5)
    size = len(made.opening.split())
    chosen = [made.opening] if size <= most - (0 if size >= least else SHORTEST) else []
    left = most - size if chosen else most
    while most - left < target:
        filling = made.filling(left, chosen[-10:]) if least and left <= 2 * LONGEST_SENTENCE else None
        if filling:
            chosen += filling
            break
        sentence = next((each for each in (made.next() for _ in range(40)) if _fits(each, left, least, chosen)), None)
        if sentence is None:
            break
        chosen.append(sentence)
        left -= len(sentence.split())
    joined = " ".join(chosen).split()
    if len(joined) < least or not chosen:  # nothing fits: the beginning of a sentence
        rest = (made.next() + " " + made.next()).split()[: max(1, min(left, 9) if not least else least - len(joined))]
        chosen.append(closed(" ".join(rest), ""))
    per = -(-len(chosen) // bounds.paragraphs) if bounds.paragraphs else 6
    return "\n\n".join(made.join(chosen[at : at + per]) for at in range(0, len(chosen), per))


def _fits(sentence: str, left: int, least: int, chosen: list[str]) -> bool:
    size = len(sentence.split())
    return sentence not in chosen[-10:] and (size <= left - SHORTEST or size == left or (not least and size <= left))
