"""What the fleet's requests have cost so far, by model, place and worker: counts, tokens, distributions of times."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from ..credentials import masked
from ..distribution import Distribution, Scale
from ..window import Window
from .drafts import Drafts
from .request import Request

# Upper bounds of the buckets in which Dynamo and vLLM export these times (seconds), sizes (tokens) and shares.
TTFT = Scale((
    0, 0.0022, 0.0047, 0.01, 0.022, 0.047, 0.1, 0.22, 0.47, 1, 2.2, 4.7, 10, 22, 48, 100, 220, 480,
    0.001, 0.005, 0.02, 0.04, 0.06, 0.08, 0.25, 0.5, 0.75, 2.5, 5, 7.5, 20, 40, 80, 160, 640, 2560, 0.025, 0.05,
), 1e-5, 3600)  # fmt: skip
ITL = Scale((
    0, 0.0018, 0.0033, 0.0059, 0.011, 0.02, 0.035, 0.064, 0.12, 0.21, 0.38, 0.69, 1.2, 2.3, 4.1, 7.4, 13, 24, 44, 80,
    0.0019, 0.0035, 0.0067, 0.013, 0.024, 0.045, 0.084, 0.16, 0.3, 0.56, 1.1, 2,
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
), 1e-6, 600)  # fmt: skip
LATENCY = Scale((
    0, 2, 4, 8, 16, 32, 64, 130, 260, 510, 0.3, 0.5, 0.8, 1, 1.5, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480,
    960, 1920, 7680, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1,
), 1e-5, 36000)  # fmt: skip
SIZES = Scale((
    0, 100, 210, 430, 870, 880, 1800, 3600, 3700, 7400, 7600, 15000, 16000, 31000, 32000, 63000, 130000,
    *(base * 10**power for power in range(7) for base in (1, 2, 5)),
), 1, 2e6)  # fmt: skip
SHARES = Scale([number / 20 for number in range(21)], 1e-4, 1)
BLOCKS = Scale([2**power / 4 for power in range(16)], 0.25, 8192)
SPEEDS = Scale((), 1e-2, 1e7)
ITERATIONS = Scale([1, *[2**power for power in range(3, 15)]], 1, 2e5)
WIDTHS = Scale((1, 2, 5, 10, 20), 1, 128)
TOGETHER = 64  # requests that are counted at once
MANY = 1024  # passes of requests that are counted at once, at most 2 ms of work
MODELS, OTHERS = 256, "others"  # models that are told apart; the rest are counted together
RECENT = 4096  # requests that are remembered one by one
MOST_NAMES = 1000  # models, places and users that are told apart

HOUR = 3600
ENDED, PROMPT, CACHED, MADE = range(4)  # kinds of a window


class ModelRecord:
    """What the requests of one model have cost. Times in seconds."""

    def __init__(self) -> None:
        self.started = self.complete = self.cut = 0  # cut: their client left
        self.prompt_tokens = self.cached_tokens = self.made_tokens = 0
        self.looked_up = self.looked_up_tokens = 0  # prompts that were looked up in a cache
        self.hits = 0  # requests that found something there
        self.best_tokens = 0  # that the worker which had most of each prompt had
        self.not_best = 0  # requests that went to a worker which had less
        self.ttft = Distribution(TTFT)
        self.itl = Distribution(ITL)
        self.duration = Distribution(LATENCY)
        self.queue = Distribution(LATENCY)
        self.prefill = Distribution(LATENCY)
        self.decode = Distribution(LATENCY)
        self.inference = Distribution(LATENCY)
        self.per_token = Distribution(ITL)  # mean time between tokens of each request
        self.prompt_sizes = Distribution(SIZES)
        self.cached_sizes = Distribution(SIZES)
        self.computed_sizes = Distribution(SIZES)
        self.made_sizes = Distribution(SIZES)
        self.hit_shares = Distribution(SHARES)  # of the blocks of a prompt
        self.lost_blocks = Distribution(BLOCKS)  # less than the best worker had
        self.widths = Distribution(WIDTHS)
        self.speeds = Distribution(SPEEDS)  # tokens a second of each request that streams, after the first
        self.iterations = Distribution(ITERATIONS)  # tokens of each step that requests share
        self.drafts = Drafts()
        self.preemptions = 0
        self.starts: Counter[tuple[str, bool]] = Counter()  # by place, and whether it streams
        self.ends: Counter[tuple[str, bool, bool]] = Counter()  # and whether it was complete
        self.finishes: Counter[str] = Counter()  # why answers ended
        self.users: Counter[str] = Counter()
        self.hours: Counter[int] = Counter()  # since 1970
        self.first = self.last = -1.0  # when requests arrived
        self.window = Window(4)

    def merge(self, other: "ModelRecord") -> None:
        """Add what *other* has counted."""
        firsts = [each for each in (self.first, other.first) if each >= 0]
        self.first, self.last = min(firsts, default=-1.0), max(self.last, other.last)
        for name, theirs in vars(other).items():
            if isinstance(theirs, Counter):
                getattr(self, name).update(theirs)
            elif isinstance(theirs, int):
                setattr(self, name, getattr(self, name) + theirs)
            elif not isinstance(theirs, float):
                getattr(self, name).merge(theirs)

    @property
    def places(self) -> Counter[str]:
        """How many requests came, by place."""
        counts: Counter[str] = Counter()
        for (place, _), count in self.starts.items():
            counts[place] += count
        return counts


class PlaceRecord:
    """What the requests at one path found in the caches, and how many tokens they had."""

    def __init__(self) -> None:
        self.hits = self.looked_up = self.tokens = 0
        self.window = Window(4)


class WorkerRecord:
    """What one worker has done."""

    def __init__(self) -> None:
        self.complete = self.prompt_tokens = self.cached_tokens = self.made_tokens = 0
        self.latest: Request | None = None  # of those that are over


class Savings:
    """What caches saved those who found something in them. Times in seconds."""

    def __init__(self) -> None:
        self.requests = 0
        self.ttft = self.ttft_without = self.ratios = self.shares = 0.0  # sums


class Records:
    """The records of one fleet. Requests are noted when they are over, many at once, and when someone reads.

    *since_1970* is what a monotonic moment lacks to a moment of the world's clock. Where workers have several *ranks*,
    each rank has records of its own, and those of the models are their sum, as of the last `sum_up`.
    """

    def __init__(self, block_size: int = 16, since_1970: float = 0.0, ranks: int = 1) -> None:
        self.models: dict[str, ModelRecord] = {}
        self.engines = [self.models] if ranks == 1 else [dict[str, ModelRecord]() for _ in range(ranks)]
        self.places: dict[str, PlaceRecord] = {}
        self.workers: dict[int, WorkerRecord] = {}
        self.recent: deque[Request] = deque(maxlen=RECENT)
        self.savings = Savings()
        self.since_1970 = since_1970
        self.on_fold: Callable[[Sequence[Request]], None] | None = None  # told of those that are over, many at once
        self._size = block_size
        self._over: list[Request] = []
        self._passes = 0

    def of(self, model: str, rank: int = 0) -> ModelRecord:
        """The record of *model*, of one *rank* of the workers."""
        models = self.engines[rank]
        found = models.get(model)
        if found is None:
            name = model if len(models) < MODELS else OTHERS
            found = models.get(name)
            if found is None:
                found = models[name] = ModelRecord()
        return found

    def sum_up(self) -> None:
        """Let the records of the models be the sums of those of the ranks."""
        if len(self.engines) == 1:
            return
        self.models.clear()
        for models in self.engines:
            for model, record in models.items():
                self.models.setdefault(model, ModelRecord()).merge(record)

    def at(self, place: str) -> PlaceRecord:
        """The record of the path *place*."""
        found = self.places.get(place)
        if found is None:
            name = place if len(self.places) < MOST_NAMES else OTHERS
            found = self.places.setdefault(name, PlaceRecord())
        return found

    def by(self, worker: int) -> WorkerRecord:
        """The record of *worker*."""
        found = self.workers.get(worker)
        if found is None:
            found = self.workers[worker] = WorkerRecord()
        return found

    def over(self, request: Request) -> None:
        """*request* is over; its tokens are those that it made."""
        if len(self._over) >= TOGETHER or self._passes >= MANY:
            self.fold()  # before this one, of which its caller may still say something
        self._over.append(request)
        if request.end > request.arrived:
            self._passes += request.passes_made

    def steps_of(self, rank: int) -> Callable[[str, float, int], None]:
        """What a worker calls when requests of a model made a token each in a step: (model, its seconds, requests)."""

        def stepped(model: str, seconds: float, requests: int) -> None:
            self.of(model, rank).itl.add(seconds, requests)

        return stepped

    def iterations_of(self, rank: int) -> Callable[[str, int], None]:
        """What a worker calls when a step is over, for each model in it: (model, tokens computed and made)."""

        def stepped(model: str, tokens: int) -> None:
            self.of(model, rank).iterations.add(tokens)

        return stepped

    def note(self, running: Iterable[tuple[Request, int, int]], now: float) -> None:
        """Count what was done so far: by those that are over, and by each that runs, (request, its tokens, its passes).

        Requests that wait are among those that run, with nothing made.
        """
        self.fold()
        groups: dict[tuple[str, str], list[Request]] = {}
        for request, made, passes in running:
            if not request.over:
                request.made, request.passes_made = made, passes
                groups.setdefault((request.model, request.place), []).append(request)
        for requests in groups.values():
            self._note(requests, int(now))

    def fold(self) -> None:
        """Count those that are over."""
        over, self._over, self._passes = self._over, [], 0
        groups: dict[tuple[str, str, int, int], list[Request]] = {}
        ranks = len(self.engines)
        for request in over:
            rank = request.worker % ranks if ranks > 1 else 0
            groups.setdefault((request.model, request.place, int(request.end), rank), []).append(request)
        for (model, _, second, rank), requests in groups.items():
            self._note(requests, second)
            self._end(self.of(model, rank), requests, second)
        if self.on_fold is not None:
            self.on_fold(over)
        for request in over:
            by = self.by(request.worker)
            by.complete += 1
            by.latest = request
            request.forget()
        self.recent += over

    def _of(self, request: Request) -> ModelRecord:
        return self.of(request.model, request.worker % len(self.engines))

    def _end(self, record: ModelRecord, requests: list[Request], second: int) -> None:
        """Count that *requests*, of one model and place, are over."""
        complete = [each for each in requests if each.made >= each.asked]
        record.complete += len(complete)
        record.cut += len(requests) - len(complete)
        record.ends.update([(each.place, each.streams, each.made >= each.asked) for each in requests])
        record.finishes.update([each.finish for each in complete])
        record.duration.extend([each.end - each.arrived for each in requests])
        record.prompt_sizes.extend([each.prompt for each in requests])
        record.cached_sizes.extend([each.cached for each in requests])
        record.computed_sizes.extend([each.prompt - each.cached for each in requests])
        record.made_sizes.extend([each.made for each in requests])
        record.widths.extend([len(each.sizes) or 1 for each in requests])
        begun = [each for each in requests if each.first >= 0]
        times = [each.end - each.first for each in begun]
        record.decode.extend(times)
        record.inference.extend([each.end - each.begun for each in begun])
        record.preemptions += sum([each.preemptions for each in requests])
        several = [(time, each) for time, each in zip(times, begun, strict=True) if each.passes_made > 1]
        record.per_token.extend([time / (each.passes_made - 1) for time, each in several])
        record.speeds.extend([(each.made - 1) / time for time, each in several if time > 0 and each.streams])
        record.window.add(second, ENDED, len(requests))
        for each in requests:
            if each.drafted:
                record.drafts.add(each.drafted, each.passes_made)

    def _note(self, requests: list[Request], second: int) -> None:
        """Count what each of *requests*, of one model, place and rank, did since it was noted the last time."""
        record, place = self._of(requests[0]), self.at(requests[0].place)
        new = [each for each in requests if not each.is_noted]
        if new:
            prompt, cached = sum([each.prompt for each in new]), sum([each.cached for each in new])
            record.prompt_tokens += prompt
            record.cached_tokens += cached
            place.tokens += prompt
            for window in (record.window, place.window):
                window.add(second, PROMPT, prompt)
                window.add(second, CACHED, cached)
            self._begin(record, place, new)
        made = sum([each.made - each.noted_tokens for each in requests])
        record.made_tokens += made
        place.tokens += made
        record.window.add(second, MADE, made)
        place.window.add(second, MADE, made)
        for each in requests:
            by = self.by(each.worker)
            by.made_tokens += each.made - each.noted_tokens
            if not each.is_noted:
                by.prompt_tokens += each.prompt
                by.cached_tokens += each.cached
        begun = [each for each in requests if not each.noted and each.passes_made]
        if begun:
            record.ttft.extend([each.first - each.arrived for each in begun])
            record.queue.extend([each.begun - each.arrived for each in begun])
            record.prefill.extend([each.first - each.begun for each in begun])
            self._save([each for each in begun if each.saved > 0])
        _count_gaps(record, requests)

    def _begin(self, record: ModelRecord, place: PlaceRecord, new: list[Request]) -> None:
        """Count that the requests *new* came."""
        looked_up = [each for each in new if each.hashes]
        record.started += len(new)
        record.starts.update([(each.place, each.streams) for each in new])
        arrived = [each.arrived for each in new]
        first, last = min(arrived), max(arrived)
        record.first = first if record.first < 0 else min(record.first, first)
        record.last = max(record.last, last)
        since = self.since_1970
        if int(first + since) // HOUR == int(last + since) // HOUR:
            record.hours[int(first + since) // HOUR] += len(new)
        else:
            record.hours.update([int(each + since) // HOUR for each in arrived])
        for user, count in Counter([_user(each.headers) for each in new if each.headers]).items():
            if user:
                record.users[user if user in record.users or len(record.users) < MOST_NAMES else OTHERS] += count
        if not looked_up:
            return
        record.looked_up += len(looked_up)
        place.looked_up += len(looked_up)
        record.looked_up_tokens += sum([each.prompt for each in looked_up])
        hits = sum([each.cached > 0 for each in looked_up])
        record.hits += hits
        place.hits += hits
        size = self._size
        record.hit_shares.extend([each.overlap / -(-each.prompt // size) for each in looked_up])
        record.best_tokens += sum([each.best for each in looked_up]) * size
        lost = [each.best - each.overlap for each in looked_up if each.best > each.overlap]
        record.not_best += len(lost)
        record.lost_blocks.extend(lost)

    def _save(self, begun: list[Request]) -> None:
        savings = self.savings
        for each in begun:
            ttft = each.first - each.arrived
            savings.requests += 1
            savings.ttft += ttft
            savings.ttft_without += ttft + each.saved
            savings.ratios += (ttft + each.saved) / ttft if ttft > 0 else 1.0
            savings.shares += each.cached / each.prompt


def _count_gaps(record: ModelRecord, requests: list[Request]) -> None:
    """Count the times between the tokens that *requests* made since they were noted, and note them."""
    at_once = 0
    for each in requests:
        moments, since, passes = each.moments, each.noted or 1, each.passes_made
        if passes > since and moments:  # steps that are shared tell it themselves
            if moments[passes - 1] == moments[since - 1]:
                at_once += passes - since
            else:
                record.itl.extend([after - before for before, after in pairwise(moments[since - 1 : passes])])
        each.is_noted, each.noted, each.noted_tokens = True, passes, each.made
    if at_once:
        record.itl.add(0.0, at_once)


def _user(headers: Sequence[tuple[bytes, bytes]]) -> str:
    """What may be seen of the bearer key in *headers*; empty when there is none."""
    for name, value in headers:
        if name == b"authorization":
            scheme, _, key = value.decode("latin-1").partition(" ")
            return masked(key.strip()) if scheme.lower() == "bearer" else ""
    return ""
