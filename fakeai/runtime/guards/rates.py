"""Rate limits: how many requests, tokens and images a key may ask for of a model in a minute and in a day.

A call is let in for what it seems to cost, a quarter of its characters and the most that it asks for, and is charged
what it does cost as soon as that is known, at the latest when its client left. Nothing is taken of one that is refused.
With a store that other processes share, what is left stands there; else in this process.
"""

import math
from typing import Any

from ..answer import Answer, Reply, Stream
from ..call import Call
from ..caller import Caller, Organization
from ..estimates import guessed, told
from ..throttles import Throttle, Throttles
from ..world import World
from .buckets import DAY, EVER, IMAGES, MINUTE, REQUESTS, TOKENS, Allowance, Bucket, Cost, shown, take
from .budgets import Budgets
from .refusals import TYPES, headers, refused
from .sharing import BEHIND, Sharing

MOST = 20_000  # allowances that are remembered


async def admit(call: Call, body: dict[str, Any], images: str | None = None) -> None:
    """Let a call pass that its key's limits have room for, and the budgets of its project and the organization.

    Without --rate-limit-enabled only budgets count. *images* is the field of *body* that says how many images it asks
    for.

    Raises:
        ApiError: 429, there is none; the message says of what, and when there will be.
    """
    world = call.world
    if call.caller is not None:  # else nobody asks who calls, and there are no budgets
        await world.engine(Budgets).admit(call)
    if not world.options.rate_limits.enabled or call.admission is not None:
        return
    model = body.get("model")
    count = 0 if images is None else int(body.get(images) or 1)
    await world.engine(Rates).admit(call, model if isinstance(model, str) else "default", Cost(1, guessed(body), count))


async def enter(call: Call, model: str, tokens: int) -> None:
    """As `admit`, for a call of *model* that seems to cost so many *tokens*; what asks for itself has this as
    `world.admit`.

    Raises:
        ApiError: 429, there is no room for it.
    """
    world = call.world
    await world.engine(Budgets).admit(call)
    if world.options.rate_limits.enabled and call.admission is None:
        await world.engine(Rates).admit(call, model, Cost(1, tokens))


class Rates:
    """What is left of all limits of one world."""

    def __init__(self, world: World) -> None:
        options = world.options
        self._world, self._limits = world, options.rate_limits
        self.sharing = Sharing(world) if options.shared else None
        self.throttles = world.engine(Throttles)
        self._organization = world.engine(Organization)
        self._rows = {row["id"]: row for row in world.catalog.get("tiers", [])}
        self._known: dict[tuple[str, str], tuple[Allowance, Throttle]] = {}
        self._projects: dict[tuple[str, str], tuple[Allowance | None, int, float]] = {}
        self._nobody = Caller(tier=options.rate_limits.tier)

    async def admit(self, call: Call, model: str, cost: Cost) -> None:
        """Take *cost* out of the limits of the caller of *call*.

        Raises:
            ApiError: 429, there is not as much.
        """
        caller = call.caller or self._nobody
        known = self._known.get((caller.key, model))
        if known is None or not known[1].is_known:
            known = self._remembered(caller, model)
        allowances, throttle = [known[0]], known[1]
        if self._organization.count or self.sharing is not None:
            project = await self._of_project(call, caller.project, model)
            if project is not None:
                allowances.append(project)
        if self.sharing is not None:
            missing = await self.sharing.take(allowances, cost)
        elif len(allowances) == 1:
            missing = known[0].take(call.arrived, cost)
        else:
            missing = take(allowances, call.arrived, cost)
        if missing is not None:
            bucket, wait = missing
            again = 0.0 if wait == math.inf else wait
            self.throttles.refused(throttle, cost.tokens, again, bucket.counts == REQUESTS, bucket.counts == TOKENS)
            raise refused(bucket, wait, cost, model, caller.organization, headers(allowances))
        call.admission = Admitted(self, allowances, cost, throttle)

    def _remembered(self, caller: Caller, model: str) -> tuple[Allowance, Throttle]:
        """What *caller* may ask of *model*, and what metrics tell of the key."""
        known = self._known.get((caller.key, model))
        if known is None and len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        allowance = known[0] if known else Allowance(f"{caller.key}/{model}", self._buckets(caller.tier))
        throttle = self.throttles.of(caller.key or "anonymous", caller.tier, *allowance.per_minute)
        self._known[caller.key, model] = allowance, throttle
        return allowance, throttle

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
                allowance.follow(before)
        if len(self._projects) >= MOST:
            self._projects.clear()
        until = call.arrived + BEHIND if self.sharing is not None else math.inf
        self._projects[project, model] = allowance, count, until
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
        elif self._rates.sharing is not None:
            for each in self._allowances:
                each.owed += tokens
        else:
            for each in self._allowances:
                each.spend(-tokens)

    def left(self) -> list[tuple[str, int, int, float]]:
        return [
            (name, bucket.limit, bucket.left, bucket.reset)
            for name, buckets in zip(TYPES, shown(self._allowances), strict=True)
            if name != "images" and (bucket := min(buckets, key=lambda each: each.level, default=None)) is not None
        ]

    async def settle(self, answer: Answer) -> None:
        rates, cost = self._rates, self._cost
        if self._spent < 0:
            self._spent = told(answer, cost.tokens)
        self._settled = True
        rates.throttles.passed(self._throttle, self._spent)
        more = self._spent - cost.tokens
        if more:
            if rates.sharing is not None:
                await rates.sharing.spend(self._allowances, more)
            else:
                for each in self._allowances:
                    each.spend(more)
        if type(answer) is Reply or type(answer) is Stream:
            answer.headers += headers(self._allowances)
