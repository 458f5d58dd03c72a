"""Servers for the clients to talk to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.process import running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that answers after 3 ms, whatever the length."""
    with running(tmp_path_factory.mktemp("server"), "--ttft", "3:0", "--itl", "0") as server:
        yield server.address


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Start a server with options of one's own, which stops after the test; returns its address."""
    with ExitStack() as servers:
        yield lambda *options: servers.enter_context(running(tmp_path_factory.mktemp("server"), *options)).address
