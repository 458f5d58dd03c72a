"""Responses: input and what came before it in, items out; whole, streamed, or made in the background."""

from functools import partial
from typing import Any

import orjson

from ...answer import Answer, Planned, Reply, Stream
from ...call import Call
from ...catalog import Catalog
from ...cluster.fleet import Fleet, Served
from ...cluster.latency import INSTANT, Timing
from ...cluster.retention import asked as asked_retention
from ...content.generation import Limits, generate, identity, writer_for
from ...content.messages import last_user_text, prepare
from ...content.reading import Turns
from ...content.reasoning import expect_effort
from ...content.usage import of_response
from ...content.windows import fitting
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import COMPLETIONS, DEFAULT, TIERS, Amounts, Extra
from ...store import Change
from ...tokens import SLICE
from . import history, items, lives, response_events, transcript
from .answering import answer
from .items import Item
from .narration import script_of
from .reading import read
from .response_events import Course
from .sayings import Answered, Saying, shown_text
from .settings import Response, echo

SUMMARY = Limits.of({}, "max_output_tokens", default=256)  # how a compacted conversation is summed up
KEPT_BY_COMPACTION = ("user", "developer", "system")  # roles whose messages stay as they are
CUT = {"length": "max_output_tokens", "content_filter": "content_filter"}  # why a response is incomplete
# Fields of items that differ from time to time, and decide nothing.
CHANCEFUL = frozenset(
    (
        "id",
        "call_id",
        "caller",
        "container_id",
        "environment",
        "result",
        "approval_request_id",
        "request_id",
        history.FROM,
    )
)


async def create(call: Call, body: dict[str, Any], queued: float, timing: Timing = INSTANT) -> Answer:
    """Answer the request *body*. In the background it is *queued* that many seconds.

    Raises:
        ApiError: 400 or 404, the request contradicts itself, or names what is not there.
    """
    _check(body)
    world = call.world
    engine = await writer_for(world, body["model"])
    model = world.engine(Catalog).look_up(body["model"])
    limits = Limits.of(body, "max_output_tokens")
    expect_effort(model, (body.get("reasoning") or {}).get("effort"), "reasoning.effort")
    past, given = await _read(call, body)
    listed = items.listed(given)
    transcript.expect_paired(past, listed)
    is_long = len(call.body) > SLICE
    if is_long:
        await prepare(engine.tokens, [{"content": body.get("instructions")}, *listed])
    reading = await read(call, engine.tokens, model, body, past, listed)
    key = _key(body, given, reading.digested)
    asked = reading.tokens
    limits = fitting(model, asked, limits, body, "input")
    answered = await answer(call, engine, body, reading.items, key, limits)

    background, streams, stored = (
        body.get("background") is True,
        body.get("stream") is True,
        body.get("store") is not False,
    )
    turns = transcript.turns_of(reading.items, body.get("instructions"))
    exchange = Turns(engine.tokens, asked, turns, "".join([shown_text(saying.item) for saying in answered.sayings]))
    if is_long:
        await exchange.prepare()
        await world.engine(Fleet).ahead(exchange, key, body["model"])
    served = _serve(call, body, answered, key, timing, exchange, model.is_openais)
    moments, cached = [moment for each in served for moment in each.moments], served[0].cached
    course = Course(0.0, queued, [queued + at for at in moments]) if background else Course(0.0, 0.0, moments)
    response = _response(call, body, answered, asked, cached, course.tokens[-1], len(listed))
    conversation = response["conversation"]
    if stored or conversation:
        changes = []
        if stored:
            record = _kept(call, response, given, answered, course, streams)
            changes.append(Change(lives.RESPONSE, response["id"], record))
        if conversation:
            late = call.now + course.tokens[-1] - lives.GRACE if background or streams else None
            own = items.numbered(listed, response["id"])
            changes += history.appended(conversation["id"], own, past)
            changes += history.appended(conversation["id"], response["output"], past, late)
        await _write(call, changes)
    if background and not streams:
        return call.reply(lives.unfinished(response, "queued"))
    response = shown(response, body.get("include") or [])
    if streams:
        options = body.get("stream_options") or {}
        obfuscated = options.get("include_obfuscation") is not False
        script = script_of(response, answered.sayings, engine.tokens)
        return response_events.stream(
            world,
            script,
            course,
            engine.escapes,
            obfuscated=obfuscated,
            leave=None if background else partial(_leave, served),
        )
    return Reply(orjson.dumps(response), moments[-1], schedule=Planned((moments[-1],), partial(_leave, served)))


def shown(response: Response, include: list[str]) -> Response:
    """*response* with what was asked to *include* of its output."""
    return {**response, "output": [items.shown(item, include) for item in response["output"]]}


def _serve(
    call: Call, body: dict[str, Any], answered: Answered, key: bytes, timing: Timing, exchange: Turns, openais: bool
) -> list[Served]:
    """The turns of the model, each of which begins when the one before ends."""
    served: list[Served] = []
    tier = body.get("service_tier") or DEFAULT
    for number, size in enumerate([size for size in answered.turns if size] or [0]):
        after = served[-1].moments[-1] if served else answered.delay
        part = b"%b.%d" % (key, number) if len(answered.turns) > 1 else key
        served.append(
            call.world.engine(Fleet).serve(
                call, timing, body["model"], exchange, [size], part, late=after, openais=openais,
                kept=asked_retention(body), planned=True, temperature=body.get("temperature"),
                streams=body.get("stream") is True, finish=answered.finish_reason,
                tier=tier if tier in TIERS else DEFAULT, extra=Extra(continues=True, again=True) if number else None,
            )
        )  # fmt: skip
    return served


