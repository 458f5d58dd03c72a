"""Continuous batching, as vLLM does it: a worker whose requests share its steps."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from .activity import SLICE, Slice
from .cache import Listener
from .request import Request
from .worker import NEVER, Worker

STEPS = 8192  # whose ends are remembered
SHORTEST = 1e-6  # seconds of a step, so that time goes on whatever the profile says


class Pace(Protocol):
    """How long the parts of a step take, in seconds."""

    def before(self, model: str) -> float:
        """What goes by before a request reaches a worker: the network and the queues of a service."""
        ...

    def prefill(self, model: str, tokens: int) -> float:
        """Computing *tokens* of prompts."""
        ...

    def decode(self, model: str, sequences: int, context: int, capacity: int) -> float:
        """A token for each of *sequences*, which have *context* tokens together, of *capacity* that fit."""
        ...

    def kv_bytes(self, model: str) -> int:
        """The keys and values of one token, in bytes."""
        ...


class Bounds(NamedTuple):
    """What a worker takes on at once."""

    sequences: int = 256
    tokens: int = 8192  # computed in one step, of prompts and answers together
    chunked: bool = True  # a prompt may be computed in several steps


class Running:
    """The running requests of one model, which is computed with *weights* that it may share."""

    __slots__ = ("context", "heat", "requests", "sequences", "weights")

    def __init__(self, weights: str = "") -> None:
        self.weights = weights
        self.requests = self.sequences = self.context = 0
        self.heat = 0.0  # of all sequences together


NOBODY = Running()


class BatchWorker(Worker):
    """A worker with a queue, first come, first served, and steps in which every running request makes a token.

    A step begins when the one before it ends, or with the first request; who comes meanwhile waits for the next one.
    When the KV cache has no room for one token more, the request that came last gives its blocks back and waits again.
    """

    def __init__(
        self,
        number: int,
        capacity: int,
        block_size: int,
        listener: Listener,
        pace: Pace,
        bounds: Bounds,
        jitter: Callable[[int, int], float],
    ) -> None:
        super().__init__(number, capacity, block_size, listener)
        self.step = 0  # the number of the step that goes on, or comes next
        self.preemptions = 0
        self.ends: deque[float] = deque(maxlen=STEPS)  # when the last steps ended, up to the one before `step`
        self.on_step: Callable[[str, float, int], None] = _ignore  # (model, its seconds, requests that made a token)
        self.on_iteration: Callable[[str, int], None] = _ignore_tokens  # (model, tokens computed and made in a step)
        self.brake: Callable[[float, Slice], float] | None = (
            None  # how much longer a step takes on boards that slow down
        )
        self._pace, self._bounds, self._jitter = pace, bounds, jitter
        self._start = self._end_of_step = -1.0  # -1: no step goes on
        self.hand_over: Callable[[Request, float], None] | None = None  # of a worker that only computes prompts
        self._queue: deque[Request] = deque()
        self._coming: dict[Request, float] = {}  # requests whose keys and values are on their way, until a moment
        self._arrivals: list[tuple[float, int, Request]] = []
        self._computing: dict[Request, int] = {}  # requests whose prompt is computed, and tokens of it in this step
        self._running: dict[Request, None] = {}  # in the order in which they came
        self._models: dict[str, Running] = {}
        self._sequences = 0  # of computing and running requests
        self._endings: list[tuple[int, int, Request]] = []  # the steps that make last tokens
        self._grows = [0] * block_size  # answers that need a block more in steps with that remainder
        self._computed = 0.0  # seconds of this step that its prompts take
        self._held = 0  # blocks that the requests of this step hold

    @property
    def held(self) -> int:
        return self._held if self._end_of_step >= 0 else self.cache.used

    @property
    def decoding(self) -> int:
        return len(self._running) + len(self._rates)

    def enqueue(self, request: Request) -> None:
        """Take a request that shares the steps; the blocks that it found in the cache are its own from now on."""
        self.advance(request.arrived)
        if request.cached:
            whole = self._pace.prefill(request.weights, request.prompt)
            request.saved = whole - self._pace.prefill(request.weights, request.prompt - request.cached)
        self._enter(request)
        self.prefill_tokens += request.counted
        request.have = request.cached
        before = self._pace.before(request.weights)
        if before:
            self._expect(request, request.arrived + before)
        else:
            self._wait(request, request.arrived)
        self._look_forward()

    def receive(self, request: Request, at: float) -> None:
        """Take a request whose prompt another worker computed, and whose keys and values are here from *at* on."""
        self._enter(request)
        request.have, request.is_transferred, request.counted = request.prompt - 1, True, 0
        self._expect(request, at)
        self._look_forward()

    def _expect(self, request: Request, at: float) -> None:
        self._coming[request] = at
        heapq.heappush(self._arrivals, (at, request.number, request))

    def _wait(self, request: Request, now: float) -> None:
        self.cache.hold(request, request.hashes[: request.have // self.block_size])
        self._queue.append(request)
        self.waiting += 1
        if self._end_of_step < 0:
            self._begin(now)

    def advance(self, now: float) -> None:
        super().advance(now)
        while True:
            comes = self._arrivals[0][0] if self._arrivals else NEVER
            ends = self._end_of_step if self._end_of_step >= 0 else NEVER
            if min(comes, ends) > now:
                break
            if ends <= comes:
                self._complete()
                continue
            at, _, request = heapq.heappop(self._arrivals)
            if not request.over:
                del self._coming[request]
                self._wait(request, at)
        self._look_forward()

    def leave(self, request: Request, made: int, now: float) -> None:
        if request.moments:
            super().leave(request, made, now)
            return
        self.advance(now)
        if request.over:
            return
        passes = self.passes_by(request)
        if request in self._running:
            self._stop(request, self.step - request.origin, under_way=True)
        elif request in self._computing:
            del self._computing[request]
            self._sequences -= request.width
            self._counted(request)
        else:
            self._counted(request)
            if request in self._coming:
                del self._coming[request]
            else:
                self._queue.remove(request)
                self._unqueue(request)
            request.end = now
            self._end(request, made, passes, holds=False)
            return
        request.end = now
        self._end(request, made, passes)

    def running(self) -> Iterator[tuple[Request, int, int]]:
        yield from super().running()
        for request in (*self._coming, *self._queue, *self._computing, *self._running):
            passes = self.passes_by(request)
            yield request, request.tokens_by(passes), passes

    def passes_by(self, request: Request) -> int:
        if request.moments or request.over:
            return super().passes_by(request)
        return request.banked + (self.step - request.origin if request in self._running else 0)

    def look_again(self, request: Request) -> float:
        """A moment before which nothing new is known of *request*, which waits for a token."""
        if request in self._coming:
            return self._coming[request]
        if request in self._running or request in self._computing or not self._endings:
            return self._end_of_step
        if self._sequences < self._bounds.sequences:
            return self._end_of_step
        steps = self._endings[0][0] - self.step
        return self._end_of_step + steps * self._pace.decode(request.weights, 1, 0, 1)

    def kv_bytes(self, model: str) -> int:
        """The keys and values of one token, in bytes."""
        return self._pace.kv_bytes(model)

    def estimate(self, request: Request) -> tuple[float, float]:
        """The times to first token and between tokens that *request* would have if it came alone from now on."""
        self.advance(request.arrived)
        waits = self._pace.before(request.weights) + max(self._end_of_step - request.arrived, 0.0)
        ahead = sum([each.prompt - each.have for each in self._queue])
        if ahead:
            waits += self._pace.prefill(request.weights, ahead)
        sequences = sum([group.sequences for group in self._models.values()]) + len(self._rates) + request.width
        context = sum([group.context for group in self._models.values()]) + request.prompt
        first = self._pace.prefill(request.weights, max(request.prompt - request.cached, 1))
        gap = self._pace.decode(request.weights, sequences, context, self.cache.capacity * self.block_size)
        return waits + first, gap * (1 + request.heat)

    def _look_forward(self) -> None:
        if 0 <= self._end_of_step < self.due:
            self.due = self._end_of_step
        if self._arrivals and self._arrivals[0][0] < self.due:
            self.due = self._arrivals[0][0]

    def _begin(self, now: float) -> None:
        """Begin a step at *now*, if there is anything to do."""
        self._make_room(now)
        budget = self._bounds.tokens - sum([group.sequences for group in self._models.values()])
        for request in self._computing:
            self._computing[request] = take = max(min(budget, self._left(request)), 0)
            budget -= take
        loading = 0.0  # seconds in which adapters come
        while self._queue and budget > 0 and (joins := self._next(budget)) is not None:
            self._queue.remove(joins)
            self._admit(joins, now)
            if joins.lora:
                loading += self.slots.use(joins.lora, self._active)
            self._computing[joins] = take = min(budget, self._left(joins))
            budget -= take
        if not (self._computing or self._running):
            self._start = self._end_of_step = -1.0
            return
        self._held = self.cache.used
        prompts: dict[str, int] = {}
        received: dict[str, int] = {}  # answers whose prompts came from another worker: they cost what a token costs
        for request, take in self._computing.items():
            if request.is_transferred and take:
                received[request.weights] = received.get(request.weights, 0) + request.width
            elif take:
                prompts[request.weights] = prompts.get(request.weights, 0) + take
        computed = sum([self._pace.prefill(model, tokens) for model, tokens in prompts.items()])
        capacity = self.cache.capacity * self.block_size
        made, guests = 0.0, len(self._rates)  # planned requests share the steps, too
        running = self._by_weights()
        for model in {**running, **received}:
            group = running.get(model) or NOBODY
            sequences = group.sequences + received.get(model, 0)
            if sequences:
                slower = 1 + group.heat / sequences
                made += self._pace.decode(model, sequences + guests, group.context, capacity) * slower
                guests = 0
        factor = self._jitter(self.number, self.step)
        if self.brake is not None:
            factor *= self.brake(now, self._load((computed + made) * factor, computed * factor, sum(prompts.values())))
        self._computed = computed * factor
        self._start, self._end_of_step = now, now + max((computed + made) * factor + loading, SHORTEST)

    def _load(self, seconds: float, computing: float, prompt: int) -> Slice:
        """What the worker does in a slice of time in which it is as busy as in a step of so many *seconds*."""
        steps = SLICE / max(seconds, SHORTEST)
        groups = self._models.values()
        return Slice(
            computing * steps,
            (seconds - computing) * steps,
            steps,
            prompt * steps,
            sum([group.sequences for group in groups]) * steps,
            sum([group.context for group in groups]) * steps,
        )

    def _by_weights(self) -> dict[str, Running]:
        """The running requests of all models that share their weights."""
        if len(self._models) < 2:
            return {group.weights: group for group in self._models.values()}
        merged: dict[str, Running] = {}
        for group in self._models.values():
            whole = merged.setdefault(group.weights, Running(group.weights))
            whole.sequences += group.sequences
            whole.context += group.context
            whole.heat += group.heat
        return merged

    def _complete(self) -> None:
        """The step is over: its tokens are made."""
        start, end = self._start, self._end_of_step
        seconds, made, context = end - start, 0, 0
        tokens: dict[str, int] = {}
        for model, group in self._models.items():
            if group.sequences:
                made += group.sequences
                tokens[model] = group.sequences
                context += group.context
                self.on_step(model, seconds, group.requests)
                group.context += group.sequences
        endings = self._endings
        while endings and endings[0][0] <= self.step:
            _, _, request = heapq.heappop(endings)
            if request in self._running and request.origin + request.passes - request.banked - 1 == self.step:
                self._stop(request, self.step - request.origin + 1)
                request.end = end
                self._end(request, request.asked, request.passes)
        prompt = 0
        for request, take in list(self._computing.items()):
            prompt += take
            tokens[request.model] = tokens.get(request.model, 0) + take
            request.computed += take
            if not self._left(request):
                self._run(request, end)
                made += request.width
                tokens[request.model] += request.width
        for model, count in tokens.items():
            self.on_iteration(model, count)
        self.activity.add(
            start,
            end,
            prefill=self._computed / seconds if seconds > 0 else 0.0,
            prompt_tokens=prompt,
            made_tokens=made,
            read_tokens=context,
            blocks=self.cache.kept,
        )
        self.step += 1
        self.ends.append(end)
        self._begin(end)

    def _left(self, request: Request) -> int:
        """Tokens of its prompt, and of what it made before it was preempted, that are to be computed."""
        return request.prompt + request.banked - request.computed

    def _next(self, budget: int) -> Request | None:
        """Who joins this step next: the first in the queue whose adapter has room, if there is room for it, too."""
        request = self._queue[0]
        if request.lora:
            active = self._active
            fits = (each for each in self._queue if not each.lora or self.slots.has_room(each.lora, active))
            found = next(fits, None)
            if found is None:
                return None
            request = found
        return request if self._admits(request, budget) else None

    @property
    def _active(self) -> set[str]:
        """The adapters of requests that share the steps."""
        return {each.lora for group in (self._computing, self._running) for each in group if each.lora}

    def _admits(self, request: Request, budget: int) -> bool:
        """Whether *request* can join this step; alone, it always can."""
        if not (self._computing or self._running):
            return True
        if self._sequences + request.width > self._bounds.sequences:
            return False
        left = request.prompt + request.banked - request.have
        if not self._bounds.chunked and left > budget:
            return False
        return self.cache.free >= -(-left // self.block_size)

    def _admit(self, request: Request, now: float) -> None:
        self._unqueue(request)
        self._sequences += request.width
        request.computed = request.have
        if request.begun < 0:
            request.begun = now
        blocks = -(-(request.prompt + request.banked) // self.block_size)
        request.open = blocks - len(request.hashes)
        self.cache.hold(request, request.hashes, request.open)

    def _unqueue(self, request: Request) -> None:
        self.waiting -= 1
        self.cache.release(request.hashes[: request.have // self.block_size])

    def _counted(self, request: Request) -> None:
        """The prompt of *request* is computed, or will not be: the router does not count it any more."""
        if request.first < 0:
            self.prefill_tokens -= request.counted

    def _run(self, request: Request, now: float) -> None:
        """The prompt of *request* is computed, and its first token is made."""
        del self._computing[request]
        self._counted(request)
        if self.hand_over is not None:
            self._sequences -= request.width
            self._depart(request)
            self.cache.release(request.hashes, request.open)
            request.open = 0
            self.hand_over(request, now)
            return
        if request.first < 0:
            request.first = now
        if request.banked:
            self.on_step(request.model, now - request.paused, 1)
        request.origin = self.step
        if request.passes - request.banked <= 1:
            self._sequences -= request.width
            request.end = now
            self._end(request, request.asked, request.passes)
            return
        self._running[request] = None
        size = request.prompt + request.banked
        group = self._models.get(request.model)
        if group is None:
            group = self._models[request.model] = Running(request.weights)
        group.requests += 1
        group.heat += request.heat * request.width
        group.sequences += request.width
        group.context += (size + 1) * request.width
        self._grows[(request.origin + 1 - size) % self.block_size] += request.width
        heapq.heappush(self._endings, (request.origin + request.passes - request.banked - 1, request.number, request))

    def _stop(self, request: Request, done: int, *, under_way: bool = False) -> None:
        """*request* makes no more tokens after those of *done* steps; one more may be *under way*."""
        del self._running[request]
        self._sequences -= request.width
        size = request.prompt + request.banked
        group = self._models[request.model]
        group.requests -= 1
        group.heat -= request.heat * request.width
        group.sequences -= request.width
        group.context -= (size + done) * request.width
        if not group.requests:
            del self._models[request.model]
        self._grows[(request.origin + 1 - size) % self.block_size] -= request.width
        grown = (size + done + under_way - 2) // self.block_size - (size - 1) // self.block_size
        request.open += max(grown, 0) * request.width

    def _make_room(self, now: float) -> None:
        """Take a block for each answer that needs one in the step to come; whoever came last makes room."""
        while len(self._running) > 1 and self.cache.free < self._grows[self.step % self.block_size]:
            self._preempt(next(reversed(self._running)), now)
        self.cache.grow(self._grows[self.step % self.block_size])

    def _preempt(self, request: Request, now: float) -> None:
        """*request* gives its blocks back, and waits again before all others."""
        self.preemptions += 1
        request.preemptions += 1
        request.paused = now
        done = self.step - request.origin
        self._stop(request, done)
        self.cache.release(request.hashes, request.open)
        request.open = 0
        request.banked += done
        request.have, request.is_transferred = request.cached, False
        self.cache.hold(request, request.hashes[: request.have // self.block_size])
        self.waiting += 1
        self._queue.appendleft(request)


def _ignore(model: str, seconds: float, requests: int) -> None:
    """Nobody wants to know."""


def _ignore_tokens(model: str, tokens: int) -> None:
    """Nobody wants to know."""
