"""What a prompt has beside text, made ready to be read: files that it names by id are opened, and all is counted.

What is large is opened, counted and digested in a thread, so that no other call waits for a book that is sent along.
"""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import orjson
import xxhash

from ...call import Call
from ...errors import ApiError
from ...kept_files import known, whole
from ...tokens import Tokens
from .perception import FILES, SEEN, Counted, tokens_of_part

Holder = dict[str, Any]  # a message, or an item: it has parts as its content or its output
Place = Callable[[int], str]  # what a request calls the holder of that number

LARGE = 32_768  # characters of a part from which on it is read in a thread
KINDS = (  # of files, by how they begin
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"%PDF-", "application/pdf"),
)


async def opened(
    call: Call, tokens: Tokens, model: str, holders: list[Holder], place: Place | None
) -> tuple[list[Holder], list[Holder]]:
    """*holders* with the bytes of the files that they name, and with digests in place of all that is large.

    The first are to be read; the second are counted, and decide what is said. Without a *place*, a file that is not
    there is let be.

    Raises:
        ApiError: 404, there is no such file; 400, a part of a chat names none, or its bytes are not what they should
        be.
    """
    read, digested = holders, holders
    for number, holder in enumerate(holders):
        for field in ("content", "output"):
            parts = holder.get(field)
            listed = parts if type(parts) is list else [parts] if type(parts) is dict else ()
            for at, part in enumerate(listed):
                if type(part) is not dict or part.get("type") not in SEEN:
                    continue
                where = "" if place is None else f"{place(number)}.{field}" + (f"[{at}]" if parts is listed else "")
                found = await _opened(call, tokens, model, part, where)
                if found is not None:
                    if read is holders:
                        read, digested = [*holders], [*holders]
                    read[number] = _with(read[number], field, at, found[0])
                    digested[number] = _with(digested[number], field, at, found[1])
    return read, digested


def _with(holder: Holder, field: str, at: int, part: Holder) -> Holder:
    """*holder* with another *part* at that place of its *field*."""
    parts = holder[field]
    return {**holder, field: [*parts[:at], part, *parts[at + 1 :]] if type(parts) is list else part}


async def _opened(call: Call, tokens: Tokens, model: str, part: Holder, where: str) -> tuple[Holder, Counted] | None:
    """*part* with its bytes, and as it is counted; None when it is small and names no file."""
    kind = str(part["type"])
    inner = part.get(kind)
    given: Holder = inner if isinstance(inner, dict) else part
    inside = f"{where}.{kind}" if given is inner else where
    if kind == "file" and where:
        _expect_named(given, inside)
    if not isinstance(given.get("file_id"), str) or _has_bytes(given):
        if sum(len(value) for value in given.values() if isinstance(value, str)) <= LARGE:
            tokens_of_part(tokens, model, part, where)
            return None
        return part, await asyncio.to_thread(_counted, tokens, model, part, where, _rest(given))
    file = await known(call, given["file_id"])
    if file is None:
        if not where:
            return None
        raise ApiError(404, f"No such File object: {given['file_id']}", param=f"{inside}.file_id")
    data = await whole(call, file)
    own: Holder = {"filename": file["filename"]} if kind in FILES else {}
    own["file_data" if kind in FILES else "image_url"] = await asyncio.to_thread(_data_url, data)
    found = {**_rest(given), **own}
    found = {**part, kind: found} if given is inner else found
    return found, await asyncio.to_thread(_counted, tokens, model, found, where, _rest(given))


def _has_bytes(given: Holder) -> bool:
    return any(isinstance(given.get(name), str) for name in ("file_data", "file_url", "image_url", "url"))


def _rest(given: Holder) -> Holder:
    """What *given* says, but for its bytes and where they are."""
    return {
        name: value
        for name, value in given.items()
        if name != "file_id" and not (isinstance(value, str) and len(value) > LARGE)
    }


def _expect_named(given: Holder, where: str) -> None:
    """Pass a file of a chat that is named by its id, or has a name and its bytes.

    Raises:
        ApiError: 400, it has none of that.
    """
    if not given.get("file_id") and not (given.get("file_data") and given.get("filename")):
        raise ApiError(400, f"Missing required parameter: '{where}.file_id'.", code="missing_required_parameter",
                       param=f"{where}.file_id")  # fmt: skip


def _counted(tokens: Tokens, model: str, part: Holder, where: str, rest: Holder) -> Counted:
    """*part*, of which *rest* is small, with a digest in place of what is large.

    Raises:
        ApiError: 400, its bytes are not what they should be.
    """
    digest = xxhash.xxh3_128_hexdigest(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
    return Counted({**rest, "type": part["type"], "digest": digest}, tokens_of_part(tokens, model, part, where))


def _data_url(data: bytes) -> str:
    kind = next((kind for mark, kind in KINDS if data.startswith(mark)), "text/plain")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
