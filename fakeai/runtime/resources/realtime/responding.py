"""Responses of a session: asked for, begun when the user's turn ends, and cancelled."""

from typing import Any

import orjson

from ...answer import Reply
from ...cluster.fleet import Fleet
from ...content.reading import Texts
from ...content.said import Said
from ...errors import ApiError
from . import answering
from .answering import Question
from .context import Context, context
from .conversation import Item
from .items import made
from .limits import admitted, shown
from .realtime_settings import voice_of
from .response import Function, Part, Response, Speech, Text, Wanted
from .session import Session
from .sounds import Sound, form_of
from .spending import MS_OUT, Cost

MOST = 4096  # tokens of a response, and what is reserved for one that names no limit

Json = dict[str, Any]


async def create(session: Session, event: Json) -> None:
    """`response.create`.

    Raises:
        ApiError: 400, another response goes on, or it cannot be made as it is asked for.
    """
    if not session.talks:
        raise ApiError(400, "A transcription session makes no responses.", code="invalid_value", param="type")
    await begin(session, event.get("response") or {})


async def begin(session: Session, asked: Json) -> None:
    """Begin a response as *asked*, which comes before the session's settings.

    Raises:
        ApiError: 400, as for `create`.
    """
    in_conversation = asked.get("conversation") != "none"
    if in_conversation and session.active:
        raise ApiError(
            400,
            f"Conversation already has an active response in progress: {session.active.id}. Wait until the response "
            "is finished before creating a new one.",
            code="conversation_already_has_active_response",
        )
    wanted = _wanted(session, asked, in_conversation)
    items = list(session.items) if asked.get("input") is None else [made(session, item) for item in asked["input"]]
    response = Response(session, session.new_id("resp_"), wanted, session.now, {})
    tokens = session.tokens
    await tokens.ready()
    session.responses[response.id] = response
    if in_conversation:
        session.active = response
    instructions, tools = _set_up(session, asked)
    cost = Cost(tokens.count(instructions + (orjson.dumps(tools).decode() if tools else "")))
    session.say("response.created", response=response.shown)
    try:
        found = context(items, cost.total, session.settings.get("truncation"), tokens)
    except ApiError as error:
        response.heard = session.cache.spend([])
        response.finish("failed", error={"type": error.type, "code": error.code})
        return
    response.heard = session.cache.spend([((instructions, len(tools)), cost), *((_what(i), c) for i, c in found)])
    most = wanted.most if isinstance(wanted.most, int) else MOST
    reserved = cost.total + sum(cost.total for _, cost in found) + most
    try:
        admission = await admitted(session, reserved)
    except ApiError as error:
        response.heard = session.cache.spend([])
        response.finish("failed", error={"type": error.type, "code": error.code, "message": error.message})
        return
    limits = session.allowance.reserve(reserved, session.now) if admission is None else shown(admission)
    session.say("rate_limits.updated", rate_limits=limits)
    await session.flush()
    question = Question(
        session.settings["model"],
        instructions,
        await _read(session, found),
        tools,
        asked.get("tool_choice") or session.settings["tool_choice"],
        (asked if "parallel_tool_calls" in asked else session.settings).get("parallel_tool_calls") is not False,
        most,
        ((asked if "reasoning" in asked else session.settings).get("reasoning") or {}).get("effort"),
    )
    session.call.now = session.world.clock.now()
    try:
        said = await answering.answer(session.call, question)
    except ApiError as error:
        if admission is not None:
            await admission.settle(Reply(b"", status=error.status))
        response.finish("failed", error={"type": error.type, **({"code": error.code} if error.code else {})})
        session.complain(error, asked.get("event_id"))
        return
    response.began += said.delay
    response.thought = said.reasoning.size
    response.parts, is_cut = await _parts(session, said, wanted, most - response.thought)
    response.cut = "content_filter" if said.finish_reason == "content_filter" else "max_output_tokens" if is_cut else ""
    size = response.thought + sum(part.size for part in response.parts)
    prompt = Texts(tokens, cost.total + sum(cost.total for _, cost in found), instructions)
    session.call.arrived, session.call.admission = response.began, admission
    served = session.world.engine(Fleet).serve(
        session.call,
        session.timing,
        session.settings["model"],
        prompt,
        [size],
        f"{session.id} {response.id}".encode(),
        planned=True,
        streams=True,
        finish=said.finish_reason,
        looked_up=False,  # a session has a cache of its own
        booked=False,  # what is said of it when it is done is
    )
    response.due, response.served = list(served.moments), served
    if admission is not None:
        await admission.settle(Reply(b""))
    steps = response.steps()

    async def go_on() -> float | None:
        moment = next(steps, None)
        if moment is None:
            _done(session, response)
        return moment

    response.errand = session.agenda.add(next(steps), go_on)


def cancel(session: Session, reason: str, id: str | None = None) -> None:
    """Cancel the response with that *id*, or the one of the conversation.

    Raises:
        ApiError: 400, there is none.
    """
    response = session.active if id is None else session.responses.get(id)
    if response is None:
        raise ApiError(400, "Cancellation failed: no active response found", code="response_cancel_not_active")
    response.cancel(reason)


