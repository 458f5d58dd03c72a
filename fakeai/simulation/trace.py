"""Traces: files with a line of JSON for each request, as Mooncake published them and AIPerf replays them.

`timestamp` (milliseconds) says when a request arrives, `input_length` and `output_length` how many tokens it has.
`hash_ids` names the blocks of its prompt, 512 tokens each: the same id is the same text. Requests of one `session_id`
wait for the one before them, and then for `delay` milliseconds. `input_length` is the whole prompt, history included.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

LONGEST = 100_000_000  # tokens of a prompt or an answer


class BadTrace(Exception):
    """A trace that cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request. Times in seconds: *at*, after the trace's start, or *delay*, after the turn before it ended."""

    number: int  # of its line, from 1
    at: float | None
    delay: float
    prompt: int
    answer: int
    blocks: Sequence[int]  # empty when nobody knows what the prompt says


def read(path: Path) -> list[list[Turn]]:
    """The sessions of the trace at *path*, in the order of their first lines; most have one turn.

    Raises:
        BadTrace: it cannot be read, has nothing in it, or a line is no request.
    """
    sessions: dict[object, list[Turn]] = {}
    try:
        with path.open("rb") as lines:
            for turn, session in _turns(lines, path.name):
                sessions.setdefault(session, []).append(turn)
    except OSError as error:
        raise BadTrace(f"{path}: cannot be read: {error.strerror}") from None
    if not sessions:
        raise BadTrace(f"{path}: there is no request in it")
    return list(sessions.values())


def _turns(lines: Iterator[bytes], name: str) -> Iterator[tuple[Turn, object]]:
    """Each turn and what names its session: a line that names none is one by itself."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            said = orjson.loads(line)
        except ValueError:
            raise BadTrace(f"{where}: this is not a line of JSON") from None
        if not isinstance(said, dict):
            raise BadTrace(f"{where}: this is not an object with timestamp, input_length and output_length")
        timestamp, session = said.get("timestamp"), said.get("session_id")
        delay = 0.0 if said.get("delay") is None else _milliseconds(said["delay"], f"{where}: delay")
        at = None if timestamp is None else _milliseconds(timestamp, f"{where}: timestamp")
        if at is None and session is None and said.get("delay") is None:
            raise BadTrace(f"{where}: timestamp is missing, and there is no session_id or delay in its place")
        blocks = said.get("hash_ids") or ()
        if not isinstance(blocks, list | tuple) or not all(type(each) is int for each in blocks):
            raise BadTrace(f"{where}: hash_ids is not a list of whole numbers")
        prompt, answer = (_tokens(said, key, where) for key in ("input_length", "output_length"))
        yield Turn(number, at, delay, prompt, answer, blocks), number if session is None else str(session)


def _milliseconds(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        raise BadTrace(f"{where} is {value!r}, not milliseconds")
    return value / 1000


def _tokens(said: dict[str, Any], key: str, where: str) -> int:
    value = said.get(key)
    if value is None:
        raise BadTrace(f"{where}: {key} is missing")
    if type(value) is not int or not 1 <= value <= LONGEST:
        raise BadTrace(f"{where}: {key} is {value!r}, not a number of tokens")
    return value
