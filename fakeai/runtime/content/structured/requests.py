"""What a prompt asks for, in its own words: the query, the message, the journey, the sum."""

import ast
import operator
import re
from collections.abc import Iterable

from ..prose.prose import MARKS
from .hints import Hints
from .lexicon import STARTERS

POLITE = re.compile(
    r"^(?:please|kindly|hey|hi|hello|ok(?:ay)?|so|now|then|and|also|can you|could you|would you|will you|can i|"
    r"i(?:'d| would) like(?: you)? to|i want(?: you)? to|i need(?: you)? to|i need|help me|let's|try to|go and|"
    r"use (?:the )?[\w-]+(?: tool)? to)[,\s]+",
    re.I,
)
ASKING = re.compile(
    r"^(?:(?:search|google|browse|look|check|query)(?:\s+(?:the\s+)?(?:web|internet|online|docs|documentation|database|"
    r"knowledge base|files?|wikipedia))?\s+(?:for|up|on|about)|search|google|find(?:\s+(?:me|out))?|look\s+up|lookup|"
    r"get(?:\s+me)?|show(?:\s+me)?|tell\s+me(?:\s+about)?|give\s+me|fetch|retrieve|list|what(?:'s| is| are| was| were)|"
    r"who(?:'s| is| are| was)|where(?:'s| is| are)|when(?:'s| is| was)|how\s+(?:is|are))\s+",
    re.I,
)
FROM = re.compile(
    r"\bfrom\s+([^\W\d_][\w .'-]*?)\s+(?:to|into|and|on|at|with|via)\b|\bfrom\s+([^\W\d_][\w .'-]*)", re.I
)
TO = re.compile(r"\b(?:to|into)\s+([^\W\d_a-z][\w'-]*(?: [^\W\d_a-z][\w'-]*)*|[^\W\d_]+)", re.I)
SAYING = re.compile(
    r"\b(?:saying|says|say|that says|tell(?:ing)? (?:him|her|them|us|\w+) that|message:?|text:?|"
    r"with the (?:message|text)|"
    r"remind(?:ing)? me (?:to|that)|about)\s+(.{3,200}?)(?:[.!?]?\s*$|[.!?]\s)",
    re.I | re.S,
)
REPOSITORY = re.compile(r"(?<![\w/.:-])([A-Za-z][\w-]*)/([A-Za-z][\w.-]*\w)(?![\w/])")
STREET = re.compile(
    r"\b\d{1,5} (?:[A-Z][\w'.-]*\s){1,3}?"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Square|Court)\b"
)
SUM = re.compile(r"[-(]*\d[\d.,]*(?:\s*(?:\*\*|[-+*/^×÷%x])\s*[-(]*\d[\d.,]*\)*)+")
IN_WORDS = (
    (re.compile(r"(\d[\d.]*)\s+(?:plus|and|added to)\s+(\d[\d.]*)", re.I), "{} + {}"),
    (re.compile(r"(\d[\d.]*)\s+minus\s+(\d[\d.]*)", re.I), "{} - {}"),
    (re.compile(r"(\d[\d.]*)\s+(?:times|multiplied by)\s+(\d[\d.]*)", re.I), "{} * {}"),
    (re.compile(r"multiply\s+(\d[\d.]*)\s+(?:by|and|with)\s+(\d[\d.]*)", re.I), "{} * {}"),
    (re.compile(r"(\d[\d.]*)\s+(?:divided by|over)\s+(\d[\d.]*)", re.I), "{} / {}"),
    (re.compile(r"divide\s+(\d[\d.]*)\s+by\s+(\d[\d.]*)", re.I), "{} / {}"),
    (re.compile(r"(\d[\d.]*)\s*(?:percent|%)\s+of\s+(\d[\d.]*)", re.I), "{} / 100 * {}"),
)
LINEAR = re.compile(
    r"(?<![\w.])([-+]?\d*(?:\.\d+)?)\s*\*?\s*([xyz])(?!\w)\s*([-+]\s*\d+(?:\.\d+)?)?\s*=\s*"
    r"([-+]?\s*\d+(?:\.\d+)?)"
)
OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}  # fmt: skip
LONGEST = 200  # characters of a request
LARGEST = 1e15


