"""What a model reads, as token ids: the same conversation, longer by a turn, begins with the same ids.

Messages stand between markers, as in OpenAI's Harmony format; tools come first. What is no text (a picture, a film) is
a run of ids made from its hash, as long as it has tokens.
"""

from array import array
from collections.abc import Sequence
from typing import Any

import orjson
import xxhash

from ..clock import give_way
from ..tokens import Tokens
from .messages import content_tokens, text_of
from .said import Said

START, END, MESSAGE, NAME = 200_006, 200_007, 200_008, 200_005
ROLES = {"system": 1, "developer": 2, "user": 3, "assistant": 4, "tool": 5, "function": 6}
SLICE = 400  # messages that are read at once
SEEN = 1_000_000  # ids of what is no text begin here, as they do in SGLang
BITS = 30


class Conversation:
    """A chat with the request *body*, whose prompt has *size* tokens; *said* is its first answer."""

    __slots__ = ("_body", "_made", "_said", "_tokens", "size")

    def __init__(self, tokens: Tokens, size: int, body: dict[str, Any], said: Said) -> None:
        self._tokens, self.size, self._body, self._said = tokens, size, body, said
        self._made: array[int] | None = None

    def ids(self) -> "array[int]":
        """Exactly *size* ids."""
        if self._made is None:
            self._made = self._ended(self._read(self._tools(), self._body["messages"]))
        return self._made

    async def prepare(self) -> None:
        """Read many messages in slices between which others have a turn; `ids` finds it done."""
        if self._made is None:
            made, messages = self._tools(), self._body["messages"]
            for start in range(0, len(messages), SLICE):
                if start:
                    await give_way()
                self._read(made, messages[start : start + SLICE])
            self._made = self._ended(made)

    def _ended(self, made: "array[int]") -> "array[int]":
        made.extend((START, ROLES["assistant"], MESSAGE))
        return fitted(made, self.size)

    def _tools(self) -> "array[int]":
        made = array("I")
        for tool in self._body.get("tools") or self._body.get("functions") or ():
            made += self._tokens.ids(orjson.dumps(tool).decode())
        return made

    def _read(self, made: "array[int]", messages: Sequence[dict[str, Any]]) -> "array[int]":
        tokens = self._tokens
        for message in messages:
            made.extend((START, ROLES.get(str(message.get("role")), 0)))
            if message.get("name"):
                made.append(NAME)
                made += tokens.ids(message["name"])
            made.append(MESSAGE)
            self._add(made, message.get("content"))
            if message.get("tool_calls"):
                made += tokens.ids(orjson.dumps(message["tool_calls"]).decode())
            made.append(END)
        return made

    def answer_ids(self) -> "array[int]":
        """The ids of what was said."""
        said, made = self._said, array("I")
        for text in (said.reasoning, said.text, *(call.arguments for call in said.calls)):
            for part in text.parts:
                made += part.ids or part.read(self._tokens)
        return made

    def _add(self, made: "array[int]", content: Any) -> None:
        if isinstance(content, str):
            made += self._tokens.ids(content)
            return
        for part in content or ():
            if isinstance(part, dict) and "text" not in part:
                made.extend(_unread(part, content_tokens(self._tokens, [part], self._body["model"])))
        if text := text_of(content):
            made += self._tokens.ids(text)


class Turns:
    """A prompt of *size* tokens: *turns* of a conversation, each a role and its text, and the *answer* to it."""

    __slots__ = ("_answer", "_made", "_tokens", "_turns", "size")

    def __init__(self, tokens: Tokens, size: int, turns: Sequence[tuple[str, str]], answer: str) -> None:
        self._tokens, self.size, self._turns, self._answer = tokens, size, turns, answer
        self._made: array[int] | None = None

    def ids(self) -> "array[int]":
        """Exactly *size* ids."""
        if self._made is None:
            self._made = self._ended(self._read(array("I"), self._turns))
        return self._made

    async def prepare(self) -> None:
        """Read many turns in slices between which others have one; `ids` finds it done."""
        made = array("I")
        for start in range(0, len(self._turns), SLICE):
            self._read(made, self._turns[start : start + SLICE])
            await give_way()
        self._made = self._ended(made)

    def _ended(self, made: "array[int]") -> "array[int]":
        made.extend((START, ROLES["assistant"], MESSAGE))
        return fitted(made, self.size)

    def _read(self, made: "array[int]", turns: Sequence[tuple[str, str]]) -> "array[int]":
        for role, text in turns:
            made.extend((START, ROLES.get(role, 0), MESSAGE))
            made += self._tokens.ids(text)
            made.append(END)
        return made

    def answer_ids(self) -> "array[int]":
        """The ids of the answer."""
        return self._tokens.ids(self._answer)


class Texts:
    """A *prompt* of *size* tokens and an *answer*, which are text alone."""

    __slots__ = ("_answer", "_prompt", "_tokens", "size")

    def __init__(self, tokens: Tokens, size: int, prompt: str, answer: str = "") -> None:
        self._tokens, self.size, self._prompt, self._answer = tokens, size, prompt, answer

    def ids(self) -> "array[int]":
        """Exactly *size* ids."""
        return fitted(self._tokens.ids(self._prompt)[:], self.size)

    def answer_ids(self) -> "array[int]":
        """The ids of the answer."""
        return self._tokens.ids(self._answer)


def fitted(ids: "array[int]", size: int) -> "array[int]":
    """*ids*, cut or filled up to *size*: what a count adds beside the texts has no ids of its own."""
    if len(ids) < size:
        ids.extend([END] * (size - len(ids)))
    return ids[:size]


def _unread(part: Any, size: int) -> list[int]:
    digest = xxhash.xxh3_64_intdigest(orjson.dumps(part))
    return [SEEN + (digest & (1 << BITS) - 1)] * size
