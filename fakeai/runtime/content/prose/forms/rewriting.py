"""Rewriting: upper and lower case, backwards, sorted, formal, shorter, corrected; all by rule."""

import re

from ..ask import Ask
from ..cues import Cue
from ..facts.wordings import CASUAL_WORDS, CONTRACTIONS, FORMAL_WORDS, OTHER_WORDS, TYPOS
from ..sentences import READ, sentences
from .summaries import shortened, summary_of

CHANGES = (
    "upper uppercase lower lowercase caps capital capitals titlecase title case capitalize snake camel camelcase "
    "kebab reverse reversed backwards backward order sort alphabetical alphabetically formal formally professional "
    "professionally polite politely politer informal casual casually friendly friendlier shorter concise briefer "
    "simpler clearer words wording tone grammar spelling typos errors mistakes english"
)
CUES: tuple[Cue, ...] = (
    (
        "^rewrite rephrase paraphrase reword uppercase lowercase upper lower capitalize capitalise reverse fix "
        "correct proofread improve sort alphabetize alphabetise simplify edit shorten condense tighten spell",
    ),
    (CHANGES, "^make convert turn change put transform write say order"),
    (f"{CHANGES} spell", "^^in how"),
)
UPPER = re.compile(r"\b(?:upper\s?-?case|all caps|capital letters|(?:in|to|all) capitals)\b")
LOWER = re.compile(r"\blower\s?-?case\b")
TITLE = re.compile(r"\btitle\s?-?case\b|\bcapitali[sz]e (?:each|every|the first letter of (?:each|every))\b")
SNAKE, CAMEL, KEBAB = (
    re.compile(r"\bsnake[ _-]?case\b"),
    re.compile(r"\bcamel[ -]?case\b"),
    re.compile(r"\bkebab[ -]?case\b"),
)
REVERSE = re.compile(r"\b(?:reverse|backwards?)\b")
REVERSE_WORDS = re.compile(r"\b(?:order of (?:the )?words|word order|words? in reverse|reverse (?:the )?words)\b")
SORT = re.compile(r"\b(?:sort|alphabeti[sz]e|alphabetical order|put .{0,40} in order|order these)\b")
FORMAL = re.compile(r"\b(?:formal(?:ly)?|professional(?:ly)?|polite(?:ly|r)?|business tone)\b")
CASUAL = re.compile(r"\b(?:informal(?:ly)?|casual(?:ly)?|friendl(?:y|ier))\b")
SHORTER = re.compile(r"\b(?:shorter|shorten|more concise|concise(?:ly)?|condensed?|tighten|cut down|briefer)\b")
CORRECT = re.compile(r"\b(?:fix|correct|proofread|grammar|spelling|typos?|errors in|mistakes)\b")
REWORD = re.compile(
    r"\b(?:rewrite|rephrase|paraphrase|reword|improve|simplify|in (?:simpler|other|"
    r"different) words|simpler|clearer|edit)\b"
)
VERBS = re.compile(
    r"^(?:make|rewrite|rephrase|paraphrase|reword|upper|lower|capitali[sz]e|reverse|convert|fix|"
    r"correct|proofread|improve|turn|change|sort|alphabeti[sz]e|"
    r"simplify|edit|shorten|put|transform|write|say|spell|condense|tighten|how do you spell|order|in)\b"
)
NOT_TEXT = re.compile(
    r"\b(?:function|script|program|class|query|algorithm|code that|how (?:do|to|can)|method|list in python|regex)\b"
)
TAIL = re.compile(
    r"^(?:the |this |these |following |word |words |string |sentence |text |phrase |name |names |"
    r"letters |numbers |list |message |of |order |in |for |me |:|,)*",
    re.I,
)
SUFFIX = re.compile(
    r"\s{1,9}(?:in|to|into|as)?\s{0,9}(?:all )?(?:upper\s?-?case|lower\s?-?case|title\s?-?case|all caps|"
    r"capital letters|alphabetical(?:ly)?(?: order)?|alphabetically|backwards?|reverse|"
    r"reversed|snake[ _]?case|camel[ -]?case|kebab[ -]?case|ascending(?: order)?|"
    r"descending(?: order)?)\s{0,9}(?:order)?[.!?]*\s{0,9}(?:please)?[.!]*$",
    re.I,
)
PHRASES = (
    (re.compile(r"\b(he|she|it|this|that) (don't|have|go|do|want|like|need|make)\b", re.I),
    lambda found: f"{found[1]} " + {
        "don't": "doesn't", "have": "has", "go": "goes", "do": "does", "want": "wants", "like": "likes",
        "need": "needs", "make": "makes"}[found[2].lower()]),
    (re.compile(r"\b(i) (is|are|has|goes|were)\b", re.I), lambda found: "I " + {"is": "am", "are": "am", "has": "have",
    "goes": "go", "were": "was"}[found[2].lower()]),
    (re.compile(r"\b(they|we|you) (is|was|has)\b", re.I), lambda found: f"{found[1]} " + {"is": "are", "was": "were",
    "has": "have"}[found[2].lower()]),
    (re.compile(r"\bme and (\w+) (?=\w)"), lambda found: f"{found[1]} and I "),
    (re.compile(r"\b(could|should|would|must) of\b", re.I), lambda found: f"{found[1]} have"),
    (re.compile(r"\ba (?=[aeio]\w)", re.I), lambda found: found[0][0] + "n "),
    (re.compile(r"\ban (?=[bcdfgjklmnpqrstvwxyz]\w)", re.I), lambda found: found[0][0] + " "),
    (re.compile(r"\b(\w+) \1\b", re.I), lambda found: found[1]),
)  # fmt: skip
FIRST = 500  # characters of a request that names the text itself
LONGEST = 3000  # characters of a text that is rewritten word by word
EMPTY = re.compile(
    r"\b(?:very|really|quite|just|actually|basically|simply|literally|honestly|in order|rather|"
    r"somewhat|essentially|that is to say|of course|extremely|totally|absolutely)\b\s{0,9}",
    re.I,
)


