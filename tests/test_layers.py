"""Who may know whom: every import of the code, as text, against ARCHITECTURE.md."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {
    "fakeai": ROOT / "fakeai",
    "fakeai_generator": ROOT / "generator" / "fakeai_generator",
    "generated": ROOT / "generated",
}

# A room of the runtime, and the rooms whose modules it may import besides its own and the ground floor.
ROOMS = {
    "admin": {"cluster", "content", "guards", "ledger", "telemetry"},
    "content": {"cluster", "ledger"},
    "cluster": {"ledger"},
    "guards": {"ledger"},
    "ledger": set(),
    "resources": {"cluster", "content", "ledger"},
    "store": set(),
    "telemetry": {"cluster", "ledger"},
    "wire": {"guards", "ledger"},
}
# What a store is stands in the package itself, and anybody may know it; which stores there are stands below it.
PROTOCOL = {"fakeai.runtime.store"} | {
    f"fakeai.runtime.store.{name}" for name in ("Change", "Full", "Record", "Store", "Unusable")
}
HEAVY = (
    "yaml",
    "jinja2",
    "jsonschema",
    "openapi_core",
    "numpy",
    "PIL",
    "av",
    "jsonpath_rfc9535",
    "watchfiles",
    "starlette",
    "redis",
    "zmq",
    "msgpack",
    "lark",
    "rich",
    "opentelemetry",
)


def modules() -> Iterator[tuple[str, Path]]:
    for package, folder in SOURCES.items():
        for path in sorted(folder.rglob("*.py")):
            if "_project" not in path.parts:
                parts = [package, *path.relative_to(folder).with_suffix("").parts]
                yield ".".join(part for part in parts if part != "__init__"), path


def imports(module: str, path: Path) -> set[str]:
    """Every module that *module* imports anywhere in it, as an absolute name."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            base = ".".join(part for part in (above, node.module or "") if part)
            found |= {base} if node.module else set()
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


IMPORTS = {module: imports(module, path) for module, path in modules()}


def names(module: str, package: str) -> set[str]:
    return {name for name in IMPORTS[module] if name == package or name.startswith(f"{package}.")}


def test_the_generator_does_not_know_the_server() -> None:
    assert {m: names(m, "fakeai") for m in IMPORTS if m.startswith("fakeai_generator") and names(m, "fakeai")} == {}


def test_the_runtime_knows_neither_generated_code_nor_generator_nor_command_line() -> None:
    outside = {}
    for module in IMPORTS:
        if module.startswith("fakeai.runtime"):
            bad = names(module, "generated") | names(module, "fakeai_generator")
            bad |= {name for name in names(module, "fakeai") if not name.startswith("fakeai.runtime")} - {"fakeai"}
            if bad:
                outside[module] = bad
    assert outside == {}


def test_the_judge_knows_the_generator_and_no_server_and_only_the_command_line_knows_it() -> None:
    for module in IMPORTS:
        if module.startswith("fakeai.contract"):
            bad = names(module, "fakeai.runtime") | names(module, "fakeai.app") | names(module, "generated")
            assert bad == set(), module
        elif module != "fakeai.cli":
            assert names(module, "fakeai.contract") == set(), module


def test_generated_modules_know_only_the_runtime() -> None:
    for module in IMPORTS:
        if module.startswith("generated"):
            assert all(name.startswith("fakeai.runtime") for name in IMPORTS[module]), module


def test_rooms_of_the_runtime_know_only_the_rooms_below_them() -> None:
    assert names("fakeai.runtime.store", "fakeai") == set()
    rooms = {path.name for path in (ROOT / "fakeai" / "runtime").iterdir() if (path / "__init__.py").exists()}
    assert rooms == set(ROOMS)
    for module in IMPORTS:
        parts = module.split(".")
        if module.startswith("fakeai.runtime."):
            own = parts[2] if parts[2] in rooms else None
            for room in rooms - {own} - (ROOMS[own] if own else set()):
                assert not names(module, f"fakeai.runtime.{room}") - PROTOCOL, f"{module} imports {room}"


def test_only_clock_and_chance_know_time_and_chance() -> None:
    """Ruff forbids the rest; here, that it really does."""
    source = "import asyncio\nimport random\nimport time\n\n\nasync def f() -> None:\n    await asyncio.sleep(1)\n"
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise"]
    for name in ("fakeai/runtime/content/chat/chat.py", "fakeai/runtime/world.py"):
        assert (ROOT / name).exists()
        ran = subprocess.run(
            [*command, "--stdin-filename", name, "-"], cwd=ROOT, input=source, capture_output=True, text=True
        )
        assert ran.stdout.count("TID251") == 3, name


def test_there_are_no_circles() -> None:
    graph = {m: {n for n in found if n in IMPORTS and n != m} for m, found in IMPORTS.items()}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above, module])
        if module not in done:
            for other in graph[module]:
                if not other.endswith("__init__"):
                    visit(other, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("first", ["fakeai.serve", "fakeai.app"])
def test_a_server_starts_without_what_only_the_generator_needs(first: str) -> None:
    code = (
        f"import sys, {first}; from pathlib import Path; from fakeai.app import create_app; import fakeai.cli;"
        f"app = create_app(Path({str(ROOT)!r}));"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
