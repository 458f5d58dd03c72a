"""The front matter of a SKILL.md: what a skill is called, and when it is of use."""

import re
from dataclasses import dataclass

import orjson

from ...errors import ApiError

FENCE = "---"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME, LONGEST_DESCRIPTION = 64, 1_024  # characters
LINE = re.compile(r"(name|description)\s*:(?:\s+(.*))?")
BLOCK = re.compile(r"[|>][+-]?\d?")  # what stands where a text follows on lines of its own


@dataclass(frozen=True)
class Manifest:
    name: str
    description: str


def read_manifest(data: bytes) -> Manifest:
    """What the SKILL.md *data* says in its front matter.

    Raises:
        ApiError: 400, it has none, or one without a name or a description as skills have.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _refused("it is not UTF-8") from None
    said = _said(lines)
    name, description = said.get("name", ""), said.get("description", "")
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise _refused(
            f"its name must have 1 to {LONGEST_NAME} small letters, digits and single hyphens between them ({name!r})"
        )
    if not 0 < len(description) <= LONGEST_DESCRIPTION:
        raise _refused(
            f"its description must have 1 to {LONGEST_DESCRIPTION} characters, and it has {len(description)}"
        )
    return Manifest(name, description)


def _said(lines: list[str]) -> dict[str, str]:
    """The values of name and description between the two fences; lines that are indented go on with the one before."""
    if not lines or lines[0].rstrip() != FENCE:
        raise _refused("it does not begin with ---")
    said: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines[1:]:
        if line.rstrip() == FENCE:
            return {name: _text(" ".join(part for part in parts if part)) for name, parts in said.items()}
        if line[:1].isspace() or not line:
            current.append(line.strip())
        elif match := LINE.fullmatch(line):
            value = (match[2] or "").strip()
            current = said[match[1]] = [] if BLOCK.fullmatch(value) else [value]
        else:
            current = []
    raise _refused("its front matter does not end with ---")


def _text(value: str) -> str:
    """*value* without its quotes, or without the comment after it."""
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        try:
            return str(orjson.loads(value))
        except orjson.JSONDecodeError:
            return value[1:-1]
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()


def _refused(why: str) -> ApiError:
    return ApiError(400, f"Invalid SKILL.md: {why}.", code="invalid_skill", param="files")
