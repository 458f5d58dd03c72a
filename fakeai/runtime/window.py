"""What was counted in each of the last seconds."""

SECONDS = 60  # that a window looks back


class Window:
    """Sums of several *kinds* of amounts in the last minute, by the seconds of the monotonic clock."""

    __slots__ = ("_kinds", "_slots")

    def __init__(self, kinds: int) -> None:
        self._kinds = kinds
        self._slots: dict[int, list[int]] = {}

    def add(self, second: int, kind: int, amount: int) -> None:
        """*amount* of a *kind* was counted in a *second*."""
        self.second(second)[kind] += amount

    def second(self, second: int) -> list[int]:
        """What was counted of each kind in a *second*, to count more in."""
        slot = self._slots.get(second)
        if slot is None:
            if len(self._slots) >= 2 * SECONDS:
                self._forget(max(*self._slots, second))
            slot = self._slots[second] = [0] * self._kinds
        return slot

    def at(self, second: int, kind: int) -> int:
        """What was counted of a *kind* in a *second*."""
        slot = self._slots.get(second)
        return slot[kind] if slot else 0

    def sums(self, now: float) -> list[int]:
        """What was counted of each kind in the second of *now* and those before it, a minute in all."""
        last = int(now)
        slots = [slot for second, slot in self._slots.items() if last - SECONDS < second <= last]
        return [sum(each) for each in zip(*slots, strict=True)] if slots else [0] * self._kinds

    def merge(self, other: "Window") -> None:
        """Add what *other* counted."""
        for second, slot in other._slots.items():
            for kind, amount in enumerate(slot):
                if amount:
                    self.add(second, kind, amount)

    def _forget(self, last: int) -> None:
        self._slots = {second: slot for second, slot in self._slots.items() if second > last - SECONDS}
