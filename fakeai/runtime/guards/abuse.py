"""Addresses that misbehave are shut out for a while: who tries keys, ignores limits or attacks.

What an address did counts for an hour. Nothing happens in between: whether a ban holds is worked out when a call comes.
"""

import math
from dataclasses import dataclass, field

from ..call import Call
from ..errors import ApiError
from ..world import World

MOST = 10_000  # addresses that are remembered
REMEMBERED = 3600.0  # seconds that a misdeed counts
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


@dataclass(slots=True)
class Record:
    """What an address did. Moments are monotonic seconds."""

    since: float
    counts: dict[str, int] = field(default_factory=dict)
    banned_until: float = -math.inf


class Abuse:
    """What all addresses did that call one world's server."""

    def __init__(self, world: World) -> None:
        self._records: dict[str, Record] = {}

    def expect_welcome(self, call: Call) -> None:
        """See that the address of *call* is not shut out.

        Raises:
            ApiError: 403, it is; the message says for how long.
        """
        record = self._records.get(call.peer)
        if record is None or record.banned_until <= call.arrived:
            return
        seconds = math.ceil(record.banned_until - call.arrived)
        raise ApiError(
            403,
            f"IP address temporarily banned due to abuse. Retry after {seconds} seconds.",
            type="security_error",
            code="ip_banned",
            headers=((b"retry-after", b"%d" % seconds),),
        )

    def note(self, call: Call, error: ApiError) -> None:
        """Count that a call was refused."""
        kind = "injections" if error.code == "injection_detected" else KINDS.get(error.status)
        if kind is None or error.code == "insufficient_quota":
            return
        record = self._records.get(call.peer)
        if record is None or call.arrived - record.since > REMEMBERED:
            if len(self._records) >= MOST:
                self._records.pop(next(iter(self._records)))
            until = record.banned_until if record else -math.inf
            record = self._records[call.peer] = Record(call.arrived, banned_until=until)
        counts = record.counts
        counts[kind] = counts.get(kind, 0) + 1
        if kind in WEIGHED:
            counts["all"] = counts.get("all", 0) + 1
        for name, most, seconds in RULES:
            if counts.get(name, 0) >= most and name in (kind, "all"):
                record.banned_until = max(record.banned_until, call.arrived + seconds)
