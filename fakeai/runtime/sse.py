"""Server-sent events as bytes, prepared so that a token costs one join."""

from collections.abc import Sequence
from typing import Any

import orjson

DONE = b"data: [DONE]\n\n"


class Events(list[bytes]):
    """The pieces of a stream of few events, all written beforehand."""

    def add(self, data: dict[str, Any], name: str = "") -> None:
        """One event more, with *name* in a line of its own."""
        head = f"event: {name}\n".encode() if name else b""
        self.append(b"%bdata: %b\n\n" % (head, orjson.dumps(data)))

    def write(self, start: int, stop: int) -> bytes:
        """The bytes of pieces *start* to *stop* - 1."""
        return b"".join(self[start:stop])


class Escapes(dict[str, bytes]):
    """The inside of a JSON string for each piece of text seen; as many as the vocabulary has tokens, no more."""

    LIMIT = 250_000

    def __missing__(self, text: str) -> bytes:
        escaped = orjson.dumps(text)[1:-1]
        if len(self) < self.LIMIT:
            self[text] = escaped
        return escaped


class TokenEvents:
    """The pieces of a stream of tokens: an opening, one event for each token, a closing.

    *frame* is the bytes before and after a token's escaped text, for each choice. *order* has the choice of each
    token; without it all tokens are of choice 0. The opening leaves with the first piece, the closing is the last.
    """

    __slots__ = ("_closing", "_escapes", "_frames", "_opening", "_order", "_tokens")

    def __init__(
        self,
        opening: bytes,
        frames: Sequence[tuple[bytes, bytes]],
        tokens: Sequence[str],
        order: Sequence[int] | None,
        closing: bytes,
        escapes: Escapes,
    ) -> None:
        self._opening, self._frames, self._tokens = opening, frames, tokens
        self._order, self._closing, self._escapes = order, closing, escapes

    def __len__(self) -> int:
        return len(self._tokens) + 2

    def write(self, start: int, stop: int) -> bytes:
        """Piece 0 is the opening, the last the closing, those between are the tokens."""
        if self._order is None and stop - start == 1 and 0 < start <= len(self._tokens):
            before, after = self._frames[0]
            return before + self._escapes[self._tokens[start - 1]] + after
        first, last = max(start, 1) - 1, min(stop - 1, len(self._tokens))
        escaped = map(self._escapes.__getitem__, self._tokens[first:last])
        if last <= first:
            middle = b""
        elif self._order is None:
            before, after = self._frames[0]
            middle = before + (after + before).join(escaped) + after
        else:
            frames = self._frames
            middle = b"".join(
                [frames[c][0] + text + frames[c][1] for c, text in zip(self._order[first:last], escaped, strict=True)]
            )
        opening = self._opening if start == 0 else b""
        return opening + middle + (self._closing if stop == len(self._tokens) + 2 else b"")
