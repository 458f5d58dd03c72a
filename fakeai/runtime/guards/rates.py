"""Rate limits: how many requests, tokens and images a key may ask for of a model in a minute and in a day.

A call is let in for what it seems to cost, a quarter of its characters and the most that it asks for, and is charged
what it does cost as soon as that is known, at the latest when its client left. Nothing is taken of one that is refused.
With a store that other processes share, what is left stands there; else in this process.
"""

import math
from typing import Any

from ..answer import Answer, Header, Reply, Stream
from ..call import Call
from ..caller import Caller, Organization
from ..store import Change
from ..throttles import Throttle, Throttles
from ..world import World
from .buckets import DAY, EVER, MINUTE, ROUNDING, Allowance, Bucket, Cost
from .budgets import Budgets
from .refusals import duration, refused

MOST = 20_000  # allowances that are remembered
LASTS = 1.0  # seconds that another process may be behind
SHARED = "rate"  # collection of what is left
REQUESTS, TOKENS, IMAGES = 0, 1, 2  # places in a `Cost`
NAMES = [
    tuple(b"x-ratelimit-%b-%b" % (word, of) for word in (b"limit", b"remaining", b"reset"))
    for of in (b"requests", b"tokens", b"images")
]
TOTAL = b'"total_tokens":'


async def admit(call: Call, body: dict[str, Any], images: str | None = None) -> None:
    """Let a call pass that its key's limits have room for, and the budgets of its project and the organization.

    Without --rate-limit-enabled only budgets count. *images* is the field of *body* that says how many images it asks
    for.

    Raises:
        ApiError: 429, there is none; the message says of what, and when there will be.
    """
    if call.caller is not None:  # else nobody asks who calls, and there are no budgets
        await call.world.engine(Budgets).admit(call)
    if not call.world.options.rate_limits.enabled or call.admission is not None:
        return
    rates = call.world.engine(Rates)
    caller = call.caller or rates.nobody
    model = body.get("model")
    count = 0 if images is None else int(body.get(images) or 1)
    await rates.admit(call, caller, model if isinstance(model, str) else "default", Cost(1, guessed(body), count))


