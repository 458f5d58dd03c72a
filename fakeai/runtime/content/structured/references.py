"""Where the references of a schema lead."""

from typing import Any


class References:
    """The parts of one schema document by what refers to them."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._named: dict[str, Any] | None = None

    def find(self, reference: str) -> Any:
        """What *reference* means: a JSON pointer, an anchor or an id; None when it leads nowhere."""
        if reference in ("#", ""):
            return self._root
        if reference.startswith("#/"):
            return pointed(self._root, reference)
        if self._named is None:
            self._named = _names(self._root)
        base, _, fragment = reference.partition("#")
        found = self._named.get(reference, self._named.get(base or reference))
        if found is None:
            found = self._named.get(base.rpartition("/")[2])
        return pointed(found, "#" + fragment) if fragment.startswith("/") else found


def pointed(root: Any, reference: str) -> Any:
    """What the JSON pointer *reference* (`#/$defs/x`) means within *root*, or None."""
    found: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(name, found.get(name.replace("%25", "%").replace("%22", '"').replace("%20", " ")))
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _names(root: Any) -> dict[str, Any]:
    """Every part of *root* that has an id or an anchor, by the ways in which a reference may write it."""
    named: dict[str, Any] = {}
    todo = [root]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            for word, before in (("$id", ""), ("id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                name = part.get(word)
                if isinstance(name, str):
                    named.setdefault(before + name, part)
                    named.setdefault(name.rpartition("/")[2], part)
            todo += part.values()
        elif isinstance(part, list):
            todo += part
    return named
