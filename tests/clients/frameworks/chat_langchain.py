"""LangChain on chat and on responses, against the server at the address in the first argument; prints JSON."""

import asyncio
import json
import sys
from functools import reduce
from operator import add
from typing import Any, Literal

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, Field

SERVER: dict[str, Any] = {"base_url": f"{sys.argv[1]}/v1", "api_key": "any", "max_retries": 0}
QUESTION = [SystemMessage("You are terse."), HumanMessage("Why do queues grow?")]
WEATHER = [HumanMessage("What is the weather in Oslo?")]
TURNS = 5  # at most, of a loop


@tool
def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> str:
    """Get the current weather in a city."""
    return f"It is 18 degrees {unit} in {city}."


class Ticket(BaseModel):
    """A ticket of a help desk."""

    title: str
    priority: Literal["low", "high"]
    steps: list[str] = Field(min_length=1, max_length=3)
    votes: int = Field(ge=0, le=10)


def loop(model: ChatOpenAI) -> dict[str, Any]:
    """Call tools until the model answers with text."""
    tools = model.bind_tools([get_weather])
    messages: list[BaseMessage] = list(WEATHER)
    calls: list[list[Any]] = []
    results: list[str] = []
    reasons: list[str] = []
    for _ in range(TURNS):
        answer = tools.invoke(messages)
        assert isinstance(answer, AIMessage)
        messages.append(answer)
        reasons.append(answer.response_metadata.get("finish_reason") or answer.response_metadata["status"])
        if not answer.tool_calls:
            break
        for call in answer.tool_calls:
            calls.append([call["name"], call["args"]])
            result = get_weather.invoke(call)
            assert isinstance(result, ToolMessage)
            results.append(str(result.content))
            messages.append(result)
    return {"calls": calls, "results": results, "answer": messages[-1].text, "finish_reasons": reasons}


def streamed_calls(model: ChatOpenAI) -> list[list[Any]]:
    chunks = list(model.bind_tools([get_weather]).stream(WEATHER))
    whole = reduce(add, chunks)
    assert isinstance(whole, AIMessageChunk)
    return [[call["name"], call["args"]] for call in whole.tool_calls]


def structured(model: ChatOpenAI) -> dict[str, Any]:
    """A ticket by each of LangChain's methods."""
    made = {}
    for method in ("json_schema", "function_calling"):
        made[method] = model.with_structured_output(Ticket, method=method).invoke("Write a ticket: the printer jams")
    raw = model.with_structured_output(Ticket, method="json_schema", strict=True, include_raw=True)
    both = raw.invoke("Write a ticket: the printer jams")
    made["with_raw"] = both["parsed"]
    assert both["parsing_error"] is None
    last = None
    for part in model.with_structured_output(Ticket).stream("Write a ticket: the printer jams"):
        last = part
    made["streamed"] = last
    mode = model.with_structured_output(None, method="json_mode").invoke("Say hello as JSON")
    return {name: ticket.model_dump() for name, ticket in made.items()} | {"json_mode": mode}


def embedded() -> dict[str, Any]:
    """Texts as they are, and as the arrays of tokens that LangChain makes of them."""
    texts = ["queues grow", "queues shrink"]
    plain = OpenAIEmbeddings(model="text-embedding-3-small", check_embedding_ctx_length=False, **SERVER)
    tokens = OpenAIEmbeddings(model="text-embedding-3-small", dimensions=256, **SERVER)
    return {"texts": plain.embed_documents(texts), "query": plain.embed_query(texts[0]),
            "tokens": tokens.embed_documents(texts)}  # fmt: skip


def on_responses() -> dict[str, Any]:
    """What LangChain makes of the items and events of responses."""
    model = ChatOpenAI(model="gpt-4o-mini", use_responses_api=True, **SERVER)
    whole = model.invoke(QUESTION)
    joined = reduce(add, list(model.stream(QUESTION)))
    more = model.bind(previous_response_id=whole.response_metadata["id"]).invoke("And then?")
    searched = model.bind_tools([{"type": "web_search"}]).invoke("Search the web for queues")
    ticket = model.with_structured_output(Ticket).invoke("Write a ticket: the printer jams")
    return {
        "text": whole.text,
        "usage": whole.usage_metadata,
        "streamed": joined.text,
        "streamed_usage": joined.usage_metadata,
        "more": more.usage_metadata["input_tokens"],
        "searched": [block["type"] for block in searched.content_blocks],
        "cited": [note["url"] in searched.text for note in searched.content_blocks[-1]["annotations"]],
        "ticket": ticket.model_dump(),
        "loop": loop(model),
        "reasoning_loop": loop(ChatOpenAI(model="some/reasoning-model", use_responses_api=True, **SERVER)),
    }


def main() -> None:
    model = ChatOpenAI(model="gpt-4o-mini", **SERVER)
    whole = model.invoke(QUESTION)
    chunks = list(model.stream(QUESTION, stream_usage=True))
    joined = reduce(add, chunks)
    told = model.bind(logprobs=True, top_logprobs=2).invoke(QUESTION)
    print(
        json.dumps(
            {
                "text": whole.text,
                "usage": whole.usage_metadata,
                "finish_reason": whole.response_metadata["finish_reason"],
                "streamed": joined.text,
                "streamed_usage": joined.usage_metadata,
                "chunks": len(chunks),
                "awaited": asyncio.run(model.ainvoke(QUESTION)).text,
                "batched": [answer.text for answer in model.batch([QUESTION, QUESTION])],
                "logprobs": "".join(token["token"] for token in told.response_metadata["logprobs"]["content"]),
                "loop": loop(model),
                "reasoning_loop": loop(ChatOpenAI(model="some/reasoning-model", **SERVER)),
                "streamed_calls": streamed_calls(model),
                "structured": structured(model),
                "embeddings": embedded(),
                "responses": on_responses(),
            }
        )
    )


main()
