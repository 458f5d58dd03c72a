"""Randomness that depends on a key alone, never on what was drawn before."""

import hashlib

BYTES = 64
DRAWS = 24  # before the digest is used up: each draw of at most 16 bits


class Chance:
    """A sequence of draws that is the same on every machine, run and replica for the same *key*."""

    __slots__ = ("_bits", "_key", "_left", "_round")

    def __init__(self, key: bytes) -> None:
        self._key, self._round, self._left, self._bits = key, 0, 0, 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to *limit* - 1, uniformly; *limit* is at most 65,536."""
        if not self._left:
            digest = hashlib.shake_128(self._round.to_bytes(4, "little") + self._key).digest(BYTES)
            self._bits, self._left, self._round = int.from_bytes(digest, "little"), DRAWS, self._round + 1
        self._left -= 1
        self._bits, drawn = divmod(self._bits, limit)
        return drawn

    def spread(self, count: int) -> list[float]:
        """*count* numbers from -1 to 1, uniformly."""
        digest = hashlib.shake_128(b"spread" + self._key).digest(2 * count)
        return [(low + 256 * high) / 32767.5 - 1.0 for low, high in zip(digest[::2], digest[1::2], strict=True)]
