"""The workers of one server behind their router: where a request goes, and when its tokens come."""

import asyncio
import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import xxhash

from ..answer import Planned, Schedule
from ..call import Call
from ..catalog import Catalog
from ..clock import give_way
from ..errors import ApiError
from ..ledger.ledger import Ledger
from ..ledger.rows import DEFAULT, Extra
from ..options import Delay
from ..thresholds import Limits, Thresholds
from ..world import World
from .activity import Activity
from .batch import BatchWorker, Bounds
from .blocks import chained, own_hashes, seed_of
from .cache import Listener
from .latency import BATCHED, INSTANT, Timing
from .pace import pace_of
from .prefixes import Prefixes
from .profiles import Profile, profile
from .records import Records
from .request import Exchange, Request
from .retention import Retention
from .router import Router, Weights
from .slots import Slots
from .worker import NEVER, Worker

if TYPE_CHECKING:
    from .kv_events import KvEvents

REMEMBERED = 1024  # prompts whose hashes are kept
LONG, SLICE = 8192, 512  # tokens of a prompt that is hashed in slices, and blocks of one
MODEL = "openai/gpt-oss-120b"  # whose weights the GPUs hold when no model is named
NONE: Mapping[int, int] = {}
HEAT = 0.02  # of a step for each degree of temperature above 1, as FakeAI 0.3 has it
BUSY = "All workers are busy, please retry later"  # in Dynamo's words
CACHED_AT_ONCE = 128  # tokens: OpenAI's own models find prompts in steps of so many