def _leave(served: list[Served], sent: int, elapsed: float) -> None:
    """The client of a response left at *elapsed*."""
    for each in served:
        each.left_whole(sent, elapsed)


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


def _key(body: dict[str, Any], given: Any, digested: list[Item]) -> bytes:
    """The parts of a request with the items *digested* that decide what the answer says; ids are none of them."""
    if isinstance(given, str) and len(digested) == 1:
        return identity(body)
    rest = {name: value for name, value in body.items() if name not in ("previous_response_id", "conversation")}
    fresh = [items.complete(item, "") for item in digested]
    said = [{name: value for name, value in item.items() if name not in CHANCEFUL} for item in fresh]
    return identity({**rest, "input": said})


def _response(
    call: Call, body: dict[str, Any], answered: Answered, asked: int, cached: int, end: float, place: int
) -> Response:
    """The response as it is in the end; of the *asked* tokens, some were *cached*.

    *end* is when it is whole, *place* the number of its first item among its own.
    Its items have all that they may say.
    """
    response = echo(body, history.conversation_of(body))
    id = response["id"] = call.new_id("resp_")
    response["created_at"] = int(call.now)
    response["output"] = items.numbered([saying.item for saying in answered.sayings], id, place)
    if answered.finish_reason in CUT:
        response["status"] = "incomplete"
        response["incomplete_details"] = {"reason": CUT[answered.finish_reason]}
        if response["output"] and "status" in response["output"][-1]:
            response["output"][-1]["status"] = "incomplete"
    else:
        response["completed_at"] = int(call.now + end)
    response["usage"] = of_response(asked, answered.size, answered.reasoning, cached)
    return response


def _kept(call: Call, response: Response, given: Any, answered: Answered, course: Course, streams: bool) -> Response:
    """What the store keeps of *response*."""
    background = response["background"]
    record = {**response, lives.INPUT: given, lives.SAID: [each.kept(background) for each in answered.sayings]}
    if streams or background:
        record[lives.ENDS] = call.now + course.tokens[-1]
    if background:
        record[lives.MADE], record[lives.BEGINS] = call.now, call.now + course.begins
        record[lives.DUE] = [*course.tokens]
    return record


async def _write(call: Call, changes: list[Change]) -> None:
    if not await call.world.store.write(*changes):
        raise ApiError(400, "Another process is currently operating on this conversation. Please retry in a few "
                       "seconds.", code="conversation_locked", param="conversation")  # fmt: skip


async def replay(call: Call, record: Response, after: int, obfuscated: bool, include: list[str]) -> Stream:
    """The events of a kept response that come after the one with the number *after*, from this moment on."""
    engine = await writer_for(call.world, record["model"])
    response = {name: value for name, value in {**record, **record.get(lives.WAS, {})}.items() if name[:1] != "_"}
    until = record[lives.ENDS] - call.now if lives.WAS in record else None
    sayings = [Saying(item, *said) for item, said in zip(response["output"], record[lives.SAID], strict=True)]
    if lives.DUE in record:
        passed = call.now - record[lives.MADE]
        course = Course(-passed, record[lives.BEGINS] - call.now, [at - passed for at in record[lives.DUE]])
    else:
        size = max(sum([saying.size for saying in sayings]), 1)
        course = Course(0.0, 0.0, [record.get(lives.ENDS, call.now) - call.now] * size)
    script = script_of(shown(response, include), sayings, engine.tokens)
    return response_events.stream(
        call.world, script, course, engine.escapes, obfuscated=obfuscated, skipped=after + 1, until=until
    )


async def count(call: Call, body: dict[str, Any]) -> Reply:
    """How many input tokens the request *body* would have.

    Raises:
        ApiError: 400 or 404, it names what is not there.
    """
    engine = await writer_for(call.world, body.get("model") or "")
    past, given = await _read(call, body)
    model = call.world.engine(Catalog).look_up(body.get("model") or "")
    reading = await read(call, engine.tokens, model, body, past, items.listed(given))
    return call.reply({"object": "response.input_tokens", "input_tokens": reading.tokens})


async def compact(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """A shorter input that stands for the one in the request *body*: its messages of users, and a summary.

    Raises:
        ApiError: 400 or 404, it names what is not there.
    """
    world = call.world
    engine = await writer_for(world, body.get("model") or "")
    past, given = await _read(call, body)
    id = call.new_id("resp_")
    fresh = items.numbered(items.listed(given), id)
    whole = [*past, *fresh]
    model = world.engine(Catalog).look_up(body.get("model") or "")
    reading = await read(call, engine.tokens, model, body, past, items.listed(given))
    key = _key(body, given, reading.digested)
    text = generate(engine, last_user_text(whole), world.chance(key, b"summary"), SUMMARY)
    kept = [item for item in whole if item.get("role") in KEPT_BY_COMPACTION]
    content = {"type": "compaction", "encrypted_content": items.sealed(str(text))}
    output = [*kept, *items.numbered([content], id, len(fresh))]
    made = {
        "id": id,
        "object": "response.compaction",
        "created_at": int(call.now),
        "output": [items.shown(item, []) for item in output],
        "usage": of_response(reading.tokens, text.size),
    }
    used = Amounts(1, reading.tokens, output_tokens=text.size)
    world.engine(Ledger).add(call, COMPLETIONS, used, body.get("model") or "")
    return call.reply(made, timing.end(text.size, world.chance(key, b"pace")))
