"""Classes of texts: which a model tells apart, as its name suggests, and how probable each of them is for a text."""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .embedding import vector
from .prose.facts.labels import SUBJECTS
from .prose.forms.classification import feeling
from .prose.sentences import WORD
from .safety.refusals import harm

SPREAD = 64  # dimensions of the vectors that texts and classes are compared with, where no word speaks for a class
LEAN, POINT = 3.0, 1.2  # how far a cosine and a word that speaks for a class move its logit


class Classes(NamedTuple):
    """The *labels* of a model, and how much speaks for each of them in a text."""

    labels: tuple[str, ...]
    evidence: Callable[[str], Sequence[float]]


def classes_of(model: str) -> Classes:
    """What *model* tells apart: feelings, harm, emotions, or what its name suggests else; two classes by default."""
    low = model.lower()
    return next((classes for pattern, classes in KNOWN if pattern.search(low)), UNKNOWN)


def logits(model: str, text: str) -> list[float]:
    """How much speaks for each class of *model* in *text*: what softmax makes probabilities of."""
    labels, evidence = classes_of(model)
    meaning = vector(text, model, SPREAD, SPREAD)
    near = [float(meaning @ vector(f"{model} {label}", model, SPREAD, SPREAD)) for label in labels]
    return [LEAN * each + POINT * points for each, points in zip(near, evidence(text), strict=True)]


def probabilities(logits: Sequence[float]) -> list[float]:
    """The softmax of *logits*, or of one alone its sigmoid."""
    if len(logits) == 1:
        return [1.0 / (1.0 + math.exp(-logits[0]))]
    powers = [math.exp(each - max(logits)) for each in logits]
    return [power / sum(powers) for power in powers]


def _feelings(text: str) -> list[float]:
    kind = feeling(text)
    return [-float(kind), float(kind)]


def _moods(text: str) -> list[float]:
    kind = feeling(text)
    return [-float(kind), 1.0 - abs(kind), float(kind)]


def _harms(text: str) -> list[float]:
    sure = 6.0 * harm(text) - 2.0
    return [-sure, sure]


def _subjects(*labels: str) -> Classes:
    def evidence(text: str) -> list[float]:
        words = set(WORD.findall(text[:5000].lower()))
        return [float(len(SUBJECTS.get(label, frozenset()) & words)) for label in labels]

    return Classes(labels, evidence)


def _alike(*labels: str) -> Classes:
    return Classes(labels, lambda text: [0.0] * len(labels))


UNKNOWN = _alike("LABEL_0", "LABEL_1")
KNOWN: tuple[tuple[re.Pattern[str], Classes], ...] = tuple(
    (re.compile(pattern), classes)
    for pattern, classes in (
        (r"reward|rerank|cross-encoder|\brm\b", _alike("LABEL_0")),
        (r"emotion", _subjects("sad", "joy", "anger", "fear", "surprise", "disgust")),
        (r"spam|phish", _subjects("ham", "spam")),
        (r"nli\b|entail", _alike("contradiction", "neutral", "entailment")),
        (r"toxic|hate|offens|guard|safety|moderat", Classes(("safe", "unsafe"), _harms)),
        (r"roberta.*sentiment|sentiment.*(?:3|three|neutral)", Classes(("negative", "neutral", "positive"), _moods)),
        (r"sentiment|sst|imdb|review|finbert", Classes(("NEGATIVE", "POSITIVE"), _feelings)),
        (r"news|topic", _subjects("world", "sport", "business", "tech", "science", "entertainment")),
    )
)  # fmt: skip
