"""Dates and times of day: those that a prompt names, and made-up ones that follow the moment of the call."""

import re
from datetime import UTC, date, datetime, time, timedelta

from .hints import Hints

START = 1_767_225_600.0  # where nobody says what time it is
MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
MONTH_FIRST = re.compile(_MONTH + r"\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?\b", re.I)
DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? " + _MONTH + r"\.?(?:,? (\d{4}))?\b", re.I)
RELATIVE = re.compile(
    r"\b(?:(day after tomorrow)|(tomorrow)|(today|tonight|this (?:morning|afternoon|evening))|(yesterday)|"
    r"(?:(?:next|this|on|coming) )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)|"
    r"(next week)|in (\d{1,3}) days?)\b",
    re.I,
)
CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\b\.?|(?<![\d:])(\d{1,2}):(\d\d)(?!\d)|\b(noon|midnight)\b", re.I
)


def moment(hints: Hints) -> datetime:
    """The moment of the call."""
    return datetime.fromtimestamp(min(max(hints.now or START, 0.0), 4e9), UTC)


def dates(hints: Hints) -> list[date]:
    """The days that the prompt names, in its order."""
    text, now = hints.text, moment(hints).date()
    found: list[tuple[int, date | None]] = []
    for match in ISO.finditer(text):
        found.append((match.start(), _day(int(match[1]), int(match[2]), int(match[3]))))
    if any(character.isdigit() for character in text):
        for match in MONTH_FIRST.finditer(text):
            found.append((match.start(), _named(match[1], match[2], match[3], now)))
        for match in DAY_FIRST.finditer(text):
            found.append((match.start(), _named(match[2], match[1], match[3], now)))
    for match in RELATIVE.finditer(text):
        found.append((match.start(), now + timedelta(_days(match, now))))
    return list(dict.fromkeys(day for _, day in sorted(found, key=lambda each: each[0]) if day is not None))


def times(hints: Hints) -> list[time]:
    """The times of day that the prompt names, in its order."""
    found = []
    for match in CLOCK.finditer(hints.text):
        if match[6]:
            found.append(time(12 if match[6].lower() == "noon" else 0))
            continue
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        if match[3] and hour <= 12:
            hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
        if hour < 24 and minute < 60:
            found.append(time(hour, minute))
    return list(dict.fromkeys(found))


def _days(match: re.Match[str], now: date) -> int:
    """How many days after *now* that is."""
    if match[7]:
        return int(match[7])
    if match[5]:
        return (DAYS.index(match[5].lower()) - now.weekday() - 1) % 7 + 1
    return 2 if match[1] else 1 if match[2] else 0 if match[3] else -1 if match[4] else 7


def _named(month: str, day: str, year: str | None, now: date) -> date | None:
    number = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(month[:3].lower()))
    found = _day(int(year or now.year), number, int(day))
    if found is not None and year is None and found < now:  # a day without a year is one to come
        return _day(now.year + 1, number, int(day))
    return found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
