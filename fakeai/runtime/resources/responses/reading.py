"""What a model reads of a request: its items with their files opened, as many of the latest as its window has room for.

A file that is named by its id is read from the store; what is large is opened and counted in a thread.
"""

from typing import Any, NamedTuple

import orjson

from ...call import Call
from ...catalog import Model
from ...content.messages import PER_ANSWER, PER_MESSAGE
from ...content.perception.attachments import opened
from ...tokens import Tokens
from . import items, loading
from .items import Item, type_of

Json = dict[str, Any]

ROOM = 4_096  # tokens that are left for an answer whose request says no other number, when what is old is dropped
AT_MOST = 4  # the part of a window, one of so many, that is left for an answer


class Reading(NamedTuple):
    """The *items* that a model reads, the oldest first, in *tokens* with instructions and tools.

    *digested* are all items, those that are dropped, too: what is said is drawn from them.
    """

    items: list[Item]
    digested: list[Item]
    tokens: int


async def read(call: Call, tokens: Tokens, model: Model, body: Json, past: list[Item], given: list[Item]) -> Reading:
    """What *model* reads for the request *body*, whose input is *given* after what is *past*.

    Raises:
        ApiError: 404, a file is not there; 400, a part's bytes are not what they should be.
    """
    name = body.get("model") or ""
    old, old_digested = await opened(call, tokens, name, past, None)
    new, new_digested = await opened(call, tokens, name, given, lambda number: f"input[{number}]")
    whole, digested = [*old, *new], [*old_digested, *new_digested]
    sizes = [items.count(tokens, item, name) for item in old_digested]
    sizes += [items.count(tokens, item, name, f"input[{at}]") for at, item in enumerate(new_digested)]
    total = PER_ANSWER + sum(sizes)
    if body.get("instructions"):
        total += PER_MESSAGE + 1 + tokens.count(body["instructions"])
    if body.get("tools"):
        total += tokens.count(orjson.dumps(loading.read(body["tools"])).decode())
    if body.get("truncation") == "auto" and model.context_window is not None and total > model.context_window:
        first = _first(whole, sizes, total - model.context_window + _room(model.context_window, body))
        total -= sum(sizes[:first])
        orphans = _orphans(whole, first)
        total -= sum(sizes[at] for at in orphans)
        whole = [item for at, item in enumerate(whole) if at >= first and at not in orphans]
    return Reading(whole, digested, total)


def _room(window: int, body: Json) -> int:
    """How much of a *window* is left for the answer to *body*."""
    return min(body.get("max_output_tokens") or ROOM, window // AT_MOST)


def _first(whole: list[Item], sizes: list[int], excess: int) -> int:
    """The number of the first of *whole* that is read, so that *excess* tokens are left out; at most the last one's."""
    first = 0
    while excess > 0 and first < len(whole) - 1:
        excess -= sizes[first]
        first += 1
    return first


def _orphans(whole: list[Item], first: int) -> set[int]:
    """The results, of those that are read, whose calls are not."""
    dropped = {item.get("call_id") for item in whole[:first] if not type_of(item).endswith("_output")}
    ends = range(first, len(whole) - 1)  # the last is never dropped
    return {
        at for at in ends if type_of(whole[at]).endswith("_output") and whole[at].get("call_id") in dropped - {None}
    }
