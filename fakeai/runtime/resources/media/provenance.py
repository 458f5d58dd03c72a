"""Where a file comes from: what its signals of provenance say, as far as it has some."""

import asyncio
import re
from io import BytesIO
from typing import Any

from ...answer import Reply
from ...call import Call
from ...content.media import drawing, listening
from ...content.media.marks import Mark, mark_of
from ...errors import ApiError
from ...forms import File

LARGEST = 52_428_800  # bytes of a file
MANIFEST = re.compile(rb"jumb.{0,64}?c2pa", re.DOTALL)  # the box of a C2PA manifest store
AUDIO = (b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9")


async def check(call: Call, body: dict[str, Any]) -> Reply:
    """The signals that a form's file carries: C2PA and SynthID of an image, SynthID of audio.

    Raises:
        ApiError: 400, it is neither.
    """
    file = body.get("file")
    if not isinstance(file, File):
        raise ApiError(400, "'file' is not a file: send it with a filename.", param="file", code="invalid_type")
    if not 0 < file.size <= LARGEST:
        raise ApiError(400, f"A file has from 1 to {LARGEST} bytes; '{file.name}' has {file.size}.", param="file")
    data = await call.world.store.read(file.blob, 0, file.size)
    results = []
    if _is_audio(data):
        results.append(_synthid(await asyncio.to_thread(_sound_mark, data)))
    else:
        mark = await asyncio.to_thread(_mark, data, file.name)
        results += [_c2pa(MANIFEST.search(data) is not None), _synthid(mark)]
    return call.reply({"object": "content_provenance_check", "created_at": int(call.now), "results": results})


def _sound_mark(data: bytes) -> Mark | None:
    """The mark of sound that a server like this one has made; it tells neither a model nor a moment."""
    try:
        heard = listening.listen(data)
    except ValueError:
        return None
    return None if heard.text is None else Mark(None, None, heard.text)


def _is_audio(data: bytes) -> bool:
    return data.startswith(AUDIO) or (data[:4] == b"RIFF" and data[8:12] == b"WAVE")


def _mark(data: bytes, name: str) -> Mark | None:
    """The mark of an image that a server like this one has made.

    Raises:
        ApiError: 400, it is no image.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            if image.width * image.height > drawing.LARGEST:  # a small file that may be a very large picture
                raise ValueError("too large")
            return mark_of(image)
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):  # fmt: skip
        raise ApiError(
            400, f"Invalid file: '{name}' is neither an image nor audio.", param="file", code="invalid_file_format"
        ) from None


def _c2pa(there: bool) -> dict[str, Any]:
    """What C2PA says: whether there is a manifest. Nobody is asked who signed it."""
    return {
        "type": "c2pa",
        "outcome": "detected" if there else "not_detected",
        "validation_state": "valid" if there else "not_present",
        "issuer": None,
        "model": None,
        "generated_at": None,
    }


def _synthid(mark: Mark | None) -> dict[str, Any]:
    return {
        "type": "synthid",
        "outcome": "not_detected" if mark is None else "detected",
        "model": None if mark is None else mark.model,
        "generated_at": None if mark is None else mark.generated_at,
    }
