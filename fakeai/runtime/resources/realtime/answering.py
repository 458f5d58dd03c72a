"""What the model says, how it sounds, and what it hears: the one place that asks the content engines."""

import asyncio
from typing import Any, NamedTuple

import orjson

from ...call import Call
from ...content import speaking
from ...content.asking import Asked
from ...content.generation import UNLIMITED, Limits, generate, writer_for
from ...content.media import listening
from ...content.media.booth import Booth
from ...content.said import Said
from ...content.tools.toolbox import Toolbox
from ...errors import ApiError
from ...world import World
from .sounds import Form, Sound

SPOKEN = 0.3  # seconds that a token takes, in sound that does not say what is said in it

Json = dict[str, Any]


class Question(NamedTuple):
    """What a response answers: instructions, and the items before it, each with what the model reads or hears in it.

    *most* is how many tokens it may have, *effort* how much the model thinks.
    """

    model: str
    instructions: str
    items: list[tuple[Json, str]]
    tools: list[Json]
    tool_choice: Any
    parallel: bool
    most: int = UNLIMITED
    effort: str | None = None


async def answer(call: Call, question: Question) -> Said:
    """What the model says: the same whenever it is asked the same.

    Raises:
        ApiError: 400, a tool cannot be offered as it is; or a script says that the request fails.
    """
    engine = await writer_for(call.world, question.model)
    offered = {
        "tools": [tool for tool in question.tools if tool.get("type") == "function" and "name" in tool],
        "tool_choice": question.tool_choice,
        "parallel_tool_calls": question.parallel,
    }
    tools = Toolbox.of_responses(offered) if offered["tools"] else None
    messages = _messages(question)
    key = b"realtime" + orjson.dumps([question.model, messages, offered])
    limits = Limits(question.most, 0, (), False, "max_output_tokens")
    asked = Asked(question.model, messages, key, limits, tools, effort=question.effort)
    return await speaking.answer(call, engine, asked)


def expect_offer(tools: list[Json]) -> None:
    """See that *tools* can be offered.

    Raises:
        ApiError: 400, one cannot.
    """
    for number, tool in enumerate(tools):
        if tool.get("type") == "function" and "name" not in tool:
            name = f"tools[{number}].name"
            raise ApiError(400, f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name)
    Toolbox.of_responses({"tools": tools})


def _messages(question: Question) -> list[Json]:
    """The conversation in the form of chat completions, without ids: those do not change what is said."""
    made: list[Json] = [{"role": "system", "content": question.instructions}] if question.instructions else []
    numbers: dict[str, str] = {}
    for item, text in question.items:
        if item["type"] == "message":
            made.append({"role": item["role"], "content": text})
            continue
        id = numbers.setdefault(str(item.get("call_id")), f"call_{len(numbers)}")
        if item["type"] == "function_call":
            function = {"name": item["name"], "arguments": item["arguments"]}
            made.append({"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": function}]})
        elif item["type"] == "function_call_output":
            made.append({"role": "tool", "tool_call_id": id, "content": text})
    return made


async def speech(world: World, text: str, voice: str, speed: float, form: Form) -> Sound:
    """A text as sound."""
    return Sound(form, await world.engine(Booth).say(text, voice, form.name, speed))


async def transcript(world: World, sound: Sound, settings: Json) -> list[str]:
    """The tokens of what is said in *sound*; *settings* are those of a session's input transcription."""
    if not sound.data:
        return []
    engine = await writer_for(world, settings.get("model") or "")
    heard = await asyncio.to_thread(listening.listen, sound.data, sound.form.name)
    if heard.text is not None:
        return [token for token in engine.tokens.pieces(heard.text) if token]
    size = round(heard.voiced / SPOKEN)
    if not heard.turns or not size:
        return []
    chance = world.chance(b"realtime", b"transcript", sound.data)
    return generate(engine, settings.get("prompt") or "", chance, Limits(size, 0, (), True, "")).tokens
