"""Prompts and inputs in the forms that text completions and embeddings take: text, token ids, or a list of either."""

from typing import Any, NamedTuple

from ...errors import ApiError
from ...tokens import Tokens


class Prompt(NamedTuple):
    """One prompt: its text and how many tokens it has."""

    text: str
    size: int


def texts_of(value: Any) -> list[str]:
    """The texts among the prompts *value*."""
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]


def read_prompts(value: Any, tokens: Tokens, param: str) -> list[Prompt]:
    """The prompts of the body's field *param*; without one, the one that starts a document.

    Raises:
        ApiError: 400, there is none, or a token id is not in the vocabulary.
    """
    if value is None:
        return [Prompt("<|endoftext|>", 1)]
    if not value and value != "":
        raise ApiError(400, f"Invalid '{param}': empty array. Expected minimum length 1, but got 0 instead.",
                       code="empty_array", param=param)  # fmt: skip
    if isinstance(value, str) or isinstance(value[0], int):
        return [_read(value, tokens, param)]
    return [_read(each, tokens, f"{param}[{at}]") for at, each in enumerate(value)]


def _read(value: Any, tokens: Tokens, param: str) -> Prompt:
    if isinstance(value, str):
        return Prompt(value, tokens.read(value))
    try:
        return Prompt(tokens.decode(value), len(value))
    except (KeyError, ValueError, OverflowError, TypeError):
        raise ApiError(400, f"Invalid '{param}': a token id is not in the vocabulary.",
                       code="invalid_value", param=param) from None  # fmt: skip
