"""Arithmetic: expressions in signs and words, worked out exactly, and equations with one unknown."""

import ast
import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ...formulas import OPERATORS, Arithmetic, NoFormula
from ..ask import Ask
from ..bounds import NUMBERS, SMALL
from ..cues import NUMERALS, Cue

NUMBERED = " ".join((NUMERALS, *SMALL))
CUES: tuple[Cue, ...] = (
    (
        NUMBERED,
        "plus minus times divided multiplied percent factorial sqrt squared cubed square cube calculate "
        "compute evaluate solve sum product difference root power modulo mod average mean par geteilt mal fois "
        "por entre más over",
    ),
    ("how", "many much"),
)
SIGNS = re.compile(r"\d\s{0,9}\)?\s{0,9}(?:[-+*/^×÷%!=]|x\s{0,9}\d|x\s{0,9}[-+=])")  # what makes the form worth a look
LEAD = re.compile(
    r"^(?:(?:what(?:'s|s| is| are| does| do| would)|how much (?:is|are|does)|calculate|compute|"
    r"evaluate|solve(?: for [a-z])?|work out|"
    r"find|tell me|give me|determine|simplify|and|the|value of|result of|answer (?:to|of)|equals?|"
    r"was ist|was ergibt|wie viel ist|"
    r"wieviel ist|combien font|combien fait|cuánto es|cuanto es|quanto fa|quanto é|hoeveel is|сколько будет|q|question|"
    r"expression|equation|following|:)\s{0,9})*",
    re.I,
)
SPOKEN = tuple(
    (re.compile(pattern, re.I), sign)
    for pattern, sign in (
        (r"\bthe\b", " "),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"\b(?:square root of|sqrt(?: of)?)\s{0,9}\(?\s{0,9}([\d.]+)\s{0,9}\)?", r"sqrt(\1)"),
        (r"\bcube root of\s{0,9}([\d.]+)", r"cbrt(\1)"),
        (r"\bfactorial of (\d+)|\b(\d+) factorial|\b(\d+)!(?!=)", r"fact(\1\2\3)"),
        (r"\bsum of ([\d., ]+(?:and|,|&) ?[\d.]+)", r"add(\1)"),
        (r"\bproduct of ([\d., ]+(?:and|,|&) ?[\d.]+)", r"mul(\1)"),
        (r"\b(?:average|mean) of ([\d., ]+(?:and|,|&) ?[\d.]+)", r"avg(\1)"),
        (r"\bdifference (?:between|of) ([\d.]+) and ([\d.]+)", r"(\1-\2)"),
        (r"([\d.]+)\s{0,9}(?:%|percent) of ([\d.]+)", r"(\1/100*\2)"),
        (r"\b(?:plus|más|mais|più|und)\b", "+"),
        (r"\b(?:minus|less|moins|menos|meno)\b", "-"),
        (r"\b(?:times|multiplied by|mal|fois|por|per|keer)\b|[×·]|(?<=[\d\s)])x(?=[\s\d(])", "*"),
        (r"\b(?:divided by|over|geteilt durch|divisé par|dividido por|diviso)\b|÷", "/"),
        (r"\b(?:to the power of|raised to(?: the power(?: of)?)?)\b|\^", "**"),
        (r"\bsquared\b|²", "**2"),
        (r"\bcubed\b|³", "**3"),
        (r"\b(?:modulo|mod)\b", "%"),
        (r"\band\b", ","),
        (r"[=?\s]+$", ""),
    )
)
ALLOWED = re.compile(r"(?:[\d.+\-*/%(),\s]|sqrt\(|cbrt\(|fact\(|add\(|mul\(|avg\()+")
LONGEST = 200  # characters of an expression
BIGGEST = 4000  # bits of a number


