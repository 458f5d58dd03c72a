"""Media types: which can stand in a header, and which mean JSON."""

import re
from collections.abc import Iterable

TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
FORM = "multipart/form-data"
LEGAL = re.compile(rf"{TOKEN}/{TOKEN}( *; *{TOKEN}=({TOKEN}|\"[ !#-\[\]-~]*\"))*")


def is_legal(kind: str) -> bool:
    """Whether *kind* can be the value of a content-type header."""
    return LEGAL.fullmatch(kind) is not None


def is_json(kind: str) -> bool:
    """Whether a body of this media type is JSON, whatever its parameters are."""
    essence = kind.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def json_of(kinds: Iterable[str]) -> str | None:
    """The first of *kinds* that means JSON; `application/json` itself comes before others."""
    meant = [kind for kind in kinds if is_json(kind)]
    return "application/json" if "application/json" in meant else next(iter(meant), None)
