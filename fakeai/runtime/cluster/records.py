"""What the fleet's requests have cost so far, by model: counts, tokens, and distributions of times."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

from .distribution import Distribution
from .request import Request

# Upper bounds of the buckets in which Dynamo and vLLM export these times (seconds) and sizes (tokens).
TTFT = (
    0, 0.0022, 0.0047, 0.01, 0.022, 0.047, 0.1, 0.22, 0.47, 1, 2.2, 4.7, 10, 22, 48, 100, 220, 480,
    0.001, 0.005, 0.02, 0.04, 0.06, 0.08, 0.25, 0.5, 0.75, 2.5, 5, 7.5, 20, 40, 80, 160, 640, 2560,
)  # fmt: skip
ITL = (
    0, 0.0018, 0.0033, 0.0059, 0.011, 0.02, 0.035, 0.064, 0.12, 0.21, 0.38, 0.69, 1.2, 2.3, 4.1, 7.4, 13, 24, 44, 80,
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
)  # fmt: skip
LATENCY = (
    0, 2, 4, 8, 16, 32, 64, 130, 260, 510, 0.3, 0.5, 0.8, 1, 1.5, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480,
    960, 1920, 7680,
)  # fmt: skip
SIZES = tuple(base * 10**power for power in range(7) for base in (1, 2, 5))
TOGETHER = 512  # requests that are counted at once
MODELS, OTHERS = 256, "others"  # models that are told apart; the rest are counted together
RECENT = 4096  # requests that are remembered one by one


class ModelRecord:
    """What the requests of one model have cost. Times in seconds."""

    def __init__(self) -> None:
        self.started = self.complete = self.cut = 0  # cut: their client left
        self.prompt_tokens = self.cached_tokens = self.made_tokens = 0
        self.looked_up_tokens = 0  # of prompts that were looked up in a cache
        self.hits = 0  # requests that found something there
        self.ttft = Distribution(TTFT, 1e-5, 3600)
        self.itl = Distribution(ITL, 1e-6, 600)
        self.duration = Distribution(LATENCY, 1e-5, 36000)
        self.queue = Distribution(LATENCY, 1e-5, 36000)
        self.prefill = Distribution(LATENCY, 1e-5, 36000)
        self.decode = Distribution(LATENCY, 1e-5, 36000)
        self.prompt_sizes = Distribution(SIZES, 1, 2e6)
        self.cached_sizes = Distribution(SIZES, 1, 2e6)
        self.made_sizes = Distribution(SIZES, 1, 2e6)
        self.widths = Distribution((1, 2, 5, 10, 20), 1, 128)


class Records:
    """The records of one fleet. Requests are noted when they are over, many at once, and when someone reads."""

    def __init__(self) -> None:
        self.models: dict[str, ModelRecord] = {}
        self.recent: deque[Request] = deque(maxlen=RECENT)
        self._over: list[Request] = []

    def of(self, model: str) -> ModelRecord:
        """The record of *model*."""
        found = self.models.get(model)
        if found is None:
            if len(self.models) >= MODELS:
                model = OTHERS
                return self.models.setdefault(model, ModelRecord())
            found = self.models[model] = ModelRecord()
        return found

    def over(self, request: Request) -> None:
        """*request* is over; its tokens are those that it made."""
        self._over.append(request)
        if len(self._over) >= TOGETHER:
            self.fold()

    def stepped(self, model: str, seconds: float, requests: int) -> None:
        """Each of *requests* made a token in a step of *seconds*."""
        self.of(model).itl.add(seconds, requests)

    def note(self, running: Iterable[tuple[Request, int, int]]) -> None:
        """Count what was done so far: by those that are over, and by each that runs, (request, its tokens, its passes).

        Requests that wait are among those that run, with nothing made.
        """
        self.fold()
        for request, made, passes in running:
            request.made, request.passes_made = made, passes
            _note(self.of(request.model), [request])

    def fold(self) -> None:
        """Count those that are over."""
        over, self._over = self._over, []
        by_model: dict[str, list[Request]] = {}
        for request in over:
            by_model.setdefault(request.model, []).append(request)
        for model, requests in by_model.items():
            record = self.of(model)
            _note(record, requests)
            complete = sum([each.made >= each.asked for each in requests])
            record.complete += complete
            record.cut += len(requests) - complete
            record.duration.extend([each.end - each.arrived for each in requests])
            record.prompt_sizes.extend([each.prompt for each in requests])
            record.cached_sizes.extend([each.cached for each in requests])
            record.made_sizes.extend([each.made for each in requests])
            record.widths.extend([each.width for each in requests])
            record.decode.extend([each.end - each.first for each in requests if each.first >= 0])
        for request in over:
            request.forget()
        self.recent += over


def _note(record: ModelRecord, requests: list[Request]) -> None:
    """Count what each of *requests* did since it was noted the last time."""
    new = [each for each in requests if not each.is_noted]
    record.started += len(new)
    record.prompt_tokens += sum([each.prompt for each in new])
    record.cached_tokens += sum([each.cached for each in new])
    record.looked_up_tokens += sum([each.prompt for each in new if each.hashes])
    record.hits += sum([each.cached > 0 for each in new])
    record.made_tokens += sum([each.made - each.noted_tokens for each in requests])
    begun = [each for each in requests if not each.noted and each.passes_made]
    record.ttft.extend([each.first - each.arrived for each in begun])
    record.queue.extend([each.begun - each.arrived for each in begun])
    record.prefill.extend([each.first - each.begun for each in begun])
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
