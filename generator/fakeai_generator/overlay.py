"""Apply OpenAPI Overlay 1.0 documents: what we say about a spec stands beside it, never in it."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from jsonpath_rfc9535 import JSONPathError, compile

from .source import Document, Map, Mark, Sequence

# A search of the whole document for mappings that have a key, whatever else they must be.
NEEDS = re.compile(r"\$\.\.\[\?@\.(\w+)(?:\.\w+)*(?: == [^&|]+)?(?: && [^|]+)?\].*")


def apply(document: Document, overlay: Document, *, strict: bool) -> None:
    """Apply *overlay* to *document* in place; merged values keep the place they have in the overlay.

    With *strict*, an action that finds nothing to act on is a mistake. Corrections are not strict: they stand for
    a whole folder of specs, and each file has only some of what they mend.
    """
    if overlay.data is None or document.data is None:
        return
    actions = overlay.data.get("actions") if isinstance(overlay.data, dict) else None
    if not isinstance(actions, list):
        overlay.wrong((), "an overlay needs a list of actions")
        return
    keys = set(_keys(document.data))
    for i, action in enumerate(actions):
        at = ("actions", i)
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            overlay.wrong(at, "an action needs a target")
            continue
        if ("update" in action) == (action.get("remove") is True):
            overlay.wrong(at, "an action either updates or removes")
            continue
        try:
            query, needs = compile(action["target"]), NEEDS.fullmatch(action["target"])
            found = [] if needs and needs[1] not in keys else query.find(document.data)
        except JSONPathError as error:
            overlay.wrong((*at, "target"), f"the target is not a JSONPath: {error}")
            continue
        if strict and not found:
            overlay.wrong((*at, "target"), f"nothing to overlay: {document.path} has no {action['target']}")
        for match in reversed(found):
            if action.get("remove") and not match.location:
                overlay.wrong((*at, "target"), "the whole document cannot be removed")
            elif action.get("remove"):
                *above, last = match.location
                _remove(document.data, above, last)
            elif not _merge(match.value, action["update"], overlay.mark((*at, "update"))):
                overlay.wrong((*at, "target"), "only a mapping or a sequence can be updated")
        if found and "update" in action:
            keys.update(_keys(action["update"]))


def _keys(data: Any) -> Iterator[str]:
    """The keys of all mappings in *data*."""
    if isinstance(data, dict):
        yield from data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _keys(each)


def _remove(data: Any, above: list[Any], last: Any) -> None:
    for step in above:
        data = data[step]
    del data[last]
    if isinstance(data, Map | Sequence):
        del data.marks[last]


def _merge(target: Any, new: Any, mark: Mark) -> bool:
    """Merge *new* into *target*: mappings recursively, sequences by appending, anything else by replacing."""
    if isinstance(target, Sequence):
        target.adopt(copy.deepcopy(new), mark)
        return True
    if not isinstance(target, Map) or not isinstance(new, Map):
        return False
    for key, value in new.items():
        old = target.get(key)
        if isinstance(old, Map) and isinstance(value, Map):
            _merge(old, value, new.marks[key])
        elif isinstance(old, Sequence) and isinstance(value, Sequence):
            for item, place in zip(value, value.marks, strict=True):
                old.adopt(copy.deepcopy(item), place)
        else:
            target.adopt(key, copy.deepcopy(value), new.marks[key])
    return True
