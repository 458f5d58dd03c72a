"""The commands that look at a running server, as a user types them."""

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.process import running
from tests.test_cli import fakeai


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that was asked for two chats, of which one failed."""
    folder = tmp_path_factory.mktemp("looking")
    options = ("--ttft", "50:0", "--itl", "0", "--fixed-clock", "2026-01-01T00:00:00Z", "--answers", "echo")
    (folder / "faults.yaml").write_text("rules: [{match: {model: gpt-bad}, fault: rate_limit}]")
    with running(folder, *options, "--faults", "faults.yaml") as server:
        for model in ("gpt-4o", "gpt-bad"):
            body = {"model": model, "messages": [{"role": "user", "content": "Hi"}]}
            url = f"{server.address}/v1/chat/completions"
            request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as error:
                error.close()
        yield server.address


def test_status_tells_how_the_server_is(address: str, tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "status", "--url", address)
    lines = shown.splitlines()
    assert (code, lines[0]) == (0, f"{address} is healthy"), shown
    assert lines[1] == "Time             2026-01-01 00:00:00"
    assert lines[3:7] == [
        "Seed             0",
        "Requests         2, 2 in the journal",
        "Rules of faults  1",
        "Scripted rules   0",
    ]
    assert lines[8].split() == "Worker Running Waiting Requests Blocks held kept of".split()
    assert [line.split()[:4] for line in lines[9:]] == [
        ["0", "0", "0", "1"],
        ["1", "0", "0", "0"],
        ["2", "0", "0", "0"],
        ["3", "0", "0", "0"],
    ]
    code, shown = fakeai(tmp_path, "status", "--port", address.rpartition(":")[2], "--json")
    assert (code, json.loads(shown)["state"]["requests"]) == (0, 2)


def test_status_shows_ranks_where_there_are_some(tmp_path: Path) -> None:
    options = ("--ttft", "0", "--data-parallel-size", "2", "--kv-cache-num-workers", "1")
    with running(tmp_path, *options) as server:
        code, shown = fakeai(tmp_path, "status", "--url", server.address)
    rows = [line.split()[:4] for line in shown.splitlines()[8:]]
    assert (code, rows) == (
        0, [["Worker", "Rank", "Running", "Waiting"], ["0", "0", "0", "0"], ["0", "1", "0", "0"]],
    )  # fmt: skip


def test_status_fails_when_nobody_answers(tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "status", "--port", "1")
    assert (code, shown.startswith("Error: http://localhost:1 does not answer: ")) == (1, True)


def test_requests_shows_the_journal(address: str, tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "requests", "--url", address, "--path", "/v1/chat/*")
    lines = [line.split() for line in shown.splitlines()]
    assert int(lines[1][7]) >= 50
    lines[1][7] = "TOOK"
    assert (code, lines) == (
        0,
        [
            ["#", "Time", "Method", "Path", "Model", "Status", "Fault", "Took", "Worker", "Cached"],
            "1 2026-01-01 00:00:00 POST /v1/chat/completions gpt-4o 200 TOOK ms 0 0/8".split(),
            "2 2026-01-01 00:00:00 POST /v1/chat/completions gpt-bad 429 rate_limit 0 ms".split(),
        ],
    )
    code, shown = fakeai(tmp_path, "requests", "--url", address, "--fault", "any", "--json")
    (request,) = json.loads(shown)["requests"]
    assert (code, request["model"], request["fault"]) == (0, "gpt-bad", "rate_limit")


def test_one_talks_to_a_model_in_turns(address: str, tmp_path: Path) -> None:
    typed = "/help\nHello there\n/set stream off\nAnd again\n/history\n/clear\n/history\n"
    typed += "/set model gpt-bad\nHi\n/x\n/quit\nno\n"
    command = [sys.executable, "-m", "fakeai", "interactive", "--url", address]
    ran = subprocess.run(command, cwd=tmp_path, input=typed, capture_output=True, text=True, check=True)
    before, _, after = ran.stdout.partition("/exit, /quit     leave\n")
    assert before.startswith("/help            this\n")
    lines = after.splitlines()
    assert lines[:6] == [
        "Hello there",
        "And again",
        "user: Hello there",
        "assistant: Hello there",
        "user: And again",
        "assistant: And again",
    ]
    assert "answers 429: Rate limit reached for gpt-bad" in lines[7]
    assert lines[8] == "/x is no command."


CACHE = {
    "cache_performance": {
        "cache_hit_rate": 50.0,
        "token_reuse_rate": 25.0,
        "total_cache_hits": 1,
        "total_cache_misses": 1,
        "total_tokens_processed": 400,
        "cached_tokens_reused": 100,
        "average_prefix_length": 100.0,
    },
    "smart_router": {
        "workers": {
            "worker-0": {"total_requests": 2, "active_requests": 1, "cached_blocks": 12, "tokens_processed": 400}
        },
        "config": {"router_mode": "kv"},
    },
}
PAGES = {
    "/kv-cache/metrics": json.dumps(CACHE),
    "/metrics": json.dumps({"requests": {"/v1/chat": {"rate": 1.5}}, "streams": 2}),
    "/metrics/prometheus": "fakeai_active_streams 2\n",
    "/metrics/csv": "metric,value\nstreams,2\n",
}


@pytest.fixture
def told() -> Iterator[str]:
    """A server that tells PAGES."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = PAGES[self.path].encode()
            self.send_response(200)
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_cache_stats_are_a_table(told: str, tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "cache-stats", "--url", told)
    assert (code, shown) == (
        0,
        "Hit rate        50.0 % of 2 prompts\n"
        "Tokens reused   100 of 400, 25.0 %\n"
        "Average prefix  100.0 tokens\n"
        "Router          kv\n"
        "\n"
        "Worker    Requests  Active  Blocks  Tokens\n"
        "worker-0         2       1      12     400\n",
    )
    code, shown = fakeai(tmp_path, "cache-stats", "--url", told, "--json")
    assert (code, json.loads(shown)) == (0, CACHE)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "Metric                  Value\nrequests./v1/chat.rate  1.5\nstreams                 2\n"),
        (("--format", "prometheus"), PAGES["/metrics/prometheus"]),
        (("--format", "csv"), PAGES["/metrics/csv"]),
        (("--json",), PAGES["/metrics"] + "\n"),
    ],
)
def test_metrics_are_shown_in_four_forms(told: str, tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    assert fakeai(tmp_path, "metrics", "--url", told, *options) == (0, expected)
