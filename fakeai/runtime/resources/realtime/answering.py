"""What the model says, how it sounds, and what it hears: the one place that asks the content engines."""

from dataclasses import dataclass
from typing import Any

import orjson

from ...content.generation import UNLIMITED, Limits, generate, writer
from ...content.media import sound
from ...world import World
from ..assistants import tool_calls
from .sounds import Sound, pcm

SPOKEN = 0.3  # seconds that a token takes

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a response answers: instructions, and the items before it as (role or type, text)."""

    model: str
    instructions: str
    items: list[tuple[str, str]]
    tools: list[Json]
    tool_choice: Any
    parallel: bool = True

    @property
    def last(self) -> str:
        """What the user said last."""
        return next((text for role, text in reversed(self.items) if role == "user"), self.instructions)


@dataclass(frozen=True)
class Called:
    """A function that the model calls."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Said:
    """What the model says: the tokens of a text, and functions that it calls after it."""

    tokens: list[str]
    calls: list[Called]


async def answer(world: World, asked: Asked) -> Said:
    """What the model says to *asked*: the same whenever it is asked."""
    key = orjson.dumps([asked.model, asked.instructions, asked.items, asked.tools, asked.tool_choice])
    engine = await writer(world)
    functions = [{"type": "function", "function": tool} for tool in asked.tools if tool.get("type") == "function"]
    choice = asked.tool_choice
    if isinstance(choice, dict) and "name" in choice:
        choice = {"type": "function", "function": {"name": choice["name"]}}
    if functions and not (asked.items and asked.items[-1][0] == "function_call_output"):
        _, used = tool_calls.chosen(functions, choice, asked.parallel, asked.last)
        if used:
            chance = world.chance(b"realtime", key, b"arguments")
            return Said([], [Called(tool["name"], tool_calls.arguments(tool, asked.last, chance)) for tool in used])
    text = generate(engine, asked.last, world.chance(b"realtime", key), Limits(UNLIMITED, 0, (), False, ""))
    return Said(text.tokens, [])


async def speech(world: World, tokens: list[str], voice: str, speed: float) -> bytes:
    """A text as sound: PCM of 16 bits at 24 kHz."""
    chance = world.chance(b"realtime", b"speech", voice.encode(), "".join(tokens).encode())
    return await sound.tones(chance, len(tokens), SPOKEN / speed)


async def transcript(world: World, heard: Sound, settings: Json) -> list[str]:
    """The tokens of what is said in *heard*; *settings* are those of a session's input transcription."""
    size = round(heard.ms / 1000 / SPOKEN)
    if not size:
        return []
    engine = await writer(world)
    chance = world.chance(b"realtime", b"transcript", pcm(heard.data, heard.form))
    return generate(engine, settings.get("prompt") or "", chance, Limits(size, 0, (), True, "")).tokens
