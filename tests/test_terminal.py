"""What people see in their terminal: top, batch, models, explain, and progress where there is a terminal."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import running
from tests.test_cli import POEM, fakeai

ROOT = Path(__file__).parent.parent
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PATIENCE = 30.0  # seconds


def on_a_terminal(directory: Path, *arguments: str, until: str | None = None) -> tuple[int, str]:
    """Exit code and everything that a terminal shows, without colours; Ctrl-C once it shows *until*."""
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "fakeai", *arguments]
    environment = {**os.environ, "COLUMNS": "120", "LINES": "60", "TERM": "xterm"}
    shown = ""
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
    ) as it:
        os.close(terminal)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                shown += os.read(master, 65536).decode(errors="replace")
            except OSError:  # the other side is closed
                break
            if until is not None and until in ANSI.sub("", shown):
                it.send_signal(signal.SIGINT)
                until = None
        code = it.wait(PATIENCE)
    os.close(master)
    return code, ANSI.sub("", shown)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server that answered two chats of one model, and one of another."""
    with running(ROOT, "--ttft", "50:0", "--itl", "5:0", "--dcgm-gpu-count", "2", "--kv-cache-workers", "2") as server:
        for model in ("gpt-4o", "gpt-4o", "openai/gpt-oss-20b"):
            body = {"model": model, "max_tokens": 20, "messages": [{"role": "user", "content": "Hi"}]}
            data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
            urllib.request.urlopen(
                urllib.request.Request(f"{server.address}/v1/chat/completions", data, headers)
            ).close()
        yield server.address


def cells(shown: str, first: str) -> list[str]:
    """The row that begins with *first*."""
    return next(re.split(r"  +", line.strip()) for line in shown.splitlines() if line.startswith(first))


def test_top_shows_what_the_server_tells(address: str, tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "top", "--once", "--url", address)
    assert code == 0, shown
    assert "healthy" in shown
    assert "requests 3, 0 active" in shown
    with urllib.request.urlopen(f"{address}/metrics/by-model") as answer:
        told = json.load(answer)
    for name, requests in (("gpt-4o", 2), ("openai/gpt-oss-20b", 1)):
        tokens, model = told[name]["tokens"], told[name]
        counts = [f"{tokens[kind]}" for kind in ("prompt", "cached", "completion")]
        times = [f"{model[kind]['p50']:.1f}" for kind in ("ttft", "itl")]
        assert cells(shown, name) == [name, str(requests), "0", *counts, *times, "0"]
    assert cells(shown, "TTFT")[1:] == ["50.0", "50.0", "50.0", "50.0"]
    assert cells(shown, "/v1/chat/completions")[1] == "3"
    assert [cells(shown, f"worker-{number}")[1:3] for number in (0, 1)] == [["0", "0"], ["0", "0"]]
    assert "/metrics" not in shown
    assert cells(shown, "gpu 1")[1] == "NVIDIA H100 80GB HBM3"


def test_top_stays_on_a_terminal_until_ctrl_c(address: str, tmp_path: Path) -> None:
    code, shown = on_a_terminal(tmp_path, "top", "--every", "0.2", "--url", address, until="tokens/s ▁")
    assert (code, shown.count("FakeAI at") >= 2) == (0, True), shown


def test_top_says_that_nobody_answers(tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "top", "--once", "--port", "1")
    assert (code, shown.startswith("Error: http://localhost:1 does not answer: ")) == (1, True)


def test_a_batch_is_sent_watched_and_written(address: str, tmp_path: Path) -> None:
    lines = [
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions",
         "body": {"model": "gpt-4o", "max_tokens": 5, "messages": [{"role": "user", "content": name}]}}
        for name in ("one", "two")
    ]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, shown = fakeai(tmp_path, "batch", "in.jsonl", "-o", "out.jsonl", "--every", "0.1", "--url", address)
    assert code == 0, shown
    assert re.fullmatch(r"batch_\w+ is completed: 2 of 2 lines answered, written to out.jsonl.\n", shown)
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(each["custom_id"], each["response"]["status_code"]) for each in answers] == [("one", 200), ("two", 200)]
    code, shown = on_a_terminal(tmp_path, "batch", "in.jsonl", "-o", "out.jsonl", "--every", "0.1", "--url", address)
    assert (code, "0/2" in shown, "2 of 2 lines answered" in shown) == (0, True, True), shown
    (tmp_path / "bad.jsonl").write_text("{}\n")
    code, shown = fakeai(tmp_path, "batch", "bad.jsonl", "--url", address)
    assert (code, shown) == (1, "Error: bad.jsonl:1: a line of a batch is JSON with custom_id, method, url and body\n")


