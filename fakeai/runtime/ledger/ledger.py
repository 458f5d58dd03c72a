"""The ledger: what was used, added up by who used it and by minutes, hours and days.

Every answered request is in it, also one whose client left: as much of it as was made. Requests of the fleet are noted
many at once, when it counts them, and at the latest when somebody reads; other calls note what they used themselves.
With a folder or a shared store, what is noted is written down there as well, and is found again by the next server.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import mul
from typing import Any, Protocol

from ..admission import Admission
from ..call import Call
from ..caller import PROJECT, Caller
from ..clock import give_way
from ..credentials import PROVING, digest_of, id_of, key_in
from ..world import World
from . import rows
from .book import Book, FileBook
from .prices import CENT, FIELDS, TOOLS, PriceList
from .rows import Amounts, Extra, Use, packed, unpacked
from .store_book import StoreBook

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WIDTHS = (MINUTE, HOUR, DAY)
REST = (0,) * (len(FIELDS) - 4)  # amounts that the fleet knows nothing of
NEVER = float("inf")
MOST_USES = 100_000  # that are told apart; models of the rest are `others`
OTHERS = "others"
MOST_CELLS = 1_000_000  # sums of minutes that are kept; of older ones there are those of hours
MOST_FRESH = 2_000  # sums that wait to be added to others
MOST_KEYS = 10_000  # that are remembered
TOGETHER = 1_000  # rows that are read without giving way
BEARER = (b"Bearer ", b"bearer ")
SELDOM = 0.25  # seconds after which it is seen whether something is over

Cells = dict[int, int]  # amounts, packed, by the number of a use
Payer = tuple[str, str, str]  # key, project, user


@dataclass(slots=True)
class Cost:
    """What a model or a tool has cost in units of money, and the requests that are in it."""

    money: int = 0
    requests: int = 0


class Finished(Protocol):
    """A request that is over. *since_1970* is what a monotonic moment of it lacks; None when no client asked."""

    model: str
    end: float
    since_1970: float | None
    caller: Caller | None
    headers: Sequence[tuple[bytes, bytes]]
    tier: str
    admission: Admission | None
    prompt: int
    cached: int
    made: int
    sizes: Sequence[int]
    extra: Extra | None


class Ledger:
    """The ledger of one world: an engine."""

    def __init__(self, world: World) -> None:
        self.prices = world.engine(PriceList)
        self.uses: list[Use] = []  # by their numbers
        self.settle: Callable[[], float] = _nothing  # note all that is over; when something is over next
        self._monotonic = world.clock.monotonic
        self._numbers: dict[Use, int] = {}
        self._known: dict[tuple[str, Payer, str, bool, bool], int] = {}
        self._fresh: dict[tuple[int, int], int] = {}  # what is not in the sums, packed, by minute and number
        self._weights: list[tuple[int, ...]] = []  # units of money, by amount, of each use
        self._sums: dict[int, dict[int, Cells]] = {width: {} for width in WIDTHS}
        self._cells = 0
        self._coarse = 0  # hours before this one have no minutes
        self._spent: Counter[tuple[str, str]] = Counter()  # units of money, by month and project
        self._costs: tuple[dict[str, Cost], dict[str, Cost]] = {}, {}
        self._months: dict[int, str] = {}
        self._strangers: dict[bytes, Payer] = {}
        folder = world.options.usage_folder
        self._book: Book | None = FileBook(folder, world.clock.now) if folder else None
        if world.options.usage_in_store:
            self._book = StoreBook(world)
        self._reading = asyncio.Lock()
        self._timer: asyncio.Handle | None = None
        self._timed = 0.0
        self._quota = 0.0  # the moment up to which the writes of a second are used up

    @property
    def is_kept(self) -> bool:
        """Whether it is written down."""
        return self._book is not None

    def note(self, requests: Sequence[Finished]) -> None:
        """Note *requests* of the fleet, which are over."""
        groups: dict[tuple[Any, ...], list[Finished]] = {}
        for each in requests:
            since, caller, admission = each.since_1970, each.caller, each.admission
            if since is None:
                continue
            payer = self._stranger(each.headers) if caller is None else (caller.key, caller.project, caller.user)
            batch = admission is not None and admission.is_batch
            key = (int(each.end + since) // MINUTE, each.model, payer, each.tier, batch, not each.sizes)
            group = groups.get(key)
            if group is None:
                groups[key] = [each]
            else:
                group.append(each)
        for (minute, model, payer, tier, batch, reads), group in groups.items():
            what = (model, payer, tier, batch, reads)
            number = self._known.get(what)
            if number is None:
                number = self._know(what)
            made = sum([each.made for each in group])
            prompt, cached = sum([each.prompt for each in group]), sum([each.cached for each in group])
            amounts = [len(group), prompt, cached, made, *REST]
            for each in group:
                if each.extra is not None:
                    _amend(amounts, each, each.extra)
            self._note(minute, number, amounts)

    def add(
        self,
        call: Call,
        kind: str,
        amounts: Amounts,
        model: str = "",
        *,
        tier: str = rows.DEFAULT,
        source: str = "",
        size: str = "",
        quality: str = "",
        store: str = "",
        context_level: str = "",
    ) -> None:
        """Note that *call* used so much; the rest is as in a `Use`."""
        caller, admission = call.caller, call.admission
        key, project, user = (
            self._stranger(call.headers) if caller is None else (caller.key, caller.project, caller.user)
        )
        batch = admission is not None and admission.is_batch
        use = Use(kind, project, user, key, model, tier, batch, source, size, quality, store, context_level)
        self._note(int(call.now) // MINUTE, self._number(use), amounts)
        if self._book is not None:
            self.expect()

    def cells(self, start: float, end: float) -> Iterator[Cells]:
        """The sums of all that was used from *start* up to *end*, in stretches as wide as can be; whole minutes."""
        self._merge()
        at, stop = int(start) // MINUTE * MINUTE, -int(-end // MINUTE) * MINUTE
        while at < stop:
            width = next(
                width for width in (DAY, HOUR, MINUTE) if width == MINUTE or (at % width == 0 and at + width <= stop)
            )
            if width == MINUTE and at // HOUR < self._coarse:  # all of that hour stands in its first minute
                width = HOUR if at % HOUR == 0 else MINUTE
            cells = self._sums[width].get(at // width)
            if cells:
                yield cells
            at += width

    def costs(self) -> tuple[Mapping[str, Cost], Mapping[str, Cost]]:
        """What each model has ever cost, and each tool."""
        self._merge()
        return self._costs

    def spent(self, now: float, project: str | None = None) -> int:
        """The units of money that a *project* has cost in the month of *now*; without one, the organization."""
        self._merge()
        month = self._month(int(now) // MINUTE)
        if project is not None:
            return self._spent[month, project]
        return sum([cost for (when, _), cost in self._spent.items() if when == month])

    def has_spent(self, cents: int, now: float, project: str | None = None) -> bool:
        """Whether a *project*, or the organization, has cost so much in the month of *now*."""
        return self.spent(now, project) >= cents * CENT

    async def refresh(self) -> None:
        """Note all that is over, here and where others write into the same folder."""
        self.settle()
        if self._book is None:
            return
        async with self._reading:
            for number, (minute, use, amounts) in enumerate(await self._book.read()):
                self._add(minute, self._number(use), packed(amounts))
                if number % TOGETHER == TOGETHER - 1:
                    await give_way()

    def expect(self) -> None:
        """Something is under way, or waits to be written: what is over is written at once, or soon when there is much
        of it. Without a folder, nothing is written."""
        if self._book is None:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._timer is not None and self._timed <= now + self._book.often:
            return
        if self._timer is not None:
            self._timer.cancel()
        if self._quota <= now + 1.0:
            self._write()
        else:
            self._timed = now + self._book.often
            self._timer = loop.call_at(self._timed, self._write)

    def write_down(self) -> None:
        """Write down all that is over, for others who are about to read it."""
        if self._book is not None:
            self.settle()
            self._book.write()

    async def close(self) -> None:
        """Write down what waits for it, and write no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._book is not None:
            self.settle()
            self._book.write()
            await self._book.close()

    def _write(self) -> None:
        assert self._book is not None
        loop, self._timer = asyncio.get_running_loop(), None
        due = self.settle()
        is_written = self._book.write()
        now = loop.time()
        self._quota = max(self._quota, now) + 1.0 / self._book.at_once
        if due < NEVER or not is_written:
            self._timed = now + min(max(due - self._monotonic(), self._book.often), SELDOM)
            self._timer = loop.call_at(self._timed, self._write)

    def _note(self, minute: int, number: int, amounts: Sequence[int]) -> None:
        self._add(minute, number, packed(amounts))
        if self._book is not None:
            self._book.add(minute * MINUTE, self.uses[number], amounts)

    def _know(self, what: tuple[str, Payer, str, bool, bool]) -> int:
        """The number of the use that requests of the fleet are."""
        model, (key, project, user), tier, batch, reads = what
        kind = rows.EMBEDDINGS if reads else rows.COMPLETIONS
        if len(self._known) >= MOST_USES:
            self._known.clear()
        number = self._known[what] = self._number(Use(kind, project, user, key, model, tier, batch))
        return number

    def _number(self, use: Use) -> int:
        """The number of *use*, or of the one that it is among when there are too many."""
        number = self._numbers.get(use)
        if number is None:
            if len(self.uses) >= MOST_USES:
                use = use._replace(api_key_id="", model=OTHERS, size="", quality="", vector_store_id="")
            number = self._numbers.setdefault(use, len(self.uses))
            if number == len(self.uses):
                self.uses.append(use)
                self._weights.append(self.prices.weights(use))
        return number

    def _add(self, minute: int, number: int, amounts: int) -> None:
        """Add *amounts* to what is fresh."""
        fresh, key = self._fresh, (minute, number)
        fresh[key] = fresh.get(key, 0) + amounts
        if len(fresh) >= MOST_FRESH:
            self._merge()

    def _merge(self) -> None:
        """Add what is fresh to all sums."""
        fresh, self._fresh = self._fresh, {}
        for (minute, number), amounts in fresh.items():
            for width, sums in self._sums.items():
                at = minute * MINUTE // width
                cells = sums.get(at)
                if cells is None:
                    cells = sums[at] = {}
                if width == MINUTE and number not in cells:
                    self._cells += 1
                cells[number] = cells.get(number, 0) + amounts
            use, weights, used = self.uses[number], self._weights[number], unpacked(amounts)
            cost = sum(map(mul, weights, used)) if any(weights) else 0
            if cost:
                self._spent[self._month(minute), use.project_id] += cost
            models, tools = self._costs
            told = tools.setdefault(use.kind, Cost()) if use.kind in TOOLS else models.setdefault(use.model, Cost())
            told.money += cost
            told.requests += used.requests
        while self._cells > MOST_CELLS:
            self._coarsen()

    def _coarsen(self) -> None:
        """Forget the minutes of the oldest hour that has some."""
        minutes = self._sums[MINUTE]
        self._coarse = max(self._coarse, min(minutes) * MINUTE // HOUR + 1)
        for minute in [each for each in minutes if each * MINUTE // HOUR < self._coarse]:
            self._cells -= len(minutes.pop(minute))

    def _month(self, minute: int) -> str:
        day = minute * MINUTE // DAY
        found = self._months.get(day)
        if found is None:
            found = self._months[day] = datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m")
        return found

    def _stranger(self, headers: Sequence[tuple[bytes, bytes]]) -> Payer:
        """Who calls when nobody asked: the key counts as one that the organization did not make."""
        said = b""
        for name, value in headers:
            if name in PROVING:
                said += value
                if value.startswith(BEARER):  # nothing else counts
                    break
        found = self._strangers.get(said)
        if found is None:
            key = key_in(headers)
            caller = Caller(id_of(digest_of(key)) if key else "")
            if len(self._strangers) >= MOST_KEYS:
                self._strangers.clear()
            found = self._strangers[said] = caller.key, PROJECT, caller.user
        return found


def _amend(amounts: list[int], request: Finished, extra: Extra) -> None:
    """Amend the *amounts* of a group by what the fleet does not know of one *request* in it.

    Of one that was cut, as much of what is unsaid counts as of its tokens.
    """
    if extra.continues:
        amounts[0] -= 1
    if extra.again:
        amounts[1] -= request.prompt
        amounts[2] -= request.cached
    asked = sum(request.sizes)
    amounts[3] += extra.unsaid if request.made >= asked else extra.unsaid * request.made // asked
    amounts[4] += extra.heard


def _nothing() -> float:
    """Nobody serves."""
    return NEVER
