"""Values of settings: how each kind is read from what was written."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..runtime.cluster.latency import BATCHED
from ..runtime.cluster.router import FORMULAS, MODES
from ..runtime.dialects import DIALECTS
from ..runtime.encodings import problem_of
from ..runtime.vocabularies import BY_CATALOG
from .table import Setting, SettingError

LEVELS = ("debug", "info", "warning", "error", "critical")


def parse(setting: Setting, value: Any, shown: str) -> Any:
    """The value of *setting* that is written as *value*; *shown* is how it was named.

    Raises:
        SettingError: it cannot be one.
    """
    if value is None:
        return None
    try:
        parsed = PARSERS[setting.kind](value)
    except ValueError as error:
        raise SettingError(f"{shown}: {error}") from None
    if setting.least is not None and isinstance(parsed, int | float) and parsed < setting.least:
        raise SettingError(f"{shown}: {value} is less than {setting.least:g}")
    if setting.most is not None and isinstance(parsed, int | float) and parsed > setting.most:
        raise SettingError(f"{shown}: {value} is more than {setting.most:g}")
    return parsed


def _flag(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(f"{value!r} is neither true nor false")
    return words[word]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\s*[-+]?\d+\s*", str(value)):
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{value!r} is not a number")
    return number


def _list(value: Any) -> tuple[str, ...]:
    """Values separated by commas, or a JSON list."""
    if isinstance(value, str) and value.strip().startswith("["):
        import json

        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a JSON list") from None
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"{value!r} is not a list")
    return tuple(part for item in items for part in (str(item).strip(),) if part)


def _delay(value: Any) -> tuple[float, float | None]:
    """`20` or `20:10`: milliseconds and, perhaps, variance in percent."""
    number, _, variance = str(value).partition(":")
    milliseconds = _number(number)
    percent = _number(variance.rstrip("%")) if variance else None
    if milliseconds < 0 or not 0 <= (percent or 0) <= 100:
        raise ValueError(f"{value!r} is not ms or ms:variance%, e.g. 20 or 20:10")
    return milliseconds, percent


def _level(value: Any) -> str:
    word = str(value).lower()
    if word not in LEVELS:
        raise ValueError(f"{value!r} is not one of {', '.join(LEVELS)}")
    return word


def _backend(value: Any) -> str:
    word = str(value).lower()
    if word not in ("memory", "disk"):
        raise ValueError(f"{value!r} is neither memory nor disk")
    return word


def _answers(value: Any) -> str:
    text = str(value)
    if text not in ("prose", "echo") and not (text.startswith("text:") and len(text) > len("text:")):
        raise ValueError(f"{value!r} is neither prose, echo, nor text:TEXT")
    return text


def _one_of(*words: str) -> Callable[[Any], str]:
    """A parser of one of *words*, in any case where that is clear."""

    def parse(value: Any) -> str:
        alike = [word for word in words if word.lower() == str(value).lower()]
        found = str(value) if str(value) in alike else next(iter(alike), None)
        if found is None:
            raise ValueError(f"{value!r} is not one of {', '.join(words)}")
        return found

    return parse


PARSERS: dict[str, Callable[[Any], Any]] = {
    "text": str, "flag": _flag, "int": _whole, "float": _number, "list": _list, "delay": _delay, "level": _level,
    "backend": _backend, "answers": _answers, "router": _one_of(*MODES), "formula": _one_of(*FORMULAS),
    "latency": _one_of("constant", "per-token", *BATCHED), "dialect": _one_of(*DIALECTS),
    "intensity": _one_of("low", "medium", "high"), "sound": _one_of("mp3", "opus", "aac", "flac", "wav", "pcm"),
    "events": _one_of("map", "array"),
    "dcgm_names": _one_of("legacy", "4.5"), "host_label": _one_of("Hostname", "hostname"),
    "log_format": _one_of("text", "json"),
}  # fmt: skip


def keys(items: Iterable[str]) -> Iterable[str]:
    """API keys; an item that is a file has one on each line, # starting a comment.

    Raises:
        SettingError: a file has no key in it, or cannot be read.
    """
    for item in items:
        if not _is_file(item):
            yield item
            continue
        try:
            lines = [line.partition("#")[0].strip() for line in Path(item).read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeError) as error:
            raise SettingError(f"--api-keys: {item} cannot be read: {error}") from None
        if not any(lines):
            raise SettingError(f"--api-keys: {item} has no key in it")
        yield from (line for line in lines if line)


def adapters(items: Iterable[str]) -> Iterable[tuple[str, str]]:
    """(name, base model) of each item, NAME=BASE.

    Raises:
        SettingError: one has another form.
    """
    for item in items:
        name, _, base = item.partition("=")
        if not (name and base):
            raise SettingError(f"--lora: {item!r} must be NAME=BASE")
        yield name, base


def tokenizers(items: Iterable[str]) -> Iterable[tuple[str, str]]:
    """(model, encoding) of each item, MODEL=ENCODING; without a model it is for all others, whose name is empty.

    Raises:
        SettingError: there is no such encoding.
    """
    for item in items:
        model, mark, name = item.rpartition("=")
        if not mark or Path(item).is_file():
            model, name = "", item
        problem = None if name == BY_CATALOG and not model else problem_of(name)
        if problem:
            raise SettingError(f"--tokenizer: {problem}")
        yield model, name


def _is_file(name: str) -> bool:
    """Whether *name* is a file; one that looks like a path and is not there is a mistake.

    Raises:
        SettingError: there is no such file.
    """
    try:
        found = Path(name).is_file()
    except (OSError, ValueError):  # too long for a path, say
        found = False
    if not found and ("/" in name or name.endswith(".txt")):
        raise SettingError(f"--api-keys: there is no file {name}")
    return found