class Fleet:
    """The simulated machine of one world."""

    def __init__(self, world: World) -> None:
        machine = self._machine = world.options.machine
        self._world = world
        self.block_size = machine.block_size
        self.blocks_total = machine.blocks or max(1, self.profile.kv_tokens // machine.block_size)
        self.prefixes = Prefixes()
        self.retention = Retention(max(1, CACHED_AT_ONCE // machine.block_size), machine.retention)
        weights = Weights(
            machine.prefill_load_scale,
            machine.overlap_score_credit,
            machine.overlap_score_credit_decay,
            machine.decode_active_request_weight,
            machine.temperature,
        )
        self._draws = world.chance(b"fleet").below(1 << 16)
        self.events = self._publisher()
        self._listener: Listener = self.events or self.prefixes
        said = machine.router, weights, machine.formula, machine.block_size, self._draws, machine.ranks
        self.router, self._decode_router = Router(*said), Router(*said)
        self.workers = [self._worker(number) for number in range(machine.engines)]
        since_1970 = world.clock.now() - world.clock.monotonic()
        self.activities: list[Activity] = [worker.activity for worker in self.workers]
        self.records = Records(machine.block_size, since_1970, machine.ranks)
        self._ledger = world.engine(Ledger)
        self._ledger.settle, self.records.on_fold = self._settle, self._ledger.note
        for worker in self.workers:
            worker.join(machine.ranks, world.number * machine.workers)
            worker.slots = Slots(machine.adapter_slots, machine.seconds_per_adapter)
            worker.on_over = self.records.over
            if isinstance(worker, BatchWorker):
                worker.on_step = self.records.steps_of(worker.rank)
                worker.on_iteration = self.records.iterations_of(worker.rank)
        computing = machine.prefill_workers * machine.ranks if machine.latency in BATCHED else 0
        self._front = self.workers[: computing or None]  # those to which prompts go
        self._back = self.workers[computing:]  # those that make tokens
        self._is_apart = computing > 0
        self._transfer = machine.transfer_bandwidth
        self.handed_over = self.transferred = 0  # requests, bytes of keys and values
        self.transferring = 0.0  # seconds that these took
        for worker in self._front if computing else ():
            assert isinstance(worker, BatchWorker)
            worker.hand_over = self._hand_over
        self.count = 0  # requests since the start
        self._catalog = world.engine(Catalog)
        self._adapters, self._unloaded = self._catalog.adapters, self._catalog.unloaded
        self._limits = world.engine(Thresholds).limits
        self._seeds: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timed = NEVER  # when it rings
        self._remembered: OrderedDict[bytes, Sequence[int]] = OrderedDict()

    @cached_property
    def profile(self) -> Profile:
        """That of the model whose weights the GPUs hold."""
        options = self._world.options
        tensor_parallel = max(1, options.gpus // options.machine.engines)
        return profile(self._world, options.machine.model or MODEL, options.gpu_model, tensor_parallel)

    def _worker(self, number: int) -> Worker:
        machine, pace = self._machine, pace_of(self._world)
        if pace is None:
            return Worker(number, self.blocks_total, machine.block_size, self._listener)
        bounds = Bounds(machine.sequences, machine.batched_tokens, machine.chunked)
        return BatchWorker(number, self.blocks_total, machine.block_size, self._listener, pace, bounds, self._jitter)

    def _publisher(self) -> "KvEvents | None":
        """What tells others what the caches keep, after the router."""
        options = self._machine.events
        if options is None:
            return None
        from .kv_events import KvEvents

        machine = self._machine
        return KvEvents(options, machine.workers, machine.ranks, self.block_size, self.prefixes, self._world.clock.now)

    def advance(self, now: float) -> None:
        """Let happen what was to happen until *now* (monotonic seconds)."""
        if self._is_apart:
            while (first := min(self.workers, key=_due)).due <= now:  # what one hands over happens to the others
                first.advance(first.due)
        for worker in self.workers:
            if worker.due <= now:
                worker.advance(now)

    def _settle(self) -> float:
        """Count all requests that are over; when the next thing happens."""
        self.advance(self._world.clock.monotonic())
        self.records.fold()
        return min([worker.due for worker in self.workers])

    def clear(self, now: float) -> int:
        """Drop from all caches what no running request holds; how many blocks that are."""
        self.advance(now)
        before = sum(worker.cache.kept for worker in self.workers)
        for worker in self.workers:
            worker.cache.clear()
        return before - sum(worker.cache.kept for worker in self.workers)

    def close(self) -> None:
        """Stop publishing events."""
        if self._timer is not None:
            self._timer.cancel()
        if self.events is not None:
            self.events.close()

    def _follow(self) -> None:
        """Let happen what is to happen when its time comes, because somebody is told of it."""
        due = min([worker.due for worker in self.workers])
        if self._timer is not None:
            if self._timed <= due:
                return
            self._timer.cancel()
        self._timer, self._timed = None, due
        if due < NEVER:
            delay = max(due - self._world.clock.monotonic(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(delay, self._happen)

    def _happen(self) -> None:
        self._timer = None
        self.advance(self._world.clock.monotonic())
        self._follow()

    def serve(
        self,
        call: Call,
        timing: Timing,
        model: str,
        exchange: Exchange,
        sizes: Sequence[int],
        key: bytes,
        *,
        passes: Sequence[int] = (),
        late: float = 0.0,
        openais: bool = False,
        kept: float | None = None,
        planned: bool = False,
        looked_up: bool = True,
        temperature: float | None = None,
        streams: bool = False,
        finish: str = "stop",
        tier: str = DEFAULT,
        extra: Extra | None = None,
        booked: bool = True,
    ) -> "Served":
        """Give the *exchange* of *call* to a worker: `take` says the rest.

        What is *booked* goes into the ledger, with its *tier* of service and what it used *extra*.
        """
        served = call.served = self.take(
            call.arrived, call.endpoint, timing, model, exchange, sizes, key, passes=passes, late=late, openais=openais,
            kept=kept, planned=planned, looked_up=looked_up, temperature=temperature, streams=streams, finish=finish,
            headers=call.headers,
        )  # fmt: skip
        request = served.request
        if booked:
            request.caller, request.since_1970 = call.caller, call.now - call.arrived
            request.tier, request.extra = tier, extra
        if call.admission is not None:
            request.admission = call.admission
            call.admission.spend(request.prompt + request.asked)
        if self._ledger.is_kept:
            self._ledger.expect()
        return served

    def take(
        self,
        arrived: float,
        place: str,
        timing: Timing,
        model: str,
        exchange: Exchange,
        sizes: Sequence[int],
        key: bytes,
        *,
        passes: Sequence[int] = (),
        late: float = 0.0,
        openais: bool = False,
        kept: float | None = None,
        planned: bool = False,
        looked_up: bool = True,
        temperature: float | None = None,
        hashes: Sequence[int] | None = None,
        streams: bool = False,
        finish: str = "stop",
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> "Served":
        """Give *exchange* to a worker: answers of *sizes* tokens, side by side, *late* seconds after it *arrived*.

        The same *key* is the same exchange. *passes* is the forward pass that makes each token of one answer; without
        it, each has its own. Models that are *openais* find prompts in the cache as OpenAI's do: long ones, in large
        steps, for some time or for so many seconds as it is *kept*; one that is not *looked_up* finds none. The
        moments of what is *planned* are known at once: what comes later does not change them. A *temperature* above 1
        makes steps that are shared a little longer. *hashes* are those of the prompt's full blocks, when they are
        known. *streams*, *finish* and *headers* are for the records: whether the client reads token by token, why the
        answers end, and what the call says of whom it is from.
        """
        if exchange.size < self.block_size or not self._machine.cached or not looked_up:
            hashes = ()
        elif hashes is None:
            hashes = self._hashes(exchange, key, self._seed(model))
        request = self._routed(arrived, place, model, exchange, sizes, key, passes, openais, kept, planned, hashes)
        request.streams, request.finish, request.headers = streams, finish, headers
        if temperature is not None and temperature > 1:
            request.heat = HEAT * (temperature - 1)
        if passes:
            request.drafted = passes
        worker = self.workers[request.worker]
        if self._adapters and (adapter := self._adapters.get(model)):
            request.lora, request.base = model, adapter.base
        moments: Sequence[float] = ()
        if timing.batched and isinstance(worker, BatchWorker) and not planned:
            worker.enqueue(request)
        else:
            if timing.batched and isinstance(worker, BatchWorker):
                first, gap = worker.estimate(request)
                timing = Timing(Delay(first), Delay(gap))
            moments = [0.0] * request.passes
            if timing.fitted is not None:
                ahead = sum([each.prefill_tokens for each in self.workers])
                others = sum([each.requests for each in self.workers])
                computed, pace = request.prompt - request.cached, self._world.chance(key, b"pace")
                moments = timing.fitted.moments(request.passes, computed, ahead, others, self._draws + self.count, pace)
            elif timing is not INSTANT:
                moments = timing.moments(request.passes, self._world.chance(key, b"pace"))
            if request.lora:
                loading = worker.slots.use(request.lora)
                late += 0.0 if timing is INSTANT else loading
            request.begun = arrived + late
            later = late + self._machine.seconds_per_prompt_token * (request.prompt - request.cached)
            if request.cached:
                less = moments[0] * self._machine.hit_saves * request.cached / request.prompt
                request.saved = less + self._machine.seconds_per_prompt_token * request.cached
                later -= less
            request.moments = moments = [moment + later for moment in moments] if later else moments
            worker.add(request)
        if self.events is not None:
            self._follow()
        return Served(self, request, moments, late, passes)

    def left(self, request: Request, made: int, now: float) -> None:
        """The client of *request* left at *now*, when it had *made* tokens."""
        self.advance(now)
        self.workers[request.worker].leave(request, made, now)
        if self._ledger.is_kept:
            self._ledger.expect()
        if request.admission is not None:
            request.admission.give_back(request.asked - (request.made if request.over else made))

    def passes_by(self, request: Request, now: float) -> int:
        """How many passes of *request* are done at *now*."""
        self.advance(now)
        worker = self.workers[request.worker]
        if request.moments:  # those that share steps are counted up to where the worker stands
            worker.advance(now)
        return worker.passes_by(request)

    def _hand_over(self, request: Request, now: float) -> None:
        """A prompt is computed: its keys and values go to a worker that makes the tokens."""
        overlaps = self.prefixes.overlaps(request.hashes) if request.hashes else NONE
        first = len(self._front)
        here = {worker - first: depth for worker, depth in overlaps.items() if worker >= first}
        request.worker = first + self._decode_router.choose_decoder(self._back, request.hashes, here)
        worker = self.workers[request.worker]
        assert isinstance(worker, BatchWorker)
        sent = request.prompt - here.get(request.worker - first, 0) * self.block_size
        size = max(sent, 0) * worker.kv_bytes(request.weights)
        self.handed_over += 1
        self.transferred += size
        self.transferring += size / self._transfer
        worker.receive(request, now + size / self._transfer)

    def _routed(
        self,
        arrived: float,
        place: str,
        model: str,
        exchange: Exchange,
        sizes: Sequence[int],
        key: bytes,
        passes: Sequence[int],
        openais: bool,
        kept: float | None,
        planned: bool,
        hashes: Sequence[int],
    ) -> Request:
        """The request, which knows its worker.

        Raises:
            ApiError: 404, the model is an adapter that was unloaded; 529, all workers are too busy for it.
        """
        if model in self._unloaded:
            raise self._catalog.no_such(model, param="model")
        self.advance(arrived)
        overlaps = self.prefixes.overlaps(hashes) if hashes else NONE
        self.count += 1
        count = passes[-1] + 1 if passes else max(sizes, default=1) or 1
        seed = self._seed(model)
        request = Request(self.count, model, exchange, hashes, sizes, count, arrived, place, key, seed)
        request.adapter = self._adapter(model)
        first = 0
        if planned and self._is_apart:  # it is not handed over: a worker that makes tokens computes its prompt, too
            first = len(self._front)
            overlaps = {worker - first: depth for worker, depth in overlaps.items() if worker >= first}
            worker, request.costs = self._decode_router.choose(self._back, exchange.size, hashes, overlaps)
        elif self._limits and (limits := self._limits.get(model)):
            worker, request.costs = self._choose_among_free(limits, exchange.size, hashes, overlaps)
        else:
            worker, request.costs = self.router.choose(self._front, exchange.size, hashes, overlaps)
        request.worker = first + worker
        overlap = overlaps.get(worker, 0)
        request.counted = exchange.size - overlap * self.block_size
        if overlaps:
            request.overlaps, request.overlap, request.best = overlaps, overlap, max(overlaps.values())
            too_short = openais and exchange.size <= self._machine.least_cached
            found = 0 if too_short else self.workers[request.worker].found(request)
            if openais and found:
                found = self.retention.found(hashes, found // self.block_size, arrived) * self.block_size
                found = found // CACHED_AT_ONCE * CACHED_AT_ONCE if found >= self._machine.least_cached else 0
            request.cached = found
        if openais and exchange.size >= self._machine.least_cached:
            self.retention.use(hashes, arrived, kept)
        return request

    def _choose_among_free(
        self, limits: Limits, tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> tuple[int, Sequence[float]]:
        """The worker for a prompt, among those that are not too busy for it, and what each would have cost.

        What a busy one would cost is infinite.

        Raises:
            ApiError: 529, all are.
        """
        busy = self._busy(limits)
        free = [worker for worker in self._front if worker.instance not in busy]
        if not free or (self._is_apart and all(worker.instance in busy for worker in self._back)):
            raise ApiError(529, BUSY, type="overloaded_error", code="overloaded")
        here = {place: overlaps[worker.number] for place, worker in enumerate(free) if worker.number in overlaps}
        known = self.router.costs(free, tokens, hashes, here) if len(free) < len(self._front) else ()
        place, costs = self.router.choose(free, tokens, hashes, here)
        if known:
            by_number = dict(zip([worker.number for worker in free], known, strict=True))
            costs = [by_number.get(worker.number, math.inf) for worker in self._front]
        return free[place].number, costs

    def _busy(self, limits: Limits) -> set[int]:
        """The workers of which every rank has more than *limits* allow."""
        batch, free = self._machine.batched_tokens, set()
        for worker in self.workers:
            blocks = max(worker.blocks, worker.held)
            if not limits.are_exceeded(blocks, worker.cache.capacity, worker.prefill_tokens, batch):
                free.add(worker.instance)
        return {worker.instance for worker in self.workers} - free

    def _seed(self, model: str) -> int:
        seed = self._seeds.get(model)
        if seed is None:
            seed = self.seed_of(model)
            if len(self._seeds) < REMEMBERED:
                self._seeds[model] = seed
        return seed

    def _hashes(self, exchange: Exchange, key: bytes, seed: int) -> Sequence[int]:
        """The sequence hashes of the full blocks of the prompt."""
        found = self._remembered.get(key)
        if found is None:
            found = self._remember(key, chained(own_hashes(exchange.ids(), self.block_size, seed)))
        return found

    async def ahead(self, exchange: Exchange, key: bytes, model: str) -> None:
        """Hash the prompt of a long *exchange* in slices between which others have a turn; `serve` finds it done."""
        if exchange.size < LONG or not self._machine.cached or key in self._remembered:
            return
        seed, ids, made = self._seed(model), exchange.ids(), list[int]()
        for start in range(0, len(ids), SLICE * self.block_size):
            await give_way()
            own = own_hashes(ids[start : start + SLICE * self.block_size], self.block_size, seed)
            made += chained(own, made[-1] if made else None)
        self._remember(key, made)

    def _remember(self, key: bytes, hashes: Sequence[int]) -> Sequence[int]:
        if len(self._remembered) >= REMEMBERED:
            self._remembered.popitem(last=False)
        self._remembered[key] = hashes
        return hashes

    def hands_over(self, worker: int) -> bool:
        """Whether *worker* only computes prompts, which others answer."""
        return self._is_apart and worker < len(self._front)

    def seed_of(self, model: str) -> int:
        """The seed of the blocks of *model*: prompts of two models have no block in common."""
        return seed_of(self._adapter(model))

    def _adapter(self, model: str) -> str:
        return "" if model == self._machine.model else model

    def _jitter(self, worker: int, step: int) -> float:
        """What the length of a step is multiplied with."""
        variance = self._world.options.itl.variance
        if not variance:
            return 1.0
        drawn = xxhash.xxh3_64_intdigest(b"%d.%d" % (worker, step), self._draws) % 65536
        return 1.0 + variance * (drawn / 32767.5 - 1.0)


def _due(worker: Worker) -> float:
    return worker.due


class Served:
    """A request that the fleet has: what it found in the cache, and when its answer leaves.

    *moments* is when each pass of a planned request is done, in seconds after the call arrived; else it is empty.
    """

    __slots__ = ("_fleet", "_passes", "late", "moments", "request")

    def __init__(
        self, fleet: Fleet, request: Request, moments: Sequence[float], late: float, passes: Sequence[int]
    ) -> None:
        self._fleet, self.request, self.moments, self.late, self._passes = fleet, request, moments, late, passes

    @property
    def cached(self) -> int:
        """Tokens of the prompt that were found in the cache."""
        return self.request.cached

    @property
    def worker(self) -> Worker:
        """The worker that has it, or had it."""
        return self._fleet.workers[self.request.worker]

    def whole(self) -> tuple[float, Schedule | None]:
        """When an answer that leaves whole is due, and its schedule."""
        moments = self.moments
        if not moments:
            return 0.0, Followed(self, (self.request.passes - 1,), 0)
        due = moments[-1]
        return due, Planned((due,), self.left_whole) if due > 0 else None

    def stream(self, steps: Sequence[int] | None = None) -> Schedule:
        """When the pieces of a stream are due: an opening, a piece for each token, a closing.

        *steps* is the place of each token in its answer; without it there is one answer.
        """
        request, passes = self.request, self._passes
        request.streams = True
        if passes:
            steps = passes if steps is None else [passes[step] for step in steps]
        elif steps and steps[-1] >= request.passes:  # what is told after the last token
            steps = [min(step, request.passes - 1) for step in steps]
        moments, last = self.moments, request.passes - 1
        if not moments:
            return Followed(self, (0, *(range(request.sizes[0]) if steps is None else steps), last), 1)
        between = moments[: request.sizes[0]] if steps is None else [moments[step] for step in steps]
        return Planned([moments[0], *between, moments[-1]], self.left)

    def left(self, sent: int, elapsed: float) -> None:
        """The client of a stream left when it had *sent* pieces."""
        made = min(max(sent - 1, 0), sum(self.request.sizes))
        self._fleet.left(self.request, made, self.request.arrived + elapsed)

    def left_whole(self, sent: int, elapsed: float) -> None:
        """The client of an answer left that leaves whole."""
        now = self.request.arrived + elapsed
        self._fleet.left(self.request, self.request.tokens_by(self.passes_by(now)), now)

    def passes_by(self, now: float) -> int:
        """How many passes are done at *now*."""
        return self._fleet.passes_by(self.request, now)

    def look_again(self) -> float:
        """A moment before which nothing new is known of a request that shares steps."""
        worker = self._fleet.workers[self.request.worker]
        assert isinstance(worker, BatchWorker)
        return worker.look_again(self.request)


class Followed:
    """A schedule that follows the steps of a worker: piece k leaves when the pass `steps[k]` is done."""

    __slots__ = ("_before", "_served", "_steps")

    def __init__(self, served: Served, steps: Sequence[int], before: int) -> None:
        self._served, self._steps, self._before = served, steps, before

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def first(self) -> float:
        request = self._served.request
        moment = request.first if self._before else request.end
        return moment - request.arrived + self._served.late

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        served = self._served
        request, late = served.request, served.late
        if elapsed < late:
            return start, late
        done = served.passes_by(request.arrived + elapsed - late)
        stop = bisect_right(self._steps, done - 1, start, min(start + most, len(self._steps)))
        if stop == len(self._steps):
            return stop, elapsed
        return stop, served.look_again() - request.arrived + late

    def left(self, sent: int, elapsed: float) -> None:
        if self._before:
            self._served.left(sent, elapsed)
        else:
            self._served.left_whole(sent, elapsed)
