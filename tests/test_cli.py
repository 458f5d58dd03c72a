"""The commands that make and change projects, as a user types them."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from fakeai.project import builtin, find
from fakeai.runtime.options import Options
from tests.inprocess import Client, run

POEM = Path(__file__).parent / "generator" / "poem" / "specs" / "poem.yaml"


def fakeai(directory: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    command = [sys.executable, "-m", "fakeai", *arguments]
    ran = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return ran.returncode, ran.stdout


def test_init_makes_a_project_that_generates(tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "init", "mine")
    assert code == 0, shown
    assert shown == "Project mine is ready. Change its specs, then: cd mine && fakeai generate && fakeai serve\n"
    mine = tmp_path / "mine"
    assert find(mine).name == "mine"
    assert fakeai(mine, "generate", "--check")[0] == 0
    (mine / "specs" / "poem.yaml").write_text(POEM.read_text())
    code, shown = fakeai(mine, "generate", "--check")
    assert (code, "generated/poem.py is not up to date" in shown) == (1, True)
    assert fakeai(mine, "generate")[0] == 0
    assert (mine / "generated" / "poem.py").exists()
    assert fakeai(mine, "generate", "--check")[0] == 0
    code, shown = fakeai(tmp_path, "init", "mine")
    assert (code, shown) == (1, "Error: mine/fakeai.toml is there already\n")


def test_a_folder_without_the_marker_is_not_a_project(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "poem.yaml").write_text(POEM.read_text())
    (tmp_path / "fakeai.toml").write_text("port = 1\n")
    assert find(tmp_path).root == builtin()
    code, shown = fakeai(tmp_path, "generate")
    assert (code, shown.startswith("There is no fakeai.toml here; FakeAI's own project is used.")) == (0, True)
    assert not (tmp_path / "generated").exists()


def test_watch_generates_again_when_a_spec_changes(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "fakeai.toml").write_text("[project]\nname = 'w'\n")
    spec = tmp_path / "specs" / "poem.yaml"
    spec.write_text(POEM.read_text())
    command = [sys.executable, "-m", "fakeai", "generate", "--watch"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            assert next(lines).startswith("w: ")
            assert next(lines) == "Watching specs and behaviors; Ctrl-C stops.\n"
            time.sleep(0.5)  # the watcher starts
            spec.write_text(POEM.read_text().replace("use: text.answer", "use: text.anser"))
            assert "there is no behavior 'text.anser', did you mean 'text.answer'?" in next(lines)
            assert "nothing is written" in next(lines)
            spec.write_text(POEM.read_text().replace("summary: Write a poem.", "summary: Write an ode."))
            assert next(lines) == "w: 9 files, 2 changed.\n"
            assert "Write an ode." in (tmp_path / "generated" / "poem.py").read_text()
        finally:
            watchdog.cancel()
            process.terminate()


def test_import_writes_files_and_says_what_is_wrong(tmp_path: Path) -> None:
    code, shown = fakeai(tmp_path, "import", str(POEM), "--into", "specs/poems")
    assert (code, shown) == (0, "specs/poems: 3 files written.\n")
    assert sorted(path.name for path in (tmp_path / "specs" / "poems").iterdir()) == [
        "UPSTREAM",
        "api.yaml",
        "poems.yaml",
    ]
    (tmp_path / "bad.yaml").write_text("swagger: '2.0'\n")
    code, shown = fakeai(tmp_path, "import", "bad.yaml", "--into", "specs/bad")
    assert code == 1
    assert "bad.yaml:1: not an OpenAPI 3.0 or 3.1 document" in shown
    assert not (tmp_path / "specs" / "bad").exists()


def test_serve_says_what_is_wrong_and_ends(tmp_path: Path) -> None:
    assert fakeai(tmp_path, "serve", "--port", "many") == (1, "Error: --port: 'many' is not a whole number\n")
    assert fakeai(tmp_path, "server", "--fixed-clock", "soon") == (
        1,
        "Error: --fixed-clock: 'soon' is not a moment such as 2026-01-01T00:00:00Z\n",
    )
    assert fakeai(tmp_path, "serve", "--ssl-keyfile", "k.pem")[1] == "Error: --ssl-keyfile needs --ssl-certfile too\n"
    no_file = "Error: --ssl-certfile c.pem: No such file or directory\n"
    assert fakeai(tmp_path, "serve", "--ssl-certfile", "c.pem")[1] == no_file
    (tmp_path / "fakeai.toml").write_text("[project]\nname = 'empty'\n")
    code, shown = fakeai(tmp_path, "serve", "--port", "0")
    assert (code, "has no route layer: run `fakeai generate`" in shown) == (1, True)
    (tmp_path / "fakeai.toml").write_text("[project\n")
    code, shown = fakeai(tmp_path, "serve", "--port", "0")
    assert (code, shown.startswith("Error: ")) == (1, True)


def test_engines_of_two_projects_answer_in_one_process(tmp_path: Path) -> None:
    rolled: dict[str, set[int]] = {}
    for name in ("fair", "loaded"):
        shutil.copytree(POEM.parent.parent.parent / "own_engine", tmp_path / name)
    engine = tmp_path / "loaded" / "behaviors" / "dice.py"
    engine.write_text(engine.read_text().replace("call.world.chance(call.query).below(sides) + 1", "6"))

    for name in ("fair", "loaded"):

        async def scenario(client: Client, name: str = name) -> None:
            rolled[name] = {(await client.get(f"/dice?{n}")).json["rolled"] for n in range(40)}

        run(scenario, Options(), tmp_path / name)
    assert rolled["loaded"] == {6}
    assert rolled["fair"] <= set(range(1, 21))
    assert len(rolled["fair"]) > 5
    assert "behaviors" not in sys.modules
