"""What of a conversation a response answers: the newest items that there is room for."""

from collections.abc import Iterable
from typing import Any

from ...errors import ApiError
from ...tokens import Tokens
from .conversation import Item
from .spending import Cost, cost_of

ROOM = 28_672  # tokens: a window of 32,768 without the longest answer

Context = list[tuple[Item, Cost]]


def context(items: Iterable[Item], instructions: int, truncation: Any, tokens: Tokens) -> Context:
    """The items that are answered, with their costs; *instructions* are tokens.

    Raises:
        ApiError: 400, there is no room for all, and truncation is disabled.
    """
    found = [(item, cost_of(item, tokens)) for item in items]
    size = sum(cost.total for _, cost in found)
    room, retained = ROOM - instructions, 1.0
    if isinstance(truncation, dict):
        retained = truncation["retention_ratio"]
        room = min(room, (truncation.get("token_limits") or {}).get("post_instructions", room))
    if size <= room:
        return found
    if truncation == "disabled":
        raise ApiError(
            400,
            f"The conversation has {size} tokens, and there is room for {room}. Delete items, or let the session "
            "truncate.",
            code="context_length_exceeded",
        )
    first = 0
    while first < len(found) - 1 and size > room * retained:
        size -= found[first][1].total
        first += 1
    return found[first:]
