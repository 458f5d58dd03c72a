"""The documentation pages in a real browser that has no internet: what visit.mjs saw."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.process import Server, running

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KEY = "sk-typed-into-the-page"
DOCUMENT = json.loads((ROOT / "generated" / "openapi.json").read_text())
LONGEST_VISIT = 120  # seconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    options = ("--ttft", "0", "--itl", "0", "--require-api-key", "--api-key", KEY)
    with running(tmp_path_factory.mktemp("server"), *options) as server:
        yield server


@pytest.fixture(scope="module")
def seen(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the browser saw on each page; SCREENSHOTS names a folder that keeps the screenshots."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser, "there is no browser: install the Debian package chromium"
    assert shutil.which("node"), "there is no node: install the Debian packages nodejs and npm, then run `make clients`"
    assert (ROOT / "tests" / "clients" / "node_modules" / "playwright-core").is_dir(), "run `make clients` first"
    shots = os.environ.get("SCREENSHOTS") or str(tmp_path_factory.mktemp("screenshots"))
    command = ["node", str(HERE / "visit.mjs"), server.address, browser, shots, KEY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_VISIT)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_a_page_loads_without_errors_and_without_another_host(seen: dict[str, Any], server: Server, page: str) -> None:
    assert seen[page]["errors"] == []
    assert seen[page]["title"] == "FakeAI"
    assert f"{server.address}/openapi.json" in seen[page]["requests"]
    own = (f"{server.address}/", f"blob:{server.address}/", "data:")
    assert [url for url in seen[page]["requests"] if not url.startswith(own)] == []


def test_swagger_ui_shows_every_tag_and_its_operations(seen: dict[str, Any]) -> None:
    assert seen["docs"]["tags"] == [tag["name"] for tag in DOCUMENT["tags"]]
    assert sorted(seen["docs"]["operations"]) == sorted(
        f"{method.upper()} {path}"
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if "Chat" in operation["tags"]
    )


def test_what_is_tried_out_is_sent_to_the_same_server_with_the_key_that_was_typed(seen: dict[str, Any]) -> None:
    assert seen["docs"]["status"].split() == ["200"]
    assert json.loads(seen["docs"]["body"])["object"] == "chat.completion"


def test_redoc_shows_every_operation(seen: dict[str, Any]) -> None:
    assert seen["redoc"]["operations"] == sum(len(item) for item in DOCUMENT["paths"].values())
    chat = DOCUMENT["paths"]["/v1/chat/completions"]["post"]
    assert seen["redoc"]["heading"] == chat["summary"]
