"""Data URLs, of whose bytes no more is decoded than somebody looks at."""

import binascii
from typing import NamedTuple

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
CHECKED = 1_048_576  # characters at the beginning that are checked; of a longer text, as many at its end as TAIL says
TAIL = 65_536


class NotBase64(ValueError):
    """A text that stands for no bytes."""


class Encoded:
    """The bytes that a text in base64 stands for.

    Raises:
        NotBase64: it stands for none.
    """

    def __init__(self, text: str) -> None:
        try:
            raw = text[:CHECKED].encode("ascii") + (text[-TAIL:].encode("ascii") if len(text) > CHECKED else b"")
        except UnicodeEncodeError:
            raise NotBase64(text[:40]) from None
        if not text or raw.translate(None, ALPHABET) or b"=" in raw[:-2] or len(text.rstrip("=")) % 4 == 1:
            raise NotBase64(text[:40])
        self._text = text
        self.size = len(text.rstrip("=")) * 3 // 4

    def read(self, start: int, size: int) -> bytes:
        """At most *size* bytes from *start* on."""
        first, last = start // 3 * 4, -(-(start + size) // 3) * 4
        part = self._text[first:last]
        data = binascii.a2b_base64(part + "=" * (-len(part) % 4))
        return data[start % 3 : start % 3 + size]

    def all(self) -> bytes:
        """All of them."""
        return self.read(0, self.size)


class DataUrl(NamedTuple):
    """A data URL: its media type, the parameters after it, and its bytes."""

    kind: str
    parameters: tuple[str, ...]
    content: Encoded


def read(url: str) -> DataUrl | None:
    """The parts of *url*; None when it is no data URL in base64.

    Raises:
        NotBase64: what should be base64 is not.
    """
    head, comma, text = url.partition(",")
    scheme, colon, rest = head[:1000].partition(":")
    kind, *parameters = rest.split(";")
    if scheme.lower() != "data" or not colon or not comma or "base64" not in parameters:
        return None
    parameters.remove("base64")
    return DataUrl(kind.strip().lower(), tuple(parameters), Encoded(text))
