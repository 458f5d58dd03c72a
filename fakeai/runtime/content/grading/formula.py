"""Arithmetic over named scores: the `calculate_output` of a multi grader, read as a tree and never executed."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 2_000  # characters
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "log": math.log,
}


class BadFormula(Exception):
    """A text that is no formula, or one that has no value."""


def calculate(formula: str, scores: Mapping[str, float]) -> float:
    """The value of *formula*; its names are those of *scores*. All numbers are floats.

    Raises:
        BadFormula: there is none.
    """
    if len(formula) > LONGEST:
        raise BadFormula(f"The formula has more than {LONGEST} characters.")
    try:
        found = _value(ast.parse(formula.strip(), mode="eval").body, scores)
    except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise BadFormula(f"The formula '{formula}' has no value: {error}.") from None
    if not isinstance(found, float) or not math.isfinite(found):
        raise BadFormula(f"The formula '{formula}' has no value that is a number.")
    return found


def _value(node: ast.expr, scores: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.Name() if node.id in scores:
            return float(scores[node.id])
        case ast.BinOp() if type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](_value(node.left, scores), _value(node.right, scores))
        case ast.UnaryOp() if type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](_value(node.operand, scores))
        case ast.Call(ast.Name(), keywords=[]) if node.func.id in FUNCTIONS:  # type: ignore[attr-defined]
            name = node.func.id  # type: ignore[attr-defined]
            return float(FUNCTIONS[name](*[_value(part, scores) for part in node.args]))
    raise BadFormula(f"'{ast.unparse(node)}' is neither a number, a grader's name nor arithmetic on them.")
