"""Names: which ones can become Python, and which one was meant."""

import difflib
import keyword
import re
from collections.abc import Collection, Iterable
from typing import Any

OPERATION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,119}")
MODULE = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_MODULE = 100  # characters, when a name is made
RESERVED = {"api", "table", "catalog"}  # files of specs/ and generated/ that are no modules of routes

# Names that a generated module uses itself.
BUSY = {"call", "body", "routes", "schemas", "examples", "answer"}


def is_module(name: str) -> bool:
    """Whether a generated module or package can be called *name*."""
    return bool(MODULE.fullmatch(name)) and not keyword.iskeyword(name) and name not in RESERVED


def snake(id: str) -> str:
    """A Python name for an operationId: createChatCompletion -> create_chat_completion."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", id)
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    return f"{name}_" if keyword.iskeyword(name) or name in BUSY else name


def legal_module(words: str, prefix: str) -> str:
    """A module name made of *words*: `3D Models` -> `tag_3d_models` with the *prefix* `tag`."""
    name = "_".join(re.findall(r"[a-z0-9]+", words.lower()))[:LONGEST_MODULE] or "root"
    name = name if name[0].isalpha() else f"{prefix}_{name}"
    return name if is_module(name) else f"{name}_"


def legal_operation_id(id: str, taken: Collection[str]) -> str:
    """*id* as a legal operationId, with a number when its Python name is among *taken*."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", id).strip("_")
    plain = (plain if plain[:1].isalpha() else f"operation_{plain}".rstrip("_"))[:110]
    made, number = plain, 1
    while snake(made) in taken:
        number += 1
        made = f"{plain}_{number}"
    return made


def nearest(name: str, good: Iterable[Any]) -> str:
    """', did you mean ...?' when one of *good* is near to *name*."""
    words = [str(word) for word in good]
    close = difflib.get_close_matches(name, words, n=1)
    if not close:  # the same words in another order or case
        key = sorted(re.findall(r"[a-z0-9]+", name.lower()))
        close = [word for word in words if sorted(re.findall(r"[a-z0-9]+", word.lower())) == key][:1]
    return f", did you mean {close[0]!r}?" if close else ""
