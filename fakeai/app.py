"""Put a project's generated routes, a world and a store together."""

import hashlib
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .runtime.guards import rates
from .runtime.guards.faults.faults import Faults
from .runtime.peers import Peers
from .runtime.routes import Table
from .runtime.store import Store
from .runtime.store.sqlite import SqliteStore
from .runtime.telemetry.journal import Journal
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
    load = _loader(generated)
    table: Any = load("table")
    world = world or World(store=SqliteStore(None))
    world.data = generated
    world.lasting(Faults)
    if world.options.rate_limits.enabled:
        world.admit = rates.enter
    if world.options.journal:
        world.note = world.lasting(Journal).note
    return Application(Table(table.ROUTES, table.APIS, load, world.options.dialect), world)


def join(world: World, peers: Peers) -> None:
    """Let *world* be one of the processes of a server."""
    from .runtime.admin import admin
    from .runtime.resources import adapters
    from .runtime.resources.dynamo import thresholds
    from .runtime.telemetry import dcgm
    from .runtime.telemetry.dashboard import peers as dashboards
    from .runtime.telemetry.together import Together

    world.peers, world.started = peers, peers.since
    admin.join(
        world, peers, {**thresholds.DOINGS, **adapters.DOINGS}
    )  # orders come first: what was counted before a reset is forgotten
    world.lasting(Together).join(peers)
    dcgm.join(world, peers)
    dashboards.join(world, peers)


def create_store(place: str | None) -> Store:
    """The store at *place*: `sqlite:DIR`, a URL of Redis, or None for memory."""
    if place is None:
        return SqliteStore(None)
    if place.startswith("sqlite:"):
        return SqliteStore(Path(place.removeprefix("sqlite:")))
    from .runtime.store.redis import RedisStore

    return RedisStore(place)


def _loader(generated: Path) -> Callable[[str], object]:
    """An importer of the modules in *generated*, under a name of its own, so that two projects fit in one process.

    A project's own engines are the modules of its folder `behaviors`. Generated code imports them by that name, which
    is theirs only while it is being imported.
    """
    name = f"fakeai_generated_{hashlib.sha256(str(generated).encode()).hexdigest()[:12]}"
    sys.modules.setdefault(name, _package(name, generated))
    engines: dict[str, ModuleType] = {"behaviors": _package("behaviors", generated.parent / "behaviors")}

    def load(module: str) -> object:
        others = {key: sys.modules.pop(key) for key in list(sys.modules) if _is_engine(key)}
        sys.modules.update(engines)
        try:
            return importlib.import_module(f"{name}.{module}")
        finally:
            engines.update({key: sys.modules.pop(key) for key in list(sys.modules) if _is_engine(key)})
            sys.modules.update(others)

    return load


def _is_engine(name: str) -> bool:
    return name == "behaviors" or name.startswith("behaviors.")


def _package(name: str, folder: Path) -> ModuleType:
    """A package without code of its own whose modules lie in *folder*."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    return package
