"""What a request for images asks for: the model's sizes, formats and limits, and what they cost in tokens."""

import re
from dataclasses import dataclass, replace
from typing import Any

from ...errors import ApiError

USUAL, LATEST = "dall-e-2", "gpt-image-1.5"
SQUARE, WIDE, HIGH = "1024x1024", "1536x1024", "1024x1536"
SIZES = {
    "dall-e-2": ("256x256", "512x512", SQUARE),
    "dall-e-3": (SQUARE, "1792x1024", "1024x1792"),
    "gpt-image-1": (SQUARE, WIDE, HIGH, "auto"),
}
SIZE = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})", re.ASCII)
LARGEST = 3840  # pixels of an edge
LONGEST = {"dall-e-2": 1000, "dall-e-3": 4000}  # characters of a prompt
LONGEST_PROMPT = 32_000
QUALITIES = {"standard": "medium", "hd": "high", "auto": "high"}
COSTS = {  # tokens of an image, by quality: square, wide, high
    "low": {SQUARE: 272, WIDE: 400, HIGH: 408},
    "medium": {SQUARE: 1056, WIDE: 1568, HIGH: 1584},
    "high": {SQUARE: 4160, WIDE: 6208, HIGH: 6240},
}
PARTIAL = 100  # tokens of an image that is not whole
FAITHFUL = {True: 4160, False: 6240}  # tokens more of an image that is kept to closely: of a square one, of another
OF_GPT = ("output_format", "output_compression", "background", "stream", "partial_images", "moderation")


@dataclass(frozen=True)
class Order:
    """What is asked for, with defaults for what the request leaves out."""

    model: str
    prompt: str
    count: int
    width: int
    height: int
    quality: str
    format: str
    compression: int
    transparent: bool
    by_url: bool
    streams: bool
    partial_images: int
    is_free: bool
    is_faithful: bool

    @property
    def is_gpt(self) -> bool:
        """Whether the model is one of GPT's own, which answers with bytes and counts tokens."""
        return not self.model.startswith("dall-e")

    @property
    def size(self) -> str:
        """Width and height as the API writes them."""
        return f"{self.width}x{self.height}"

    @property
    def tokens(self) -> int:
        """What one image costs."""
        known = COSTS[self.quality]
        return known.get(self.size) or max(1, round(known[SQUARE] * self.width * self.height / 1024**2))

    @property
    def billed(self) -> int:
        """What all images cost, with views of what is not whole."""
        return self.count * (self.tokens + (PARTIAL * self.partial_images if self.streams else 0))

    def like(self, width: int, height: int) -> "Order":
        """The same order; a size that is left to the model becomes the one that is most like *width* to *height*."""
        if not self.is_free:
            return self
        shape = width / height
        size = WIDE if shape > 1.2 else HIGH if shape < 0.83 else SQUARE
        across, down = map(int, size.split("x"))
        return replace(self, width=across, height=down)


def read(body: dict[str, Any], usual: str = USUAL) -> Order:
    """The order of *body*; *usual* is the model when it names none.

    Raises:
        ApiError: 400, the model cannot do that.
    """
    model = body.get("model") or (LATEST if any(body.get(name) for name in OF_GPT) else usual)
    count, prompt = body.get("n") or 1, body.get("prompt") or ""
    gpt = not model.startswith("dall-e")
    longest = LONGEST.get(model, LONGEST_PROMPT)
    if len(prompt) > longest:
        raise _wrong("prompt", f"a text of at most {longest} characters for '{model}'", f"{len(prompt)} characters")
    if model == "dall-e-3" and count > 1:
        raise _wrong("n", "1 for 'dall-e-3'", str(count))
    if gpt and body.get("response_format") is not None:
        raise ApiError(400, "Unknown parameter: 'response_format'.", code="unknown_parameter", param="response_format")
    if not gpt and body.get("stream"):
        raise ApiError(400, f"The model '{model}' does not stream.", code="unsupported_value", param="stream")
    width, height = _size(model, body.get("size") or "auto")
    quality = body.get("quality") or "auto"
    format = body.get("output_format") or "png"
    transparent = body.get("background") == "transparent"
    if transparent and format == "jpeg":
        raise _wrong("background", "'opaque' for the output_format 'jpeg'", "'transparent'")
    compression = body.get("output_compression")
    compression = 100 if compression is None else compression
    if not 0 <= compression <= 100:
        raise _wrong("output_compression", "a value from 0 to 100", str(compression))
    return Order(
        model=model,
        prompt=prompt,
        count=count,
        width=width,
        height=height,
        quality=QUALITIES.get(quality, quality),
        format=format,
        compression=compression,
        transparent=transparent and gpt,
        by_url=not gpt and body.get("response_format") != "b64_json",
        streams=body.get("stream") is True,
        partial_images=body.get("partial_images") or 0,
        is_free=gpt and (body.get("size") or "auto") == "auto",
        is_faithful=body.get("input_fidelity") == "high",
    )


def _size(model: str, size: str) -> tuple[int, int]:
    """Width and height in pixels.

    Raises:
        ApiError: 400, the model has no such size.
    """
    known = SIZES.get(model)
    if size == "auto":
        size = SQUARE
    elif known is not None and size not in known:
        raise _wrong("size", f"one of {', '.join(known)} for '{model}'", f"'{size[:40]}'")
    match = SIZE.fullmatch(size)
    if match is None or max(edges := (int(match[1]), int(match[2]))) > LARGEST:
        raise _wrong("size", f"WIDTHxHEIGHT with edges from 10 to {LARGEST}", f"'{size[:40]}'")
    return edges


def _wrong(param: str, wanted: str, got: str) -> ApiError:
    return ApiError(
        400, f"Invalid '{param}': expected {wanted}, but got {got} instead.", code="invalid_value", param=param
    )