def answer(ask: Ask) -> str | None:
    """The text that the prompt hands over, rewritten."""
    if not ask.ruled and not VERBS.match(ask.lead) and "\n\n" not in ask.prompt:
        return None
    instruction, body = ask.parts
    lower = instruction[:400].lower() if ask.ruled else ask.parts[0][-400:].lower()
    lead = ask.lead if not ask.ruled else "rewrite"
    if (not VERBS.match(lead) and not VERBS.search(lower[:80])) or NOT_TEXT.search(lower):
        return None
    for pattern, change in CASES:
        if pattern.search(lower):
            text = body or _rest(ask)
            return change(text[:READ]) if text else None
    if not body:
        return None
    if len(body) > LONGEST:
        return None
    text = body
    if SORT.search(lower):
        return _sorted(text, "descend" in lower)
    if REVERSE_WORDS.search(lower):
        return " ".join(reversed(text.split()))
    if REVERSE.search(lower):
        return text[::-1]
    if SHORTER.search(lower):
        return shorter(text)
    if CASUAL.search(lower):
        return _swapped(text, CASUAL_WORDS)
    if FORMAL.search(lower):
        return formal(text)
    if CORRECT.search(lower) and not REWORD.search(lower):
        return corrected(text)
    if REWORD.search(lower) and len(text.split()) > 2:
        made = _swapped(corrected(text) if CORRECT.search(lower) else text, OTHER_WORDS)
        return (
            made
            if made != text
            else "In other words, "
            + (text[0].lower() + text[1:] if text[1:2].islower() and not text.startswith("I ") else text)
        )
    return None


def _rest(ask: Ask) -> str:
    """The text of "reverse the word hello", without a colon or quotation marks."""
    first = ask.prompt[:FIRST].strip().split("\n", 1)[0]
    text = re.sub(
        r"^.*?\b(?:make|rewrite|convert|turn|change|put|transform|write|capitali[sz]e|upper\s?case|"
        r"lower\s?case|say|reverse|spell|sort)\b\s{0,9}",
        "",
        first,
        count=1,
        flags=re.I,
    )
    text = SUFFIX.sub("", text.rstrip("?"))
    text = TAIL.sub("", text).strip(" :\"'“”.")
    return text if text and text.lower() not in ("it", "this", "that", "everything", "your answer", "answer") else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+", text)


