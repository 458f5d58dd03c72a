"""Read YAML as JSON data that remembers the file and line each value came from."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

Pointer = tuple[str | int, ...]
Mark = tuple[str, int]

MAX_VALUES = 5_000_000  # a file that aliases itself into more values than this is refused
MAX_DEPTH = 100  # of values in values
MAX_DIGITS = 1000  # of a number
INT = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class SpecError(Exception):
    """Mistakes in specs or behaviors; each stands on its own line as `file:line: sentence`."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = sorted(set(mistakes), key=_by_place)
        super().__init__("\n".join(self.mistakes))


def _by_place(mistake: str) -> tuple[str, int, str]:
    file, _, rest = mistake.partition(":")
    line, _, sentence = rest.partition(":")
    return file, int(line) if line.isdigit() else 0, sentence


class Map(dict[str, Any]):
    """A mapping of a YAML file; `marks` has the place of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, Mark] = {}

    def adopt(self, key: str, value: Any, mark: Mark) -> None:
        self[key] = value
        self.marks[key] = mark


class Sequence(list[Any]):
    """A sequence of a YAML file; `marks` has the place of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[Mark] = []

    def adopt(self, value: Any, mark: Mark) -> None:
        self.append(value)
        self.marks.append(mark)


class Document:
    """One YAML file, or one with overlays applied, and the mistakes found in it. Unreadable, its *data* is None."""

    def __init__(self, path: str, data: Any, mistakes: list[str]) -> None:
        self.path, self.data, self.mistakes = path, data, mistakes

    def mark(self, pointer: Pointer) -> Mark:
        """The place of the value at *pointer*, or of its nearest ancestor that has one."""
        mark, value = (self.path, 1), self.data
        for step in pointer:
            if isinstance(value, Map) and step in value:
                mark = value.marks.get(str(step), mark)
            elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
                mark = value.marks[step]
            else:
                break
            value = value[step]
        return mark

    def wrong(self, pointer: Pointer, sentence: str) -> None:
        """Note a mistake at *pointer*, which is said where values have no lines."""
        file, line = self.mark(pointer)
        if not isinstance(self.data, Map | Sequence) and pointer:
            steps = (str(step).replace("~", "~0").replace("/", "~1") for step in pointer)
            sentence = f"#/{'/'.join(steps)}: {sentence}"
        self.mistakes.append(f"{file}:{line}: {one_line(sentence)}")


def one_line(text: str) -> str:
    """*text* with every run of white space and control characters as one space."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def read(root: Path, path: Path, mistakes: list[str]) -> Document:
    """Parse *path*, which lies below *root*, with the scalars of YAML 1.2: `on`, `no` and 2024-01-01 stay strings.

    An empty file is an empty mapping. What cannot be read is noted in *mistakes*; the document's data is then None.
    """
    name = path.as_posix()
    try:
        node = yaml.compose((root / path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        data = _Builder(name).build(node) if node else None
        return Document(name, Map() if data is None else data, mistakes)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mistakes.append(f"{name}:{line}: {one_line(error.problem or str(error))}")
    except _Refused as error:
        mistakes.append(f"{name}:{error.args[1]}: {error.args[0]}")
    except RecursionError:
        mistakes.append(f"{name}:1: the file is nested too deeply")
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        mistakes.append(f"{name}:1: cannot be read: {one_line(str(error))}")
    return Document(name, None, mistakes)


def read_json(root: Path, path: Path, mistakes: list[str]) -> Document:
    """Parse the JSON file *path* below *root*; its values have no lines, so mistakes say where in it they are."""
    name = path.as_posix()
    try:
        data = json.loads((root / path).read_text(encoding="utf-8-sig"), parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode()
        return Document(name, {} if data is None else data, mistakes)
    except json.JSONDecodeError as error:
        mistakes.append(f"{name}:{error.lineno}: {error.msg}")
    except RecursionError:
        mistakes.append(f"{name}:1: the file is nested too deeply")
    except UnicodeEncodeError:
        mistakes.append(f"{name}:1: a string has half of a surrogate pair")
    except (OSError, ValueError) as error:
        mistakes.append(f"{name}:1: cannot be read: {one_line(str(error))}")
    return Document(name, None, mistakes)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


class _Refused(Exception):
    """(sentence, line): a YAML feature that specs do not need."""


class _Builder:
    def __init__(self, file: str) -> None:
        self.file, self.values, self.open = file, 0, set[int]()

    def build(self, node: yaml.Node) -> Any:
        self.values += 1
        line = node.start_mark.line + 1
        if self.values > MAX_VALUES:
            raise _Refused("aliases expand to too many values", line)
        if len(self.open) > MAX_DEPTH:
            raise _Refused("the file is nested too deeply", line)
        if not node.tag.startswith("tag:yaml.org,2002:"):
            raise _Refused(f"the tag {node.tag!r} is not supported", line)
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else _scalar(node.value, line)
        if id(node) in self.open:
            raise _Refused("an alias contains itself", line)
        self.open.add(id(node))
        built = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        self.open.discard(id(node))
        return built

    def _mapping(self, node: yaml.MappingNode) -> Map:
        built = Map()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("a key must be a plain word", line)
            if key.value in built:
                raise _Refused(f"the key {key.value!r} is given twice", line)
            built.adopt(key.value, self.build(value), (self.file, line))
        return built

    def _sequence(self, node: yaml.Node) -> Sequence:
        built = Sequence()
        for item in node.value:
            built.adopt(self.build(item), (self.file, item.start_mark.line + 1))
        return built


def _scalar(text: str, line: int) -> Any:
    if text in WORDS:
        return WORDS[text]
    if len(text) > MAX_DIGITS and (INT.fullmatch(text) or FLOAT.fullmatch(text)):
        raise _Refused("the number has too many digits", line)
    if INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if FLOAT.fullmatch(text):
        if math.isinf(float(text)):
            raise _Refused(f"the number {text} is too large", line)
        return float(text)
    return text


def walk(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Every value at and below *value*, with its pointer."""
    yield pointer, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*pointer, index))
