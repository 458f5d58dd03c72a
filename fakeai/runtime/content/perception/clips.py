"""Films in a prompt: their size and length, from their head or from what their address says."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from .data_urls import Encoded
from .pictures import Size, numbers

# 512x288:5.0s@4fps in a data URL; /512x288_5s_4fps/ in a path
SAID = re.compile(r"(\d{1,5})x(\d{1,5})[:_](\d{1,6}(?:\.\d{1,6})?)s[@_](\d{1,4}(?:\.\d{1,4})?)fps")
BOXES = 1000  # of an MP4 that are gone through
INSIDE = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl"))
LONGEST = 86_400.0  # seconds
FASTEST = 240.0  # frames a second


class Clip(NamedTuple):
    """A film of *seconds* with *rate* frames in each."""

    size: Size
    seconds: float
    rate: float


USUAL = Clip(Size(512, 288), 5.0, 4.0)


def at_address(url: str) -> Clip:
    """What the address says of the film: `?width=&height=&duration=&fps=`, or a part of its path."""
    parts = urlsplit(url)
    match = SAID.search(parts.path)
    clip = _said(match) if match is not None else USUAL
    numbers_said = numbers(parts.query)
    width = numbers_said.get("width", clip.size.width)
    height = numbers_said.get("height", clip.size.height)
    return _sane(width, height, numbers_said.get("duration", clip.seconds), numbers_said.get("fps", clip.rate))


def known(data: Encoded, parameters: tuple[str, ...]) -> Clip | None:
    """The film that *data* is: from the *parameters* of its URL, or from its head. None when neither tells."""
    match = SAID.search(";".join(parameters))
    return _said(match) if match is not None else _mp4(data)


def _said(match: re.Match[str]) -> Clip:
    return _sane(float(match[1]), float(match[2]), float(match[3]), float(match[4]))


def _sane(width: float, height: float, seconds: float, rate: float) -> Clip:
    return Clip(
        Size(min(max(round(width), 1), 65_500), min(max(round(height), 1), 65_500)),
        min(max(seconds, 0.0), LONGEST),
        min(max(rate, 0.1), FASTEST),
    )


def _mp4(data: Encoded) -> Clip | None:
    """From the boxes of an MP4: length, the largest track's size, and how many frames it has."""
    seconds, width, height, samples = 0.0, 0, 0, 0
    found: list[tuple[int, int]] = [(0, data.size)]
    sizes: list[tuple[int, int, int]] = []  # of tracks: width, height, frames
    for _ in range(BOXES):
        if not found:
            break
        at, end = found.pop()
        head = data.read(at, 16)
        if len(head) < 8 or at + 8 > end:
            continue
        size, kind, begins = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, begins = int.from_bytes(head[8:16]), 16
        size = size or end - at
        if size < begins:
            return None
        if at + size < end:
            found.append((at + size, end))
        if kind == b"trak":
            sizes.append((0, 0, 0))
        if kind in INSIDE:
            found.append((at + begins, at + size))
        elif kind == b"mvhd":
            seconds = _length(data.read(at + begins, 32))
        elif kind == b"tkhd" and sizes:
            last = data.read(at + size - 8, 8)
            sizes[-1] = (int.from_bytes(last[:4]) >> 16, int.from_bytes(last[4:]) >> 16, sizes[-1][2])
        elif kind == b"stsz" and sizes:
            sizes[-1] = (*sizes[-1][:2], int.from_bytes(data.read(at + begins + 8, 4)))
    width, height, samples = max(sizes, default=(0, 0, 0))
    if not width or not height or seconds <= 0:
        return None
    return _sane(width, height, seconds, (samples or 30 * seconds) / seconds)


def _length(head: bytes) -> float:
    """Seconds, from the head of a movie."""
    if head[:1] == b"\x01":
        scale, length = int.from_bytes(head[20:24]), int.from_bytes(head[24:32])
    else:
        scale, length = int.from_bytes(head[12:16]), int.from_bytes(head[16:20])
    return length / scale if scale else 0.0
