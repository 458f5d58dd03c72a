"""Repetition: exactly the text that is to be said."""

import re

from ..ask import QUOTED, Ask, unquoted
from ..bounds import NUMBERS
from ..cues import Cue

CUES: tuple[Cue, ...] = (
    ("^say repeat echo",),
    (
        "exactly only just simply nothing precisely the with word words phrase text sentence string following me back",
        "^reply respond answer output print return write type",
    ),
)
EXACTLY = re.compile(
    r"(?:^|[.!?\n]\s{0,9})(?:please |just |simply |you must |always |now |ok,? )*(?:"
    r"(?:repeat|echo|say)(?: after me| back)?(?: the| this| these)?(?: following| exact)*(?: text|"
r" words?| sentence| phrase| "
    r"message| string| line)?(?: exactly| verbatim| back to me| to me)*(?: and nothing else)?\s{0,9}:|"
    r"(?:reply|respond|answer|output|print|return|write|say|type)(?: back)? (?:to (?:me|"
r"this)(?: message)? )?(?:only |just |simply )?"
    r"(?:with |using |back )*(?:exactly|only|just|simply|nothing but|precisely|the (?:single |one )?"
    r"(?:exact |following |single )*(?:words?|phrase|text|sentence|string))"
    r"(?: with| the| this| these| one| single| following| exact| word| words| phrase| text| sentence| string| token|"
    r" and only)*(?: and nothing (?:else|more))?\s{0,9}:?|"
    r"(?:reply|respond|answer) with\s{0,9}:|repeat after me,?|say exactly:?|(?:reply|respond|"
r"answer) (?:with )?(?=[\"'“«`]))\s{1,9}",
    re.I,
)  # fmt: skip
SAY = re.compile(
    r"^(?:please |just |simply |can you |could you |now )*say\s{1,9}(?!something|anything|nothing|"
    r"more|why|how|what|if|in|about|a few|it in)"
    r"(.{1,300})$",
    re.I | re.S,
)
TAIL = re.compile(
    r"(?:[.,;]?\s{0,9}(?:and )?(?:nothing (?:else|more|other)|no (?:other|additional) \w+|only that|"
    r"do not .{1,80}|don't .{1,80}|"
    r"without .{1,60}|exactly(?: like that| as written)?|please))+[.!]*\s{0,9}$",
    re.I | re.S,
)
TIMES = re.compile(
    r"^(.{1,200}?),? (\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twice) ?(?:times|x)?[.!]?$", re.I | re.S
)
REPEATED = re.compile(
    r"^(?:please )?(?:repeat|say|write|print|type|output) (?:the (?:word|phrase|sentence|text|"
    r"letter) )(.{1,200}?),? (\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|"
    r"twice)(?: times)?[.!]?$",
    re.I,
)
NOT_TEXT = re.compile(
    r"^(?:a|an|the|one of|your|valid|json|either|yes or no|numbers?|code|markdown|html|xml|in|of|"
    r"\d+ (?:words?|sentences?)|"
    r"one (?:word|sentence|letter|of)|its|his|her|my|this format)\b(?! test)",
    re.I,
)
NOT_ALONE = re.compile(
    r"^(?:one|two|three|\d+|single)?\s{0,9}(?:word|sentence|number|letter|digit|token|label|name)s?\b", re.I
)


def answer(ask: Ask) -> str | None:
    """The text to be repeated."""
    if len(ask.prompt) > 4000:
        return None
    many = REPEATED.match(ask.prompt.strip())
    if many:
        return " ".join([unquoted(many[1])] * _count(many[2]))
    found = ask.find(EXACTLY) if ask.look is ask.prompt else EXACTLY.search(ask.prompt, 0, 300)
    if found:
        text = ask.prompt[found.end() :].strip()
        quoted = QUOTED.match(text)
        if quoted:
            return next(group for group in quoted.groups() if group is not None)
        text = TAIL.sub("", text.split("\n\n")[0] if "\n\n" in text else text).strip()
        explicit = found[0].rstrip().endswith(":")
        if not text or (not explicit and (NOT_TEXT.match(text) or NOT_ALONE.match(text))):
            return None
        if " to " in text and found[0].lower().strip().startswith("repeat") and not explicit:
            return None
        return unquoted(text) if explicit or "repeat" in found[0].lower() else _one_line(text)
    found = SAY.match(ask.prompt.strip())
    return _said(ask, found[1]) if found else None


def _count(text: str) -> int:
    """How often *text* says, at most 500 times."""
    lower = text.lower()
    return min(2 if lower == "twice" else int(lower) if lower.isdigit() else NUMBERS[lower], 500)


def _one_line(text: str) -> str:
    """The first line of *text*, without the full stop that ends the instruction when one word is to be said."""
    line = unquoted(text.split("\n", 1)[0])
    words = line.split()
    if len(words) <= 3 and line.endswith("."):
        return line[:-1]
    return line


def _said(ask: Ask, text: str) -> str | None:
    """What "say ..." asks for."""
    text = TAIL.sub("", text.strip()).strip()
    quoted = QUOTED.match(text)
    if quoted and quoted.end() >= len(text) - 1:
        return next(group for group in quoted.groups() if group is not None)
    times = TIMES.match(text)
    if times and (times[2].lower() == "twice" or re.search(r"(?:times|x)[.!]?$", text, re.I)):
        return " ".join([unquoted(times[1])] * _count(times[2]))
    if re.search(r"\bin (?:[a-z]+)[.!?]*$", text.lower()) and len(text.split()) > 2:
        return None  # a translation
    greeted = re.match(r"^(hello|hi|hey|goodbye|bye|good \w+) to (.{1,60}?)[.!]*$", text, re.I)
    if greeted:
        name = re.sub(r"^(?:me|us)$", "you", greeted[2])
        return f"{greeted[1][0].upper()}{greeted[1][1:]}, {name}!"
    text = unquoted(text)
    return text[:-1] if text.endswith(".") and len(text.split()) <= 6 else text
