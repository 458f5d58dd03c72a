"""The size of a picture: from the head of its file, or from what its address says."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import xxhash

from .data_urls import Encoded

# Sizes of pictures at addresses that say nothing; with the rule of tiles each has four.
USUAL = (
    (1024, 1024), (1024, 768), (768, 1024), (1280, 960), (960, 1280), (1600, 1200), (1200, 1600), (1080, 1080),
    (1080, 1350), (2048, 1536),
)  # fmt: skip
IN_WORDS = re.compile(r"(?<!\d)([1-9]\d{1,4})x([1-9]\d{1,4})(?!\d)")
LARGEST = 65_500  # pixels of an edge
SEGMENTS = 200  # of a JPEG that are gone through to find its size


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int


class Picture(NamedTuple):
    """A format and a size."""

    format: str
    size: Size


def known(data: Encoded) -> Picture | None:
    """The picture that *data* is; None when it is no PNG, JPEG, GIF or WebP."""
    head = data.read(0, 32)
    size: Size | None = None
    if head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) >= 24:
        format, size = "PNG", Size(int.from_bytes(head[16:20]), int.from_bytes(head[20:24]))
    elif head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        format, size = "GIF", Size(int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP" and len(head) >= 30:
        format, size = "WebP", _webp(head)
    elif head[:2] == b"\xff\xd8":
        format, size = "JPEG", _jpeg(data)
    else:
        return None
    return Picture(format, size) if size is not None and all(0 < edge <= LARGEST for edge in size) else None


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return Size(1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Size(int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF)
    return None


def _jpeg(data: Encoded) -> Size | None:
    at = 2
    for _ in range(SEGMENTS):
        head = data.read(at, 9)
        if len(head) < 9 or head[0] != 0xFF:
            return None
        marker = head[1]
        if marker == 0xFF:  # a byte that fills
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return Size(int.from_bytes(head[7:9]), int.from_bytes(head[5:7]))
        elif marker in (0x01, *range(0xD0, 0xD8)):
            at += 2
        else:
            at += 2 + int.from_bytes(head[2:4])
    return None


def at_address(url: str) -> Size:
    """The size that the address says (`?width=640&height=480`, or `640x480`), or one that depends on it alone."""
    parts = urlsplit(url)
    said = numbers(parts.query)
    if "width" in said and "height" in said:
        size = Size(round(said["width"]), round(said["height"]))
        if all(0 < edge <= LARGEST for edge in size):
            return size
    match = IN_WORDS.search(parts.path)
    if match is not None:
        return Size(int(match[1]), int(match[2]))
    return Size(*USUAL[xxhash.xxh3_64_intdigest(url.encode("utf-8", "replace")) % len(USUAL)])


def numbers(query: str) -> dict[str, float]:
    """The values of a query that are numbers."""
    made = {}
    for name, values in parse_qs(query, max_num_fields=100).items():
        try:
            made[name.lower()] = min(max(float(values[0]), -1e9), 1e9)
        except ValueError:
            continue
    return {name: value for name, value in made.items() if value == value}
