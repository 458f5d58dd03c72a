"""A wheel works the same in an empty environment: installed, it serves, generates, and leaves nothing else behind."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_a_wheel_holds_two_packages_and_the_project(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"fakeai", "fakeai_generator"}
    for name in (
        "fakeai.toml",
        "specs/openai/chat.yaml",
        "behaviors/example.yaml",
        "generated/openai/chat.schemas.json",
    ):
        assert f"fakeai/_project/{name}" in names
    for name in ("docs.html", "redoc.html", "redoc/redoc.standalone.js", "swagger-ui-dist/swagger-ui-bundle.js"):
        assert f"fakeai/assets/{name}" in names
    assert not [name for name in names if "__pycache__" in name]


def test_an_installed_wheel_serves_and_generates(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
    subprocess.run(pip, check=True, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FAKEAI_")}
    fakeai = tmp_path / "venv" / "bin" / "fakeai"
    checked = subprocess.run([fakeai, "generate"], cwd=empty, env=environ, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    command = [fakeai, "serve", "--port", "0", "--ttft", "0", "--itl", "0"]
    with subprocess.Popen(command, cwd=empty, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            banner = re.match(r"FakeAI \S+ at (\S+?) serves its own project, fakeai[;\n]", process.stdout.readline())
            assert banner
            body = {"model": "m", "messages": [{"role": "user", "content": "Hello!"}]}
            request = urllib.request.Request(f"{banner[1]}/v1/chat/completions", json.dumps(body).encode())
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
            assert answer["choices"][0]["message"]["content"].startswith(("Hello", "Hi"))
        finally:
            process.terminate()
    assert process.returncode == 0
    made = subprocess.run([fakeai, "init", "mine"], cwd=empty, env=environ, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    again = [fakeai, "generate", "--check"]
    assert subprocess.run(again, cwd=empty / "mine", env=environ, capture_output=True).returncode == 0
