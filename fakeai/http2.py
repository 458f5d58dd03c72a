"""Serve with hypercorn, which speaks HTTP/2 beside HTTP/1.1: to browsers over TLS, to others also without it."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config

from .runtime.telemetry.dashboard.watchers import Watchers
from .runtime.wire import websocket
from .runtime.wire.asgi import Application
from .settings.settings import Settings

BACKLOG = 2048  # connections that may wait
PATIENCE = 86_400.0  # seconds that open streams are waited for; a second signal stops at once


def answer(app: Application, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer what arrives at *listener* until a signal says to stop; *ready* is called when it can begin."""
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile, config.keyfile = settings["ssl_certfile"], settings["ssl_keyfile"]
    config.graceful_timeout = PATIENCE
    config.include_server_header = False
    config.websocket_max_message_size = websocket.LARGEST
    config.accesslog = None
    config.errorlog = None
    listener.listen(BACKLOG)  # who calls before hypercorn takes over waits a moment
    asyncio.run(_until_told(app, config, ready))


async def _until_told(app: Application, config: Config, ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    serving: asyncio.Task[Any] | None = None

    def stop() -> None:
        if stopping.is_set() and serving is not None:
            serving.cancel()
        stopping.set()
        app.world.lasting(Watchers).stopping = True

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    serving = asyncio.ensure_future(serve(cast("Any", app), config, shutdown_trigger=cast("Any", stopping.wait)))
    loop.call_soon(ready)
    with suppress(asyncio.CancelledError):
        await serving