def _camel(text: str) -> str:
    words = _words(text)
    return "".join([words[0].lower(), *(word[0].upper() + word[1:].lower() for word in words[1:])]) if words else text


CASES = (
    (UPPER, str.upper), (LOWER, str.lower),
    (TITLE, lambda text: re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda word: word[0][0].upper() + word[0][1:].lower(),
    text)),
    (SNAKE, lambda text: "_".join(_words(text)).lower()), (KEBAB, lambda text: "-".join(_words(text)).lower()), (CAMEL,
    _camel),
    (re.compile(r"^(?!.*\bwords?\b.{0,12}\border)(?!.*\breverse (?:the )?(?:words|order))(?:.*\b)?(?:reverse|"
r"backwards?)\b", re.S), lambda text: text[::-1]),
    (REVERSE_WORDS, lambda text: " ".join(reversed(text.split()))),
)  # fmt: skip


def _sorted(text: str, down: bool) -> str:
    parts = [part.strip() for part in re.split(r",|\n|;", text) if part.strip()]
    joint = ", " if "," in text else "\n" if "\n" in text else " "
    parts = parts if len(parts) > 1 else text.split()
    numbers = all(re.fullmatch(r"-?\d+(?:\.\d+)?", part) for part in parts)
    return joint.join(sorted(parts, key=(lambda part: float(part)) if numbers else str.lower, reverse=down))


def _swapped(text: str, table: dict[str, str]) -> str:
    """*text* with the words of *table* in the place of others, with the capitals that stood there."""
    pattern = re.compile(
        r"(?<![\w'])(?:" + "|".join(sorted(map(re.escape, table), key=len, reverse=True)) + r")(?![\w'])", re.I
    )

    def swap(found: "re.Match[str]") -> str:
        new = table[found[0].lower()]
        return new[0].upper() + new[1:] if found[0][0].isupper() else new

    return pattern.sub(swap, text)


def formal(text: str) -> str:
    """*text* without contractions and slang."""
    text = text.replace("’", "'")
    for short, long in CONTRACTIONS.items():
        text = re.sub(
            rf"(?<!\w){re.escape(short)}(?!\w)" if short[0] not in "n'" else rf"{re.escape(short)}(?!\w)",
            long,
            text,
            flags=re.I,
        )
    text = _swapped(text, FORMAL_WORDS)
    return _finished(re.sub(r"!+", ".", text))


def corrected(text: str) -> str:
    """*text* without the commonest mistakes."""
    text = _swapped(text, TYPOS)
    for pattern, change in PHRASES:
        text = pattern.sub(change, text)
    text = re.sub(r"\bi\b(?=['\s]|$)", "I", text)
    text = re.sub(r"\s{1,9}([,.;:!?])", r"\1", text)
    return _finished(re.sub(r"[ \t]{2,}", " ", text))


def _finished(text: str) -> str:
    """*text* whose sentences begin with a capital and end with a mark."""
    text = re.sub(r"(^|[.!?]\s{1,9})([a-zà-ÿ])", lambda found: found[1] + found[2].upper(), text.strip())
    return text if text.endswith((".", "!", "?", ":", '"', "”", ")")) else text + "."


def shorter(text: str) -> str:
    """*text* in fewer words: without the empty ones, else its main sentences, else its first clause."""
    made = re.sub(r"\s{2,}", " ", EMPTY.sub("", text)).strip()
    made = made[:1].upper() + made[1:] if text[:1].isupper() else made
    found = sentences(made)
    if len(found) > 2:
        made = " ".join(summary_of(made, max(1, len(found) // 2)))
    return made if len(made) < len(text) * 0.9 else shortened(found[0] if found else text, text)
