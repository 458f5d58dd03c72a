"""LangChain (with NVIDIA's endpoints, too), LlamaIndex, instructor and OpenAI's Agents SDK against a served app.

What they say is what the programs in frameworks/ print.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process import running

HOME = Path(__file__).parents[2] / ".venv-frameworks"
PROGRAMS = Path(__file__).parent / "frameworks"

# Nothing but the server is asked: what leaves the host meets a proxy that is not there.
OFFLINE = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "localhost,127.0.0.1",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "LANGSMITH_TRACING": "false",
    "NVIDIA_USAGE_TELEMETRY_ENABLED": "0",
}

CALL = ["get_weather", {"city": "Oslo"}]
RESULT = "It is 18 degrees in Oslo."
REASONS = {"gpt-4o-mini": [], "some/reasoning-model": ["reasoning_item"]}  # what an agent gets before each answer


def run(program: str, server: str) -> dict[str, Any]:
    """What *program* printed about *server*."""
    python = HOME / "bin" / "python"
    assert python.is_file(), "run `make clients` first"
    (vocabularies,) = HOME.glob("lib/python*/site-packages/llama_index/core/_static/tiktoken_cache")
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= OFFLINE | {"TIKTOKEN_CACHE_DIR": str(vocabularies)}
    command = [str(python), str(PROGRAMS / program), server]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def langchain(server: str) -> dict[str, Any]:
    return run("chat_langchain.py", server)


@pytest.fixture(scope="module", params=["openai", "dynamo", "nim"])
def nvidia(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """NVIDIA's endpoints of LangChain against a server of each dialect."""
    folder = tmp_path_factory.mktemp("server")
    with running(folder, "--ttft", "3:0", "--itl", "0", "--dialect", request.param) as server:
        yield run("chat_nvidia.py", server.address)


@pytest.fixture(scope="module")
def llamaindex(server: str) -> dict[str, Any]:
    return run("chat_llamaindex.py", server)


@pytest.fixture(scope="module")
def instructor(server: str) -> dict[str, Any]:
    return run("chat_instructor.py", server)


@pytest.fixture(scope="module")
def agents(server: str) -> dict[str, Any]:
    return run("chat_agents.py", server)


def test_langchain_reads_the_same_answer_in_every_way(langchain: dict[str, Any]) -> None:
    text = langchain["text"]
    assert len(text) > 50
    assert langchain["finish_reason"] == "stop"
    assert [langchain[name] for name in ("streamed", "awaited", "logprobs")] == [text] * 3
    assert langchain["batched"] == [text] * 2
    assert langchain["streamed_usage"] == langchain["usage"]
    assert langchain["chunks"] > langchain["usage"]["output_tokens"] > 0  # a chunk for each token


@pytest.mark.parametrize("loop", ["loop", "reasoning_loop"])
def test_langchain_calls_tools_until_the_model_has_an_answer(langchain: dict[str, Any], loop: str) -> None:
    result = "It is 18 degrees celsius in Oslo."
    assert langchain[loop] == {
        "calls": [CALL],
        "results": [result],
        "answer": result,
        "finish_reasons": ["tool_calls", "stop"],
    }
    assert langchain["streamed_calls"] == [CALL]


def test_langchain_works_with_responses(langchain: dict[str, Any]) -> None:
    found = langchain["responses"]
    assert found["streamed"] == found["text"] != ""
    assert found["streamed_usage"] == found["usage"]
    assert found["more"] > found["usage"]["total_tokens"]
    assert found["searched"] == ["server_tool_call", "server_tool_result", "text"]
    assert found["cited"] == [True] * 3
    assert list(found["ticket"]) == ["title", "priority", "steps", "votes"]
    result = "It is 18 degrees celsius in Oslo."
    assert (
        found["loop"]
        == found["reasoning_loop"]
        == {
            "calls": [CALL],
            "results": [result],
            "answer": result,
            "finish_reasons": ["completed", "completed"],
        }
    )


def test_langchain_makes_objects_of_a_pydantic_model(langchain: dict[str, Any]) -> None:
    tickets = langchain["structured"]
    mode = tickets.pop("json_mode")
    assert mode != {}
    assert isinstance(mode, dict)
    assert list(tickets) == ["json_schema", "function_calling", "with_raw", "streamed"]
    assert tickets["json_schema"] == tickets["with_raw"] == tickets["streamed"]
    for ticket in tickets.values():
        assert list(ticket) == ["title", "priority", "steps", "votes"]
        assert ticket["title"] != ""


def test_langchain_embeds_texts_and_tokens(langchain: dict[str, Any]) -> None:
    found = langchain["embeddings"]
    assert [len(vector) for vector in (*found["texts"], *found["tokens"])] == [1536, 1536, 256, 256]
    assert found["query"] == found["texts"][0] != found["texts"][1]
    assert found["tokens"][0] != found["tokens"][1]


def test_chatnvidia_reads_the_same_answer_in_every_way(nvidia: dict[str, Any]) -> None:
    chats = nvidia["chats"]
    text = chats["text"]
    assert len(text) > 50
    assert [chats["streamed"], chats["awaited"], *chats["dynamo"]] == [text] * 4
    assert chats["streamed_usage"] == chats["usage"]
    assert chats["chunks"] > chats["usage"]["output_tokens"] > 0
    assert chats["models"] is True
    assert chats["refused"].startswith("[400] ")
    assert "temperature" in chats["refused"]


