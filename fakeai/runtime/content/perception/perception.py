"""What a part of a prompt that is no text is worth in tokens, and what can be said of it.

Sizes come from heads of files and from addresses: no picture is decoded to count it, and nothing is fetched. What was
counted is remembered by its content.
"""

import math
from typing import Any, NamedTuple

import orjson
import xxhash

from ...errors import ApiError
from ...tokens import Tokens
from . import clips, data_urls, documents, pdf, picture_tokens, pictures, qwen, recordings
from .clips import Clip
from .data_urls import DataUrl, Encoded, NotBase64

PICTURES = frozenset(("image_url", "input_image", "computer_screenshot", "image"))
FILMS = frozenset(("video_url", "input_video", "video"))
SOUNDS = frozenset(("input_audio", "audio_url"))
FILES = frozenset(("file", "input_file"))
SEEN = PICTURES | FILMS | SOUNDS | FILES  # types of parts that are no text

HEARD = 10  # tokens of a second of sound
UNKNOWN = 765  # tokens of a picture of which only an id is known


class Part(NamedTuple):
    """A part of a prompt: what it is and where its bytes are; *place* is its field for errors."""

    kind: str
    url: str
    detail: str
    name: str
    place: str


class Counted(dict[str, Any]):
    """A part of a prompt that has been counted, and need not have its bytes any more."""

    def __init__(self, part: dict[str, Any], tokens: int) -> None:
        super().__init__(part)
        self.tokens = tokens


def tokens_of_part(tokens: Tokens, model: str, part: dict[str, Any], param: str = "") -> int:
    """How many tokens *part* of a prompt has for *model*; *param* is where it stands in the body.

    Raises:
        ApiError: 400, its bytes are not what they should be.
    """
    if isinstance(part, Counted):
        return part.tokens
    kind = part.get("type")
    if kind not in SEEN:
        text = part.get("text")
        return tokens.count(text) if isinstance(text, str) else 0
    key = _key(model, part)
    count = tokens.remembered(key)
    if count is None:
        count = _count(tokens, model, read(part, param))
        tokens.remember(key, count)
    return count


def sound_tokens(tokens: Tokens, model: str, content: Any) -> int:
    """How many of a content's tokens are sound: `audio_tokens` of a usage's details."""
    if not isinstance(content, list):
        return 0
    sounds = (part for part in content if isinstance(part, dict) and part.get("type") in SOUNDS)
    return sum(tokens_of_part(tokens, model, part) for part in sounds)


def read(part: dict[str, Any], param: str = "") -> Part:
    """What *part* is, whichever API's shape it has."""
    kind = str(part.get("type"))
    group = next(name for name, kinds in GROUPS.items() if kind in kinds)
    inner = part.get(kind)
    given: dict[str, Any] = inner if isinstance(inner, dict) else part
    detail = str(given.get("detail") or "auto")
    name = str(given.get("filename") or given.get("file_id") or "")
    place = f"{param}.{kind}" if inner is not None and param else param
    url: Any = inner if isinstance(inner, str) else None
    for field in ("url", "image_url", "video_url", "audio_url", "file_data", "file_url", "data"):
        if url is None and isinstance(given.get(field), str):
            url = given[field]
            place = f"{place}.{field}" if place else field
    if group == "sound" and url and not url.startswith(("data:", "http://", "https://")):
        url = f"data:audio/{given.get('format') or 'wav'};base64,{url}"
    return Part(group, url or "", detail, name, place)


GROUPS = {"picture": PICTURES, "film": FILMS, "sound": SOUNDS, "file": FILES}


def _count(tokens: Tokens, model: str, part: Part) -> int:
    if part.kind == "picture":
        size = picture_size(part)
        return UNKNOWN if size is None else picture_tokens.tokens(size, model, part.detail)
    if part.kind == "film":
        return _film(model, clip(part), part.detail)
    if part.kind == "sound":
        return max(1, math.ceil(round(seconds(part) * HEARD, 3)))
    document = opened(part)
    if document is None:
        return tokens.count(part.name or part.url)
    pages = sum(picture_tokens.tokens(size, model, "high") for size in document.pages)
    return tokens.count(document.text) + pages