LINE_END = re.compile(r"(?<=[a-z?!)])[.?!]\s|(?<=\d)[.?!]\s+(?=[A-Za-z])|\n")
MOST = 600  # characters in which an expression begins and ends
SIGNED = re.compile(r"[\d+\-*/(). ]+")  # an expression in which nothing has to be put into signs
LETTERS = re.compile(r"[^\W\d_]+")
VOCABULARY = frozenset(  # of expressions in words
    "the square root of sqrt cube cbrt factorial sum product average mean difference between percent plus más mais più "
    "und minus less moins menos meno times multiplied by mal fois por per keer x over divided geteilt durch divisé par "
    "dividido diviso to power raised squared cubed modulo mod and fact add mul avg".split()
)


class NotArithmetic(Exception):
    """The text is no expression, or one whose value is too large."""


def answer(ask: Ask) -> str | None:
    """The value of the expression that the prompt is."""
    line = LINE_END.split(ask.lead[:MOST].strip(), maxsplit=1)[0]
    lead = LEAD.match(line)
    body = line[lead.end() if lead else 0 :].strip(" .?!:=") + ("!" if line.rstrip(" .?").endswith("!") else "")
    if len(body) > LONGEST:
        return _told(ask)
    if not body or not any(char.isdigit() for char in body):
        return _told(ask)
    equation = _solved(body)
    if equation:
        return equation
    try:
        value = evaluate(body)
    except NotArithmetic:
        return _told(ask)
    if re.fullmatch(r"[-\d.,\s]+", body):
        return None  # a number alone
    shown = shown_number(value)
    if ask.bounds.is_brief or ask.ruled:
        return shown
    if re.match(r"(?:sum|product|difference|average|mean|square root|cube root|factorial)\b", body):
        return f"The {body} is {shown}."
    return f"{_written(body)} = {shown}"


TOLD = re.compile(r"\bhow (?:many|much)\b[^?]{3,120}\?")
FIGURES = re.compile(r"(?<![\w.])\$?(\d+(?:\.\d+)?)(?![\w.]*\d)")
TELLS = (
    (re.compile(r"\b(?:split|shared?|equally|divided?|each get|per person)\b"), operator.truediv),
    (re.compile(r"\b(?:each|per|every|times as many|twice)\b"), operator.mul),
    (re.compile(r"\b(?:gives?|gave|eats?|ate|loses?|lost|sells?|sold|spends?|spent|away|left|remain\w*|fewer|"
r"takes?|took|uses?|used|drops?)\b"), operator.sub),
    (re.compile(r"\b(?:more|buys?|bought|gets?|got|finds?|found|adds?|added|receives?|together|total|"
r"altogether|another|in all)\b"), operator.add),
)  # fmt: skip


def _told(ask: Ask) -> str | None:
    """The answer to a small problem in words, with two numbers."""
    if len(ask.prompt) > 400 or "how m" not in ask.lower or not TOLD.search(ask.lower):
        return None
    text = re.sub(rf"\b({'|'.join(SMALL[2:])})\b", lambda found: str(NUMBERS[found[0]]), ask.lower)
    numbers = [Fraction(number) for number in FIGURES.findall(text)]
    work = next((work for words, work in TELLS if words.search(text)), None)
    if len(numbers) != 2 or work is None or (work is operator.truediv and not numbers[1]):
        return None
    shown = shown_number(work(*numbers))
    if ask.bounds.is_brief:
        return shown
    sign = {operator.truediv: "/", operator.mul: "*", operator.sub: "-", operator.add: "+"}[work]
    return f"{shown_number(numbers[0])} {sign} {shown_number(numbers[1])} = {shown}, so the answer is {shown}."


def _written(body: str) -> str:
    """*body* as it is written in an answer: spaces around signs."""
    if not re.fullmatch(r"[\d\s+\-*/^x×÷().,%]+", body):
        return body[0].upper() + body[1:]
    spaced = re.sub(r"\s{0,9}([+*/×÷]|(?<=[\d)])\s{0,9}-|x)\s{0,9}", lambda found: f" {found[1].strip()} ", body)
    return re.sub(r"\s+", " ", spaced).replace(" x ", " × ").replace("* *", "**").replace("/ /", "//").strip()


