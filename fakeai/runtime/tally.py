"""What calls have come and how they ended, by path: counts, durations and bytes of every answer that left."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from .answer import Answer, Broken, Reply, Talk
from .call import Call
from .distribution import Distribution, Scale
from .routes import Target
from .window import Window
from .world import World

CUT = 499  # the status of an answer whose client left before its end
NOTHING = 0  # that of a connection that ended before one was sent
SWITCHED = 101
ERRORS = 400  # from which a status is one
UNKNOWN = "unknown"  # stands for a path that there is not
TOGETHER = 512  # calls that are counted at once
MOST_NAMES = 1000  # models whose refusals are told apart
CAME, LEFT, FAILED = range(3)  # kinds of a window

DURATIONS = Scale(
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250), 1e-6, 36000
)  # fmt: skip

Waiting = tuple[str, str, float, bool]
Ended = tuple[Target | None, int, float, float, int, bool]


@dataclass(slots=True)
class PathTally:
    """The calls of one path. Times in seconds."""

    ends: Counter[tuple[str, int]] = field(default_factory=Counter)  # by method and status
    durations: Distribution = field(default_factory=lambda: Distribution(DURATIONS))
    sent: int = 0  # bytes of bodies
    streams: int = 0  # that were written to their end
    broken: int = 0  # streams that were not
    window: Window = field(default_factory=lambda: Window(3))

    @property
    def calls(self) -> int:
        """How many have ended."""
        return self.ends.total()

    @property
    def errors(self) -> int:
        """How many of them were refused, failed or were cut off."""
        return sum([count for (_, status), count in self.ends.items() if status >= ERRORS])


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """The route of a call of another process."""

    path: str
    method: str


class Tally:
    """The calls of a world: an engine, `world.engine(Tally)`."""

    def __init__(self, world: World) -> None:
        self.since = world.clock.monotonic()
        self.paths: dict[str, PathTally] = {}
        self.refusals: Counter[tuple[str, str, bool, int]] = Counter()  # by model, path, whether it streams, status
        self.streams = self.sockets = 0  # open at this moment
        self._waiting: dict[object, tuple[Target | None, float, bool]] = {}
        self._ended: list[Ended] = []

    def end(
        self, target: Target | None, status: int, arrived: float, ended: float, sent: int, streamed: bool = False
    ) -> None:
        """An answer of *sent* bytes left, or was cut off."""
        self._ended.append((target, status, arrived, ended, sent, streamed))
        if len(self._ended) >= TOGETHER:
            self.fold()

    def wait(self, answer: object, target: Target | None, arrived: float, streams: bool = False) -> None:
        """*answer* is there and not written to its end."""
        self._waiting[answer] = (target, arrived, streams)
        self.streams += streams

    def finish(self, answer: object, status: int, ended: float, sent: int) -> None:
        """*answer*, which waited, left, or was cut off."""
        target, arrived, streams = self._waiting.pop(answer)
        self.streams -= streams
        self.end(target, status, arrived, ended, sent, streams)

    def drop(self, answer: object) -> None:
        """*answer* waits no longer."""
        _, _, streams = self._waiting.pop(answer)
        self.streams -= streams

    def refuse(self, call: Call, target: Target, status: int) -> None:
        """*call* was refused; if it named a model, that is remembered."""
        if call.method != "POST" or b'"model"' not in call.body:
            return
        body = call.told()
        if isinstance(model := body.get("model"), str):
            key = (model, target.path, body.get("stream") is True, status)
            if key in self.refusals or len(self.refusals) < MOST_NAMES:
                self.refusals[key] += 1

    @property
    def ended(self) -> int:
        """How many calls have ended."""
        return len(self._ended) + sum([path.calls for path in self.paths.values()])

    def under_way(self) -> list[Waiting]:
        """The answers that wait: path, method, when the call came, whether it streams."""
        return [
            (target.path if target else UNKNOWN, target.method if target else "", at, streams)
            for target, at, streams in self._waiting.values()
        ]

    def take(self, waiting: Iterable[Waiting]) -> None:
        """Count answers that wait elsewhere."""
        for path, method, at, streams in waiting:
            self._waiting[object()] = (cast(Target, _Elsewhere(path, method)), at, streams)

    def at(self, path: str) -> PathTally:
        """The tally of *path*, of which there are as many as the project has."""
        return self.paths.setdefault(path, PathTally())

    def waiting(self) -> Counter[str]:
        """How many answers wait, by path."""
        return Counter([target.path if target else UNKNOWN for target, _, _ in self._waiting.values()])

    def came(self, now: float) -> Counter[str]:
        """How many calls came in the last minute whose answers wait, by path."""
        return Counter(
            [target.path if target else UNKNOWN for target, at, _ in self._waiting.values() if at > now - 60]
        )

    def fold(self) -> None:
        """Count those that have ended."""
        ended, self._ended = self._ended, []
        groups: dict[Target | None, list[Ended]] = {}
        for each in ended:
            groups.setdefault(each[0], []).append(each)
        for target, calls in groups.items():
            path = self.at(target.path if target else UNKNOWN)
            method = target.method if target else ""
            _, statuses, arrivals, ends, sizes, streamed = zip(*calls, strict=True)
            for status, count in _counted(statuses):
                path.ends[method, status] += count
            path.durations.extend([end - arrived for arrived, end in zip(arrivals, ends, strict=True)])
            path.sent += sum(sizes)
            if any(streamed):
                cut = sum([each[5] and each[1] == CUT for each in calls])
                path.broken += cut
                path.streams += sum(streamed) - cut
            for second, count in _seconds(arrivals, int(min(arrivals)), int(ends[-1])):
                path.window.add(second, CAME, count)
            for second, count in _seconds(ends, int(ends[0]), int(ends[-1])):  # which rise
                path.window.add(second, LEFT, count)
            if any(status >= ERRORS for status in set(statuses)):
                failed = [each[3] for each in calls if each[1] >= ERRORS]
                for second, count in _seconds(failed, int(failed[0]), int(failed[-1])):
                    path.window.add(second, FAILED, count)


def status_of(answer: Answer, is_cut: bool) -> int:
    """The status of an answer that left, whole or *is_cut*: its client left before the end."""
    if is_cut:
        return CUT
    said = answer.answer if isinstance(answer, Broken) else answer
    if isinstance(said, Reply):
        return said.status
    return NOTHING if said is None else SWITCHED if isinstance(said, Talk) else 200


def _counted(values: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Each of *values* and how often it is there; mostly, all are the same."""
    if values.count(values[0]) == len(values):
        return ((values[0], len(values)),)
    return Counter(values).items()


def _seconds(moments: Sequence[float], first: int, last: int) -> Iterable[tuple[int, int]]:
    """The seconds in which *moments* lie, from *first* to *last*, and how many; mostly, it is one."""
    return ((first, len(moments)),) if first == last else Counter(map(int, moments)).items()
