"""Formulas: arithmetic that is read as a tree and never executed, with whatever numbers an `Arithmetic` has."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


class NoFormula(Exception):
    """A text that is no formula, or one that has no value."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What a formula is made of: how a *constant* becomes a number, and what signs and *functions* do with numbers.

    Each of these may raise ValueError or ArithmeticError for what is too large or has no value.
    """

    constant: Callable[[int | float], Any]
    signs: Mapping[type[ast.AST], Callable[..., Any]] = field(default_factory=lambda: OPERATORS)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def value(self, formula: str, names: Mapping[str, Any] | None = None) -> Any:
        """The value of *formula*, in which *names* stand for numbers.

        Raises:
            NoFormula: there is none.
        """
        if len(formula) > LONGEST:
            raise NoFormula(f"The formula has more than {LONGEST} characters.")
        try:
            return self._value(ast.parse(formula.strip(), mode="eval").body, names or {})
        except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
            raise NoFormula(f"The formula '{formula}' has no value: {error}.") from None

    def _value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self.constant(value)
            case ast.Name() if node.id in names:
                return self.constant(names[node.id])
            case ast.BinOp() if type(node.op) in self.signs:
                return self.signs[type(node.op)](self._value(node.left, names), self._value(node.right, names))
            case ast.UnaryOp() if type(node.op) in self.signs:
                return self.signs[type(node.op)](self._value(node.operand, names))
            case ast.Call(ast.Name(id=name), keywords=[]) if name in self.functions:
                return self.functions[name](*[self._value(each, names) for each in node.args])
        raise NoFormula(f"'{ast.unparse(node)}' is neither a number, a grader's name nor arithmetic on them.")