def _without_command(text: str) -> str:
    """*text* without a word and a colon before it: `Classify: ...`."""
    word, colon, rest = text.partition(":")
    return rest.strip() if colon and word.strip().lower() in STARTERS and rest.strip() else text


def request(hints: Hints) -> str:
    """What the prompt wants, without the words that ask for it: `cheap flights to Oslo`."""
    if hints.quoted and len(hints.quoted[0]) > 2:
        return hints.quoted[0]
    text = hints.text.strip()
    first = re.split(r"(?<=[.!?])\s+|\n", text, maxsplit=1)[0]
    if len(first.split()) < 3:
        first = text
    while True:
        shorter = POLITE.sub("", first, count=1)
        if shorter == first:
            break
        first = shorter
    first = ASKING.sub("", _without_command(first), count=1)
    first = re.sub(r"^(?:the|a|an|some|any|information (?:on|about)|info (?:on|about))\s+", "", first, flags=re.I)
    return first.strip(MARKS + " \n")[:LONGEST].strip() or hints.topic


def messages(hints: Hints) -> list[str]:
    """What somebody is to be told."""
    return [match[1].strip(MARKS + " ") for match in SAYING.finditer(hints.text)][:1]


def journey(hints: Hints) -> tuple[str | None, str | None]:
    """From where to where the prompt wants to go."""
    start = end = None
    for match in FROM.finditer(hints.text):
        said = (match[1] or match[2]).strip()
        start = next((place for place in hints.places if said.lower().startswith(place.lower())), start)
        if start is None and said[:1].isupper():
            start = said
        if start:
            break
    for match in TO.finditer(hints.text):
        said = hints.text[match.start(1) :]
        end = next((place for place in hints.places if said.lower().startswith(place.lower())), None)
        if end and end != start:
            break
    return start, end


def repository(hints: Hints) -> tuple[str, str] | None:
    """The owner and the name of a repository: `octo/repo`."""
    match = REPOSITORY.search(hints.text)
    return (match[1], match[2]) if match else None


def street(hints: Hints) -> str | None:
    """A street with its number."""
    match = STREET.search(hints.text)
    return match[0] if match else None


def mentions(hints: Hints, words: Iterable[str]) -> bool:
    """Whether the prompt has one of *words*."""
    return not hints.said.isdisjoint(words)


def titled(text: str) -> str:
    """*text* as a title has it."""
    return " ".join(word if word[:1].isupper() else word[:1].upper() + word[1:] for word in text.split())


def expression(hints: Hints) -> str | None:
    """A sum that is to be calculated: `12 * 7`."""
    match = SUM.search(hints.text)
    if match:
        made = match[0].replace("×", "*").replace("÷", "/").replace("x", "*").replace("^", "**").replace(",", "")
        return made + ")" * max(0, made.count("(") - made.count(")"))
    for pattern, frame in IN_WORDS:
        match = pattern.search(hints.text)
        if match:
            return frame.format(match[1].rstrip("."), match[2].rstrip("."))
    return None


def solved(hints: Hints) -> str | None:
    """The result of the sum in the prompt."""
    equation = LINEAR.search(hints.text)
    if equation:
        sign = -1.0 if equation[3] and equation[3][0] == "-" else 1.0
        by = float(equation[1] or 1) if equation[1] not in ("-", "+") else float(equation[1] + "1")
        offset = sign * float(equation[3][1:].strip()) if equation[3] else 0.0
        if by:
            return f"{equation[2]} = {(float(equation[4].replace(' ', '')) - offset) / by:g}"
    asked = expression(hints)
    if asked is None:
        return None
    try:
        value = _value(ast.parse(asked, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.12g}"


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        value = float(node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = -_value(node.operand)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _value(node.left), _value(node.right)
        if abs(power) > 64:
            raise ValueError("too large")
        value = float(base**power) if base >= 0 or power.is_integer() else 0.0
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        value = OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    else:
        raise ValueError("no sum")
    if abs(value) > LARGEST:
        raise ValueError("too large")
    return value
