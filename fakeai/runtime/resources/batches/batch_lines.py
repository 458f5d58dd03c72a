"""The requests of a batch: each is answered at a moment of its own by the endpoint itself, in slices.

What a slice answers goes to the ends of two blobs, one of results and one of errors, before the batch says so. A blob
may be longer than the batch says, when a process died in between or another was faster: what follows then goes to a
blob of its own.
"""

from contextlib import aclosing
from typing import Any

import orjson

from ... import inner
from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...errors import ApiError, openai
from ..files import files
from ..things import SINCE, Thing

INPUT = "_input"  # of a batch: id and parts of its input file
RATE = "_rate"  # requests that are answered in a second
DONE, AT = "_done", "_at"  # how many requests are answered, and the byte of the input at which the next one begins
OUTPUT, ERRORS = "_output", "_errors"  # [[blob, bytes], ...] of results and errors
SLICE, SLICE_BYTES = 1_000, 1_048_576  # requests and bytes of answers, whichever comes first
SLACK = 1e-5  # seconds: floats keep moments to a fraction of a microsecond

LINE = b'{"id":"%b","custom_id":%b,"response":{"status_code":%d,"request_id":"%b","body":%b},"error":null}\n'
LATE = (
    b'{"id":"%b","custom_id":%b,"response":null,"error":{"code":"batch_expired","message":"This request could not be '
    b'executed before the completion window expired."}}\n'
)


def due(batch: Thing, now: float) -> int:
    """How many requests of *batch*, which is in progress, are answered at *now*."""
    total: int = batch["request_counts"]["total"]
    return max(0, min(total, int((now - batch[SINCE] + SLACK) * batch[RATE])))


def moment(batch: Thing, requests: int) -> float:
    """When so many *requests* of *batch*, which is in progress, are answered."""
    return float(batch[SINCE] + requests / batch[RATE])


async def proceed(call: Call, batch: Thing, upto: int, late: int) -> list[str]:
    """Answer one slice of *batch*, at most up to the request *upto*; those from *late* on came too late.

    Returns the blobs that were made for it and that nobody knows unless the batch is kept.
    """
    output, errors = bytearray(), bytearray()
    counts, first = batch["request_counts"], batch[DONE]
    async with aclosing(files.lines_from(call, batch[INPUT], batch[AT])) as lines:
        async for after, line in lines:
            if line.strip():
                done = batch[DONE]
                if done == upto or done == first + SLICE or len(output) + len(errors) >= SLICE_BYTES:
                    break
                request = orjson.loads(line)
                key = b"%b %d" % (batch["id"].encode(), done)
                if done < late:
                    reply = await _answer(call, batch["endpoint"], request["body"], moment(batch, done + 1), key)
                    succeeded = 200 <= reply.status < 300
                    _spend(batch["usage"], reply)
                    written = _line(call, key, request["custom_id"], reply)
                else:
                    succeeded, written = False, LATE % _names(call, key, request["custom_id"])
                counts["completed" if succeeded else "failed"] += 1
                (output if succeeded else errors).extend(written)
                batch[DONE] = done + 1
                await give_way()
            batch[AT] = after
    return await _append(call, batch, OUTPUT, bytes(output)) + await _append(call, batch, ERRORS, bytes(errors))


async def _answer(call: Call, endpoint: str, body: dict[str, Any], now: float, key: bytes) -> Reply:
    if body.get("background"):  # the batch waits for the whole answer
        body = {**body, "background": False}
    try:
        return await inner.ask(call, endpoint, orjson.dumps(body), now, key, is_batch=True)
    except ApiError as error:
        return Reply(openai(error), status=error.status)
    except TypeError:
        refusal = ApiError(400, "The body of your request is nested too deeply: more than 250 levels.")
        return Reply(openai(refusal), status=refusal.status)


def _line(call: Call, key: bytes, custom_id: str, reply: Reply) -> bytes:
    request = call.world.fixed_id("", key, b"request").encode()
    return LINE % (*_names(call, key, custom_id), reply.status, request, reply.body)


def _names(call: Call, key: bytes, custom_id: str) -> tuple[bytes, bytes]:
    return call.world.fixed_id("batch_req_", key).encode(), orjson.dumps(custom_id)


def _spend(usage: dict[str, Any], reply: Reply) -> None:
    """Add what *reply* says that it used; chat and completions call that otherwise than responses do."""
    said = orjson.loads(reply.body).get("usage") or {}
    read = said.get("input_tokens", said.get("prompt_tokens", 0))
    written = said.get("output_tokens", said.get("completion_tokens", 0))
    read_details = said.get("input_tokens_details") or said.get("prompt_tokens_details") or {}
    written_details = said.get("output_tokens_details") or said.get("completion_tokens_details") or {}
    usage["input_tokens"] += read
    usage["output_tokens"] += written
    usage["total_tokens"] += read + written
    usage["input_tokens_details"]["cached_tokens"] += read_details.get("cached_tokens", 0)
    usage["output_tokens_details"]["reasoning_tokens"] += written_details.get("reasoning_tokens", 0)


async def _append(call: Call, batch: Thing, name: str, data: bytes) -> list[str]:
    """Put *data* behind what *batch* knows of its blob *name*; the blob that had to be made for it, if any."""
    if not data:
        return []
    store, parts = call.world.store, batch[name]
    blob, size = parts[-1] if parts else (first_blob(batch, name), 0)
    if await store.append(blob, data) == size + len(data):
        parts[-1:] = [[blob, size + len(data)]]
        return []
    fresh = call.world.new_id("blob_")
    await store.append(fresh, data)
    parts.append([fresh, len(data)])
    return [fresh]


def first_blob(batch: Thing, name: str) -> str:
    """The blob that the answers of *batch* go to first."""
    return f"{batch['id']}{name}"
