"""Programs that a model writes, and what they print: no code is run, what is printed is worked out beside it."""

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from ..formulas import OPERATORS, Arithmetic, NoFormula
from ..prose.prose import topic_of

FORMULA = re.compile(r"(?<![\w.])[\d(][\d\s.+\-*/%()^]*[\d)](?![\w])")
LONGEST, LARGEST, MOST_POWER = 200, 10**12, 32  # characters of a formula; operands of a power or product, and its power


class Program(NamedTuple):
    """The *code* of a program and what it *prints*. It is *asked* for when the prompt has what it computes."""

    code: str
    prints: str
    asked: bool = False


def _bounded(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def done(left: Any, right: Any) -> Any:
        if abs(left) > LARGEST**MOST_POWER or abs(right) > LARGEST**MOST_POWER:
            raise ValueError("too large")
        return work(left, right)

    return done


def _power(left: Any, right: Any) -> Any:
    if not (abs(left) <= LARGEST and 0 <= right <= MOST_POWER):
        raise ValueError("too large")
    return left**right


BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
PYTHON = Arithmetic(
    lambda number: number,
    {**{sign: _bounded(OPERATORS[sign]) for sign in BINARY}, ast.Pow: _power, ast.USub: OPERATORS[ast.USub]},
)


def program(prompt: str) -> Program:
    """A program for *prompt*, and what it prints: the value of its first formula, or else the sizes of its words."""
    for found in FORMULA.findall(prompt[:4096]):
        formula = found.strip().replace("^", "**")
        if any(sign in formula for sign in "+-*/%") and len(formula) <= LONGEST:
            try:
                value = PYTHON.value(formula)
            except NoFormula:
                continue
            return Program(f"result = {formula}\nprint(result)", f"{value!s}\n", True)
    return counting(topic_of(prompt))


def counting(topic: str) -> Program:
    """A program about *topic*, and what it prints."""
    sizes = [len(word) for word in topic.split()]
    code = f"words = {orjson.dumps(topic.split()).decode()}\nsizes = [len(word) for word in words]\n"
    return Program(code + "print(sizes, sum(sizes))", f"{sizes} {sum(sizes)}\n")
