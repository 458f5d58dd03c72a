"""The files that requests upload: as small as real ones can be."""

import io
import json
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable

SIDE = 64  # pixels
CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello."}]}
TURNS = [{"role": "user", "content": "Say hello."}, {"role": "assistant", "content": "Hello."}]
SKILL = "---\nname: greeting\ndescription: Say hello.\n---\n\nSay hello.\n"
CERTIFICATE = b"""-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUHpf+uYFLxVCEwsA9jEXw+us/s2swCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIY29udHJhY3QwIBcNMjYxMTIzMDk0MDU0WhgPMjEyNjEwMzAw
OTQwNTRaMBMxETAPBgNVBAMMCGNvbnRyYWN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE8EjnXDvtvtokh/UCNP1ruDf8YGKkQ6qFrz+DkpWcXnzZ2MEyuP+SErl8
c1z9dJ5G/MWKL/FmmfM24kQ5VBLg0qNTMFEwHQYDVR0OBBYEFDxlOkpY9obZO3AF
beXBmXaDHznvMB8GA1UdIwQYMBaAFDxlOkpY9obZO3AFbeXBmXaDHznvMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKMGWrohN5PjjYMYkb0yUYFh
/mCPWnakqvLPpbQxV0wqAiEArpL3AQCNRiN1aQYY8D+aD1lDUfyGR9FkcS7ApXHf
ezo=
-----END CERTIFICATE-----
"""


def content(name: str) -> tuple[bytes, str]:
    """The bytes and the media type of the file that hints call *name*."""
    made, kind = FILES[name]
    return (made if isinstance(made, bytes) else made()), kind


def _lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def _png() -> bytes:
    """A square of one colour, with an alpha channel."""
    rows = b"".join(b"\0" + b"\x40\x80\xc0\xff" * SIDE for _ in range(SIDE))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _wav() -> bytes:
    """A second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    return out.getvalue()


def _mp4() -> bytes:
    """The boxes a video begins with; it has no frames."""
    boxes = ((b"ftyp", b"isom\0\0\2\0isomiso2mp41"), (b"mdat", b""), (b"moov", b""))
    return b"".join(struct.pack(">I", len(data) + 8) + kind + data for kind, data in boxes)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("greeting/SKILL.md"), SKILL)
    return out.getvalue()


FILES: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "text.txt": (b"A FakeAI server answers like the OpenAI API.\n", "text/plain"),
    "certificate.pem": (CERTIFICATE, "text/plain"),
    "batch.jsonl": (
        _lines({"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": CHAT}),
        "application/jsonl",
    ),
    "training.jsonl": (_lines(*[{"messages": TURNS}] * 10), "application/jsonl"),
    "eval.jsonl": (_lines({"item": {"question": "Hello?", "answer": "Hello."}}), "application/jsonl"),
    "image.png": (_png, "image/png"),
    "audio.wav": (_wav, "audio/wav"),
    "video.mp4": (_mp4, "video/mp4"),
    "skill.zip": (_zip, "application/zip"),
}
