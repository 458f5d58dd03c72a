"""The workers of one server behind their router: where a request goes, and when its tokens come."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

import xxhash

from ..answer import Planned, Schedule
from ..call import Call
from ..options import Delay
from ..world import World
from .activity import Activity
from .batch import BatchWorker, Bounds
from .blocks import chained, own_hashes, seed_of
from .latency import BATCHED, INSTANT, Timing
from .pace import pace_of
from .prefixes import Prefixes
from .profiles import Profile, profile
from .records import Records
from .request import Exchange, Request
from .router import Router, Weights
from .worker import Worker

REMEMBERED = 1024  # prompts whose hashes are kept
MODEL = "openai/gpt-oss-120b"  # whose weights the GPUs hold when no model is named
NONE: Mapping[int, int] = {}
CACHED_AT_ONCE = 128  # tokens: OpenAI's own models find prompts in steps of so many


class Fleet:
    """The simulated machine of one world."""

    def __init__(self, world: World) -> None:
        machine = self._machine = world.options.machine
        self._world = world
        self.block_size = machine.block_size
        self.blocks_total = machine.blocks or max(1, self.profile.kv_tokens // machine.block_size)
        self.prefixes = Prefixes()
        weights = Weights(
            machine.prefill_load_scale,
            machine.overlap_score_credit,
            machine.overlap_score_credit_decay,
            machine.decode_active_request_weight,
            machine.temperature,
        )
        self._draws = world.chance(b"fleet").below(1 << 16)
        self.router = Router(machine.router, weights, machine.formula, machine.block_size, self._draws)
        self._decode_router = Router(machine.router, weights, machine.formula, machine.block_size, self._draws)
        self.workers = [self._worker(number) for number in range(machine.workers)]
        self.activities: list[Activity] = [worker.activity for worker in self.workers]
        self.records = Records()
        for worker in self.workers:
            worker.on_over = self.records.over
            if isinstance(worker, BatchWorker):
                worker.on_step = self.records.stepped
        computing = machine.prefill_workers if machine.latency in BATCHED else 0
        self._front = self.workers[: computing or None]  # those to which prompts go
        self._back = self.workers[computing:]  # those that make tokens
        self._is_apart = computing > 0
        self._transfer = machine.transfer_bandwidth
        for worker in self._front if computing else ():
            assert isinstance(worker, BatchWorker)
            worker.hand_over = self._hand_over
        self._count = 0
        self._seeds: dict[str, int] = {}
        self._remembered: dict[bytes, Sequence[int]] = {}

    @cached_property
    def profile(self) -> Profile:
        """That of the model whose weights the GPUs hold."""
        options = self._world.options
        tensor_parallel = max(1, options.gpus // options.machine.workers)
        return profile(self._world, options.machine.model or MODEL, options.gpu_model, tensor_parallel)

    def _worker(self, number: int) -> Worker:
        machine, pace = self._machine, pace_of(self._world)
        if pace is None:
            return Worker(number, self.blocks_total, machine.block_size, self.prefixes)
        bounds = Bounds(machine.sequences, machine.batched_tokens, machine.chunked)
        return BatchWorker(number, self.blocks_total, machine.block_size, self.prefixes, pace, bounds, self._jitter)

    def advance(self, now: float) -> None:
        """Let happen what was to happen until *now* (monotonic seconds)."""
        if self._is_apart:
            while (first := min(self.workers, key=_due)).due <= now:  # what one hands over happens to the others
                first.advance(first.due)
        for worker in self.workers:
            if worker.due <= now:
                worker.advance(now)

    def read(self, now: float) -> Records:
        """What has happened until *now* (monotonic seconds)."""
        self.advance(now)
        for worker in self.workers:
            worker.advance(now)
            self.records.note(worker.running())
        return self.records

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
        planned: bool = False,
        looked_up: bool = True,
    ) -> "Served":
        """Give *exchange* to a worker: answers of *sizes* tokens, side by side, *late* seconds after the call.

        The same *key* is the same exchange. *passes* is the forward pass that makes each token of one answer; without
        it, each has its own. Models that are *openais* find prompts in the cache as OpenAI's do: long ones, in large
        steps; one that is not *looked_up* finds none. The moments of what is *planned* are known at once: what comes
        later does not change them.
        """
        request = self._routed(call, model, exchange, sizes, key, passes, openais, looked_up, planned)
        worker = self.workers[request.worker]
        moments: Sequence[float] = ()
        if timing.batched and isinstance(worker, BatchWorker) and not planned:
            worker.enqueue(request)
        else:
            if timing.batched and isinstance(worker, BatchWorker):
                first, gap = worker.estimate(request)
                timing = Timing(Delay(first), Delay(gap))
            moments = [0.0] * request.passes
            if timing is not INSTANT:
                moments = timing.moments(request.passes, self._world.chance(key, b"pace"))
            request.begun = call.arrived + late
            later = late + self._machine.seconds_per_prompt_token * (request.prompt - request.cached)
            if request.cached:
                later -= moments[0] * self._machine.hit_saves * request.cached / request.prompt
            request.moments = moments = [moment + later for moment in moments] if later else moments
            worker.add(request)
        if call.admission is not None:
            request.admission = call.admission
            call.admission.spend(request.prompt + request.asked)
        return Served(self, request, moments, late, passes)

    def left(self, request: Request, made: int, now: float) -> None:
        """The client of *request* left at *now*, when it had *made* tokens."""
        self.advance(now)
        self.workers[request.worker].leave(request, made, now)
        if request.admission is not None:
            request.admission.give_back(request.asked - (request.made if request.over else made))

    def passes_by(self, request: Request, now: float) -> int:
        """How many passes of *request* are done at *now*."""
        self.advance(now)
        worker = self.workers[request.worker]
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
        worker.receive(request, now + max(sent, 0) * worker.kv_bytes(request.model) / self._transfer)

    def _routed(
        self,
        call: Call,
        model: str,
        exchange: Exchange,
        sizes: Sequence[int],
        key: bytes,
        passes: Sequence[int],
        openais: bool,
        looked_up: bool,
        planned: bool,
    ) -> Request:
        """The request, which knows its worker."""
        hashes: Sequence[int] = ()
        overlaps: Mapping[int, int] = NONE
        self.advance(call.arrived)
        seed = self._seeds.get(model)
        if seed is None:
            seed = self.seed_of(model)
            if len(self._seeds) < REMEMBERED:
                self._seeds[model] = seed
        if exchange.size >= self.block_size and self._machine.cached and looked_up:
            hashes = self._hashes(exchange, key, seed)
            overlaps = self.prefixes.overlaps(hashes)
        self._count += 1
        count = passes[-1] + 1 if passes else max(sizes, default=1) or 1
        request = Request(self._count, model, exchange, hashes, sizes, count, call.arrived, call.path, key, seed)
        if planned and self._is_apart:  # it is not handed over: a worker that makes tokens computes its prompt, too
            first = len(self._front)
            overlaps = {worker - first: depth for worker, depth in overlaps.items() if worker >= first}
            worker, request.costs = self._decode_router.choose(self._back, exchange.size, hashes, overlaps)
            request.worker = first + worker
        else:
            request.worker, request.costs = self.router.choose(self._front, exchange.size, hashes, overlaps)
        if overlaps:
            found = self.workers[request.worker].found(request)
            if openais:
                found = found // CACHED_AT_ONCE * CACHED_AT_ONCE if found >= self._machine.least_cached else 0
            request.cached = found
        return request

    def _hashes(self, exchange: Exchange, key: bytes, seed: int) -> Sequence[int]:
        """The sequence hashes of the full blocks of the prompt."""
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            found = self._remembered[key] = chained(own_hashes(exchange.ids(), self.block_size, seed))
        return found

    def hands_over(self, worker: int) -> bool:
        """Whether *worker* only computes prompts, which others answer."""
        return self._is_apart and worker < len(self._front)

    def seed_of(self, model: str) -> int:
        """The seed of the blocks of *model*: prompts of two models have no block in common."""
        return seed_of("" if model == self._machine.model else model)

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
