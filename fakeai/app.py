"""Put a project's generated routes and a world together."""

import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from .runtime.routes import Table, load_from
from .runtime.wire.asgi import Application
from .runtime.world import World


def create_app(root: Path, world: World | None = None) -> Application:
    """The ASGI application of the project at *root*.

    Raises:
        FileNotFoundError: nothing was generated there.
    """
    generated = root.resolve() / "generated"
    if not (generated / "table.py").is_file():
        raise FileNotFoundError(f"{generated} has no route layer: run `fakeai generate` in {root} first")
    package = _load_package(generated)
    load = load_from(package)
    table: Any = load("table")
    world = world or World()
    world.data = generated
    return Application(Table(table.ROUTES, table.APIS, load), world)


def _load_package(generated: Path) -> str:
    """Make the folder *generated* importable under a name of its own, so that two projects fit in one process.

    A project's own engines are modules of its folder `behaviors`, imported by that name.
    """
    name = f"fakeai_generated_{hashlib.sha256(str(generated).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, generated / "__init__.py", submodule_search_locations=[str(generated)]
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
        if any((generated.parent / "behaviors").glob("*.py")):
            sys.path.insert(0, str(generated.parent))
    return name
