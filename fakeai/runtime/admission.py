"""What a call may cost: it was let in for what it seemed to cost, and is charged what it does."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .answer import Answer


class Admission(Protocol):
    """The place of one call within the limits of its caller."""

    is_batch: bool  # it is a line of a batch

    def spend(self, tokens: int) -> None:
        """So many more tokens are read and said for the call."""
        ...

    def give_back(self, tokens: int) -> None:
        """So many of them are never said: the client left."""
        ...

    def left(self) -> list[tuple[str, int, int, float]]:
        """What is left: of requests and of tokens, each as (name, limit, remaining, seconds until it is full)."""
        ...

    async def settle(self, answer: "Answer") -> None:
        """Charge what the *answer* cost, and say in its headers what is left."""
        ...


class Exempt:
    """The admission of a call that no limit holds for, such as a line of a batch."""

    def __init__(self, is_batch: bool = False) -> None:
        self.is_batch = is_batch

    def spend(self, tokens: int) -> None: ...

    def give_back(self, tokens: int) -> None: ...

    def left(self) -> list[tuple[str, int, int, float]]:
        return []

    async def settle(self, answer: "Answer") -> None: ...


EXEMPT, BATCHED = Exempt(), Exempt(is_batch=True)