def project(tmp_path: Path) -> Path:
    """A project of one spec, generated."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "fakeai.toml").write_text("[project]\nname = 'p'\n")
    (tmp_path / "specs" / "poem.yaml").write_text(POEM.read_text())
    return tmp_path


def test_progress_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    here = project(tmp_path)
    code, shown = on_a_terminal(here, "generate")
    assert (code, "Generating" in shown, shown.rstrip().endswith("changed.")) == (0, True, True), shown
    code, shown = fakeai(here, "generate", "--check")
    assert (code, shown) == (0, f"{len([f for f in (here / 'generated').rglob('*') if f.is_file()])} "
                                "generated files are up to date.\n")  # fmt: skip
    for name, into, options in (("Importing", "mine", ()), ("", "theirs", ("--tag", "default"))):
        (here / "api.yaml").write_text(
            "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths:\n  /a:\n    get:\n      tags: [default]\n"
            "      operationId: a\n      responses: {'200': {description: Fine.}}\n"
        )
        run = on_a_terminal if name else fakeai
        code, shown = run(here, "import", "api.yaml", "--into", f"specs/{into}", *options)
        assert (code, "Importing" in shown) == (0, bool(name)), shown


def test_models_are_a_table_that_can_be_filtered(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "fakeai", "models", "gpt-4o-mini*", "--endpoint", "chat", "--feature", "tools"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    head, first = (re.split(r"  +", line) for line in ran.stdout.splitlines()[:2])
    assert head == [
        "Model",
        "Owner",
        "Context",
        "Output",
        "Takes",
        "Gives",
        "Reasoning",
        "Endpoints",
        "In",
        "Cached",
        "Out",
    ]
    assert first == [
        "gpt-4o-mini",
        "system",
        "128,000",
        "16,384",
        "text image",
        "text",
        "chat responses",
        "$0.15",
        "$0.075",
        "$0.6",
    ]
    assert re.fullmatch(r"\d+ of \d+ models; any other name generates, too.\n", ran.stderr)
    code, shown = fakeai(tmp_path, "models", "text-embedding-3-large", "--json")
    rows = json.loads(shown.rpartition("]")[0] + "]")
    assert (code, [row["id"] for row in rows], rows[0]["endpoints"]) == (0, ["text-embedding-3-large"], ["embeddings"])
    code, shown = on_a_terminal(tmp_path, "models", "gpt-4o", "--reasoning", "visible")
    assert (code, shown.startswith("0 of ")) == (0, True), shown
    code, shown = on_a_terminal(tmp_path, "models", "gpt-oss-120b")
    assert (code, "openai/gpt-oss-120b" in shown, "visible" in shown) == (0, True, True), shown


def test_an_operation_is_explained_stage_by_stage(tmp_path: Path) -> None:
    code, shown = fakeai(project(tmp_path), "generate")
    assert code == 0, shown
    code, shown = fakeai(tmp_path, "explain", "POST", "/api/poems")
    lines = (tmp_path / "specs" / "poem.yaml").read_text().splitlines()

    def place(text: str) -> str:
        return f"specs/poem.yaml:{next(number for number, line in enumerate(lines, 1) if text in line)}"

    behaviors = {"auth.bearer": "identify", "latency": "prepare", "text.answer": "answer"}
    assert code == 0, shown
    said = shown.splitlines()
    assert said[:3] == ["POST /api/poems", "  writePoem: Write a poem.", f"  {place('operationId: writePoem')}"]
    table = [re.split(r"  +", line) for line in said[4:8]]
    assert table == [
        ["Stage", "Behavior", "With", "Said at"],
        ["identify", "auth.bearer", 'when: "always"', place("auth.bearer: {when")],
        ["prepare", "latency", 'ttft: "300ms", itl: "20ms"', place("plus: [latency")],
        ["answer", "text.answer", 'prompt: "topic", answer: "poem"', place("use: text.answer")],
    ]
    for line, name in zip(said[10:13], behaviors, strict=True):
        _, _, written, done = re.split(r"  +", line)
        assert line.startswith(name)
        assert written == f"behaviors/{name}.yaml:1"
        file, number = done.split(":")
        assert re.match(r"(async )?def ", (ROOT / file).read_text().splitlines()[int(number) - 1])
    assert said[14] == "generated/poem.py:" + said[14].rpartition(":")[2]
    written = (tmp_path / "generated" / "poem.py").read_text().splitlines()
    assert (
        said[15].strip()
        == written[int(said[14].rpartition(":")[2]) - 1]
        == "async def write_poem(call: Call) -> Answer:"
    )
    assert fakeai(tmp_path, "explain", "writePoem") == (0, shown)


def test_a_path_with_values_finds_the_operation_whose_words_fit_best() -> None:
    code, shown = fakeai(ROOT, "explain", "GET", "/v1/chat/completions/chatcmpl-1")
    assert (code, shown.splitlines()[1]) == (0, "  getChatCompletion: Give a kept completion back.")
    code, shown = fakeai(ROOT, "explain", "post", "/chat/completions")
    assert (code, shown.splitlines()[0]) == (0, "POST /v1/chat/completions, /chat/completions")


def test_a_behavior_is_explained_with_those_who_use_it() -> None:
    code, shown = fakeai(ROOT, "explain", "chat.completion")
    assert code == 0, shown
    assert "Stage       answer (stage 6 of 6)" in shown
    assert "Written in  behaviors/chat.completion.yaml:1" in shown
    parameter = "Body field that asks for a stream."
    assert re.split(r"  +", next(line for line in shown.splitlines() if parameter in line)) == [
        "stream_when", "string", '"stream"', parameter
    ]  # fmt: skip
    assert re.search(
        r"Used by 1 operation:\n  POST  /chat/completions  createChatCompletion  specs/openai/chat.over", shown
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["creatChatCompletion"], "createChatCompletion"),
        (["chat.completions"], "chat.completion"),
        (["POST", "/v1/chat/completion"], "/chat/completions"),
    ],
)
def test_what_there_is_not_is_answered_with_what_may_be_meant(words: list[str], meant: str) -> None:
    code, shown = fakeai(ROOT, "explain", *words)
    expected = f"Error: there is no behavior, operation or path {' '.join(words)!r}, did you mean {meant!r}?\n"
    assert (code, shown) == (1, expected)
