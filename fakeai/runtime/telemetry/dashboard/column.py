"""Amounts by the second: what came at a moment, and what came evenly over a time, each added in a few steps."""

from itertools import accumulate


class Column:
    """*count* seconds from *first* on, seconds of the monotonic clock. What lies outside of them is not counted."""

    __slots__ = ("_first", "_rates", "_sums")

    def __init__(self, first: int, count: int) -> None:
        self._first = first
        self._sums = [0.0] * count
        self._rates = [0.0] * (count + 1)  # by which the amount of each whole second differs from the one before

    def add(self, amount: float, moment: float) -> None:
        """An *amount* came at a *moment*."""
        at = int(moment) - self._first
        if 0 <= at < len(self._sums):
            self._sums[at] += amount

    def spread(self, amount: float, start: float, stop: float) -> None:
        """An *amount* came evenly from *start* to *stop*."""
        if stop <= start:
            self.add(amount, start)
            return
        sums, low, high = self._sums, start - self._first, stop - self._first
        if high <= 0 or low >= len(sums):
            return
        rate = amount / (stop - start)
        low, high = max(low, 0.0), min(high, float(len(sums)))
        begin, end = int(low), int(high)
        if begin == end:
            sums[begin] += rate * (high - low)
            return
        sums[begin] += rate * (begin + 1 - low)
        self._rates[begin + 1] += rate
        self._rates[end] -= rate
        if end < len(sums):
            sums[end] += rate * (high - end)

    def set(self, at: int, amount: float) -> None:
        """It is so much in the second number *at*, whatever came in all seconds before or after."""
        self._sums[at] = amount - sum(self._rates[: at + 1])

    def values(self, digits: int) -> list[float]:
        """The amount of each second."""
        return [
            round(part + whole, digits) + 0.0
            for part, whole in zip(self._sums, accumulate(self._rates[:-1]), strict=True)
        ]
