"""Messages of a conversation as a model reads them: their text, and how many tokens they have."""

from collections.abc import Sequence
from typing import Any

from ..clock import give_way
from ..tokens import SLICE, Tokens
from .perception.perception import SEEN, tokens_of_part

# How OpenAI's chat format counts: a few tokens around each message, and the start of the answer.
PER_MESSAGE, PER_NAME, PER_ANSWER = 3, 1, 3
EACH = 32  # characters that cost as much to read as a message does beside its text


def last_user_text(messages: Sequence[dict[str, Any]]) -> str:
    """The text of the last message of a user, or of the last message."""
    for message in reversed(messages):
        if message.get("role") == "user":
            return text_of(message.get("content"))
    return text_of(messages[-1].get("content")) if messages else ""


def system_text(messages: list[dict[str, Any]]) -> str:
    """The text of the message that begins a conversation by saying how to answer; empty when none does."""
    first = messages[0] if messages else {}
    return text_of(first.get("content")) if first.get("role") in ("system", "developer") else ""


def shown(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first picture, film, sound or file in the last message of a user."""
    for message in reversed(messages):
        if message.get("role") == "user":
            content = message.get("content")
            parts = content if isinstance(content, list) else ()
            return next((part for part in parts if isinstance(part, dict) and part.get("type") in SEEN), None)
    return None


def text_of(content: Any) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") if isinstance(part, dict) else part for part in content)
    return "\n".join(text for text in texts if isinstance(text, str))


async def prepare(tokens: Tokens, messages: Sequence[dict[str, Any]]) -> None:
    """Read *messages* that are long, or many, so that counting them does not keep others waiting."""
    size = 0
    for message in messages:
        text = text_of(message.get("content"))
        if len(text) > SLICE:
            await tokens.prepare(text)
            continue
        size += EACH if tokens.knows(text) else len(text) + EACH
        tokens.read(text)
        if size > SLICE:
            size = 0
            await give_way()


def content_tokens(tokens: Tokens, content: Any, model: str = "", param: str = "") -> int:
    """How many tokens a message's content has for *model*; *param* is where it stands in the body.

    Raises:
        ApiError: 400, a part's bytes are not what they should be.
    """
    if isinstance(content, str):
        return tokens.read(content)
    seen = 0
    for number, part in enumerate(content or ()):
        if isinstance(part, dict) and part.get("type") in SEEN:
            seen += tokens_of_part(tokens, model, part, f"{param}[{number}]" if param else "")
    text = text_of(content)
    return seen + (tokens.read(text) if text else 0)
