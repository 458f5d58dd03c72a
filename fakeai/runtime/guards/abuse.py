"""Addresses that misbehave are shut out for a while: who tries keys, ignores limits or attacks.

What an address did counts for an hour. Misdeeds and bans stand in the store, so that all processes that share it count
together; bans are a log, of which a process reads what it does not know yet. Nothing happens in between: whether a ban
holds is worked out when a call comes.
"""

import ipaddress
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..call import Call
from ..errors import ApiError
from ..store import Change
from ..world import World
from .sharing import BEHIND

BANS, MISDEEDS = "ban", "misdeed"  # collections
MOST = 10_000  # bans that a process knows at once
PORTION = 200  # of the log, read at once
REMEMBERED = 3600.0  # seconds that a misdeed counts
LONGEST = 366 * 86_400.0  # seconds of a ban
# What is counted, how much of it is too much, and for how many seconds its address is shut out then.
RULES = (
    ("injections", 3, 3600.0),
    ("keys", 5, 300.0),
    ("limits", 20, 300.0),
    ("all", 10, 300.0),
    ("all", 30, 3600.0),
    ("all", 50, 86_400.0),
)
KINDS = {401: "keys", 429: "limits", 413: "sizes"}
WEIGHED = frozenset(("keys", "injections", "sizes"))  # what counts in all


@dataclass(frozen=True, slots=True)
class Ban:
    """*address* is shut out *until* a moment, in seconds of the wall clock, because of *reason*."""

    address: str
    reason: str
    since: float
    until: float
    lifted: bool = False


class Abuse:
    """The addresses that call one world's servers."""

    def __init__(self, world: World) -> None:
        self._world, self._store, self._now = world, world.store, world.clock.wall
        self._lasts = BEHIND if world.options.shared else math.inf
        self._bans: dict[str, Ban] = {}
        self._read: int | None = None  # place in the log
        self._fresh_until = -math.inf  # monotonic seconds

    async def expect_welcome(self, call: Call) -> None:
        """See that the address of *call* is not shut out.

        Raises:
            ApiError: 403, it is; the message says for how long.
        """
        if call.arrived >= self._fresh_until:
            await self._learn(call.arrived)
        if not self._bans:
            return
        ban = self._bans.get(subject(call.peer))
        seconds = math.ceil(ban.until - self._now()) if ban is not None else 0
        if seconds <= 0:
            return
        raise ApiError(
            403,
            f"IP address temporarily banned due to abuse. Retry after {seconds} seconds.",
            type="security_error",
            code="ip_banned",
            headers=((b"retry-after", b"%d" % seconds),),
        )

    async def note(self, call: Call, error: ApiError) -> None:
        """Count that a call was refused."""
        kind = "injections" if error.code == "injection_detected" else KINDS.get(error.status)
        if kind is None or error.code == "insufficient_quota":
            return
        address = subject(call.peer)
        counts = await self._count(address, kind)
        found = [
            (seconds, name)
            for name, most, seconds in RULES
            if counts.get(name, 0) >= most and (name == kind or (name == "all" and kind in WEIGHED))
        ]
        if found:
            seconds, name = max(found)
            known = self._bans.get(address)
            if known is None or known.until < self._now() + seconds:
                await self.ban(address, "misdeeds" if name == "all" else name, seconds)

    async def ban(self, address: str, reason: str, seconds: float) -> Ban:
        """Shut *address* out for so many *seconds*."""
        now = self._now()
        made = Ban(subject(address), reason, now, now + seconds)
        await self._write(made)
        return made

    async def lift(self, address: str) -> bool:
        """Let *address* in again, and forget what it did; False when it was not shut out."""
        await self._learn(math.inf)
        address = subject(address)
        known = self._bans.get(address)
        await self._store.write(Change(MISDEEDS, address, None))
        if known is None:
            return False
        await self._write(Ban(address, known.reason, known.since, known.until, lifted=True))
        return True

    async def bans(self) -> list[Ban]:
        """Those that hold."""
        await self._learn(math.inf)
        now = self._now()
        return [ban for ban in self._bans.values() if ban.until > now]

    async def _learn(self, arrived: float) -> None:
        """Read what the log says that this process does not know."""
        if arrived < math.inf:
            self._fresh_until = arrived + self._lasts
        while True:
            records = await self._store.page(BANS, PORTION, after=self._read)
            for record in records:
                self._take(Ban(**record.data))
                self._read = record.place
            if len(records) < PORTION:
                return

    def _take(self, ban: Ban) -> None:
        self._bans.pop(ban.address, None)
        if not ban.lifted and ban.until > self._now():
            if len(self._bans) >= MOST:
                del self._bans[next(iter(self._bans))]
            self._bans[ban.address] = ban

    async def _write(self, ban: Ban) -> None:
        """Put *ban* at the end of the log, and forget what nobody needs at its beginning."""
        said = {name: getattr(ban, name) for name in Ban.__slots__}
        old = [each for each in await self._store.page(BANS, 2) if each.data["until"] <= self._now()]
        changes = [Change(BANS, each.id, None) for each in old]
        await self._store.write(Change(BANS, self._world.new_id("ban_"), said), *changes)
        self._take(ban)

    async def _count(self, address: str, kind: str) -> dict[str, int]:
        """How often *address* did what, this time included."""
        while True:
            now, record = self._now(), await self._store.get(MISDEEDS, address)
            data: dict[str, Any] = record.data if record else {"since": now, "counts": {}}
            if now - data["since"] > REMEMBERED:
                data = {"since": now, "counts": {}}
            counts: dict[str, int] = data["counts"]
            for name in (kind, "all") if kind in WEIGHED else (kind,):
                counts[name] = counts.get(name, 0) + 1
            changes = [Change(MISDEEDS, address, data, record.revision if record else 0)]
            if record is None:
                old = await self._store.page(MISDEEDS, 2)
                changes += [Change(MISDEEDS, e.id, None) for e in old if now - e.data["since"] > REMEMBERED]
            if await self._store.write(*changes):
                return counts


@lru_cache(maxsize=4096)
def subject(peer: str) -> str:
    """What is shut out with the address *peer*: itself, or of IPv6 the network of 64 bits that a client has."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