class Rates:
    """What is left of all limits of one world."""

    def __init__(self, world: World) -> None:
        options = world.options
        self._world, self._limits, self.shared = world, options.rate_limits, options.shared
        self.throttles = world.engine(Throttles)
        self._organization = world.engine(Organization)
        self._rows = {row["id"]: row for row in world.catalog.get("tiers", [])}
        self._allowances: dict[tuple[str, str], Allowance] = {}
        self._projects: dict[tuple[str, str], tuple[Allowance | None, int, float]] = {}
        self.nobody = Caller(tier=options.rate_limits.tier)

    def moment(self) -> float:
        """Now, by a clock that all have who share the buckets."""
        return self._world.clock.wall()

    async def admit(self, call: Call, caller: Caller, model: str, cost: Cost) -> None:
        """Take *cost* out of the limits of *caller*.

        Raises:
            ApiError: 429, there is not as much.
        """
        allowances = [self._of(caller, model)]
        if self._organization.count or self.shared:
            project = await self._of_project(call, caller.project, model)
            if project is not None:
                allowances.append(project)
        if self.shared:
            missing = await self.change(allowances, self.moment(), cost)
        else:
            missing = take(allowances, call.arrived, cost)
        throttle = self._throttle(caller, allowances[0])
        if missing is not None:
            bucket, wait = missing
            again = 0.0 if wait == math.inf else wait
            self.throttles.refused(throttle, cost.tokens, again, bucket.counts == REQUESTS, bucket.counts == TOKENS)
            raise refused(bucket, wait, cost, model, caller.organization, headers(allowances))
        call.admission = Admitted(self, allowances, cost, throttle)

    def _throttle(self, caller: Caller, allowance: Allowance) -> Throttle:
        """What metrics tell of the key of *caller*."""
        requests, tokens, _ = [shown[0].limit if shown else 0 for shown in allowance.shown]
        return self.throttles.of(caller.key or "anonymous", caller.tier, requests, tokens)

    async def change(
        self, allowances: list[Allowance], now: float, cost: Cost, *, must: bool = True
    ) -> tuple[Bucket, float] | None:
        """As `take` with what all processes share; without *must* it is taken in any case."""
        store = self._world.store
        while True:
            changes = []
            for each in allowances:
                record = await store.get(SHARED, each.id)
                each.load(record.data if record else {})
                changes.append((each, record.revision if record else 0))
            owed, missing = [each.owed for each in allowances], None
            for each in allowances:
                each.refill(now)
                each.charge(Cost(0, -each.owed))
            if must:
                missing = take(allowances, now, cost)
            else:
                charge(allowances, cost)
            if missing is not None and not any(owed):
                return missing
            written = [Change(SHARED, each.id, each.dump(), revision) for each, revision in changes]
            if await store.write(*written):
                for each, amount in zip(allowances, owed, strict=True):
                    each.owed -= amount
                return missing

    def _of(self, caller: Caller, model: str) -> Allowance:
        """What *caller* may ask of *model*."""
        found = self._allowances.get((caller.key, model))
        if found is None:
            if len(self._allowances) >= MOST:
                del self._allowances[next(iter(self._allowances))]
            found = Allowance(f"{caller.key}/{model}", self._buckets(caller.tier))
            self._allowances[caller.key, model] = found
        return found

    def _buckets(self, tier: str) -> list[Bucket]:
        row, said = self._rows.get(tier, {}), self._limits
        rules = (
            ("requests per min (RPM)", REQUESTS, said.requests_per_minute, row.get("rpm"), MINUTE),
            ("tokens per min (TPM)", TOKENS, said.tokens_per_minute, row.get("tpm"), MINUTE),
            ("requests per day (RPD)", REQUESTS, said.requests_per_day, row.get("rpd"), DAY),
            ("tokens per day (TPD)", TOKENS, said.tokens_per_day, row.get("tpd"), DAY),
            ("images per min (IPM)", IMAGES, said.images_per_minute, row.get("ipm"), MINUTE),
            ("quota", TOKENS, said.quota, None, EVER),
        )
        limits = [(name, counts, own if own is not None else usual, time) for name, counts, own, usual, time in rules]
        return [Bucket(name, counts, limit, time) for name, counts, limit, time in limits if limit is not None]

    async def _of_project(self, call: Call, project: str, model: str) -> Allowance | None:
        """What the administration lets a project ask of *model*; None when it never said."""
        known = self._projects.get((project, model))
        count = self._organization.count
        if known is not None and known[1] == count and call.arrived < known[2]:
            return known[0]
        record = await self._world.store.get(f"project/{project}/rate_limit", f"rl-{model}")
        allowance = None
        if record is not None and record.revision > 1:
            said = record.data
            rules = (
                ("requests per min (RPM)", REQUESTS, said.get("max_requests_per_1_minute"), MINUTE),
                ("tokens per min (TPM)", TOKENS, said.get("max_tokens_per_1_minute"), MINUTE),
                ("requests per day (RPD)", REQUESTS, said.get("max_requests_per_1_day"), DAY),
                ("images per min (IPM)", IMAGES, said.get("max_images_per_1_minute"), MINUTE),
            )
            buckets = [Bucket(name, counts, limit, time) for name, counts, limit, time in rules if limit is not None]
            allowance = Allowance(f"{project}/{model}", buckets)
            before = known[0] if known else None
            if before is not None:
                allowance.load(_spent(before, allowance))
                allowance.owed = before.owed
        if len(self._projects) >= MOST:
            self._projects.clear()
        self._projects[project, model] = allowance, count, call.arrived + LASTS if self.shared else math.inf
        return allowance


