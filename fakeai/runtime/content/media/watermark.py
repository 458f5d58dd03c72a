"""The mark in sound of ours: what is said, in the lowest bit of its samples, over and over.

It is a frame that repeats: eight bytes that begin it, where in the whole it stands, how long the whole is, the size of
the message, a check sum of all that, and the message. Whoever has any stretch of samples with one whole frame knows
the message, and which part of what is said the stretch has. It is lost where samples change: there the containers'
own tags have the message (`sound.py`).
"""

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEGIN = b"\xf4\x6b\xa1\x2e\x93\x5c\xd8\x07"
HEAD = struct.Struct(">IIII")  # where, whole, size, check sum
WINDOW = 64  # samples that are the mark's together or are not
MOST = 64  # passages that are looked for


class Passage(NamedTuple):
    """A marked stretch of a recording: samples *start* to *end* of it.

    They are samples *first* and after of something that has *whole* samples and says *message*.
    """

    start: int
    end: int
    first: int
    whole: int
    message: bytes

    @property
    def is_whole(self) -> bool:
        return self.first == 0 and self.end - self.start == self.whole


def least(message: bytes) -> int:
    """How many samples carry *message* once."""
    return 8 * (len(BEGIN) + HEAD.size + len(message))


def bits(message: bytes, whole: int, start: int = 0, end: int | None = None) -> "NDArray[np.uint8]":
    """The mark of samples *start* to *end* of *whole*, a bit for each."""
    import numpy as np

    end = whole if end is None else end
    every = least(message)
    begin = start // every * every
    frames = bytearray()
    for where in range(begin, end, every):
        head = HEAD.pack(where, whole, len(message), 0)
        check = zlib.crc32(message, zlib.crc32(head))
        frames += BEGIN + HEAD.pack(where, whole, len(message), check) + message
    return np.unpackbits(np.frombuffer(bytes(frames), np.uint8))[start - begin : end - begin]


def find(lowest: "NDArray[np.uint8]") -> list[Passage]:
    """The marked stretches of a recording whose samples have the *lowest* bits, in their order."""
    import numpy as np

    found: dict[tuple[int, bytes], Passage | None] = {}
    for shift in range(8):
        packed = np.packbits(lowest[shift : shift + (lowest.size - shift) // 8 * 8]).tobytes()
        at = packed.find(BEGIN)
        while at >= 0:
            known = _read(packed, at)
            if known is not None:
                where, whole, message = known
                key = (shift + 8 * at - where, message)
                if key not in found and len(found) < MOST:
                    found[key] = _stretch(lowest, shift + 8 * at, where, whole, message)
            at = packed.find(BEGIN, at + 1)
    return sorted(passage for passage in found.values() if passage is not None)


def _read(packed: bytes, at: int) -> tuple[int, int, bytes] | None:
    """Where, the whole, and the message of the frame at *at*; None when it is none."""
    body = at + len(BEGIN)
    if body + HEAD.size > len(packed):
        return None
    where, whole, size, check = HEAD.unpack_from(packed, body)
    message = packed[body + HEAD.size : body + HEAD.size + size]
    good = len(message) == size and zlib.crc32(message, zlib.crc32(HEAD.pack(where, whole, size, 0))) == check
    return (where, whole, message) if good and where < whole else None


def _stretch(lowest: "NDArray[np.uint8]", at: int, where: int, whole: int, message: bytes) -> Passage | None:
    """The samples around *at* that carry the mark without a gap."""
    import numpy as np

    begin = at - where  # of the whole, in the recording; before it when its beginning is cut off
    start, end = max(0, begin), min(lowest.size, begin + whole)
    same = lowest[start:end] == bits(message, whole, start - begin, end - begin)
    windows = same[: same.size // WINDOW * WINDOW].reshape(-1, WINDOW).all(axis=1)
    breaks = np.append(np.flatnonzero(~windows), windows.size)
    middle = -(-(at - start) // WINDOW)
    number = int(np.searchsorted(breaks, middle))
    last = int(breaks[min(number, breaks.size - 1)])
    first = int(breaks[number - 1]) + 1 if number else 0
    stop = end if last == windows.size else start + last * WINDOW
    start += first * WINDOW
    return Passage(start, stop, start - begin, whole, message) if stop > start else None
