"""Long work in portions, between which other calls have their turn."""

from ..clock import Clock, give_way

LONGEST = 0.0005  # seconds of work in one turn of the loop


class Portions:
    """Work that is done portion by portion: whoever does it awaits `pause` between its steps."""

    def __init__(self, clock: Clock) -> None:
        self._now = clock.monotonic
        self._since = self._now()

    async def pause(self) -> None:
        """Let everything else have its turn, when this one has been long."""
        if self._now() - self._since > LONGEST:
            await give_way()
            self._since = self._now()
