"""Arithmetic over named scores: the `calculate_output` of a multi grader."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..formulas import Arithmetic, NoFormula

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": lambda value: float(math.floor(value)),
    "ceil": lambda value: float(math.ceil(value)),
    "exp": math.exp,
    "sqrt": math.sqrt,
    "log": math.log,
}
FLOATS = Arithmetic(float, functions=FUNCTIONS)


def calculate(formula: str, scores: Mapping[str, float]) -> float:
    """The value of *formula*; its names are those of *scores*. All numbers are floats.

    Raises:
        NoFormula: there is none.
    """
    found = FLOATS.value(formula, scores)
    if not isinstance(found, float) or not math.isfinite(found):
        raise NoFormula(f"The formula '{formula}' has no value that is a number.")
    return found
