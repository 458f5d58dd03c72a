"""One instance in the making: what of the prompt was used, and what is left to be drawn."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ...chance import Chance
from .hints import Hints, Number


class Named(Protocol):
    """What a text is for: its *name*, the *words* of that, and the *sample* that a schema gives."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def sample(self) -> str | None: ...


Thing = TypeVar("Thing")

MOST_VALUES = 6000  # beyond the budget, after which there is nothing but null


class Draws:
    """Draws for one instance. *left* values may still be made before only what must be there is; *depth* is of objects.

    A *sparing* one leaves out what may be left out unless the prompt means it, as arguments of tools do. *hinted* says
    whether the prompt's words are used; without them an instance is found where they fit nowhere.
    """

    __slots__ = (
        "_used", "at", "chance", "depth", "hinted", "hints", "least", "left", "moment", "numbers", "owner", "scant",
        "sparing",
    )  # fmt: skip

    def __init__(
        self, hints: Hints, chance: Chance, budget: int, hinted: bool = True, scant: bool = False, sparing: bool = False
    ) -> None:
        self.hints, self.chance, self.left, self.hinted, self.scant = hints, chance, budget, hinted, scant
        self.depth = self.at = 0
        self.sparing, self.moment = sparing, ""
        self.least = -MOST_VALUES
        self.owner: tuple[str, ...] = ()  # words for the object whose properties are made
        self._used: dict[str, int] = {}
        self.numbers: list[Number] = list(hints.numbers) if hinted else []

    def take(self, kind: str, found: Sequence[Thing]) -> Thing | None:
        """The next of what was *found* of a *kind* in the prompt, or None."""
        at = self._used.get(kind, 0)
        if at >= len(found) or not self.hinted:
            return None
        self._used[kind] = at + 1
        return found[at]

    def is_left(self, kind: str, found: Sequence[Any]) -> bool:
        """Whether there is more of what was *found* of a *kind*."""
        return self.hinted and self._used.get(kind, 0) < len(found)

    def turn(self, kind: str) -> int:
        """How often this was asked for *kind* before."""
        at = self._used.get(kind, 0)
        self._used[kind] = at + 1
        return at

    def pick(self, options: Sequence[Thing]) -> Thing:
        """One of *options*, which are not none."""
        return options[self.chance.below(min(len(options), 65_536))]

    def one_in(self, count: int) -> bool:
        """True once in *count* times."""
        return self.chance.below(count) == 0

    def other(self, kind: str, options: Sequence[Any]) -> Any:
        """One of *options*, another one each time."""
        at = self.turn(f"{kind}*")
        if at == 0:
            self._used[f"{kind}+"] = self.chance.below(min(len(options), 65_536))
        return options[(self._used[f"{kind}+"] + at * 7) % len(options)] if len(options) % 7 else self.pick(options)
