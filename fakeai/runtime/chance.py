"""Randomness that depends on a key alone, never on what was drawn before."""

import hashlib

import xxhash

BITS = 112  # of a 128-bit hash that are drawn before the next one: each draw takes at most 16


class Chance:
    """A sequence of draws that is the same on every machine, run and replica for the same *key*."""

    __slots__ = ("_bits", "_key", "_left", "_round")

    def __init__(self, key: bytes) -> None:
        self._key, self._round, self._bits, self._left = key, 0, 0, 0

    @property
    def key(self) -> bytes:
        """What all draws depend on."""
        return self._key

    def again(self) -> "Chance":
        """The same draws from the beginning."""
        return Chance(self._key)

    def below(self, limit: int) -> int:
        """A whole number from 0 to *limit* - 1, uniformly; *limit* is at most 65,536."""
        return self.draw(limit)[0]

    def draw(self, *limits: int) -> list[int]:
        """A whole number below each of *limits*, of which there are at most seven."""
        self._left -= 16 * len(limits)
        if self._left < 0:
            self._round += 1
            self._bits = xxhash.xxh3_128_intdigest(self._key, self._round)
            self._left = BITS - 16 * len(limits)
        bits, drawn = self._bits, []
        for limit in limits:
            bits, value = divmod(bits, limit)
            drawn.append(value)
        self._bits = bits
        return drawn

    def spread(self, count: int) -> list[float]:
        """*count* numbers from -1 to 1, uniformly; fewer are the first of more."""
        digest = hashlib.shake_128(self._key).digest(2 * count)
        return [(low + 256 * high) / 32767.5 - 1.0 for low, high in zip(digest[::2], digest[1::2], strict=True)]
