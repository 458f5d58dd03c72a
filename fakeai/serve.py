"""Run the server: bind, say what is served, answer until told to stop."""

import asyncio
import gc
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from . import __version__, logs, otlp
from .app import create_app, create_store, join
from .project import Project
from .runtime.clock import Clock, FixedClock, RealClock
from .runtime.cluster.boards import Boards, NoSuchBoard
from .runtime.cluster.fleet import Fleet
from .runtime.options import Delay, Options, RateLimits
from .runtime.peers import Peers
from .runtime.store import Store
from .runtime.telemetry import access_log
from .runtime.telemetry.answered import Answered, Ends
from .runtime.telemetry.dashboard.watchers import Watchers
from .runtime.wire.asgi import Application
from .runtime.world import World
from .settings.settings import Settings
from .settings.table import SettingError

TURN = 0.0005  # seconds that a thread which paints or speaks may keep the loop waiting
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(settings: Settings, project: Project) -> int:
    """Serve *project* until a signal stops it; return the exit code.

    Raises:
        SettingError: a setting cannot be used: the port is taken, say.
        Unusable: nothing can be kept where the settings say.
        FileNotFoundError: nothing was generated.
    """
    app = _application(settings, project, settings.place())
    logs.configure(settings.log_level)
    otlp.is_told(settings, os.environ)  # or said in one line why not
    _check_tls(settings["ssl_certfile"], settings["ssl_keyfile"])
    if settings["http2"] and find_spec("hypercorn") is None:
        raise SettingError("--http2 needs hypercorn: pip install 'fakeai[http2]'")
    if settings.place():
        asyncio.run(_check(app.world.store))
    if settings["workers"] > 1:
        return _serve_together(settings, project, app)
    listener = _bind(settings["host"], settings["port"])
    fleet = _publish(app) if settings["kv_events"] else None
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: None)  # what uvicorn raises again after it has stopped
    _answer(app, settings, listener, lambda: print(_banner(settings, project, app, listener), flush=True))
    if fleet is not None:
        fleet.close()
    return 0


def _serve_together(settings: Settings, project: Project, app: Application) -> int:
    """Serve with several processes; *app* is one like theirs."""
    if sys.platform == "win32":
        raise SettingError("--workers: several processes need Linux or macOS; this system serves with one")

    from .runtime.wire import express  # noqa: F401  # what all of them need is loaded once
    from .workers import supervise

    for _ in app.table.loading():
        pass
    listener = _bind(settings["host"], settings["port"])
    clock = app.world.clock  # which all have in common, those that are started later, too
    with tempfile.TemporaryDirectory(prefix="fakeai-") as shared:
        place = settings.place() or f"sqlite:{shared}"

        def work(number: int, ready: Callable[[], None]) -> None:
            made = _application(settings, project, place, clock, str(Path(shared) / "usage"))
            join(made.world, Peers(Path(shared), number, settings["workers"], app.world.started))
            _answer(made, settings, listener, ready)

        return supervise(
            settings["workers"],
            work,
            ready=lambda: print(_banner(settings, project, app, listener), flush=True),
            stopping=listener.close,
        )


def _application(
    settings: Settings, project: Project, place: str | None, clock: Clock | None = None, usage: str | None = None
) -> Application:
    """One application; *usage* is the folder in which the use is written down that nobody keeps."""
    clock = clock or _clock(settings["fixed_clock"], settings["speed"])
    options = settings.runtime()
    if place and place.startswith("sqlite:"):
        usage = str(Path(place.removeprefix("sqlite:")) / "usage")
    elif place:
        options = replace(options, usage_in_store=True)
    world = World(replace(options, usage_folder=usage), clock, store=create_store(place))
    app = create_app(project.root, world)
    if world.options.gpu_model != Options.gpu_model:
        try:
            Boards(world).find(world.options.gpu_model)
        except NoSuchBoard as error:
            raise SettingError(f"--dcgm-gpu-model: {error}") from None
    if world.options.rate_limits.tier != RateLimits.tier:
        limits = replace(world.options.rate_limits, tier=_tier(world))
        world.options = replace(world.options, rate_limits=limits)
    return app


def _tier(world: World) -> str:
    """The tier of the catalog that the settings name, in whatever case, and with `_` or `-`.

    Raises:
        SettingError: there is none.
    """
    said, rows = world.options.rate_limits.tier, world.catalog.get("tiers", [])
    for row in rows:
        if row["id"].lower().replace("_", "-") == said.lower().replace("_", "-"):
            return str(row["id"])
    raise SettingError(f"--rate-limit-tier: {said!r} is not one of {', '.join(row['id'] for row in rows)}")


async def _check(store: Store) -> None:
    """Open *store* once, to say what is wrong with it in one line.

    Raises:
        Unusable: nothing can be kept there.
    """
    await store.open()
    await store.close()


