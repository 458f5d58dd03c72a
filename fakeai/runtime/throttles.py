"""What limits did to each API key: asked, let pass, throttled. Whoever limits tells it here; metrics read it."""

from collections import Counter, deque
from dataclasses import dataclass, field

from .window import Window
from .world import World

MOST_KEYS = 10_000  # that are remembered
RECENT = 1000  # waits that are remembered for each key
ASKED, TOKENS, REFUSED = range(3)  # kinds of a window


@dataclass(slots=True)
class Throttle:
    """One key. Times in seconds of the monotonic clock, limits for a minute; 0 is no limit."""

    tier: str
    since: float
    requests_limit: int = 0
    tokens_limit: int = 0
    attempted: int = 0
    allowed: int = 0
    tokens_asked: int = 0
    tokens_allowed: int = 0
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))  # told to those that were throttled
    waited: float = 0.0  # all of them together
    causes: Counter[str] = field(default_factory=Counter)  # rpm_only, tpm_only, both
    last: float = -1.0
    most_in_a_second: int = 0
    window: Window = field(default_factory=lambda: Window(3))
    is_known: bool = True  # else its place was needed

    @property
    def throttled(self) -> int:
        return self.attempted - self.allowed


class Throttles:
    """The keys of a world: an engine, `world.engine(Throttles)`."""

    def __init__(self, world: World) -> None:
        self.keys: dict[str, Throttle] = {}
        self._now = world.clock.monotonic

    def of(self, key: str, tier: str, requests_limit: int = 0, tokens_limit: int = 0) -> Throttle:
        """What is known of *key*, with its tier and limits as they are."""
        found = self.keys.get(key)
        if found is None:
            if len(self.keys) >= MOST_KEYS:
                self.keys.pop(next(iter(self.keys))).is_known = False
            found = self.keys[key] = Throttle(tier, self._now())
        found.tier, found.requests_limit, found.tokens_limit = tier, requests_limit, tokens_limit
        return found

    def passed(self, throttle: Throttle, tokens: int) -> None:
        """A request of *tokens* was let pass."""
        self._ask(throttle, tokens)[TOKENS] += tokens
        throttle.allowed += 1
        throttle.tokens_allowed += tokens

    def refused(self, throttle: Throttle, tokens: int, wait: float, by_requests: bool, by_tokens: bool) -> None:
        """A request of *tokens* was throttled, and told to *wait*."""
        self._ask(throttle, tokens)[REFUSED] += 1
        throttle.waits.append(wait)
        throttle.waited += wait
        throttle.causes["both" if by_requests and by_tokens else "rpm_only" if by_requests else "tpm_only"] += 1

    def _ask(self, throttle: Throttle, tokens: int) -> list[int]:
        """A request came; what is counted in this second, by kind."""
        throttle.last = now = self._now()
        throttle.attempted += 1
        throttle.tokens_asked += tokens
        counted = throttle.window.second(int(now))
        counted[ASKED] += 1
        if counted[ASKED] > throttle.most_in_a_second:
            throttle.most_in_a_second = counted[ASKED]
        return counted
