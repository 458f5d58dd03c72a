"""LlamaIndex against the server at the address in the first argument; prints what came back as JSON."""

import asyncio
import json
import sys
from typing import Any, Literal

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.agent.workflow import AgentStream, FunctionAgent, ToolCallResult
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

SERVER: dict[str, Any] = {"api_base": f"{sys.argv[1]}/v1", "api_key": "any", "max_retries": 0}
QUESTION = [ChatMessage("You are terse.", role="system"), ChatMessage("Why do queues grow?")]
QUESTION_TO_TOOLS = "What is the weather in Oslo?"


def get_weather(city: str) -> str:
    """Get the current weather in a city."""
    return f"It is 18 degrees in {city}."


class Report(BaseModel):
    """A report of the weather."""

    city: str
    sky: Literal["clear", "cloudy"]
    degrees: int


async def agent(model: OpenAI) -> dict[str, Any]:
    """A FunctionAgent works until it answers with text."""
    handler = FunctionAgent(tools=[get_weather], llm=model).run(QUESTION_TO_TOOLS)
    calls, deltas = [], []
    async for event in handler.stream_events():
        if isinstance(event, ToolCallResult):
            calls.append([event.tool_name, event.tool_kwargs, str(event.tool_output)])
        elif isinstance(event, AgentStream):
            deltas.append(event.delta)
    return {"calls": calls, "streamed": "".join(deltas), "answer": str(await handler)}


def index(model: OpenAI, embedding: OpenAIEmbedding) -> dict[str, Any]:
    """A question to documents."""
    texts = ["Queues grow when work arrives faster than it leaves.", "Bread rises because yeast makes gas."]
    built = VectorStoreIndex.from_documents([Document(text=text) for text in texts], embed_model=embedding)
    answer = built.as_query_engine(llm=model, similarity_top_k=1).query("Why do queues grow?")
    return {"answer": str(answer), "sources": [node.get_content() for node in answer.source_nodes]}


def main() -> None:
    model = OpenAI(model="gpt-4o-mini", **SERVER)
    like = OpenAILike(model="some/reasoning-model", is_chat_model=True, is_function_calling_model=True, **SERVER)
    embedding = OpenAIEmbedding(model="text-embedding-3-small", **SERVER)
    found: dict[str, Any] = {}
    for name, each in {"OpenAI": model, "OpenAILike": like}.items():
        whole = each.chat(QUESTION)
        tools = each.chat_with_tools([FunctionTool.from_defaults(get_weather)], user_msg=QUESTION_TO_TOOLS)
        found[name] = {
            "text": whole.message.content,
            "streamed": "".join(part.delta or "" for part in each.stream_chat(QUESTION)),
            "completed": each.complete("Why do queues grow?").text,
            "calls": [[c.tool_name, c.tool_kwargs] for c in each.get_tool_calls_from_response(tools)],
            "agent": asyncio.run(agent(each)),
            "structured": each.as_structured_llm(Report).complete("Report on Oslo").raw.model_dump(),
        }
    found["embeddings"] = embedding.get_text_embedding_batch(["queues grow", "queues shrink"])
    found["index"] = index(model, embedding)
    print(json.dumps(found))


main()
