"""A directory below tests/generator is a test: specs and behaviors in, `generated/` or `stderr.txt` out.

`pytest tests/test_generator.py --update` writes what is expected anew; read the diff.
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fakeai_generator
from fakeai_generator import SpecError

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "tests" / "generator").glob("*/specs"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_directory_generates_what_it_expects(case: Path, update: bool) -> None:
    made, errors = {}, ""
    try:
        made = fakeai_generator.generate(case, ROOT / "behaviors")
    except SpecError as error:
        errors = f"{error}\n"
    stderr, generated = case / "stderr.txt", case / "generated"
    if update:
        stderr.unlink(missing_ok=True)
        shutil.rmtree(generated, ignore_errors=True)
        if errors:
            stderr.write_text(errors)
        else:
            fakeai_generator.write(generated, made)
    assert errors == (stderr.read_text() if stderr.exists() else "")
    assert (fakeai_generator.stale(generated, made) if generated.exists() else []) == []
    assert bool(made) == generated.exists()


@pytest.mark.parametrize("case", [case for case in CASES if (case / "generated").exists()], ids=lambda path: path.name)
def test_generated_code_is_formatted_and_linted(case: Path) -> None:
    options = ["--isolated", "--line-length", "120"]
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", *options, case / "generated"],
        capture_output=True,
        text=True,
    )
    assert formatted.returncode == 0, formatted.stdout
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "E,F,W,I", *options, case / "generated"],
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout


def test_the_committed_route_layer_is_up_to_date() -> None:
    assert fakeai_generator.stale(ROOT / "generated", fakeai_generator.generate(ROOT, ROOT / "behaviors")) == []


def test_generating_twice_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib, fakeai_generator as g; from pathlib import Path; r = Path('.');"
        "print(hashlib.sha256(repr(sorted(g.generate(r, r / 'behaviors').items())).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1


def test_text_from_a_spec_never_becomes_code() -> None:
    """The hostile spec's module is, string constants aside, the module of a harmless spec of the same shape."""
    hostile = ROOT / "tests" / "generator" / "hostile"
    made = fakeai_generator.generate(hostile, ROOT / "behaviors")
    for name in ("quotes.py", "table.py"):
        tree = ast.parse(made[name])
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert calls <= {
            "Api", "Examples", "Route", "Schemas", "call.json", "text.Fields", "text.answer",
        }  # fmt: skip
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert all(str(module).startswith("fakeai.runtime") for module in imported)
        assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))
    strings = {node.value for node in ast.walk(ast.parse(made["quotes.py"])) if isinstance(node, ast.Constant)}
    assert '"); import os; os.abort()  # {{ 7 * 7 }}' in strings
    assert "a'b\"c\\d\ne\u2028f\u202eg{}" in strings


def test_an_emit_that_forgets_its_filter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "behaviors").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      operationId: a\n      x-fakeai: {use: raw, with: {text: 'x'}}\n"
    )
    behavior = "behavior: raw\nsummary: Raw.\nstage: answer\ncalls: raw.raw\nwith: {properties: {text: {}}}\nemit: |\n"
    (tmp_path / "behaviors" / "raw.yaml").write_text(behavior + "  return raw.raw({{ text }})\n")
    with pytest.raises(
        SpecError, match=r"behaviors/raw.yaml:6: raw cannot be written: 'x' is printed without a filter"
    ):
        fakeai_generator.generate(tmp_path, ROOT / "behaviors")
    (tmp_path / "behaviors" / "raw.yaml").write_text(behavior + "  import os\n")
    with pytest.raises(SpecError, match="Import is not allowed"):
        fakeai_generator.generate(tmp_path, ROOT / "behaviors")


def test_nothing_is_written_when_anything_is_wrong(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "generator" / "mistakes", tmp_path / "project")
    project = tmp_path / "project"
    (project / "fakeai.toml").write_text("[project]\nname = 'p'\n")
    ran = subprocess.run([sys.executable, "-m", "fakeai", "generate"], cwd=project, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith((project / "stderr.txt").read_text())
    assert not (project / "generated").exists()


def test_a_file_that_nothing_generates_any_more_is_deleted(tmp_path: Path) -> None:
    fakeai_generator.write(tmp_path, {"a.py": "1\n", "b/c.py": "2\n"})
    assert fakeai_generator.stale(tmp_path, {"a.py": "1\n", "d.py": "3\n"}) == ["b/c.py", "d.py"]
    assert fakeai_generator.write(tmp_path, {"a.py": "1\n", "d.py": "3\n"}) == ["b/c.py", "d.py"]
    assert sorted(path.name for path in tmp_path.rglob("*.py")) == ["a.py", "d.py"]
