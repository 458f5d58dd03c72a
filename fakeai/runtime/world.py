"""All state of one server: its clock, its chance, its store. There are no module globals."""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import orjson
import xxhash

from .caller import BUDGETS, KEY_HASHES, PROJECT, Organization
from .catalog import Catalog
from .chance import Chance
from .clock import Clock, RealClock
from .options import Options
from .peers import Peers
from .store import Store
from .thresholds import Thresholds
from .tokens import Tokens
from .vocabularies import Vocabularies

Engine = TypeVar("Engine")


class World:
    """What every call of one server shares. *data* is the folder `generated/` that it serves."""

    def __init__(
        self, options: Options | None = None, clock: Clock | None = None, data: Path | None = None, *, store: Store
    ) -> None:
        self.options = options or Options()
        self.clock = clock or RealClock()
        self.started = self.clock.monotonic()
        self.data = data
        self.store = store
        self.disturb: Callable[..., Any] | None = None  # Faults.disturb, while there are rules of faults
        self.heed: Callable[..., Any] | None = None  # the same, for a call whose header asks for a fault
        self.note: Callable[..., Any] | None = None  # Journal.note, while there is a journal
        self.traced = False  # answers are logged or traced, and say of which trace they are
        self.admit: Callable[..., Any] | None = None  # rates.enter, under --rate-limit-enabled
        self.gather: Callable[..., Any] | None = None  # telemetry's, when the server has several processes
        self.order: Callable[..., Any] | None = None  # admin's, there too: all processes do what one is told
        self.peers: Peers | None = None  # the processes of the server, when there are several
        self._seed = hashlib.sha256(str(self.options.seed).encode()).digest()
        self._born = struct.pack("<d", self.clock.now())
        self._made = 0
        self._count_starts(0)
        self._engines: dict[object, Any] = {}
        self._lasting: set[object] = set()
        self.vocabularies = Vocabularies(self.options.tokenizers, lambda: self.engine(Catalog))
        self.tokens = self.vocabularies.default

    async def open(self) -> None:
        """Open the store and count this start in it, so that no server that shares it or comes after repeats an id.

        Raises:
            Unusable, Full: nothing can be kept there.
        """
        await self.store.open()
        self._count_starts(await self.store.add("starts"))
        for collection in (KEY_HASHES, *BUDGETS, *(f"project/{PROJECT}/{budgets}" for budgets in BUDGETS)):
            if await self.store.page(collection, 1):
                self.engine(Organization).count += 1
        await self.engine(Thresholds).restore(self.store)
        if self.peers is not None:
            await self.peers.open()

    def _count_starts(self, starts: int) -> None:
        self._origin = b"%b%b%d." % (self._seed, self._born, starts)

    def renew(self, seed: int | None = None) -> None:
        """Forget all engines but those that last: they are made anew when asked for. Draw by *seed* from now on."""
        if seed is not None:
            self.options = replace(self.options, seed=seed)
        self._seed = hashlib.sha256(str(self.options.seed).encode()).digest()
        self._engines = {make: engine for make, engine in self._engines.items() if make in self._lasting}
        self.__dict__.pop("catalog", None)

    async def reset(self, at: float | None = None) -> None:
        """Let everything be as at the start, *at* a monotonic moment: engines and ids; the store is the caller's."""
        self.started = self.clock.monotonic() if at is None else at
        self._born, self._made = struct.pack("<d", self.clock.now()), 0
        self.renew()
        self._count_starts(await self.store.add("starts"))

    @property
    def number(self) -> int:
        """Which of the server's processes this is."""
        return self.peers.number if self.peers else 0

    @property
    def processes(self) -> int:
        """How many the server has."""
        return self.peers.count if self.peers else 1

    def new_id(self, prefix: str) -> str:
        """*prefix* and 32 hexadecimal digits, never the same twice: from seed, start and a counter."""
        self._made += 1
        return prefix + xxhash.xxh3_128_hexdigest(b"%b%d" % (self._origin, self._made))

    def fixed_id(self, prefix: str, *key: bytes) -> str:
        """*prefix* and 32 hexadecimal digits that depend on the server's seed and *key* alone."""
        return prefix + xxhash.xxh3_128_hexdigest(b"\0".join((self._seed, *key)))

    def chance(self, *key: bytes) -> Chance:
        """Draws that depend on the server's seed and *key* alone."""
        return Chance(b"\0".join((self._seed, *key)))

    def lasting(self, make: Callable[["World"], Engine]) -> Engine:
        """The same as `engine`, for one that lasts when all others are forgotten."""
        self._lasting.add(make)
        return self.engine(make)

    def engine(self, make: Callable[["World"], Engine]) -> Engine:
        """What *make* makes of this world, made once: the state of an engine that this module need not know."""
        found: Engine | None = self._engines.get(make)
        if found is None:
            found = self._engines[make] = make(self)
        return found

    def known(self, make: Callable[["World"], Engine]) -> Engine | None:
        """The same as `engine`, if it was made already."""
        return self._engines.get(make)

    def forget(self, make: Callable[["World"], Engine]) -> Engine | None:
        """The same as `known`; it is made anew when it is asked for again, also one that lasts."""
        found: Engine | None = self._engines.pop(make, None)
        return found

    def tokens_for(self, model: str) -> Tokens:
        """The tokens of *model*: those that --tokenizer gives it, else the server's, `tokens`."""
        return self.vocabularies.of(model)

    @cached_property
    def catalog(self) -> dict[str, Any]:
        """The tables of `specs/catalog/`, by file name."""
        if self.data is None:
            return {}
        tables: dict[str, Any] = orjson.loads((self.data / "catalog.json").read_bytes())
        return tables
