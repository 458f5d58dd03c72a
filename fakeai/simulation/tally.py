"""What was seen while a trace was simulated: every request's moments, and what each worker did."""

from array import array
from itertools import pairwise

from ..runtime.cluster.activity import Activity
from ..runtime.cluster.request import Request
from ..runtime.cluster.worker import Worker
from ..runtime.distribution import Distribution, Scale

SLICE = 1.0  # seconds


class WorkerTally(Activity):
    """What one worker did over the whole trace: totals, and slices of `SLICE` seconds."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self.busy = self.computing = 0.0  # seconds, and those of them that went to prompts
        self.block_seconds = 0.0  # blocks that requests held, times seconds
        self.most_held = 0
        self.steps = 0.0
        self.busy_by_slice: dict[int, float] = {}  # seconds in each slice in which it worked
        self.held_by_slice: dict[int, int] = {}  # the most blocks that were held in it

    def add(
        self,
        start: float,
        end: float,
        *,
        prefill: float = 0.0,
        steps: float = 1.0,
        prompt_tokens: float = 0.0,
        made_tokens: float = 0.0,
        read_tokens: float = 0.0,
        blocks: int = 0,
    ) -> None:
        seconds, held = end - start, self._worker.held
        self.busy += seconds
        self.computing += prefill * seconds
        self.block_seconds += held * seconds
        self.steps += steps
        if held > self.most_held:
            self.most_held = held
        number, last = int(start / SLICE), int(end / SLICE)
        busy, most = self.busy_by_slice, self.held_by_slice
        while number < last:
            after = (number + 1) * SLICE
            busy[number] = busy.get(number, 0.0) + after - start
            most[number] = max(most.get(number, 0), held)
            start, number = after, number + 1
        busy[number] = busy.get(number, 0.0) + end - start
        if held > most.get(number, 0):
            most[number] = held


class Tally:
    """The requests that are over, in the order in which they ended. Times in seconds."""

    def __init__(self) -> None:
        self.arrived, self.begun, self.first, self.end = array("d"), array("d"), array("d"), array("d")
        self.prompt, self.cached, self.made = array("q"), array("q"), array("q")
        self.workers: list[WorkerTally] = []
        self.gaps = Distribution(Scale((), 1e-6, 600))  # between tokens

    def watch(self, worker: Worker) -> None:
        """Count what *worker* does from now on."""
        worker.activity = tally = WorkerTally(worker)
        self.workers.append(tally)

    def over(self, request: Request) -> None:
        """*request* is over."""
        self.arrived.append(request.arrived)
        self.begun.append(request.begun)
        self.first.append(request.first)
        self.end.append(request.end)
        self.prompt.append(request.prompt)
        self.cached.append(request.cached)
        self.made.append(request.made)
        if request.moments:
            self.gaps.extend([after - before for before, after in pairwise(request.moments)])

    def stepped(self, model: str, seconds: float, requests: int) -> None:
        """Each of *requests* made a token in a step of *seconds*."""
        self.gaps.add(seconds, requests)

    def __len__(self) -> int:
        return len(self.end)