def evaluate(text: str) -> Fraction | float:
    """The value of an expression in signs and words.

    Raises:
        NotArithmetic: it is none.
    """
    if len(text) > MOST or not VOCABULARY.issuperset(LETTERS.findall(text.lower())):
        raise NotArithmetic
    if not SIGNED.fullmatch(text):
        for pattern, sign in SPOKEN:
            text = pattern.sub(sign, text)
    text = re.sub(r"\b0+(?=\d)", "", text.strip())
    if len(text) > LONGEST or not ALLOWED.fullmatch(text):
        raise NotArithmetic
    try:
        value: Fraction | float = EXACT.value(text)
    except NoFormula:
        raise NotArithmetic from None
    return value


def _exactly(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Fraction | float]:
    """*work* on fractions, and on floats where one of them is no fraction."""

    def done(left: Any, right: Any) -> Fraction | float:
        if isinstance(left, float) or isinstance(right, float):
            return float(work(Fraction(left), Fraction(right)))
        return _bounded(Fraction(work(left, right)))

    return done


def _power(base: Fraction | float, exponent: Fraction | float) -> Fraction | float:
    if isinstance(exponent, Fraction) and exponent.denominator == 1 and isinstance(base, Fraction):
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(exponent.numerator) * size > BIGGEST:
            raise ValueError("too large")
        return Fraction(base**exponent.numerator)
    if base < 0:
        raise ValueError("too large")
    return math.pow(base, exponent)


def _factorial(value: Fraction | float) -> Fraction:
    if not isinstance(value, Fraction) or value.denominator != 1 or not 0 <= value <= 300:
        raise ValueError("no factorial")
    return Fraction(math.factorial(int(value)))


def _root(value: Fraction | float) -> Fraction | float:
    if value < 0:
        raise ValueError("no root")
    root = math.isqrt(int(value))
    return Fraction(root) if root * root == value else math.sqrt(value)


def _cube_root(value: Fraction | float) -> Fraction | float:
    root = round(float(value) ** (1 / 3))
    return Fraction(root) if root**3 == value else float(value) ** (1 / 3)


def _sum(first: Fraction | float, *others: Fraction | float) -> Fraction:
    return sum([Fraction(value) for value in others], Fraction(first))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BIGGEST:
        raise ValueError("too large")
    return value


BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
EXACT = Arithmetic(
    lambda number: Fraction(str(number)),
    {**OPERATORS, **{sign: _exactly(OPERATORS[sign]) for sign in BINARY}, ast.Pow: _power},
    {
        "fact": _factorial,
        "sqrt": _root,
        "cbrt": _cube_root,
        "add": _sum,
        "mul": lambda *values: _bounded(math.prod([Fraction(value) for value in values], start=Fraction(1))),
        "avg": lambda *values: _sum(*values) / len(values),
    },
)


def shown_number(value: Fraction | float) -> str:
    """*value* in digits: exactly when it is whole, else with up to six places."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _solved(body: str) -> str | None:
    """The solution of a linear equation."""
    if "=" not in body:
        return None
    left, _, right = body.removeprefix("the equation ").partition("=")
    letters = set(re.findall(r"[a-z]", left + right))
    if len(letters) != 1 or "=" in right:
        return None
    name = letters.pop()

    def at(value: int) -> Fraction:
        sides = []
        for side in (left, right):
            text = re.sub(rf"(\d)\s{{0,9}}{name}", rf"\1*{name}", side).replace(name, f"({value})")
            sides.append(evaluate(re.sub(r"(\d)\s{0,9}\(", r"\1*(", text)))
        return Fraction(sides[0]) - Fraction(sides[1])

    try:
        zero, one, two = at(0), at(1), at(2)
    except NotArithmetic:
        return None
    if one - zero != two - one or one == zero:
        return None
    return f"{name} = {shown_number(-zero / (one - zero))}"
