"""How alike two texts are: the measures of a text_similarity grader, each from 0 to 1.

Words are runs of letters and digits, in small letters. `fuzzy_match` compares characters, all others words.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

LOOKED_AT = 65_536  # characters of each text
WORD = re.compile(r"\w+")
LONGEST_GRAM = 4  # words, of bleu and gleu
RECALL_WEIGHT, PENALTY, STEEPNESS = 0.9, 0.5, 3  # of meteor, as Denkowski and Lavie chose them first

Words = list[str]


def similarity(metric: str, text: str, reference: str) -> float:
    """How alike *text* is to *reference* by *metric*, a name of the API."""
    text, reference = text[:LOOKED_AT], reference[:LOOKED_AT]
    if metric == "fuzzy_match":
        from rapidfuzz import fuzz

        return fuzz.ratio(text, reference) / 100
    words, wanted = WORD.findall(text.lower()), WORD.findall(reference.lower())
    if not words or not wanted:
        return float(words == wanted)
    if metric.startswith("rouge_") and metric[6:].isdigit():
        return rouge_n(words, wanted, int(metric[6:]))
    return MEASURES[metric](words, wanted)


def cosine(words: Words, wanted: Words) -> float:
    """The cosine of the angle between how often each word stands in either text."""
    ours, theirs = Counter(words), Counter(wanted)
    product = sum(count * theirs[word] for word, count in ours.items())
    return min(1.0, product / math.sqrt(_square(ours) * _square(theirs)))


def bleu(words: Words, wanted: Words) -> float:
    """The geometric mean of the precisions of runs of one to four words, times the penalty of what is too short."""
    longest = min(LONGEST_GRAM, len(words), len(wanted))
    total = 0.0
    for size in range(1, longest + 1):
        ours, shared = _grams(words, size), _shared(words, wanted, size)
        if not shared:
            return 0.0
        total += math.log(shared / ours.total())
    short = min(0.0, 1 - len(wanted) / len(words))
    return math.exp(short + total / longest)


def gleu(words: Words, wanted: Words) -> float:
    """The lesser of precision and recall of all runs of one to four words."""
    sizes = range(1, LONGEST_GRAM + 1)
    shared = sum(_shared(words, wanted, size) for size in sizes)
    most = max(sum(max(0, len(text) - size + 1) for size in sizes) for text in (words, wanted))
    return shared / most


def meteor(words: Words, wanted: Words) -> float:
    """Precision and recall of words, recall weighing more, less a penalty for words that stand in another order."""
    waiting: dict[str, list[int]] = {}
    for place in range(len(wanted) - 1, -1, -1):
        waiting.setdefault(wanted[place], []).append(place)
    pairs = [(at, waiting[word].pop()) for at, word in enumerate(words) if waiting.get(word)]
    if not pairs:
        return 0.0
    precision, recall = len(pairs) / len(words), len(pairs) / len(wanted)
    mean = precision * recall / (RECALL_WEIGHT * precision + (1 - RECALL_WEIGHT) * recall)
    breaks = sum((b - a, d - c) != (1, 1) for (a, c), (b, d) in pairwise(pairs))
    return mean * (1 - PENALTY * ((breaks + 1) / len(pairs)) ** STEEPNESS)


def rouge_n(words: Words, wanted: Words, size: int) -> float:
    """The F1 of runs of *size* words."""
    return _f1(_shared(words, wanted, size), max(0, len(words) - size + 1), max(0, len(wanted) - size + 1))


def rouge_l(words: Words, wanted: Words) -> float:
    """The F1 of the longest sequence of words that both texts have in this order."""
    from rapidfuzz.distance import LCSseq

    return _f1(LCSseq.similarity(words, wanted), len(words), len(wanted))


MEASURES: dict[str, Callable[[Words, Words], float]] = {
    "cosine": cosine,
    "bleu": bleu,
    "gleu": gleu,
    "meteor": meteor,
    "rouge_l": rouge_l,
}


def _grams(words: Words, size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))


def _shared(words: Words, wanted: Words, size: int) -> int:
    """How many runs of *size* words both have."""
    return (_grams(words, size) & _grams(wanted, size)).total()


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if ours + theirs else 0.0


def _square(counts: Counter[str]) -> int:
    return sum(count * count for count in counts.values())
