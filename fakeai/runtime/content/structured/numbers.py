"""Numbers within the bounds of a schema: those of the prompt first."""

from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import NamedTuple

from .draws import Draws
from .kinds import Span
from .shapes import Field, Shape

PLAIN = Span(1, 100, 2)
LARGEST = 2**53
SAFE = 9_000_000_000_000_000_000  # of what orjson writes


class Bounds(NamedTuple):
    """The *low*est and *high*est number that a schema allows, each perhaps not itself, and the step between numbers."""

    low: float | int | None
    high: float | int | None
    low_open: bool
    high_open: bool
    steps: tuple[Decimal, ...]

    @classmethod
    def of(cls, shape: Shape) -> "Bounds":
        """The bounds of *shape*."""
        low: float | int | None = None
        high: float | int | None = None
        low_open = high_open = False
        steps: list[Decimal] = []
        for part in shape.parts:
            for word, is_low, is_open in (
                ("minimum", True, part.get("exclusiveMinimum") is True),
                ("exclusiveMinimum", True, True),
                ("maximum", False, part.get("exclusiveMaximum") is True),
                ("exclusiveMaximum", False, True),
            ):
                value = part.get(word)
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                if is_low and (low is None or value > low or (value == low and is_open)):
                    low, low_open = value, is_open
                if not is_low and (high is None or value < high or (value == high and is_open)):
                    high, high_open = value, is_open
            step = part.get("multipleOf")
            if isinstance(step, int | float) and not isinstance(step, bool) and step > 0:
                steps.append(Decimal(str(step)))
        return cls(low, high, low_open, high_open, tuple(steps))

    def allows(self, value: float | int) -> bool:
        """Whether *value* is within the bounds and on a step."""
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        if self.high is not None and (value > self.high or (self.high_open and value == self.high)):
            return False
        try:
            return all(Decimal(str(value)) % step == 0 for step in self.steps)
        except InvalidOperation:
            return False


def number(draws: Draws, field: Field, shape: Shape, whole: bool) -> float | int:
    """A number for *field* that *shape* allows; an integer when it must be *whole*."""
    bounds = shape.bounds
    if bounds is None:
        bounds = shape.bounds = Bounds.of(shape)
    found = _of_prompt(draws, field, bounds, whole)
    if found is not None:
        return found
    for value in (shape.default, *shape.examples):
        if not isinstance(value, int | float) or isinstance(value, bool) or not bounds.allows(value):
            continue
        if not whole or float(value).is_integer():
            return _whole(value) if whole else value
    return _drawn(draws, field.span or PLAIN, bounds, whole)


def _of_prompt(draws: Draws, field: Field, bounds: Bounds, whole: bool) -> float | int | None:
    """The number of the prompt that the field is most likely about."""
    span = field.span
    near = {*field.words, *(span.near if span else ())}
    spare: int | None = None
    for at, each in enumerate(draws.numbers):
        value = each.value
        if whole and isinstance(value, float):
            continue
        if not bounds.allows(value) or not -SAFE < value < SAFE:
            continue
        money = bool(span and "usd" in span.near)
        if not near.isdisjoint(each.near[:4]) or (each.currency and money):
            return draws.numbers.pop(at).value
        fits = span is None or (not span.shy and not (each.currency and not money))
        if spare is None and fits:
            spare = at
    return draws.numbers.pop(spare).value if spare is not None else None


def _drawn(draws: Draws, span: Span, bounds: Bounds, whole: bool) -> float | int:
    """A number of the *span*, as far as the *bounds* allow it."""
    low, high = span.low, span.high
    if bounds.low is not None and (low < bounds.low or (bounds.high is None and high <= bounds.low)):
        low = bounds.low
        high = max(high, low + (high - span.low)) if bounds.high is None else high
    if bounds.high is not None and high > bounds.high:
        high = bounds.high
        low = min(low, high - (span.high - span.low)) if bounds.low is None else low
    if bounds.low is not None and bounds.high is not None and not low <= high:
        low, high = bounds.low, bounds.high
    steps = bounds.steps
    if steps or whole:
        step = _common(Decimal(1) if whole else steps[0], steps)
        return _on_step(draws, low, high, bounds, step, whole)
    share = (1 + draws.chance.below(9_999)) / 10_000
    value = low + (high - low) * share
    for decimals in (span.decimals or 1, 4, 8):
        rounded = round(value, decimals)
        if bounds.allows(rounded):
            return rounded
    return value if bounds.allows(value) else (low if bounds.allows(low) else high)


def _on_step(draws: Draws, low: float, high: float, bounds: Bounds, step: Decimal, whole: bool) -> float | int:
    first, last = ceil(Decimal(str(low)) / step), floor(Decimal(str(high)) / step)
    if last < first and bounds.high is None:
        last = first
    if last < first and bounds.low is None:
        first = last
    if bounds.low_open and bounds.low is not None and first * step <= Decimal(str(bounds.low)):
        first = floor(Decimal(str(bounds.low)) / step) + 1
    if bounds.high_open and bounds.high is not None and last * step >= Decimal(str(bounds.high)):
        last = ceil(Decimal(str(bounds.high)) / step) - 1
    if last < first:
        first, last = (first, first) if bounds.high is None else (last, last) if bounds.low is None else (first, first)
    count = min(last - first + 1, 60_000)
    value = (first + (draws.chance.below(count) if count > 1 else 0)) * step
    return _whole(value) if whole or value == value.to_integral_value() else float(value)


def _whole(value: Decimal | float) -> float | int:
    """The whole number that *value* is; beyond what JSON's writers take as an integer, one with an exponent."""
    return int(value) if -SAFE < value < SAFE else float(value)


def _common(start: Decimal, steps: tuple[Decimal, ...]) -> Decimal:
    """The least number that is a multiple of all *steps* and of *start*."""
    found = start
    for step in steps:
        one, other = found.as_integer_ratio(), step.as_integer_ratio()
        common = one[1] * other[1]
        a, b = one[0] * other[1], other[0] * one[1]
        top, rest = a, b
        while rest:
            top, rest = rest, top % rest
        found = Decimal(a * b // top) / Decimal(common)
    return found