async def stop(session: Session, event: Json) -> None:
    """`response.cancel`.

    Raises:
        ApiError: 400, there is nothing to cancel.
    """
    cancel(session, "client_cancelled", event.get("response_id"))


def _done(session: Session, response: Response) -> None:
    if response.wanted.in_conversation and session.when_quiet:
        session.when_quiet(response.sound_left)


def _what(item: Item) -> tuple[str, float]:
    """What makes *item* another piece of the context than before: a truncated one is."""
    return item.id, sum(sound.ms for sound in item.sounds.values())


def _set_up(session: Session, asked: Json) -> tuple[str, list[Json]]:
    """The instructions and tools that count."""
    settings = session.settings
    instructions = settings["instructions"] if asked.get("instructions") is None else asked["instructions"]
    return instructions, settings["tools"] if asked.get("tools") is None else asked["tools"]


def _wanted(session: Session, asked: Json, in_conversation: bool) -> Wanted:
    settings = session.settings
    output = {**settings["audio"]["output"], **((asked.get("audio") or {}).get("output") or {})}
    most = asked.get("max_output_tokens") or settings["max_output_tokens"]
    expect_most(most, "response.max_output_tokens")
    modalities = asked.get("output_modalities") or settings["output_modalities"]
    expect_modalities(modalities, "response.output_modalities")
    return Wanted(
        modality=modalities[0],
        form=form_of(output["format"]),
        format=output["format"],
        voice=voice_of(output["voice"]),
        most=most,
        metadata=asked.get("metadata"),
        in_conversation=in_conversation,
    )


def expect_most(most: int | str, param: str) -> None:
    """See that a response may be so long.

    Raises:
        ApiError: 400, it may not.
    """
    if isinstance(most, int) and not 1 <= most <= MOST:
        side, bound = ("below", "minimum") if most < 1 else ("above", "maximum")
        sign, limit = (">=", 1) if most < 1 else ("<=", MOST)
        raise ApiError(
            400,
            f"Invalid '{param}': integer {side} {bound} value. Expected a value {sign} {limit}, but got {most} "
            "instead.",
            code=f"integer_{side}_{bound[:3]}_value",
            param=param,
        )


def expect_modalities(modalities: list[str], param: str) -> None:
    """See that a response can be made of *modalities*: one of text and audio, which brings its transcript with it.

    Raises:
        ApiError: 400, it cannot.
    """
    if len(set(modalities)) != 1:
        shown = ", ".join(f"'{each}'" for each in modalities)
        raise ApiError(
            400,
            f"Invalid modalities: [{shown}]. Supported combinations are: ['text'] and ['audio'].",
            code="invalid_value",
            param=param,
        )


async def _read(session: Session, found: Context) -> list[tuple[Json, str]]:
    """The items, each with what the model reads or hears in it."""
    read = []
    for item, _ in found:
        data = item.data
        for index, sound in item.sounds.items():
            if data["content"][index].get("transcript") is None and index not in item.heard:
                await hear(session, item, index, sound)
        read.append((data, item.text))
    return read


async def hear(session: Session, item: Item, index: int, sound: Sound) -> list[str]:
    """The tokens of what is said in a content part, which the item has heard from now on."""
    settings = session.settings["audio"]["input"].get("transcription") or {}
    tokens = await answering.transcript(session.world, sound, settings)
    item.heard[index] = "".join(tokens).strip()
    return tokens


async def _parts(session: Session, said: Said, wanted: Wanted, left: int) -> tuple[list[Part], bool]:
    """What a response consists of, and whether it was cut: *left* is how many tokens it may have."""
    parts: list[Part] = []
    tokens, text = said.text.tokens, str(said.text)
    if tokens:
        part: Part = Text(tokens)
        if wanted.modality == "audio":
            speed = session.settings["audio"]["output"].get("speed") or 1.0
            part = Speech(tokens, await answering.speech(session.world, text, wanted.voice, speed, wanted.form))
        parts.append(part)
        left, is_cut = _cut(part, left)
        if is_cut:
            return parts, True
    for called in said.calls:
        function = Function(called.name, called.arguments.tokens, session.new_id("call_"))
        if left <= 0:
            return parts, True
        parts.append(function)
        left, is_cut = _cut(function, left)
        if is_cut:
            return parts, True
    return parts, said.finish_reason == "length"


def _cut(part: Part, left: int) -> tuple[int, bool]:
    """Cut *part* at *left* tokens; how many are left then, and whether it was cut. Sound and transcript count both."""
    size = part.size + (len(part.tokens) if isinstance(part, Speech) else 0)
    if size <= left:
        return left - size, False
    if isinstance(part, Speech):
        kept = part.sound.form.size(max(1, left * part.size // size) * MS_OUT)
        part.sound = Sound(part.sound.form, part.sound.data[:kept])
    part.tokens = part.tokens[: left * len(part.tokens) // size]
    return 0, True
