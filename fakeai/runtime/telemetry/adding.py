"""Adding up what several have counted."""

from collections import Counter, deque
from typing import Any, TypeVar

from .portions import Portions

EARLIEST = frozenset(("first", "since"))  # moments, of which the first counts; -1 is none
GREATEST = frozenset(("last", "most_in_a_second", "requests_limit", "tokens_limit"))

T = TypeVar("T")


def add(total: Any, more: Any) -> None:
    """Add to *total* what *more*, of the same kind, has counted: its numbers, counts, distributions and windows."""
    for name in getattr(total, "__slots__", None) or vars(total):
        mine, theirs = getattr(total, name), getattr(more, name)
        if isinstance(mine, Counter):
            mine.update(theirs)
        elif hasattr(mine, "merge"):
            mine.merge(theirs)
        elif isinstance(mine, deque):
            mine.extend(theirs)
        elif name in EARLIEST:
            setattr(total, name, min([each for each in (mine, theirs) if each >= 0], default=-1.0))
        elif name in GREATEST:
            setattr(total, name, max(mine, theirs))
        elif isinstance(mine, int | float):
            setattr(total, name, mine + theirs)
        else:
            setattr(total, name, theirs)


async def add_all(total: dict[str, T], more: dict[str, T], portions: Portions) -> None:
    """The same for each entry of *more*; what *total* lacks is taken as it is."""
    for name, theirs in more.items():
        mine = total.get(name)
        if mine is None:
            total[name] = theirs
        else:
            add(mine, theirs)
            await portions.pause()
