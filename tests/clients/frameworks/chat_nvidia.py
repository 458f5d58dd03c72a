"""LangChain's NVIDIA endpoints against the server whose address is the first argument; prints JSON of what came."""

import asyncio
import enum
import json
import sys
import warnings
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any, Literal

from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_nvidia_ai_endpoints import ChatNVIDIA, ChatNVIDIADynamo, NVIDIAEmbeddings, NVIDIARerank
from pydantic import BaseModel, Field

URL = f"{sys.argv[1]}/v1"
CHAT, EMBED, RANK = (
    "nvidia/llama-3.1-nemotron-70b-instruct",
    "nvidia/nv-embedqa-e5-v5",
    "nvidia/llama-3.2-nv-rerankqa-1b-v2",
)
KEYS: dict[str, Any] = {"base_url": URL, "api_key": "any"}
QUESTION = [HumanMessage("Why do queues grow?")]
TEXTS = ["Volcanoes erupt when pressure rises.", "A cached prefix need not be computed again.", "Caches hold prefixes."]
LONG = "volcano " + "river " * 600


@tool
def get_weather(city: str) -> str:
    """Get the current weather in a city."""
    return f"It is 18 degrees in {city}."


class Person(BaseModel):
    """A person."""

    name: str
    age: int = Field(ge=0)


class Mood(enum.Enum):
    """How a text sounds."""

    GLAD = "positive"
    SAD = "negative"


def called() -> dict[str, Any]:
    """One call of a tool, and what the model makes of its result."""
    model = ChatNVIDIA(model=CHAT, **KEYS).bind_tools([get_weather])
    messages: list[Any] = [HumanMessage("What is the weather in Oslo?")]
    answer = model.invoke(messages)
    assert isinstance(answer, AIMessage)
    messages.append(answer)
    for call in answer.tool_calls:
        result = get_weather.invoke(call)
        assert isinstance(result, ToolMessage)
        messages.append(result)
    return {
        "calls": [[call["name"], call["args"]] for call in answer.tool_calls],
        "answer": model.invoke(messages).content,
    }


def refusal(ask: Callable[[], Any]) -> str:
    """What the client says when the server says no."""
    try:
        ask()
    except Exception as error:
        return str(error)
    return ""


def chats() -> dict[str, Any]:
    model = ChatNVIDIA(model=CHAT, **KEYS)
    whole = model.invoke(QUESTION)
    parts = list(model.stream(QUESTION))
    joined = reduce(add, parts)
    dynamo = [ChatNVIDIADynamo(model=CHAT, osl=osl, **KEYS).invoke(QUESTION).content for osl in (64, 2048)]
    awaited = asyncio.run(model.ainvoke(QUESTION))
    return {
        "text": whole.content,
        "usage": whole.usage_metadata,
        "streamed": joined.content,
        "streamed_usage": joined.usage_metadata,
        "chunks": len(parts),
        "awaited": awaited.content,
        "dynamo": dynamo,
        "guided": {
            "regex": model.invoke("What is 12 * 12?", nvext={"guided_regex": r"\d+"}).content,
            "choice": model.invoke("Is the sky blue?", nvext={"guided_choice": ["yes", "no"]}).content,
        },
        "structured": model.with_structured_output(Person).invoke("Ann is 33 years old").model_dump(),
        "schema": model.with_structured_output(Person.model_json_schema()).invoke("Ann is 33 years old"),
        "models": CHAT in [each.id for each in model.available_models],
        "tools": called(),
        "refused": refusal(lambda: model.invoke(QUESTION, temperature=9)),
    }


def moods() -> list[str | None]:
    model = ChatNVIDIA(model=CHAT, **KEYS).with_structured_output(Mood)
    texts = ("I love this movie, it is great", "A terrible waste of money")
    found = [model.invoke(f"Classify the sentiment: {text}") for text in texts]
    return [mood and mood.value for mood in found]


def embeds(truncate: Literal["NONE", "START", "END"] = "NONE", **more: Any) -> NVIDIAEmbeddings:
    return NVIDIAEmbeddings(model=EMBED, truncate=truncate, **KEYS, **more)


def embeddings() -> dict[str, Any]:
    model = embeds()
    query = model.embed_query("Why cache prefixes?")
    documents = model.embed_documents(TEXTS)
    return {
        "near": [sum(a * b for a, b in zip(query, each, strict=True)) for each in documents],
        "sizes": [len(query), *map(len, documents)],
        "awaited": asyncio.run(model.aembed_query("Why cache prefixes?")) == query,
        "refused": refusal(lambda: model.embed_query(LONG)),
        "cut": [len(embeds(cut).embed_query(LONG)) for cut in ("START", "END")],
        "small": len(embeds(dimensions=64).embed_query("Why?")),
    }


def ranks() -> dict[str, Any]:
    model = NVIDIARerank(model=RANK, top_n=2, **KEYS)
    documents = [Document(text) for text in TEXTS]
    ranked = model.compress_documents(documents, "Why cache prefixes?")
    batched = NVIDIARerank(model=RANK, top_n=3, max_batch_size=2, truncate="END", **KEYS)
    return {
        "texts": [each.page_content for each in ranked],
        "scores": [each.metadata["relevance_score"] for each in ranked],
        "batched": [each.page_content for each in batched.compress_documents(documents, "Why cache prefixes?")],
    }


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that models are not known, or may not support what is asked
        print(json.dumps({"chats": chats(), "moods": moods(), "embeddings": embeddings(), "ranks": ranks()}))
