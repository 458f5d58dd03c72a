"""OpenAI's SDK for Node against a served app: what chat.mjs prints."""

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


@pytest.fixture(scope="module")
def said(server: str) -> dict[str, Any]:
    """What the program saw."""
    assert (HERE / "node_modules" / "openai").is_dir(), "run `make clients` first"
    environment = {**os.environ, "NODE_OPTIONS": "--dns-result-order=ipv4first"}  # Node 18 tries only one address
    command = ["node", str(HERE / "chat.mjs"), server]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


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
