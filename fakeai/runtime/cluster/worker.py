"""One worker of the fleet: its KV cache, what it computes now, and when what it computes is done."""

import heapq
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

from .activity import Activity
from .cache import BlockCache, Listener, count, depth
from .request import Request

NEVER = float("inf")
REMEMBERED = 1024  # answers whose blocks are known
BEGUN, FIRST, LAST = range(3)  # kinds of events


class Worker:
    """What all workers do: keep blocks, and carry requests whose moments are planned.

    Nothing happens by itself: `advance` makes happen what was to happen until a moment, in order.
    """

    def __init__(self, number: int, capacity: int, block_size: int, listener: Listener) -> None:
        self.number, self.block_size = number, block_size
        self.cache = BlockCache(number, capacity, listener)
        self.activity = Activity()
        self.prefill_tokens = 0  # of prompts that wait to be computed or are being computed, as the router counts them
        self.requests = 0
        self.waiting = 0
        self.blocks = 0  # full blocks of the prompts of its requests, shared ones counted once
        self.routed = 0  # requests since the start
        self.due = NEVER  # the next moment at which something happens
        self.on_over: Callable[[Request], None] = _ignore
        self._booked: dict[int, int] = {}  # full blocks of the prompts of its requests, and how many have each
        self._answers: OrderedDict[tuple[bytes, int, int], Sequence[int]] = OrderedDict()
        self._events: list[tuple[float, int, int, Request]] = []
        self._marked = 0.0  # up to here the activity is written down
        self._later: dict[Request, None] = {}  # planned requests that do not begin yet
        self._prefilling: dict[Request, None] = {}
        self._rates: dict[Request, float] = {}  # of planned requests that decode: passes a second
        self._total = _Total()

    @property
    def usage(self) -> float:
        """The share of the KV cache that running requests hold, from 0 to 1."""
        return min(1.0, self.cache.used / self.cache.capacity)

    @property
    def held(self) -> int:
        """Blocks that its requests hold while they do what they do now."""
        return self.cache.used

    @property
    def decoding(self) -> int:
        """Requests that make tokens."""
        return len(self._rates)

    def blocks_with(self, hashes: Sequence[int]) -> int:
        """Full blocks of prompts that it would hold with a request more, whose blocks are *hashes*."""
        booked = self._booked
        return len(booked) + len(hashes) - depth(booked, hashes)

    def found(self, request: Request) -> int:
        """How many tokens of the prompt are cached here: the last token is always computed."""
        if not request.hashes:
            return 0
        most = (request.prompt - 1) // self.block_size
        return self.cache.depth(request.hashes[:most]) * self.block_size

    def add(self, request: Request) -> None:
        """Take a request whose `moments` are planned, and whose `cached` is known."""
        moments, arrived = request.moments, request.arrived
        request.first, request.end = arrived + moments[0], arrived + moments[-1]
        if request.end <= arrived:
            self._pass(request)
            return
        self.advance(arrived)
        if request.begun > arrived:
            self._later[request] = None
            heapq.heappush(self._events, (request.begun, BEGUN, request.number, request))
        else:
            self._compute(request)
        self.due = self._events[0][0]

    def _compute(self, request: Request) -> None:
        """Begin to compute the prompt of *request*."""
        self._enter(request)
        self._hold(request)
        self.prefill_tokens += request.counted
        self._prefilling[request] = None
        self._total.prompt += _computed_a_second(request)
        heapq.heappush(self._events, (request.first, FIRST, request.number, request))

    def advance(self, now: float) -> None:
        """Let happen what was to happen until *now*."""
        events = self._events
        while events and events[0][0] <= now:
            at, kind, _, request = heapq.heappop(events)
            if request.over:
                continue
            self._mark(at)
            if kind == BEGUN:
                del self._later[request]
                self._compute(request)
            elif kind == FIRST:
                self._prefilled(request)
                if request.end <= at:
                    self._end(request, request.asked, request.passes)
                    continue
                rate = self._rates[request] = request.passes / (request.end - request.first)
                self._total.add(request, rate)
                heapq.heappush(events, (request.end, LAST, request.number, request))
            else:
                self._end(request, request.asked, request.passes)
        self._mark(now)
        self.due = events[0][0] if events else NEVER

    def running(self) -> Iterator[tuple[Request, int, int]]:
        """Each request that is not over, with its tokens and passes at the moment to which this was advanced."""
        for request in (*self._later, *self._prefilling, *self._rates):
            passes = self.passes_by(request)
            yield request, request.tokens_by(passes), passes

    def leave(self, request: Request, made: int, now: float) -> None:
        """The client of *request* left at *now*, when it had *made* tokens."""
        self.advance(now)
        if request.over:
            return
        passes = self.passes_by(request)
        is_here = request not in self._later
        if not is_here:
            del self._later[request]
            self.requests += 1  # it leaves at once
        if request in self._prefilling:
            self._prefilled(request)
        if request.first > now:
            request.first = -1.0
        request.end = now
        self._end(request, made, passes, holds=is_here)

    def passes_by(self, request: Request) -> int:
        """How many passes of *request* are done at the moment to which this worker was advanced."""
        if request.over:
            return request.passes_made
        return bisect_right(request.moments, self._marked - request.arrived)

    def answers(self, request: Request) -> Sequence[int]:
        """The blocks that the answer of *request* fills; none where those of its prompt are not known."""
        if not request.hashes and request.prompt >= self.block_size:
            return ()
        if not request.made or (request.prompt + request.made - 1) // self.block_size <= len(request.hashes):
            return ()
        key = (request.key, request.made, len(request.hashes))
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= REMEMBERED:
                self._answers.popitem(last=False)
            found = self._answers[key] = request.answer_hashes(self.block_size)
        return found

    def _enter(self, request: Request) -> None:
        self.requests += 1
        self.routed += 1
        booked, hashes = self._booked, request.hashes
        shared = depth(booked, hashes)
        for each in hashes[:shared]:
            booked[each] += 1
        booked.update(zip(hashes[shared:], repeat(1)))
        self.blocks = len(booked)

    def _hold(self, request: Request) -> None:
        """Hold the blocks of the prompt; its last block has no hash when it is not full."""
        request.open = -(-request.prompt // self.block_size) - len(request.hashes)
        self.cache.hold(request, request.hashes, request.open)

    def _prefilled(self, request: Request) -> None:
        del self._prefilling[request]
        self._total.prompt = self._total.prompt - _computed_a_second(request) if self._prefilling else 0.0
        self.prefill_tokens -= request.counted

    def _pass(self, request: Request) -> None:
        """*request* takes no time: nothing is computed, but what it read and said is in the cache from now on."""
        self.routed += 1
        request.made, request.passes_made, request.over = request.asked, request.passes, True
        self.cache.touch(request, [*request.hashes, *self.answers(request)])
        self.on_over(request)

    def _end(self, request: Request, made: int, passes: int, *, holds: bool = True) -> None:
        """*request* is over: the blocks that it *holds* stay as long as there is room."""
        rate = self._rates.pop(request, None)
        if rate is not None:
            self._total.add(request, -rate)
            if not self._rates:
                self._total.rest()
        self._depart(request)
        request.made, request.passes_made, request.over = max(made, request.noted_tokens), passes, True
        if holds:
            self._keep(request)
        self.on_over(request)

    def _depart(self, request: Request) -> None:
        """*request* is no longer of this worker."""
        self.requests -= 1
        booked = self._booked
        hashes = request.hashes
        shared = count(hashes, lambda each: booked[each] > 1)
        for each in hashes[:shared]:
            booked[each] -= 1
        for each in hashes[shared:]:
            del booked[each]
        self.blocks = len(booked)

    def _keep(self, request: Request) -> None:
        """Let go of its blocks; those that are full are kept for a prompt that begins with them."""
        more = self.answers(request)
        if more:
            self.cache.fill(request, more, request.open, request.hashes)
            request.open = 0
        self.cache.release([*request.hashes, *more], request.open)
        request.open = 0

    def _mark(self, now: float) -> None:
        """Write down what was done since it was last written down."""
        start, self._marked = self._marked, now
        computing, making = len(self._prefilling), len(self._rates)
        if now <= start or not (computing or making):
            return
        seconds, total = now - start, self._total
        steps = total.passes / making * seconds if making else 1.0
        self.activity.add(
            start,
            now,
            prefill=computing / (computing + making),
            steps=steps,
            prompt_tokens=total.prompt * seconds,
            made_tokens=total.made * seconds,
            read_tokens=steps * total.context,
            blocks=self.cache.kept,
        )


class _Total:
    """What all planned requests of a worker do in a second, and the tokens that those which decode have read."""

    __slots__ = ("context", "made", "passes", "prompt")

    def __init__(self) -> None:
        self.prompt = 0.0
        self.rest()

    def add(self, request: Request, rate: float) -> None:
        """*request* makes *rate* passes a second; below zero, it made as many."""
        self.passes += rate
        self.made += rate * sum(request.sizes) / request.passes
        self.context += request.prompt if rate > 0 else -request.prompt

    def rest(self) -> None:
        """No request decodes."""
        self.passes = self.made = 0.0
        self.context = 0


def _computed_a_second(request: Request) -> float:
    """How many tokens of the prompt are computed a second; none when that takes no time."""
    time = request.first - request.begun
    return (request.prompt - request.cached) / time if time > 0 else 0.0


def _ignore(request: Request) -> None:
    """Nobody wants to know."""
