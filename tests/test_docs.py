"""What the documents say: reference pages agree with the source, every command runs and shows what is shown.

`pytest tests/test_docs.py --update` writes pages and outputs anew; read the diff.
"""

import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WALKS = (
    "README.md",
    "docs/add-an-endpoint.md",
    "docs/calibrate.md",
    "docs/cluster.md",
    "docs/admin.md",
    "docs/contract.md",
    "docs/dashboards.md",
    "docs/deploy.md",
    "docs/faults.md",
    "docs/limits.md",
    "docs/media.md",
    "docs/nvidia.md",
    "docs/processes.md",
    "docs/security.md",
    "docs/simulate.md",
    "docs/terminal.md",
    "docs/tracing.md",
    "docs/usage.md",
    "docs/write-a-behavior.md",
)
FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST_START = 30  # seconds until a server that was started in the background answers


def test_reference_pages_are_written_from_the_source(update: bool) -> None:
    spec = importlib.util.spec_from_file_location("docs_write", ROOT / "docs" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.pages().items():
        if update:
            (ROOT / "docs" / name).write_text(text)
        assert (ROOT / "docs" / name).read_text() == text, f"{name}: run `make docs`"


def test_links_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_modules_that_are_named_are_there() -> None:
    modules = [path.as_posix() for path in ROOT.glob("[!.]*/**/*.py")]
    for page in ("ARCHITECTURE.md", "CHANGELOG.md", "README.md"):
        for name in re.findall(r"`([\w/]+/\w+\.py)`", (ROOT / page).read_text()):
            assert any(each.endswith(f"/{name}") for each in modules), f"{page} names {name}"


def test_architecture_stays_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) < 80


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        named = set(re.findall(r"(?:^    |`)make ([a-z]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name


@pytest.mark.parametrize("page", WALKS)
def test_every_block_runs_and_shows_what_is_shown(page: str, tmp_path: Path, update: bool) -> None:
    text = (ROOT / page).read_text()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    script, shown = _script(text.replace("8000", port), tmp_path, port)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("FAKEAI_")} | {"PATH": path, "FAKEAI_PORT": port}
    ran = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    outputs = ran.stdout.split("@@@\n")[1:-1]
    assert len(outputs) == len(shown), ran.stdout
    if update:
        (ROOT / page).write_text(_updated(text, outputs, port))
        return
    for command, expected, got in zip(*zip(*shown, strict=True), outputs, strict=True):
        pattern = re.escape(expected).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, got), f"$ {command}\n{got}\n--- the page shows ---\n{expected}"


def _script(text: str, directory: Path, port: str) -> tuple[str, list[tuple[str, str]]]:
    """One bash script of all blocks of a page, and each command with the output that the page shows."""
    script, shown = "", []
    for language, name, block in FENCE.findall(text):
        if language in ("yaml", "python") and name:
            script += f"cat > {name} <<'@END@'\n{block}@END@\n"
        elif language == "python":
            script += f"echo @@@\npython - <<'@END@'\n{block}@END@\n"
            shown.append((block, "...\n"))
        elif language == "console":
            for command, output in _commands(block):
                script += f"echo @@@\n{command}\n"
                if command.endswith("&"):
                    script += _wait_for(port)
                shown.append((command, output))
    return script + "echo @@@\nkill %1\nwait\n", shown


def _commands(block: str) -> list[tuple[str, str]]:
    """(command, output) of a console block; a line that starts with `> ` goes on with the command."""
    found: list[list[str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line[2:], ""])
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += line[2:]
        else:
            found[-1][1] += line
    return [(command.rstrip("\n"), output) for command, output in found]


def _wait_for(port: str) -> str:
    tries = LONGEST_START * 10
    probe = f"(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null"
    return f"for _ in $(seq {tries}); do {probe} && break; sleep 0.1; done; sleep 0.2\n"


def _updated(text: str, outputs: list[str], port: str) -> str:
    """*text* with what its console commands really print, where the page does not leave parts open with `...`."""
    left = iter(outputs)

    def fence(match: re.Match[str]) -> str:
        if match[1] == "python" and not match[2]:
            next(left)
        if match[1] != "console":
            return match[0]
        block = ""
        for command, old in _commands(match[3]):
            got = next(left).replace(port, "8000")
            lines = command.split("\n")
            block += "$ " + "\n> ".join(lines) + "\n" + (old if "..." in old else got)
        return f"```console\n{block}```"

    return FENCE.sub(fence, text)