def test_chatnvidia_calls_tools_and_is_guided(nvidia: dict[str, Any]) -> None:
    chats = nvidia["chats"]
    assert chats["tools"] == {"calls": [CALL], "answer": RESULT}
    assert chats["guided"] == {"regex": "144", "choice": "yes"}
    assert chats["structured"] == chats["schema"] == {"name": "Ann", "age": 33}
    assert nvidia["moods"] == ["positive", "negative"]


def test_nvidiaembeddings_finds_near_texts_and_cuts_long_ones(nvidia: dict[str, Any]) -> None:
    found = nvidia["embeddings"]
    assert found["near"] == sorted(found["near"])
    assert found["near"][0] < 0.2 < 0.5 < found["near"][2]
    assert (found["sizes"], found["cut"], found["small"]) == ([1024] * 4, [1024] * 2, 64)
    assert found["awaited"] is True
    assert "512" in found["refused"]


def test_nvidiarerank_gives_the_documents_that_fit(nvidia: dict[str, Any]) -> None:
    ranks = nvidia["ranks"]
    assert ranks["texts"] == ["Caches hold prefixes.", "A cached prefix need not be computed again."]
    assert ranks["scores"] == sorted(ranks["scores"], reverse=True)
    assert ranks["batched"] == [*ranks["texts"], "Volcanoes erupt when pressure rises."]


@pytest.mark.parametrize("client", ["OpenAI", "OpenAILike"])
def test_llamaindex_streams_what_it_reads_whole(llamaindex: dict[str, Any], client: str) -> None:
    found = llamaindex[client]
    assert found["streamed"] == found["text"] != ""
    assert found["completed"] not in ("", found["text"])


@pytest.mark.parametrize("client", ["OpenAI", "OpenAILike"])
def test_an_agent_of_llamaindex_works_to_its_end(llamaindex: dict[str, Any], client: str) -> None:
    found = llamaindex[client]
    assert found["calls"] == [CALL]
    assert found["agent"] == {"calls": [[*CALL, RESULT]], "streamed": RESULT, "answer": RESULT}
    assert list(found["structured"]) == ["city", "sky", "degrees"]


def test_llamaindex_answers_from_an_index(llamaindex: dict[str, Any]) -> None:
    assert [len(vector) for vector in llamaindex["embeddings"]] == [1536, 1536]
    assert llamaindex["index"]["sources"] == ["Queues grow when work arrives faster than it leaves."]
    assert llamaindex["index"]["answer"] == "Queues grow when work arrives faster than it leaves."


def test_instructor_makes_a_trip_in_every_mode(instructor: dict[str, Any]) -> None:
    assert list(instructor["whole"]) == ["TOOLS", "TOOLS_STRICT", "JSON_SCHEMA", "JSON"]
    for trip in instructor["whole"].values():
        assert list(trip) == ["city", "budget", "stops", "note"]
    assert instructor["awaited"] == instructor["whole"]["TOOLS"]
    assert {name for name, _ in instructor["parallel"]} <= {"Trip", "Stop"}
    assert instructor["parallel"] != []


@pytest.mark.parametrize("mode", ["TOOLS", "JSON_SCHEMA"])
def test_instructor_sees_a_trip_grow(instructor: dict[str, Any], mode: str) -> None:
    parts = instructor["partials"][mode]
    last = parts[-1]
    assert [name for name, value in last.items() if value is None] in ([], ["note"])
    assert all(last["city"].startswith(part["city"] or "") for part in parts)
    filled = [sum(value is not None for value in part.values()) for part in parts]
    assert filled == sorted(filled)
    assert len(set(filled)) >= 3


@pytest.mark.parametrize("model", REASONS)
@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_agent_of_openai_works_to_its_end(agents: dict[str, Any], api: str, model: str) -> None:
    found = agents[api][model]
    assert found["whole"] == {
        "items": [
            *REASONS[model],
            "tool_call_item",
            "tool_call_output_item",
            *REASONS[model],
            "message_output_item",
        ],
        "calls": [CALL],
        "results": [RESULT],
        "answer": RESULT,
        "last_agent": "Forecaster",
    }
    assert found["streamed"] == found["whole"]
    assert found["streamed_text"] == RESULT
    assert found["requests"] == 2
    assert found["output_tokens"] > 0
    assert list(found["typed"]) == ["city", "sky", "degrees"]


@pytest.mark.parametrize("model", REASONS)
@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_agent_of_openai_hands_over(agents: dict[str, Any], api: str, model: str) -> None:
    found = agents[api][model]["handed_over"]
    first, last = ["handoff_call_item", "handoff_output_item"], ["message_output_item"]
    assert found["items"] == [*REASONS[model], *first, *REASONS[model], *last]
    assert (found["last_agent"], found["calls"]) == ("Billing", [])
    assert "Billing" in found["answer"]  # what the handoff's result says


def test_an_agent_of_openai_searches_files_and_the_web(agents: dict[str, Any]) -> None:
    assert agents["hosted"] == {
        "kinds": [["file_search_call", "message"], ["web_search_call", "message"]],
        "answer": 'guide.txt says: "The harbour opens at six."',
        "inputs": 3,
    }
