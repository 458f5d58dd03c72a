"""The ledger on disk: a folder with files of rows, JSON by lines, each process writing files of its own.

A file is of the hour in which it was begun, `2026-01-01T00.0.jsonl`. A row says its moment, its use and its amounts, as
far as they are not empty; one that stands in a file stays there when its process is killed. When no other process uses
the folder, rows of hours that are over are added up in one file, `2026-01-01T00.jsonl`, that says first up to which
number it holds the others.
"""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import add
from pathlib import Path
from typing import Any

import orjson

from .rows import Amounts, Use

log = logging.getLogger("fakeai")

MINUTE = 60
HOUR_NAME = "%Y-%m-%dT%H"
NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)(?:\.(\d+))?\.jsonl")
LOCK = "lock"
USUAL = Use("", "", "")
FIELDS = Amounts._fields

Row = tuple[int, Use, list[int]]  # minute since 1970, use, amounts


class Book:
    """The files below *folder*. `read` may be called in a thread while others are called."""

    def __init__(self, folder: str, now: Callable[[], float]) -> None:
        self._folder, self._now = Path(folder), now
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        _share(self._lock)
        self._file: int | None = None
        self._hour, self._own = "", set[str]()
        self._waiting: list[bytes] = []
        self._rest = b""  # of what could not be written whole
        self._complained = False
        self._known: dict[str, int] = {}  # how far each file was read
        self._holds: dict[str, int] = {}  # by hour
        self._is_first = True

    def add(self, at: int, use: Use, amounts: Iterable[int]) -> None:
        """Let a row be written the next time."""
        self._waiting.append(_line(at, use, amounts))

    def write(self) -> bool:
        """Write the rows that wait, at once; whether that was possible."""
        if not self._waiting and not self._rest:
            return True
        data, self._waiting = self._rest + b"".join(self._waiting), []
        try:
            self._rest = data[os.write(self._open(bool(self._rest)), data) :]
        except OSError as error:
            self._rest = data
            if not self._complained:
                log.error("%s: what is used cannot be written down: %s", self._folder, error.strerror)
            self._complained = True
            return False
        return not self._rest

    def read(self) -> list[Row]:
        """The rows that others have written since the last time, and at the first those of all before."""
        found: list[Row] = []
        matches = self._matches()
        held = self._held(matches)
        read = {name.partition(".")[0] for name in self._known if name.count(".") > 1}
        for match in matches:
            name, hour, number = match[0], match[1], match[2]
            if number and (name in self._own or int(number) < held.get(hour, 0)):
                continue
            if not number and name not in self._known and hour in read:  # another has added up what was read here
                self._known[name] = (self._folder / name).stat().st_size
            found += self._read(name)
        if self._is_first:
            self._is_first = False
            if _claim(self._lock):
                self._compact(held)
            _share(self._lock)
        return found

    def close(self) -> None:
        """Let go of the files."""
        if self._file is not None:
            os.close(self._file)
        os.close(self._lock)

    def _open(self, goes_on: bool) -> int:
        """The file of this hour; the one before while a row in it *goes on*."""
        hour = self._this_hour()
        if self._file is not None and (hour == self._hour or goes_on):
            return self._file
        if self._file is not None:
            os.close(self._file)
            self._file = None
        matches = [match for match in self._matches() if match[1] == hour]
        number = max([self._held(matches).get(hour, 0), *(int(match[2]) + 1 for match in matches if match[2])])
        while self._file is None:
            name = f"{hour}.{number}.jsonl"
            try:
                self._file = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            except FileExistsError:
                number += 1
        self._hour = hour
        self._own.add(name)
        return self._file

    def _this_hour(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).strftime(HOUR_NAME)

    def _matches(self) -> list[re.Match[str]]:
        """The files of rows, by name: the hour, and the number of one that is not a sum."""
        found = [NAME.fullmatch(name) for name in sorted(os.listdir(self._folder))]
        return [match for match in found if match]

    def _held(self, matches: Iterable[re.Match[str]]) -> dict[str, int]:
        """Up to which number the files of each hour are added up."""
        for match in matches:
            if not match[2] and match[1] not in self._holds:
                with (self._folder / match[0]).open("rb") as file:
                    self._holds[match[1]] = int(orjson.loads(file.readline())["holds"])
        return self._holds

    def _read(self, name: str) -> list[Row]:
        """The rows of a file that are whole and were not read before."""
        start = self._known.get(name, 0)
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:  # another has added it up in this moment
            return []
        end = data.rfind(b"\n") + 1
        self._known[name] = start + end
        return [row for line in data[:end].splitlines() if (row := _row(line))]

    def _compact(self, held: dict[str, int]) -> None:
        """Add up the rows of hours that are over."""
        hours: dict[str, list[str]] = {}
        latest = self._this_hour()
        for match in self._matches():
            if match[2] and match[1] < latest and match[1] != self._hour:
                hours.setdefault(match[1], []).append(match[0])
        for hour, names in hours.items():
            numbers = {name: int(name.split(".")[1]) for name in names}
            whole = f"{hour}.jsonl"
            upto = held.get(hour, 0)
            sums: dict[tuple[int, Use], list[int]] = {}
            for name in [whole] * (hour in held) + [name for name in names if numbers[name] >= upto]:
                self._known.pop(name, None)
                for minute, use, amounts in self._read(name):
                    before = sums.get((minute, use))
                    sums[minute, use] = amounts if before is None else list(map(add, before, amounts))
            lines = [_line(minute * MINUTE, use, amounts) for (minute, use), amounts in sums.items()]
            data = b'{"holds":%d}\n' % (max(numbers.values()) + 1) + b"".join(lines)
            draft = self._folder / f"{hour}.draft"
            draft.write_bytes(data)
            draft.replace(self._folder / whole)
            self._known[whole], self._holds[hour] = len(data), max(numbers.values()) + 1
            for name in names:
                self._known.pop(name, None)
                (self._folder / name).unlink()


def _line(at: int, use: Use, amounts: Iterable[int]) -> bytes:
    said: dict[str, Any] = {"at": at}
    for name, value, usual in zip(Use._fields, use, USUAL, strict=True):
        if value != usual:
            said[name] = value
    for name, amount in zip(FIELDS, amounts, strict=True):
        if amount:
            said[name] = amount
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _row(line: bytes) -> Row | None:
    """The row of a *line*; None when it is none, such as one that was torn off, or the head of a file."""
    try:
        said = orjson.loads(line)
        use = Use(*[said.get(name, usual) for name, usual in zip(Use._fields, USUAL, strict=True)])
        return int(said["at"]) // MINUTE, use, [max(int(said.get(name, 0)), 0) for name in FIELDS]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _share(lock: int) -> None:
    """Use the folder beside others."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_SH)


def _claim(lock: int) -> bool:
    """Use the folder alone, when nobody else uses it."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
