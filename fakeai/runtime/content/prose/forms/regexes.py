"""Regular expressions for what people ask to match."""

import re

from ..ask import Ask
from ..cues import Cue

CUES: tuple[Cue, ...] = (
    ("regex regexp regexes",),
    ("regular", "expression expressions"),
)
ASKS = re.compile(r"\bregex(?:p|es)?\b|\bregular expressions?\b", re.I)
REQUEST = re.compile(
    r"\b(?:write|give|create|generate|need|what|make|show|provide|regex (?:for|to|that)|"
    r"expression (?:for|to|that)|build|find|come up)\b",
    re.I,
)
NOT = re.compile(
    r"^(?:what (?:is|are) (?:a )?(?:regex|regular)|explain|how do(?:es)? (?:regex|regular)|why|"
    r"teach|learn)|\bpython (?:function|script|program)|function that|\b(?:what does|"
    r"explain) this\b",
    re.I,
)
PATTERNS = (
    ("e-?mail", r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$", "an email address"),
    ("url|web ?address|link", r"^https?://[^\s/$.?#][^\s]*$", "a URL"),
    (r"ipv4|ip address|\bips?\b", r"^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$", "an IPv4 address"),
    ("phone", r"^\+?[\d\s().-]{7,20}$", "a phone number"),
    ("iso date|yyyy|date", r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "a date such as 2025-03-14"),
    ("time|hh:mm", r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "a time such as 09:30"),
    ("hex", r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", "a hexadecimal colour"),
    ("uuid|guid", r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "a UUID"),
    ("zip|postal|postcode", r"^\d{5}(-\d{4})?$", "a US zip code"),
    (
        "password",
        r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,}$",
        "a password of eight or more characters with upper and lower case, a digit and a sign",
    ),
    ("username", r"^[A-Za-z]\w{2,19}$", "a user name of 3 to 20 characters"),
    ("credit card", r"^\d{4}([ -]?\d{4}){3}$", "a card number of 16 digits"),
    ("hashtag", r"#\w+", "a hashtag"),
    ("html|tag", r"<([a-zA-Z][\w-]*)\b[^>]*>(.*?)</\1>", "an HTML element"),
    ("decimal|float", r"^-?\d+\.\d+$", "a decimal number"),
    ("integer|digit|number", r"^-?\d+$", "a whole number"),
    ("whitespace|blank|space", r"\s{1,9}", "whitespace"),
    ("vowel", r"[aeiouAEIOU]", "a vowel"),
    ("capital|uppercase", r"\b[A-Z][a-z]*\b", "a word with a capital"),
    ("slug", r"^[a-z0-9]+(-[a-z0-9]+)*$", "a slug"),
    ("quot", r'"([^"\\]|\\.)*"', "a quoted string"),
)


def answer(ask: Ask) -> str | None:
    """A pattern, in a fence unless it is to stand alone."""
    if not ask.says(ASKS) or not ask.says(REQUEST) or NOT.search(ask.lead) or len(ask.prompt) > 600:
        return None
    pattern, what = next(
        ((pattern, what) for words, pattern, what in PATTERNS if re.search(words, ask.lower)), (r"\b\w+\b", "a word")
    )
    named = re.search(
        r"\b(?:starts?|begins?|starting|beginning) with [\"'“`]?([\w-]+)|\b(ends?|ending) (?:with|in) [\"'“`]?([\w-]+)",
        ask.look,
    )
    if named and what in ("a word", "a slug"):
        word = named[1] or named[3]
        pattern, what = (
            (rf"\b{word}\w*\b", f"a word that begins with {word}")
            if named[1]
            else (rf"\b\w*{word}\b", f"a word that ends in {word}")
        )
    if ask.bounds.alone:
        return pattern
    return f"```regex\n{pattern}\n```\n\nIt matches {what}."
