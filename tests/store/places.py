"""Where a test keeps things, and code that runs beside it in processes of their own."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fakeai.app import create_store
from fakeai.runtime.store import Store

ROOT = Path(__file__).parents[2]
T = TypeVar("T")

PROGRAM = """
import asyncio, sys
from fakeai.app import create_store
from fakeai.runtime.store import Change, Full

async def main():
    store = create_store(sys.argv[1])
    await store.open()
{body}
    await store.close()

asyncio.run(main())
"""


@dataclass(frozen=True)
class Place:
    """The address of a store: of `--data`, `--store`, or None for memory."""

    address: str | None

    @property
    def folder(self) -> Path | None:
        is_folder = self.address is not None and self.address.startswith("sqlite:")
        return Path(str(self.address).removeprefix("sqlite:")) if is_folder else None

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        store = create_store(self.address)
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    def run(self, scenario: Callable[[Store], Awaitable[T]]) -> T:
        """What *scenario* returns, with a store that is opened for it and closed again."""

        async def main() -> T:
            async with self.store() as store:
                return await scenario(store)

        return asyncio.run(main())

    def process(self, body: str, *arguments: str) -> subprocess.Popen[str]:
        """A process that opens the store, runs *body* (in an async function, indented by four) and closes it."""
        command = [sys.executable, "-c", PROGRAM.format(body=body), str(self.address), *arguments]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
