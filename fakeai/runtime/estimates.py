"""What calls cost: what they seem to before they are read, and what their answers say that they did."""

from typing import Any

from .answer import Answer, Reply

PROMPTS = frozenset(("messages", "input", "prompt", "instructions", "query", "passages"))  # fields that are read
MOST = frozenset(("max_completion_tokens", "max_tokens", "max_output_tokens"))  # fields that say how much is said
TOTAL = b'"total_tokens":'


def read(body: dict[str, Any]) -> int:
    """How many tokens the prompt of a request seems to have: a quarter of its characters."""
    return (sum([_characters(value) for name, value in body.items() if name in PROMPTS]) + 3) // 4


def guessed(body: dict[str, Any]) -> int:
    """How many tokens a request seems to cost: those of its prompt, and the most that it asks for."""
    size = most = 0
    for name, value in body.items():
        if name in PROMPTS:
            size += _characters(value)
        elif name in MOST and type(value) is int:
            copies = body.get("n")
            most = max(most, value * copies if type(copies) is int else value)
    return (size + 3) // 4 + most


def _characters(value: Any) -> int:
    """The characters of the texts in *value*."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        size = 0
        for each in value:
            text = each.get("content") if isinstance(each, dict) else each
            size += len(text) if isinstance(text, str) else _characters(each)
        return size
    if isinstance(value, dict):
        return _characters(value.get("content")) + _characters(value.get("text"))
    return 0


def told(answer: Answer, guess: int) -> int:
    """The tokens that the usage of an *answer* tells; none of a refusal, and else what was guessed."""
    if type(answer) is not Reply:
        return guess
    if answer.status >= 400:
        return 0
    at = answer.body.rfind(TOTAL)
    digits = answer.body[at + len(TOTAL) : at + len(TOTAL) + 12].lstrip() if at >= 0 else b""
    number = digits[: len(digits) - len(digits.lstrip(b"0123456789"))]
    return int(number) if number else guess