def picture_size(part: Part) -> pictures.Size | None:
    """The size of a picture; None when only its id is known.

    Raises:
        ApiError: 400, it is no picture.
    """
    if not part.url:
        return None
    if part.url.startswith(("http://", "https://")):
        return pictures.at_address(part.url)
    found = inline(part)
    if found is None:
        raise ApiError(
            400,
            "Invalid image URL: expected an http or https URL, or a base64-encoded data URL with an image MIME type "
            f"(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got '{part.url[:40]}'.",
            code="invalid_image_url",
            param=part.place or None,
        )
    if not found.kind.startswith("image/"):
        raise ApiError(
            400, "Invalid MIME type. Only image types are supported.", code="invalid_image_format",
            param=part.place or None,
        )  # fmt: skip
    for parameter in found.parameters:
        match = pictures.IN_WORDS.fullmatch(parameter.removeprefix("dim="))
        if match is not None:
            return pictures.Size(int(match[1]), int(match[2]))
    known = pictures.known(found.content)
    if known is None:
        raise ApiError(
            400,
            "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
            "['png', 'jpeg', 'gif', 'webp'].",
            code="invalid_image_format",
            param=part.place or None,
        )
    return known.size


def clip(part: Part) -> Clip:
    """What is known of a film.

    Raises:
        ApiError: 400, its address is none.
    """
    if part.url.startswith(("http://", "https://")):
        return clips.at_address(part.url)
    found = inline(part)
    if found is None or not found.kind.startswith("video/"):
        raise ApiError(
            400, "Invalid video URL: expected an http or https URL, or a base64-encoded data URL with a video MIME "
            f"type, but got '{part.url[:40]}'.", code="invalid_video_url", param=part.place or None,
        )  # fmt: skip
    return clips.known(found.content, found.parameters) or clips.USUAL


def seconds(part: Part) -> float:
    """How long a recording is.

    Raises:
        ApiError: 400, it is none.
    """
    if part.url.startswith(("http://", "https://")):
        return pictures.numbers(part.url.partition("?")[2]).get("duration", clips.USUAL.seconds)
    found = inline(part)
    length = None if found is None else recordings.seconds(found.content)
    if found is None or length is None:
        kind = "audio" if found is None else found.kind.removeprefix("audio/")
        raise ApiError(
            400, f"The data provided for '{part.place or 'input_audio'}' is not of valid {kind} format.",
            code="invalid_value", param=part.place or None,
        )  # fmt: skip
    return min(length, clips.LONGEST)


def opened(part: Part) -> documents.Document | None:
    """What a file says; None when its bytes are not there.

    Raises:
        ApiError: 400, it is a broken PDF, or not in base64.
    """
    if not part.url or part.url.startswith(("http://", "https://")):
        return None
    found = inline(part)
    try:
        content = Encoded(part.url) if found is None else found.content
        return documents.read(content.all())
    except NotBase64:
        raise _not_base64(part) from None
    except pdf.Unreadable:
        raise ApiError(
            400, f"The file '{part.name or 'file'}' could not be parsed as PDF.", code="invalid_file",
            param=part.place or None,
        ) from None  # fmt: skip


def inline(part: Part) -> DataUrl | None:
    """The data URL of *part*; None when it has none.

    Raises:
        ApiError: 400, it is not in base64.
    """
    try:
        return data_urls.read(part.url)
    except NotBase64:
        raise _not_base64(part) from None


def _not_base64(part: Part) -> ApiError:
    what = {"picture": "image_url", "film": "video_url", "sound": "audio data", "file": "file_data"}[part.kind]
    return ApiError(400, f"Invalid base64 {what}.", code="invalid_base64", param=part.place or None)


def _film(model: str, clip: Clip, detail: str) -> int:
    """The tokens of a film: as the model's processor counts, or 85 and for each frame 10 to 50 by its size."""
    processor = qwen.processor(picture_tokens.family(model))
    if processor is not None:
        return processor.clip(clip)
    width, height = clip.size
    if detail == "low" or (detail != "high" and width <= 512 and height <= 512):
        each = 10
    else:
        each = min(50, 20 + 10 * max(1, (width // 512) * (height // 512)))
    return 85 + int(round(clip.seconds * clip.rate, 6)) * each


def _key(model: str, part: dict[str, Any]) -> bytes:
    return b"part" + xxhash.xxh3_128_digest(orjson.dumps([model, part], option=orjson.OPT_SORT_KEYS))
