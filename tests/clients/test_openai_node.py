"""OpenAI's SDK for Node against a served app: what chat.mjs and features.mjs print."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")),
    reason="node or npm is missing: install the Debian packages nodejs and npm, then run `make clients`",
)


def run(program: str, server: str) -> dict[str, Any]:
    """What *program* printed about *server*."""
    assert (HERE / "node_modules" / "openai").is_dir(), "run `make clients` first"
    environment = {**os.environ, "NODE_OPTIONS": "--dns-result-order=ipv4first"}  # Node 18 tries only one address
    command = ["node", str(HERE / program), server]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def said(server: str) -> dict[str, Any]:
    return run("chat.mjs", server)


@pytest.fixture(scope="module")
def found(server: str) -> dict[str, Any]:
    return run("features.mjs", server)


def test_a_streamed_chat_says_what_the_whole_one_says(said: dict[str, Any]) -> None:
    assert said["streamed"] == said["text"] != ""
    assert said["finish_reasons"] == ["stop"]
    assert said["streamed_usage"] == said["usage"]
    assert said["usage"]["completion_tokens"] > 0


def test_embeddings_are_unpacked_to_unit_vectors(said: dict[str, Any]) -> None:
    one, two = said["embeddings"]
    assert (len(one), len(two)) == (1536, 1536)
    assert [sum(x * x for x in vector) for vector in (one, two)] == pytest.approx([1, 1], abs=1e-5)
    assert one != two


def test_the_models_are_listed(said: dict[str, Any]) -> None:
    assert {"openai/gpt-oss-120b", "text-embedding-3-small"} < set(said["models"])


def test_a_bad_request_is_an_error_of_its_own_class(said: dict[str, Any]) -> None:
    assert said["error"] == {
        "name": "BadRequestError",
        "status": 400,
        "code": "empty_array",
        "param": "messages",
        "type": "invalid_request_error",
    }


@pytest.mark.parametrize("loop", ["loop", "streamed_loop"])
def test_run_tools_ends_with_an_answer(found: dict[str, Any], loop: str) -> None:
    told = found[loop]
    answer = "It is 18 degrees in Oslo."
    assert (told["given"], told["answer"]) == (["Oslo"], answer)
    assert told["roles"] == ["user", "assistant", "tool", "assistant"]
    if loop == "streamed_loop":
        assert told["streamed"] == answer
    else:
        assert told["total_tokens"] > 0


def test_streamed_calls_are_put_together_as_the_whole_ones(found: dict[str, Any]) -> None:
    told = found["streamed_calls"]
    name, arguments, parsed = "get_weather", '{"city":"Oslo"}', {"city": "Oslo"}
    assert told["whole"] == told["final"] == [{"name": name, "arguments": arguments, "parsed_arguments": parsed}]
    assert told["done"] == [{"name": name, "arguments": arguments, "parsed": parsed}]
    assert told["calls"] == [{"ids": 1, "name": name, "arguments": arguments}]
    assert told["reason"] == "tool_calls"


def test_zod_types_are_parsed_whole_and_streamed(found: dict[str, Any]) -> None:
    told = found["typed"]
    assert told["streamed"] == told["whole"]
    assert list(told["whole"]) == ["title", "priority", "votes", "steps", "note"]
    assert told["refusal"] is None
    assert told["parts"] > 10


def test_a_file_comes_back_and_goes(found: dict[str, Any]) -> None:
    assert found["files"] == {
        "named": ["lines.jsonl", 18],
        "text": '{"prompt": "Hé"}\n',
        "listed": True,
        "deleted": True,
        "missing": ["NotFoundError", 404],
    }


def test_embeddings_packed_and_plain_are_the_same_numbers(found: dict[str, Any]) -> None:
    assert found["embeddings"]["sizes"] == [256, 256]
    assert found["embeddings"]["apart"] < 1e-6
    assert found["embeddings"]["usage"]["prompt_tokens"] > 0


def test_a_reader_may_leave_a_stream(found: dict[str, Any]) -> None:
    assert found["left"] == {"read": 3, "aborted": True, "again": "stop"}


@pytest.fixture(scope="module")
def answered(server: str) -> dict[str, Any]:
    return run("responses.mjs", server)


def test_a_streamed_response_says_what_the_whole_one_says(answered: dict[str, Any]) -> None:
    told = answered["plain"]
    assert told["streamed"] == told["text"] != ""
    assert told["streamed_usage"] == told["usage"]
    assert told["numbered"] is True
    assert told["first"] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
    ]  # fmt: skip
    assert told["last"] == [
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
    ]  # fmt: skip
    assert told["items"] == ["user", "assistant", "user"]


@pytest.mark.parametrize("loop", ["loop", "streamed_loop"])
def test_a_loop_of_responses_ends_with_an_answer(answered: dict[str, Any], loop: str) -> None:
    told = answered[loop]
    given = ['{"city":"Oslo"}', '{"city":"Rome"}']
    assert told["calls"] == [["get_weather", each, json.loads(each)] for each in given]
    assert told["deltas"] == ("".join(given) if loop == "streamed_loop" else "")
    assert (told["turn"], told["answer"]) == (1, "It is 18 degrees in Oslo.\n\nIt is 18 degrees in Rome.")


def test_zod_types_are_parsed_from_responses(answered: dict[str, Any]) -> None:
    assert answered["typed"]["streamed"] == answered["typed"]["whole"]
    assert list(answered["typed"]["whole"]) == ["title", "priority", "votes", "note"]


def test_responses_search_and_read_files(answered: dict[str, Any]) -> None:
    assert answered["searches"] == {"types": ["web_search_call", "message"], "cited": [True] * 3}
    assert answered["file"] == {
        "answer": "The harbour opens at six in summer.",
        "missing": ["NotFoundError", 404, "input[0].content[0].file_id"],
    }


def test_a_response_in_the_background_comes_and_goes(answered: dict[str, Any]) -> None:
    told = answered["background"]
    assert (told["begun"], told["missing"]) == ("queued", "NotFoundError")
    assert told["text"] == answered["plain"]["text"]


def test_realtime_writes_speaks_and_calls_functions(server: str) -> None:
    told = run("realtime.mjs", server)
    assert told["session"] == "realtime"
    assert told["text"] == told["said"] != ""
    assert told["transcript"] != ""
    assert 1 < told["seconds"] < 60
    assert told["call"] == ["function_call", "get_weather", '{"city":"Paris"}']
    assert "31" in told["answer"]
    assert (told["error"], told["closed"]) == ("invalid_request_error", 1000)


@pytest.fixture(scope="module")
def seen(server: str) -> dict[str, Any]:
    return run("media.mjs", server)


def test_pictures_are_drawn_edited_fetched_streamed_and_looked_at(seen: dict[str, Any]) -> None:
    told = seen["pictures"]
    assert (told["head"], told["edited"], told["fetched"]) == ("PNG", "PNG", [200, "image/png"])
    assert told["partial"] == ["image_generation.partial_image", "image_generation.completed"]
    assert 85 < told["seen_tokens"] < 85 + 30


def test_what_is_spoken_is_heard_again_word_for_word(seen: dict[str, Any]) -> None:
    told = seen["sound"]
    assert (told["text"], told["words"]) == ("Queues grow when work comes faster than it goes.", 9)
    assert told["spoken"] == ["RIFF", True]


def test_harm_is_flagged_by_word(seen: dict[str, Any]) -> None:
    assert seen["judgement"] == [True, False]


def test_reasoning_probabilities_and_predictions_are_told(seen: dict[str, Any]) -> None:
    told = seen["reasons"]
    assert told["reasoning_tokens"] > 0
    assert told["logprobs"] == [2] * 5
    assert told["accepted"] > 10
