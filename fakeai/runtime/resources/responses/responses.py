"""Responses: input and what came before it in, a message out; whole, streamed, or made in the background."""

from typing import Any

import orjson

from ...answer import Answer, Reply, Stream
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...content.generation import Limits, Text, generate, identity, writer
from ...content.messages import PER_ANSWER, PER_MESSAGE, last_user_text
from ...errors import ApiError
from ...store import Change
from ...tokens import Tokens
from . import history, items, lives, response_events
from .items import Item
from .response_events import Course
from .settings import Response, echo

SUMMARY = Limits.of({}, "max_output_tokens", default=256)  # how a compacted conversation is summed up
KEPT_BY_COMPACTION = ("user", "developer", "system")  # roles whose messages stay as they are


async def create(call: Call, body: dict[str, Any], queued: float, timing: Timing = INSTANT) -> Answer:
    """Answer the request *body*. In the background it is *queued* that many seconds.

    Raises:
        ApiError: 400 or 404, the request contradicts itself, or names what is not there.
    """
    _check(body)
    world = call.world
    engine = await writer(world)
    limits = Limits.of(body, "max_output_tokens")
    past, given = await _read(call, body)
    is_text = isinstance(given, str)
    key = _key(body, past, given)
    prompt = given if is_text and not past else last_user_text([*past, *items.listed(given)])
    text = generate(engine, prompt, world.chance(key, b"0"), limits)
    asked = input_tokens(world.tokens, body, past, given)
    pace = world.chance(key, b"pace")

    background, streams, stored = (
        body.get("background") is True,
        body.get("stream") is True,
        body.get("store") is not False,
    )
    moments = timing.moments(text.size, pace) if background or streams else [timing.end(text.size, pace)]
    course = Course(0.0, queued, [queued + at for at in moments]) if background else Course(0.0, 0.0, moments)
    response = _response(call, body, text, asked, course.tokens[-1], len(given) if not is_text else 1)
    conversation = response["conversation"]
    if stored or conversation:
        changes = []
        if stored:
            record = _kept(call, response, given, text, course, streams)
            changes.append(Change(lives.RESPONSE, response["id"], record))
        if conversation:
            late = call.now + course.tokens[-1] - lives.GRACE if background or streams else None
            own = items.numbered(items.listed(given), response["id"])
            changes += history.appended(conversation["id"], own, past)
            changes += history.appended(conversation["id"], response["output"], past, late)
        await _write(call, changes)
    if streams:
        options = body.get("stream_options") or {}
        obfuscated = options.get("include_obfuscation") is not False
        return response_events.stream(world, response, text.tokens, course, engine.escapes, obfuscated=obfuscated)
    if background:
        return call.reply(lives.unfinished(response, "queued"))
    return Reply(orjson.dumps(response), moments[-1])


def _check(body: dict[str, Any]) -> None:
    """See that *body* has what the document leaves optional and the API does not.

    Raises:
        ApiError: 400, it has not.
    """
    if not body.get("model"):
        raise ApiError(400, "Missing required parameter: 'model'.", code="missing_required_parameter", param="model")
    if body.get("input") is None and not any(
        body.get(name) for name in ("previous_response_id", "conversation", "prompt")
    ):
        raise ApiError(400, "Missing required parameter: 'input'.", code="missing_required_parameter", param="input")
    if body.get("background") is True and body.get("store") is False:
        raise ApiError(400, "Background mode requires 'store' to be true.", code="invalid_value", param="background")


async def _read(call: Call, body: dict[str, Any]) -> tuple[list[Item], Any]:
    """What comes before the input of the request *body*, and its input: a text, or items without references.

    Raises:
        ApiError: 400 or 404, something that it names is not there.
    """
    past = await history.before(call, body)
    given = body.get("input")
    return past, given if isinstance(given, str) else await history.resolved(call, given or [], past)


def _key(body: dict[str, Any], past: list[Item], given: Any) -> bytes:
    """The parts of a request that decide what the answer says; ids are none of them."""
    if isinstance(given, str) and not past:
        return identity(body)
    rest = {name: value for name, value in body.items() if name not in ("previous_response_id", "conversation")}
    said = [{name: value for name, value in item.items() if name not in ("id", history.FROM)} for item in past]
    fresh = [items.complete(item, "") for item in items.listed(given)]
    said += [{name: value for name, value in item.items() if name != "id"} for item in fresh]
    return identity({**rest, "input": said})


