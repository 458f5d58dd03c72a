"""A voice session of OpenAI's Agents SDK with the server at the address in the first argument; prints JSON."""

import asyncio
import json
import sys

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner


@function_tool
def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return json.dumps({"city": city, "degrees": 31})


async def main(address: str) -> None:
    agent = RealtimeAgent(name="Guide", instructions="Be brief.", tools=[get_weather])
    runner = RealtimeRunner(agent, config={"model_settings": {"model_name": "gpt-realtime"}})
    url = f"{address.replace('http', 'ws', 1)}/v1/realtime?model=gpt-realtime"
    session = await runner.run(model_config={"url": url, "api_key": "any"})
    seen, results, sound, interrupted = [], [], b"", False
    async with session:
        await session.send_message("What is the weather in Paris?")
        async for event in session:
            seen.append(event.type)
            if event.type == "tool_end":
                results.append([event.tool.name, event.output])
            if event.type == "audio":
                sound += event.audio.data
            if event.type == "audio_interrupted":
                interrupted = True
                break
            if event.type == "audio_end":  # it is played for some seconds still: somebody speaks into it
                await session.send_audio(sound[: 48 * 1000])
        items = session._history
    said = [
        part.transcript
        for item in items
        if item.type == "message" and item.role == "assistant"
        for part in item.content
    ]
    print(json.dumps({"errors": seen.count("error"), "results": results, "said": said, "interrupted": interrupted}))


asyncio.run(main(sys.argv[1]))
