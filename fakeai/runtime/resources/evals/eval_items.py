"""The items that an eval run grades: lines of a request or a file, or what the store kept of earlier answers.

An item is {item, sample}; *sample* is there when the answer is, too.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

from ...call import Call
from ...errors import ApiError
from .. import pages, things
from ..files import files
from ..responses import history, lives
from .eval_messages import text_of

CHAT, MESSAGE = "chat_completion", "chat_completion.message"
MOST = 10_000  # items of a run
READ = 100  # kept answers that are read at once

Item = dict[str, Any]


class NoItems(Exception):
    """There is nothing to grade; *code* is the API's word and the message says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def gather(call: Call, source: dict[str, Any]) -> list[Item]:
    """The items of *source*, in their order.

    Raises:
        ApiError: 404, the file is not there; 400, there are too many.
        NoItems: there are none, or a line is no item.
    """
    kind = source["type"]
    if kind == "file_content":
        found = [_bare(line) for line in source["content"]]
    elif kind == "file_id":
        found = await _lines(call, source["id"])
    elif kind == "stored_completions":
        found = [item async for item in _chats(call, source)]
    else:
        found = [item async for item in _responses(call, source)]
    if not found:
        raise NoItems("no_items", f"The data source '{kind}' has no items.")
    if len(found) > MOST:
        raise ApiError(400, f"A run grades at most {MOST} items; this source has {len(found)}.", param="data_source")
    return found


def _bare(line: dict[str, Any]) -> Item:
    return {name: line[name] for name in ("item", "sample") if name in line}


async def _lines(call: Call, id: str) -> list[Item]:
    file = await files.find(call, id, "data_source.source.id")
    found: list[Item] = []
    number = 0
    async for line in files.lines(call, file):
        number += 1
        if not line.strip():
            continue
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise NoItems("invalid_file", f"Line {number} of '{id}' is not valid JSON: {error}.") from None
        if not isinstance(said, dict) or not isinstance(said.get("item"), dict):
            raise NoItems("invalid_file", f"Line {number} of '{id}' has no object 'item'.")
        if "sample" in said and not isinstance(said["sample"], dict):
            raise NoItems("invalid_file", f"'sample' of line {number} of '{id}' is not an object.")
        found.append(_bare(said))
        if len(found) > MOST:
            break
    return found


async def _chats(call: Call, source: dict[str, Any]) -> AsyncIterator[Item]:
    """Kept chat completions."""

    def fits(chat: dict[str, Any]) -> bool:
        return _is_asked(chat, source, chat["created"])

    left = source.get("limit") or MOST
    async for chat in _every(call, CHAT, fits):
        if left == 0:
            return
        left -= 1
        asked, _ = await pages.page(call, MESSAGE, (chat["id"],), {"limit": READ}, None, "asc")
        messages = [{"role": message["role"], "content": text_of(message["content"])} for message in asked]
        text = text_of(chat["choices"][0]["message"].get("content"))
        yield {"item": {"input": messages}, "sample": {"model": chat["model"], "output_text": text}}


async def _responses(call: Call, source: dict[str, Any]) -> AsyncIterator[Item]:
    """Kept responses that are there."""
    wanted = {name: source[name] for name in ("temperature", "top_p") if source.get(name) is not None}

    def fits(kept: dict[str, Any]) -> bool:
        response = lives.settled(kept, call.now)
        return (
            response["status"] == "completed"
            and _is_asked(response, source, response["created_at"])
            and all(response.get(name) == value for name, value in wanted.items())
            and (not source.get("users") or response.get("user") in source["users"])
            and (source.get("instructions_search") or "") in text_of(response.get("instructions"))
            and set(source.get("tools") or ()) <= {tool.get("type") for tool in response.get("tools") or ()}
        )

    async for response in _every(call, lives.RESPONSE, fits):
        given = [item for item in await history.context(call, response) if "role" in item]
        messages = [{"role": item["role"], "content": text_of(item.get("content"))} for item in given]
        texts = [text_of(item["content"]) for item in response["output"] if item.get("type") == "message"]
        yield {"item": {"input": messages}, "sample": {"model": response["model"], "output_text": "\n".join(texts)}}


def _is_asked(kept: dict[str, Any], source: dict[str, Any], created: float) -> bool:
    metadata, said = source.get("metadata") or {}, kept.get("metadata") or {}
    after, before = source.get("created_after"), source.get("created_before")
    return (
        source.get("model") in (None, kept["model"])
        and all(said.get(name) == value for name, value in metadata.items())
        and (after is None or created > after)
        and (before is None or created < before)
    )


async def _every(call: Call, name: str, fits: Callable[[dict[str, Any]], bool]) -> AsyncIterator[dict[str, Any]]:
    """Everything of the kind *name* that *fits*, in the order of its making."""
    query: dict[str, Any] = {"limit": READ}
    more = True
    while more:
        found, more = await pages.page(call, name, (), query, fits, "asc")
        for thing in found:
            yield thing
        query["after"] = things.id_of(found[-1]) if found else None
