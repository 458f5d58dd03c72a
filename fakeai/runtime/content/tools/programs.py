"""Programs that a model writes, and what they print: no code is run, what is printed is worked out beside it."""

import ast
import operator
import re
from collections.abc import Callable

import orjson

from ..prose.prose import topic_of

FORMULA = re.compile(r"(?<![\w.])[\d(][\d\s.+\-*/%()^]*[\d)](?![\w])")
LONGEST, LARGEST, MOST_POWER = 200, 10**12, 32  # characters of a formula; operands of a power or product, and its power
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def program(prompt: str) -> tuple[str, str]:
    """A program for *prompt*, and what it prints: the value of its first formula, or else the sizes of its words."""
    for found in FORMULA.findall(prompt[:4096]):
        formula = found.strip().replace("^", "**")
        if any(sign in formula for sign in "+-*/%") and len(formula) <= LONGEST:
            try:
                value = _value(ast.parse(formula, mode="eval").body)
            except (SyntaxError, ValueError, ArithmeticError):
                continue
            return f"result = {formula}\nprint(result)", f"{value}\n"
    return counting(topic_of(prompt))


def counting(topic: str) -> tuple[str, str]:
    """A program about *topic*, and what it prints."""
    sizes = [len(word) for word in topic.split()]
    code = f"words = {orjson.dumps(topic.split()).decode()}\nsizes = [len(word) for word in words]\n"
    return code + "print(sizes, sum(sizes))", f"{sizes} {sum(sizes)}\n"


def _value(node: ast.expr) -> float:
    """The value of a formula.

    Raises:
        ValueError: it is none of numbers alone, or too large.
        ArithmeticError: it has no value.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = _value(node.left), _value(node.right)
        if abs(left) > LARGEST**MOST_POWER or abs(right) > LARGEST**MOST_POWER:
            raise ValueError("too large")
        if isinstance(node.op, ast.Pow) and not (abs(left) <= LARGEST and 0 <= right <= MOST_POWER):
            raise ValueError("too large")
        return OPERATIONS[type(node.op)](left, right)
    raise ValueError("no formula")