class Admitted:
    """A call that was let in for *cost*."""

    is_batch = False
    __slots__ = ("_allowances", "_cost", "_rates", "_settled", "_spent", "_throttle")

    def __init__(self, rates: Rates, allowances: list[Allowance], cost: Cost, throttle: Throttle) -> None:
        self._rates, self._allowances, self._cost, self._throttle = rates, allowances, cost, throttle
        self._spent, self._settled = -1, False  # -1: nobody said

    def spend(self, tokens: int) -> None:
        self._spent = max(self._spent, 0) + tokens
        if self._settled:  # it goes on after its head has left
            self.give_back(-tokens)

    def give_back(self, tokens: int) -> None:
        if not self._settled:
            self._spent = max(self._spent - tokens, 0)
        elif self._rates.shared:
            for each in self._allowances:
                each.owed += tokens
        else:
            charge(self._allowances, Cost(0, -tokens))

    async def settle(self, answer: Answer) -> None:
        if self._spent < 0:
            self._spent = _told(answer, self._cost.tokens)
        more = self._spent - self._cost.tokens
        self._settled = True
        self._rates.throttles.passed(self._throttle, self._spent)
        if more and self._rates.shared:
            await self._rates.change(self._allowances, self._rates.moment(), Cost(0, more), must=False)
        elif more:
            charge(self._allowances, Cost(0, more))
        if type(answer) is Reply or type(answer) is Stream:
            answer.headers = (*answer.headers, *headers(self._allowances))


def take(allowances: list[Allowance], now: float, cost: Cost) -> tuple[Bucket, float] | None:
    """Take *cost* out of all of them, or nothing: then the bucket that lacks it, and for how many seconds."""
    worst: tuple[Bucket, float] | None = None
    for each in allowances:
        each.refill(now)
        missing = each.missing(cost)
        if missing is not None and (worst is None or missing[1] > worst[1]):
            worst = missing
    if worst is None:
        charge(allowances, cost)
    return worst


def charge(allowances: list[Allowance], cost: Cost) -> None:
    """Take *cost* out of all of them."""
    for each in allowances:
        each.charge(cost)


def headers(allowances: list[Allowance]) -> tuple[Header, ...]:
    """What is left, of each kind by the limit of which there is least."""
    told: list[Header] = []
    for counts, (limit, remaining, reset) in enumerate(NAMES):
        shown = allowances[0].shown[counts]
        for other in allowances[1:]:
            shown = [*shown, *other.shown[counts]]
        if not shown:
            continue
        bucket = shown[0]
        for each in shown:
            if each.level < bucket.level:
                bucket = each
        if counts == IMAGES and bucket.level >= bucket.limit:
            continue
        level = bucket.level + ROUNDING
        told.append((limit, bucket.told))
        told.append((remaining, b"%d" % (level if level > 0 else 0)))
        told.append((reset, duration(bucket.reset)))
    return tuple(told)


def guessed(body: dict[str, Any]) -> int:
    """How many tokens a request seems to cost before it is read: a quarter of its characters, and the most it asks."""
    asked = body.get("max_completion_tokens") or body.get("max_tokens") or body.get("max_output_tokens") or 0
    copies = body.get("n") or 1
    size = 0
    for name in ("messages", "input", "prompt", "instructions", "query", "passages"):
        if name in body:
            size += _characters(body[name])
    most = asked * copies if isinstance(asked, int) and isinstance(copies, int) else 0
    return (size + 3) // 4 + most


def _characters(value: Any) -> int:
    """The characters of the texts in *value*."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        size = 0
        for each in value:
            text = each.get("content") if isinstance(each, dict) else each
            size += len(text) if isinstance(text, str) else _characters(each)
        return size
    if isinstance(value, dict):
        return _characters(value.get("content")) + _characters(value.get("text"))
    return 0


def _told(answer: Answer, guess: int) -> int:
    """The tokens that the usage of an *answer* tells; none of a refusal, and else what was guessed."""
    if type(answer) is not Reply:
        return guess
    if answer.status >= 400:
        return 0
    at = answer.body.rfind(TOTAL)
    digits = answer.body[at + len(TOTAL) : at + len(TOTAL) + 12] if at >= 0 else b""
    number = digits.lstrip()[: _digits(digits.lstrip())]
    return int(number) if number else guess


def _digits(text: bytes) -> int:
    """How many digits *text* begins with."""
    return len(text) - len(text.lstrip(b"0123456789"))


def _spent(before: Allowance, now: Allowance) -> dict[str, Any]:
    """What is left of limits that are others now: what was taken stays taken."""
    taken = {bucket.name: (bucket.limit - bucket.level, bucket.at) for bucket in before.buckets}
    return {
        bucket.name: (bucket.limit - taken[bucket.name][0], taken[bucket.name][1])
        for bucket in now.buckets
        if bucket.name in taken
    }
