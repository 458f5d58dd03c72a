"""Captions: a text cut into sentences that share the time of a recording with it."""

from collections.abc import Sequence
from typing import NamedTuple

from ...chance import Chance
from .listening import Heard
from .utterance import Word

ENDS = (".", "!", "?", "。", "！", "？", "…")
LONGEST = 30.0  # seconds of a segment


class Segment(NamedTuple):
    """A sentence, and when it is said: seconds from the beginning. Segments joined are the text."""

    start: float
    end: float
    text: str


def segments(heard: Heard) -> list[Segment]:
    """The sentences of what is *heard*."""
    text, made = heard.text or "", list[Segment]()
    begun: Word | None = None
    first = at = 0
    for number, word in enumerate(heard.words, 1):
        begun = begun or word
        at = text.index(word.text, at) + len(word.text)
        is_last = number == len(heard.words)
        if is_last or word.text.rstrip("\"')]»”’").endswith(ENDS) or word.end - begun.start > LONGEST:
            end = len(text) if is_last else at
            made.append(Segment(round(begun.start, 2), round(word.end, 2), text[first:end]))
            first, begun = end, None
    return made


def speakers(segments: Sequence[Segment], heard: Heard, names: Sequence[str], chance: Chance) -> list[str]:
    """Who says each of *segments*: one of *names*, or of some who are called A, B and so on.

    Each voice of ours is somebody; in other sound two people speak.
    """
    known = list(names) or [chr(ord("A") + number) for number in range(26)]
    voices = list(dict.fromkeys(turn.voice for turn in heard.turns if turn.voice))
    made = []
    for segment in segments:
        there = [turn.voice for turn in heard.turns if turn.voice and turn.start <= segment.start + 0.01 <= turn.end]
        who = voices.index(there[0]) if there else chance.below(2)
        made.append(known[who % len(known)])
    return made


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


def _clock(seconds: float, point: str) -> str:
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"
