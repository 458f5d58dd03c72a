"""Recordings in a prompt: how long they are, from their head."""

from .data_urls import Encoded

RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # by version of MPEG
# Kilobits a second of MPEG-1 and of the later ones, layer III.
BITS = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
CHUNKS = 100  # of a WAV file that are gone through
LOOKED_AT = 65_536  # bytes in which the first frame of an MP3 must begin


def seconds(data: Encoded) -> float | None:
    """How long the WAV or MP3 file *data* is; None when it is neither."""
    head = data.read(0, 12)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _wav(data)
    return _mp3(data, head)


def _wav(data: Encoded) -> float | None:
    at, each = 12, 0
    for _ in range(CHUNKS):
        head = data.read(at, 8)
        if len(head) < 8:
            return None
        size = int.from_bytes(head[4:8], "little")
        if head[:4] == b"fmt ":
            each = int.from_bytes(data.read(at + 16, 4), "little")
        elif head[:4] == b"data":
            return min(size, data.size - at - 8) / each if each else None
        at += 8 + size + size % 2
    return None


def _mp3(data: Encoded, head: bytes) -> float | None:
    start = 0
    if head[:3] == b"ID3":
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start = 10 + size
    window = data.read(start, LOOKED_AT)
    at = window.find(b"\xff")
    while 0 <= at <= len(window) - 4:
        second, third = window[at + 1], window[at + 2]
        version, layer, bits, rate = second >> 3 & 3, second >> 1 & 3, third >> 4, third >> 2 & 3
        if second >= 0xE0 and version in RATES and layer == 1 and 0 < bits < 15 and rate < 3:
            samples = 1152 if version == 3 else 576
            frequency = RATES[version][rate]
            for mark in (b"Xing", b"Info"):
                tag = window.find(mark, at, at + 200)
                if tag >= 0 and window[tag + 7] & 1:
                    return int.from_bytes(window[tag + 8 : tag + 12]) * samples / frequency
            return (data.size - start - at) * 8 / (BITS[version != 3][bits] * 1000)
        at = window.find(b"\xff", at + 1)
    return None
