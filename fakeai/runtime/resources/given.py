"""What is there from the beginning, before anybody made it: the rows that a resource declares as `given`."""

import copy
from typing import Any

from ..world import World
from .kinds import Given, Kind


def rows(world: World, kind: Kind, parents: tuple[str, ...]) -> list[dict[str, Any]]:
    """The things of *kind* that are there from the beginning below *parents*, in their order."""
    return [
        row
        for given in kind.given
        if given.parents is None or list(parents) == given.parents
        for row in _rows(world, given)
    ]


def _rows(world: World, given: Given) -> list[dict[str, Any]]:
    if given.each is None:
        return [copy.deepcopy(given.row)]
    return [
        {field: value.format_map(columns) if isinstance(value, str) else value for field, value in given.row.items()}
        for columns in world.catalog.get(given.each, [])
    ]
