"""How long a simulated model takes."""

from dataclasses import dataclass
from itertools import accumulate

from ..call import Call
from ..chance import Chance
from ..options import Delay
from ..world import World
from .fitted import Fitted

BATCHED = ("profile", "mocker")  # latencies that depend on what else the worker does


@dataclass(frozen=True, slots=True)
class Timing:
    """The time to first token and between tokens of one answer; of one that is *batched*, the workers' steps say it."""

    ttft: Delay
    itl: Delay
    batched: bool = False
    fitted: Fitted | None = None  # what was measured, instead of the two for answers that the fleet serves

    def moments(self, tokens: int, chance: Chance) -> list[float]:
        """When each of *tokens* tokens leaves, in seconds after the call arrived; of none, when the answer starts.

        Shape `(max(tokens, 1),)`, never falling. The same *chance* gives the same moments, of which a shorter answer
        has the first.
        """
        tokens = max(tokens, 1)
        first, gap = self.ttft.seconds, self.itl.seconds
        if not gap:
            return [self.end(1, chance)] * tokens
        if not (self.ttft.variance or self.itl.variance):
            return [first + k * gap for k in range(tokens)]
        draws = chance.spread(tokens)
        first *= 1 + self.ttft.variance * draws[0]
        spread = self.itl.variance
        return list(accumulate((gap * (1 + spread * draw) for draw in draws[1:]), initial=first))

    def end(self, tokens: int, chance: Chance) -> float:
        """The last of `moments`."""
        if self.itl.seconds and tokens > 1:
            return self.moments(tokens, chance)[-1]
        if self.ttft.seconds and self.ttft.variance:
            return self.ttft.seconds * (1 + self.ttft.variance * chance.spread(1)[0])
        return self.ttft.seconds


INSTANT = Timing(Delay(0.0), Delay(0.0))


def timing(call: Call, ttft: float | None = None, itl: float | None = None) -> Timing:
    """The server's --ttft and --itl, or an operation's own *ttft* and *itl* in seconds, which do not vary."""
    if ttft is None and itl is None:
        return call.world.engine(Server).timing
    options = call.world.options
    return Timing(options.ttft if ttft is None else Delay(ttft), options.itl if itl is None else Delay(itl))


class Server:
    """The timing of whatever says nothing of its own."""

    def __init__(self, world: World) -> None:
        options = world.options
        self.timing = Timing(options.ttft, options.itl, options.machine.latency in BATCHED)
        if options.machine.fitted is not None:
            fitted = Fitted.parse(options.machine.fitted)
            self.timing = Timing(Delay(fitted.levels[0].first), Delay(fitted.levels[0].itl), fitted=fitted)
        elif not self.timing.batched and not options.ttft.seconds and not options.itl.seconds:
            self.timing = INSTANT