def _answer(app: Application, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer what arrives at *listener* until a signal says to stop; *ready* is called when it can begin."""
    with logs.written(settings.log_format), _told_of_answers(app, settings):
        if settings["http2"]:
            from . import http2

            http2.answer(app, settings, listener, ready)
        else:
            _run(app, settings, listener, ready)


def _run(app: Application, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """The same with uvicorn and the express lane."""
    import uvicorn

    from .runtime.wire import websocket
    from .runtime.wire.express import KEEP_ALIVE, ExpressApplication, ExpressProtocol, open_websocket

    config = uvicorn.Config(
        ExpressApplication(app),
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=ExpressProtocol,
        ws=cast("Any", open_websocket),  # a class, as uvicorn has it
        ws_max_size=websocket.LARGEST,
        ws_per_message_deflate=False,  # a delta of sound does not get smaller, and takes a tenth of a millisecond
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        ssl_certfile=settings["ssl_certfile"],
        ssl_keyfile=settings["ssl_keyfile"],
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 100)
            sys.setswitchinterval(TURN)

        def handle_exit(self, sig: int, frame: Any) -> None:
            is_first = not self.should_exit
            super().handle_exit(sig, frame)
            watchers = app.world.lasting(Watchers)
            watchers.stopping = True
            if (streams := app.streams - watchers.count) > 0 and is_first:
                print(f"Finishing {streams} open streams; Ctrl-C again stops at once.", flush=True)

    Server(config).run(sockets=[listener])


@contextmanager
def _told_of_answers(app: Application, settings: Settings) -> Iterator[None]:
    """While it lasts, the log and OpenTelemetry are told of every answer, as far as the settings say so."""
    listeners: list[Callable[[Answered], None]] = [access_log.note] if settings.log_format else []
    telemetry = None
    if otlp.is_told(settings, os.environ):
        from .runtime.telemetry.otel import Telemetry

        telemetry = Telemetry(app.world, settings["otel_endpoint"], __version__)
        listeners.append(telemetry.note)
    for listener in listeners:
        app.names_peers = True
        app.world.lasting(Ends).listen(listener)
    yield
    if telemetry is not None:
        telemetry.close()


def _publish(app: Application) -> Fleet:
    """Open the sockets of KV events before the first call, so that no subscriber misses one.

    Raises:
        SettingError: an address cannot be used.
    """
    try:
        return app.world.engine(Fleet)
    except OSError as error:
        raise SettingError(f"--kv-events: {error}") from None


def _check_tls(certificate: str | None, key: str | None) -> None:
    """Load certificate and key once, to say what is wrong with them in one line.

    Raises:
        SettingError: they cannot be used.
    """
    if key and not certificate:
        raise SettingError("--ssl-keyfile needs --ssl-certfile too")
    if certificate:
        import ssl

        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        except OSError as error:  # ssl's errors are OSErrors too
            raise SettingError(f"--ssl-certfile {certificate}: {error.strerror or error}") from None


def _clock(fixed: str | None, speed: float) -> RealClock:
    if fixed is None:
        return RealClock(speed)
    try:
        at = float(fixed) if fixed.replace(".", "", 1).isdigit() else None
        moment = datetime.fromisoformat(fixed) if at is None else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError):
        raise SettingError(f"--fixed-clock: {fixed!r} is not a moment such as 2026-01-01T00:00:00Z") from None
    return FixedClock((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(), speed)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingError(
            f"cannot listen on {host} port {port}: {error.strerror}; --port 0 picks a free one"
        ) from None
    listener.set_inheritable(True)
    return listener


def _banner(settings: Settings, project: Project, app: Application, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    scheme = "https" if settings["ssl_certfile"] else "http"
    where = f"project {project.name} in {project.root}" if project.own else f"its own project, {project.name}"
    if "*" in settings["cors_allowed_origins"] and settings["host"] not in LOOPBACK:
        where += "; warning: web pages of any origin may call it (--cors-allowed-origins)"
    lines = [
        f"FakeAI {__version__} at {scheme}://{shown}:{port} serves {where}",
        f"  {app.table.operations} operations, {len(app.world.catalog.get('models', []))} models, "
        f"{_latency(settings)}, seed {settings['seed']}"
        + (f", {settings['workers']} processes" if settings["workers"] > 1 else ""),
        "  Ctrl-C stops it when open streams have ended; twice stops it at once.",
    ]
    return "\n".join([*lines, *(f"  Note: {note}" for note in settings.notes)])


def _latency(settings: Settings) -> str:
    if settings["latency"] == "profile":
        return f"latency by profile on {settings['dcgm_gpu_count']} x {settings['dcgm_gpu_model']}"
    if settings["latency"] in ("mocker", "fitted"):
        return "latency as Dynamo's mocker" if settings["latency"] == "mocker" else "latency as fitted"
    return f"TTFT {_delay(settings['ttft_ms'])}, ITL {_delay(settings['itl_ms'])}"


def _delay(delay: Delay) -> str:
    variance = f" ± {delay.variance * 100:g} %" if delay.variance and delay.seconds else ""
    return f"{delay.seconds * 1000:g} ms{variance}"
