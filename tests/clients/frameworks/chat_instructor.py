"""instructor against the server at the address in the first argument; prints what came back as JSON."""

import asyncio
import json
import sys
from collections.abc import Iterable
from typing import Any, Literal

import instructor
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field

SERVER: dict[str, Any] = {"base_url": f"{sys.argv[1]}/v1", "api_key": "any", "max_retries": 0}
ASK: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Plan a trip to Lisbon for 3 people"}],
    "max_retries": 0,
}
MODES = ("TOOLS", "TOOLS_STRICT", "JSON_SCHEMA", "JSON")
STREAMED_MODES = ("TOOLS", "JSON_SCHEMA")


class Stop(BaseModel):
    place: str
    nights: int = Field(ge=1, le=14)


class Trip(BaseModel):
    """A trip with its stops."""

    city: str
    budget: Literal["small", "large"]
    stops: list[Stop] = Field(min_length=1, max_length=3)
    note: str | None = None


def patched(mode: str) -> Any:
    return instructor.from_openai(OpenAI(**SERVER), mode=instructor.Mode[mode]).chat.completions


def partials(mode: str) -> list[Any]:
    """A trip as far as it is known, each time more of it has come."""
    return [part.model_dump() for part in patched(mode).create_partial(response_model=Trip, **ASK)]


def parallel() -> list[Any]:
    """What several calls of tools of different types say."""
    made = patched("PARALLEL_TOOLS").create(response_model=Iterable[Trip | Stop], **ASK)
    return [[type(each).__name__, each.model_dump()] for each in made]


async def awaited() -> Any:
    async with AsyncOpenAI(**SERVER) as client:
        made = await instructor.from_openai(client).chat.completions.create(response_model=Trip, **ASK)
    return made.model_dump()


def main() -> None:
    found = {
        "whole": {mode: patched(mode).create(response_model=Trip, **ASK).model_dump() for mode in MODES},
        "partials": {mode: partials(mode) for mode in STREAMED_MODES},
        "parallel": parallel(),
        "awaited": asyncio.run(awaited()),
    }
    print(json.dumps(found))


main()
