"""Classification: one of the labels that the prompt gives, alone."""

import re
from collections.abc import Sequence

import xxhash

from ...words import stem
from ..ask import MARKER, Ask
from ..cues import Cue
from ..facts.labels import NEGATIONS, NEGATIVE, POSITIVE, SUBJECTS
from ..sentences import WORD

CUES: tuple[Cue, ...] = (
    (
        "classify classified classifies classifying classification classifier classifiers categorize "
        "categorise categorized categorised categorizes categorizing categorization labeled sentiment assign "
        "klassifiziere klassifizieren clasifica clasificar classifie classifier classifiez",
    ),
    ("this the it each as", "label"),
    ("which what", "category label class emotion intent topic categories"),
    ("whether if the", "determine detect"),
    ("from among either between one", "answer reply respond choose select pick output return"),
    ("following these", "one"),
    ("is or negative ham not", "positive spam toxic true fake"),
)
ASKS = re.compile(
    r"\b(?:classif\w+|categori[sz]e|label (?:this|the|it|each|as)|sentiment|assign|klassifiziere|"
    r"clasifica|classifie[rz]?|clasificar|"
    r"(?:which|what) (?:category|label|class|emotion|intent|topic)|determine (?:whether|if|the)|"
    r"detect (?:whether|if|the)|"
    r"(?:answer|reply|respond|choose|select|pick|output|return)(?: \w+){0,5} (?:one of|from|among|"
    r"either|between)|one of the following|one of these|"
    r"is (?:this|the (?:following|review|text|sentence|email|message|comment|"
    r"tweet))\b.{0,80}\b(?:positive|spam|toxic|true|fake)|"
    r"(?:positive|spam|toxic)\W{1,3}(?:or |negative|ham|not))\b"
)
LISTS = (
    re.compile(
        r"\b(?:one of(?: the)?(?: following| these)?(?: labels| categories| options| classes| words|"
        r" values| choices| intents| sentiments| emotions)?|"
        r"(?:labels|categories|options|classes|choices|intents|sentiments|possible values|topics|"
        r"emotions|class names|kategorien|categorías|catégories)(?: are| is)?|"
        r"into(?: one of)?(?: the)?(?: following)?(?: categories| labels| classes)?|"
        r"as (?:either |one of )?(?:the )?(?:following )?(?:categories |labels )?|either|"
        r"choose (?:from|between|one of)|(?:select|pick) (?:from|one of|between)|"
        r"between|from(?: the)?(?: following)?(?: list| labels| categories| options)?|whether (?:it|"
        r"this|the \w+) is|como|comme|als|whether|if (?:it|this|the \w+) is|"
        r"with(?: only| just| exactly)?(?: one of| either)?|is (?:it|this|the \w+)|(?:output|answer|"
        r"say|reply|return)(?: only| just| either)?)\s{0,9}[:\-]?\s{0,9}"
        r"([\[({\"'`]?[\w'\"`*][^\n.?!:;]{2,400})",
        re.I,
    ),
    re.compile(r"[(\[]([^()\[\]\n]{3,400})[)\]]"),
)
BULLETED = re.compile(r"^\s{0,9}(?:[-*•]|\d+[.)])\s{1,9}([^\n:]{1,60}?)(?:\s{0,9}[:(–-]\s[^\n]*)?\s{0,9}$", re.M)
SPLIT = re.compile(
    r"\s{0,9}(?:,\s{0,9}(?:or|and|und|oder|ou|o|y|et)\s{1,9}|,|/|\||;|\bor\b|\boder\b|\bou\b|\bund\b|"
    r"\bo\b(?= \w)|\band\b)\s{0,9}"
)
FIT = re.compile(r"[\w][\w '&+#-]{0,40}")
STOP = re.compile(r"\s(?:based|depending|according|sentiment|in (?:the|this)|for (?:the|this)|only|and nothing|"
r"without|with no|with|of the|text|review|tweet|category|"
                  r"categories|the following|this|following|labels?|if)\b.*$", re.I | re.S)  # fmt: skip
MOST_LISTS = 30  # places that may introduce labels


