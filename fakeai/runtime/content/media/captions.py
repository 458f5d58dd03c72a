"""Captions: a text cut into sentences and words that share the time of a recording."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...chance import Chance

ENDS = (".", "!", "?")


class Segment(NamedTuple):
    """A sentence, and when it is said: seconds from the beginning."""

    start: float
    end: float
    text: str


def segments(tokens: Sequence[str], seconds: float) -> list[Segment]:
    """The sentences of *tokens*, of which each takes the same time."""
    made, begun, start = [], [], 0
    for number, token in enumerate(tokens, 1):
        begun.append(token)
        if token.rstrip().endswith(ENDS) or number == len(tokens):
            made.append(Segment(_at(start, tokens, seconds), _at(number, tokens, seconds), "".join(begun)))
            begun, start = [], number
    return made


def words(text: str, seconds: float) -> list[dict[str, Any]]:
    """The words of *text*, of which each takes a time by its length."""
    found, made, at = text.split(), [], 0
    total = sum(map(len, found))
    for word in found:
        after = at + len(word)
        made.append({
            "word": word.strip(".,!?"),
            "start": round(seconds * at / total, 2),
            "end": round(seconds * after / total, 2),
        })  # fmt: skip
        at = after
    return made


def speakers(segments: Sequence[Segment], names: Sequence[str], chance: Chance) -> list[str]:
    """Who says each of *segments*: one of *names*, or of two who are called A and B."""
    known = list(names) or ["A", "B"]
    return [known[chance.below(len(known))] for _ in segments]


def srt(segments: Sequence[Segment]) -> str:
    """SubRip."""
    parts = [
        f"{number}\n{_clock(segment.start, ',')} --> {_clock(segment.end, ',')}\n{segment.text.strip()}\n"
        for number, segment in enumerate(segments, 1)
    ]
    return "\n".join(parts) + "\n"


def vtt(segments: Sequence[Segment]) -> str:
    """WebVTT."""
    parts = [
        f"{_clock(segment.start, '.')} --> {_clock(segment.end, '.')}\n{segment.text.strip()}\n" for segment in segments
    ]
    return "\n".join(["WEBVTT\n", *parts]) + "\n"


def _at(number: int, tokens: Sequence[str], seconds: float) -> float:
    return round(seconds * number / len(tokens), 2)


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"
