"""The LoRA adapters that a worker holds beside the weights of their base model."""

from collections import OrderedDict
from collections.abc import Collection


class Slots:
    """*most* adapters at once. One that is not there is loaded in *seconds*, and the one unused longest makes room."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.loads = 0  # since the start
        self._seconds = seconds
        self._held: OrderedDict[str, None] = OrderedDict()  # in the order in which they were used

    def __contains__(self, adapter: str) -> bool:
        return adapter in self._held

    def has_room(self, adapter: str, active: Collection[str]) -> bool:
        """Whether *adapter* is here, or can be while those are that are *active*."""
        return adapter in self._held or adapter in active or len(active) < self.most

    def use(self, adapter: str, active: Collection[str] = ()) -> float:
        """Have *adapter* here; the seconds until it is. Those that are *active* stay."""
        if adapter in self._held:
            self._held.move_to_end(adapter)
            return 0.0
        while len(self._held) >= self.most:
            self.drop(next((each for each in self._held if each not in active), next(iter(self._held))))
        self._held[adapter] = None
        self.loads += 1
        return self._seconds

    def drop(self, adapter: str) -> None:
        """Let go of *adapter*."""
        self._held.pop(adapter, None)