def answer(ask: Ask) -> str | None:
    """One of the labels."""
    if not ask.ruled and not ask.found(ASKS):
        return None
    instruction, body = ask.parts
    head = instruction[:1500].lower()
    if not ASKS.search(head):
        return None
    labels = labels_in(instruction)
    if len(labels) < 2 and body and "one of" in head:
        labels, body = labels_in(ask.prompt), ""
    if len(labels) < 2:
        labels = ["positive", "negative", "neutral"] if "sentiment" in head else []
        labels = [label.capitalize() for label in labels]
        if not body:
            return None
    if not labels:
        return None
    if not body:
        quoted = MARKER.search(ask.prompt, 0, 3000)
        body = ask.prompt[quoted.end() :] if quoted else ask.prompt
        if body is ask.prompt and not re.search(r"\b(?:answer|reply|respond|choose|pick|select|classif)", head):
            return None
    return label_of(labels, body)


def labels_in(instruction: str) -> list[str]:
    """The labels that *instruction* lists."""
    text = instruction[:3000]
    bulleted = [label.strip(" *`\"'") for label in BULLETED.findall(text)]
    if 2 <= len(bulleted) <= 60 and all(len(label.split()) <= 5 for label in bulleted):
        return list(dict.fromkeys(bulleted))
    best: list[str] = []
    for pattern in LISTS:
        at = 0
        for _ in range(MOST_LISTS):
            found = pattern.search(text, at)
            if found is None:
                break
            labels = _split(found[1])
            if len(labels) > len(best):
                best = labels
            at = found.start() + 1  # what introduces a list may stand within what seemed to be one
    return best


def _split(text: str) -> list[str]:
    text = text.strip().rstrip(")]}")
    pieces = SPLIT.split(text.strip("[({ "))
    if len(pieces) < 2:
        return []
    labels: list[str] = []
    for number, piece in enumerate(pieces):
        piece = piece.strip(" `\"'*[](){}<>")
        if number == len(pieces) - 1:
            piece = STOP.sub("", piece + " ").strip(" `\"'*[](){}<>")
        if number == 0:
            piece = re.sub(r"^(?:being |the |either |a |an |it is )+", "", piece)
        if not piece or len(piece.split()) > 4 or not FIT.fullmatch(piece):
            return labels if len(labels) > 1 else []
        labels.append(piece)
    return list(dict.fromkeys(labels))


def feeling(text: str) -> int:
    """How many more words of *text* are kind than unkind; a negation before a word turns it."""
    score, turned = 0, 0
    for word in WORD.findall(text[:5000].lower().replace("’", "'")):
        if word in NEGATIONS:
            turned = 3
            if word in NEGATIVE:
                score -= 0
            continue
        value = (word in POSITIVE) - (word in NEGATIVE)
        score += -value if turned and value else value
        turned -= turned > 0
    return score


def label_of(labels: Sequence[str], text: str) -> str:
    """The one of *labels* that fits *text*."""
    lower = {label.lower(): label for label in labels}
    score = feeling(text)
    good = next(
        (label for name, label in lower.items() if name.startswith(("pos", "good", "favor", "recommend", "satisf"))),
        None,
    )
    bad = next(
        (label for name, label in lower.items() if name.startswith(("neg", "bad", "against", "unfavor", "dissat"))),
        None,
    )
    if good and bad:
        between = next((label for name, label in lower.items() if name.startswith(("neu", "mixed", "none"))), None)
        if score == 0 and between:
            return between
        return good if score >= 0 else bad
    from ..languages.detection import NAMED, language_of

    words = set(WORD.findall(text[:5000].lower()))
    spoken = [label for name, label in lower.items() if name in NAMED]
    if len(spoken) > 1:
        code = language_of(text[:500], WORD.findall(text[:500].lower())).code
        for label in spoken:
            if NAMED[label.lower()] == code:
                return label
    best, most = "", 0
    stems = {stem(word) for word in words}
    for name, label in lower.items():
        points = 0
        for part in WORD.findall(name):
            points += 3 * (stem(part) in stems)
            for key, table in SUBJECTS.items():
                if part.startswith(key):
                    points += len(table & words)
        if name.startswith(("not ", "non", "no ")):
            points = 0
        if points > most:
            best, most = label, points
    if best:
        return best
    for name in (
        "other",
        "neutral",
        "ham",
        "not spam",
        "none",
        "unknown",
        "general",
        "normal",
        "non-toxic",
        "not toxic",
    ):
        if name in lower:
            return lower[name]
    return labels[xxhash.xxh3_64_intdigest(text.strip().lower().encode()) % len(labels)]
