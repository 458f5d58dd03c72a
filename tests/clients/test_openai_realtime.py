"""OpenAI's Python SDK talks over the WebSocket of Realtime: text, sound, functions, and keys for one session."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.exceptions import InvalidStatus

from fakeai.runtime.content.media import listening

MODEL = "gpt-realtime"
EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def user(text: str) -> Any:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


async def answer(connection: Any) -> list[Any]:
    """The events up to the end of a response, each held to the SDK's own types."""
    events = []
    async for event in connection:
        EVENT.validate_python(event.to_dict(), strict=True)
        events.append(event)
        assert event.type != "error", event
        if event.type == "response.done":
            return events
    raise AssertionError("the connection ended before the response")


def test_the_async_client_writes_hears_and_calls_functions(server: str) -> None:
    async def talk() -> None:
        async with (
            AsyncOpenAI(base_url=f"{server}/v1", api_key="any") as client,
            client.realtime.connect(model=MODEL) as connection,
        ):
            await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
            await connection.conversation.item.create(item=user("Why do cats purr?"))
            await connection.response.create()
            events = await answer(connection)
            assert events[0].type == "session.created"
            text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
            assert events[-1].response.output[0].content[0].text == text != ""

            await connection.response.create(response={"output_modalities": ["audio"]})
            events = await answer(connection)
            deltas = [event.delta for event in events if event.type == "response.output_audio.delta"]
            sound = b"".join(base64.b64decode(delta) for delta in deltas)
            transcript = events[-1].response.output[0].content[0].transcript
            assert listening.listen(sound, "pcm16").text == transcript != ""

            await connection.session.update(session={"type": "realtime", "tools": [WEATHER]})
            await connection.conversation.item.create(item=user("What is the weather in Paris?"))
            await connection.response.create()
            call = (await answer(connection))[-1].response.output[0]
            assert (call.type, call.name, call.arguments) == ("function_call", "get_weather", '{"city":"Paris"}')
            output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": '{"degrees": 31}'}
            await connection.conversation.item.create(item=output)
            await connection.response.create()
            assert "31" in (await answer(connection))[-1].response.output[0].content[0].text

            quiet = base64.b64encode(bytes(48 * 600)).decode()
            for delta in [*deltas[:20], quiet]:
                await connection.input_audio_buffer.append(audio=delta)
            events = await answer(connection)
            assert "input_audio_buffer.speech_stopped" in [event.type for event in events]

    asyncio.run(talk())


def test_keys_are_asked_for_and_an_ephemeral_one_opens_its_session(serve: Callable[..., str]) -> None:
    base_url = f"{serve('--require-api-key', '--api-keys', 'k1')}/v1"

    async def talk() -> None:
        async with AsyncOpenAI(base_url=base_url, api_key="k1") as client:
            secret = await client.realtime.client_secrets.create(
                session={"type": "realtime", "model": MODEL, "instructions": "Rhyme."}
            )
        async with (
            AsyncOpenAI(base_url=base_url, api_key=secret.value) as browser,
            browser.realtime.connect(model=MODEL) as connection,
        ):
            created: Any = await connection.recv()
            assert created.session.instructions == "Rhyme."
        async with AsyncOpenAI(base_url=base_url, api_key="k2") as stranger:
            with pytest.raises(InvalidStatus) as caught:
                await stranger.realtime.connect(model=MODEL).enter()
            assert caught.value.response.status_code == 401
            assert b"invalid_api_key" in caught.value.response.body

    asyncio.run(talk())
