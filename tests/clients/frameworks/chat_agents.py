"""OpenAI's Agents SDK on chat and responses, against the server at the address in the first argument; prints JSON."""

import asyncio
import json
import sys
from typing import Any, Literal

from agents import (
    Agent,
    FileSearchTool,
    Model,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    RunResult,
    RunResultStreaming,
    WebSearchTool,
    function_tool,
)
from openai import AsyncOpenAI
from pydantic import BaseModel

QUESTION = "What is the weather in Oslo?"


class Report(BaseModel):
    city: str
    sky: Literal["clear", "cloudy"]
    degrees: int


@function_tool
def get_weather(city: str) -> str:
    """Get the current weather in a city."""
    return f"It is 18 degrees in {city}."


def told(result: RunResult | RunResultStreaming) -> dict[str, Any]:
    """What a run did and said."""
    items = result.new_items
    return {
        "items": [item.type for item in items],
        "calls": [[i.raw_item.name, json.loads(i.raw_item.arguments)] for i in items if i.type == "tool_call_item"],
        "results": [item.output for item in items if item.type == "tool_call_output_item"],
        "answer": result.final_output,
        "last_agent": result.last_agent.name,
    }


async def run(model: Model) -> dict[str, Any]:
    """A loop of tools, whole and streamed; an answer of a type; a handoff to another agent."""
    agent = Agent(name="Forecaster", instructions="You are terse.", model=model, tools=[get_weather])
    whole = await Runner.run(agent, QUESTION)
    streamed = Runner.run_streamed(agent, QUESTION)
    deltas = []
    async for event in streamed.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            deltas.append(event.data.delta)
    typed = await Runner.run(Agent(name="Reporter", model=model, output_type=Report), "Report on Oslo")
    billing = Agent(name="Billing", model=model, handoff_description="Answers about invoices and refunds.")
    desk = Agent(name="Desk", instructions="Hand over.", model=model, handoffs=[billing])
    return {
        "whole": told(whole),
        "requests": whole.context_wrapper.usage.requests,
        "output_tokens": whole.context_wrapper.usage.output_tokens,
        "streamed": told(streamed),
        "streamed_text": "".join(deltas),
        "typed": typed.final_output.model_dump(),
        "handed_over": told(await Runner.run(desk, "I want a refund of two invoices")),
    }


async def hosted(client: AsyncOpenAI, model: Model) -> dict[str, Any]:
    """What the server's own tools find, and a run that goes on where another ended."""
    guide = await client.files.create(file=("guide.txt", b"The harbour opens at six."), purpose="assistants")
    store = await client.vector_stores.create()
    await client.vector_stores.files.create_and_poll(guide.id, vector_store_id=store.id)
    agent = Agent(name="Guide", model=model, tools=[WebSearchTool(), FileSearchTool(vector_store_ids=[store.id])])
    found = await Runner.run(agent, "According to the files, when does the harbour open?")
    more = await Runner.run(agent, "Search the web for lamps", previous_response_id=found.last_response_id)
    kinds = [[item.raw_item.type for item in result.new_items] for result in (found, more)]
    return {"kinds": kinds, "answer": found.final_output, "inputs": len(more.to_input_list())}


async def main() -> None:
    async with AsyncOpenAI(base_url=f"{sys.argv[1]}/v1", api_key="any", max_retries=0) as client:
        models = ("gpt-4o-mini", "some/reasoning-model")
        chat = {name: await run(OpenAIChatCompletionsModel(model=name, openai_client=client)) for name in models}
        answered = {name: await run(OpenAIResponsesModel(model=name, openai_client=client)) for name in models}
        tools = await hosted(client, OpenAIResponsesModel(model=models[0], openai_client=client))
    print(json.dumps({"chat": chat, "responses": answered, "hosted": tools}))


asyncio.run(main())
