"""Spend limits and spend alerts of the organization and its projects, for a month, against what the ledger says.

What is under way does not count yet: a limit lets those in who come before it is reached, whatever they will cost.
"""

import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..call import Call
from ..caller import BUDGETS, PROJECT, Organization
from ..ledger.ledger import Ledger
from ..ledger.prices import CENT
from ..store import Change, Record
from ..world import World
from .refusals import over_quota
from .sharing import BEHIND

(LIMIT, ALERT), SINGLE = BUDGETS, "one"
TRIGGERED = "usage/alert"  # collection of the alerts that were triggered
BATCH, MOST = 100, 10_000  # things that are read at once; projects that are remembered

log = logging.getLogger("fakeai")


class Budget(NamedTuple):
    """What a *project* may spend in a month, in cents; None is the organization. Those with an *alert* only tell."""

    project: str | None
    cents: int
    alert: dict[str, Any] | None = None


class Budgets:
    """The limits and alerts of one world: an engine."""

    def __init__(self, world: World) -> None:
        self._world, self._shared = world, world.options.shared
        self._ledger, self._organization = world.engine(Ledger), world.engine(Organization)
        self._known: dict[str | None, tuple[Sequence[Budget], int, float]] = {}
        self._told: set[tuple[str, str, int]] = set()
        self._refreshed = -math.inf

    async def admit(self, call: Call) -> None:
        """Let *call* pass when neither its project nor the organization has spent what it may.

        Raises:
            ApiError: 429, one has.
        """
        project = call.caller.project if call.caller else PROJECT
        budgets = [*await self._of(None, call), *await self._of(project, call)]
        if not budgets:
            return
        await self._settle(call)
        await self._tell(budgets, call.now)
        if any(budget.alert is None and self.is_reached(budget, call.now) for budget in budgets):
            raise over_quota()

    def is_reached(self, budget: Budget, now: float) -> bool:
        """Whether so much was spent in the month of *now*."""
        return self._ledger.has_spent(budget.cents, now, budget.project)

    async def triggered(self, call: Call) -> list[dict[str, Any]]:
        """The alerts that were triggered until now, the first ones first."""
        store, projects = self._world.store, [None, PROJECT]
        projects += [record.id for record in await self._all("project") if record.id != PROJECT]
        await self._ledger.refresh()
        for project in projects:
            await self._tell(await self._of(project, call), call.now)
        found, place = [], None
        while records := await store.page(TRIGGERED, BATCH, after=place):
            found += [record.data for record in records]
            place = records[-1].place
        return found

    async def _settle(self, call: Call) -> None:
        """Count what was used until now, by others as far as is needed."""
        if self._shared and call.arrived >= self._refreshed + BEHIND:
            self._refreshed = call.arrived
            await self._ledger.refresh()
        else:
            self._ledger.settle()

    async def _tell(self, budgets: Sequence[Budget], now: float) -> None:
        """Note which alerts are triggered, once in a month."""
        for budget in budgets:
            if budget.alert is None or not self.is_reached(budget, now):
                continue
            id, month = str(budget.alert["id"]), datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
            if (id, month, budget.cents) in self._told:
                continue
            self._told.add((id, month, budget.cents))
            spent = self._ledger.spent(now, budget.project) // CENT
            channel = budget.alert.get("notification_channel") or {}
            said = {
                "alert_id": id,
                "project_id": budget.project,
                "month": month,
                "threshold_amount": budget.cents,
                "spent_amount": spent,
                "currency": "USD",
                "triggered_at": int(now),
                "notification_channel": channel,
            }
            if await self._world.store.write(Change(TRIGGERED, f"{id} {month} {budget.cents}", said, revision=0)):
                whose = f"Project {budget.project}" if budget.project else "The organization"
                log.warning(
                    "Spend alert %s: %s has spent %.2f of %.2f dollars.", id, whose, spent / 100, budget.cents / 100
                )

    async def _of(self, project: str | None, call: Call) -> Sequence[Budget]:
        """The budgets of *project* alone, or of the organization alone."""
        known, count = self._known.get(project), self._organization.count
        if known is not None and known[1] == count and call.arrived < known[2]:
            return known[0]
        above = f"project/{project}/" if project else ""
        limit = await self._world.store.get(above + LIMIT, SINGLE)
        found = [] if limit is None else [Budget(project, limit.data["threshold_amount"])]
        alerts = await self._all(above + ALERT)
        found += [Budget(project, alert.data["threshold_amount"], alert.data) for alert in alerts]
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[project] = found, count, call.arrived + BEHIND if self._shared else math.inf
        return found

    async def _all(self, collection: str) -> list[Record]:
        found: list[Record] = []
        while records := await self._world.store.page(collection, BATCH, after=found[-1].place if found else None):
            found += records
        return found