def input_tokens(tokens: Tokens, body: dict[str, Any], past: list[Item], given: Any) -> int:
    """How many tokens a model reads for the request *body*: what came before, its input, instructions and tools."""
    if isinstance(given, str):
        total = PER_ANSWER + PER_MESSAGE + 1 + tokens.count(given)  # the role is one token
    else:
        total = PER_ANSWER + sum([items.count(tokens, item) for item in given])
    for item in past:
        total += items.count(tokens, item)
    if body.get("instructions"):
        total += PER_MESSAGE + 1 + tokens.count(body["instructions"])
    if body.get("tools"):
        total += tokens.count(orjson.dumps(body["tools"]).decode())
    return total


def _response(call: Call, body: dict[str, Any], text: Text, asked: int, end: float, place: int) -> Response:
    """The response as it is in the end. *end* is when it is whole, *place* its message's number among its items."""
    response = echo(body, history.conversation_of(body))
    id = response["id"] = call.new_id("resp_")
    response["created_at"] = int(call.now)
    if text.finish_reason == "length":
        response["status"] = "incomplete"
        response["incomplete_details"] = {"reason": "max_output_tokens"}
    else:
        response["completed_at"] = int(call.now + end)
    part = {"type": "output_text", "text": str(text), "annotations": [], "logprobs": []}
    message = {"id": f"msg_{id[5:]}{place:02x}", "type": "message", "status": response["status"], "role": "assistant"}
    response["output"] = [{**message, "content": [part]}]
    response["usage"] = usage(asked, text.size)
    return response


def usage(asked: int, said: int) -> dict[str, Any]:
    """The usage of a response, in tokens."""
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": asked + said,
    }


def _kept(call: Call, response: Response, given: Any, text: Text, course: Course, streams: bool) -> Response:
    """What the store keeps of *response*."""
    record = {**response, lives.INPUT: given}
    if streams or response["background"]:
        record[lives.ENDS] = call.now + course.tokens[-1]
    if response["background"]:
        record[lives.MADE], record[lives.BEGINS] = call.now, call.now + course.begins
        record[lives.TOKENS], record[lives.DUE] = text.tokens, [*course.tokens]
    return record


async def _write(call: Call, changes: list[Change]) -> None:
    if not await call.world.store.write(*changes):
        raise ApiError(400, "Another process is currently operating on this conversation. Please retry in a few "
                       "seconds.", code="conversation_locked", param="conversation")  # fmt: skip


async def replay(call: Call, record: Response, after: int, obfuscated: bool) -> Stream:
    """The events of a kept response that come after the one with the number *after*, from this moment on."""
    engine = await writer(call.world)
    response = {name: value for name, value in {**record, **record.get(lives.WAS, {})}.items() if name[:1] != "_"}
    until = record[lives.ENDS] - call.now if lives.WAS in record else None
    if lives.TOKENS in record:
        passed, tokens = call.now - record[lives.MADE], record[lives.TOKENS]
        course = Course(-passed, record[lives.BEGINS] - call.now, [at - passed for at in record[lives.DUE]])
    else:
        tokens = call.world.tokens.pieces(response["output"][0]["content"][0]["text"])
        course = Course(0.0, 0.0, [record.get(lives.ENDS, call.now) - call.now] * max(len(tokens), 1))
    return response_events.stream(
        call.world, response, tokens, course, engine.escapes, obfuscated=obfuscated, skipped=after + 1, until=until
    )


async def count(call: Call, body: dict[str, Any]) -> Reply:
    """How many input tokens the request *body* would have.

    Raises:
        ApiError: 400 or 404, it names what is not there.
    """
    await writer(call.world)
    past, given = await _read(call, body)
    found = input_tokens(call.world.tokens, body, past, given)
    return call.reply({"object": "response.input_tokens", "input_tokens": found})


async def compact(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """A shorter input that stands for the one in the request *body*: its messages of users, and a summary.

    Raises:
        ApiError: 400 or 404, it names what is not there.
    """
    world = call.world
    engine = await writer(world)
    past, given = await _read(call, body)
    id = call.new_id("resp_")
    fresh = items.numbered(items.listed(given), id)
    whole = [*past, *fresh]
    key = _key(body, past, given)
    text = generate(engine, last_user_text(whole), world.chance(key, b"summary"), SUMMARY)
    kept = [item for item in whole if item.get("role") in KEPT_BY_COMPACTION]
    content = {"type": "compaction", "encrypted_content": items.sealed(str(text))}
    output = [*kept, *items.numbered([content], id, len(fresh))]
    made = {
        "id": id,
        "object": "response.compaction",
        "created_at": int(call.now),
        "output": [items.shown(item, []) for item in output],
        "usage": usage(input_tokens(world.tokens, body, past, given), text.size),
    }
    return call.reply(made, timing.end(text.size, world.chance(key, b"pace")))
