"""Images: drawn from a prompt or from other images, given as bytes, as events, or at an address of this server."""

from base64 import b64decode, b64encode
from binascii import Error
from io import BytesIO
from typing import Any

import orjson

from ...answer import Answer, Reply, Stream
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.media import image_requests
from ...content.media.drawing import SHAPES, Picture, draw
from ...content.media.image_requests import Order
from ...errors import ApiError
from ...forms import File
from ...sse import Events
from .. import things
from ..files import files
from ..kinds import kind_of

IMAGE = "image"
LARGEST = 52_428_800  # bytes of an image that is sent
ENDING = ".png"
TILE, TILE_TOKENS, IMAGE_TOKENS = 512, 170, 85  # pixels of a tile's edge; tokens of a tile, and of an image besides
SIZES = ("1024x1024", "1024x1536", "1536x1024")  # that the document knows in an answer


async def generate(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Draw a prompt.

    Raises:
        ApiError: 400, the model cannot do that.
    """
    return await _answer(call, image_requests.read(body), [], "image_generation", timing)


async def edit(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Draw a prompt anew from images.

    Raises:
        ApiError: 400, the model cannot do that, or something is no image; 404, there is no such file.
    """
    order = image_requests.read(body, image_requests.LATEST)
    given = body["image"] if "image" in body else body["images"]
    places = [("image", each) for each in (given if isinstance(given, list) else [given])]
    if body.get("mask") is not None:
        places.append(("mask", body["mask"]))
    return await _answer(call, order, [await _image(call, each, at) for at, each in places], "image_edit", timing)


async def vary(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Draw an image in other ways.

    Raises:
        ApiError: 400, it is no image.
    """
    order = image_requests.read(body)
    return await _answer(call, order, [await _image(call, body["image"], "image")], "image_variation", timing)


async def show(call: Call, name: str) -> Reply:
    """The image that an answer gave the address of.

    Raises:
        ApiError: 404, there is none, or not any more.
    """
    id = name.removesuffix(ENDING)
    kept = await things.find(call, IMAGE, id)
    if kept["expires_at"] <= call.now or id == name:
        raise kind_of(call.world, IMAGE).not_found(id)
    picture = Picture(kept["width"], kept["height"], kept["model"], kept["created_at"])
    key = bytes.fromhex(kept["key"])
    return Reply(draw(picture, call.world.chance(b"image", key)), content_type=(b"content-type", b"image/png"))


async def _answer(call: Call, order: Order, given: list[tuple[bytes, int]], event: str, timing: Timing) -> Answer:
    await call.world.tokens.ready()
    identity = orjson.dumps([order.model, order.prompt, order.size, *(data.hex() for data, _ in given)])
    key = call.world.fixed_id("", b"image", identity).encode()
    picture = Picture(
        order.width, order.height, order.model, int(call.now), order.format, order.compression, order.transparent
    )
    pace = call.world.chance(key, b"pace")
    if order.streams:
        return await _stream(call, order, picture, key, _usage(call, order, given), event, timing)
    made: list[dict[str, Any]] = []
    for number in range(order.count):
        one = b"%b.%d" % (key, number)
        if order.by_url:
            made.append({"url": await _address(call, picture, one)})
        else:
            made.append({"b64_json": _drawn(call, picture, one)})
            await give_way()
        if order.model == "dall-e-3":
            made[-1]["revised_prompt"] = order.prompt
    answer: dict[str, Any] = {"created": int(call.now), "data": made}
    if order.is_gpt:
        answer["background"] = "transparent" if order.transparent else "opaque"
        answer["output_format"], answer["quality"] = order.format, order.quality
        if order.size in SIZES:
            answer["size"] = order.size
        answer["usage"] = _usage(call, order, given)
    return call.reply(answer, timing.end(order.tokens * order.count, pace))


async def _stream(
    call: Call, order: Order, picture: Picture, key: bytes, usage: dict[str, Any], event: str, timing: Timing
) -> Stream:
    """Events with what is drawn already, and then with the whole, for each image."""
    said = {
        "created_at": int(call.now),
        "size": order.size if order.size in SIZES else "auto",
        "quality": order.quality,
        "background": "transparent" if order.transparent else "opaque",
        "output_format": order.format,
    }
    events, due = Events(), []
    moments = timing.moments(order.tokens * order.count, call.world.chance(key, b"pace"))
    for number in range(order.count):
        one = b"%b.%d" % (key, number)
        for part in range(order.partial_images + 1):
            whole = part == order.partial_images
            kind = f"{event}.completed" if whole else f"{event}.partial_image"
            done = (part + 1) / (order.partial_images + 1)
            data: dict[str, Any] = {"type": kind, "b64_json": _drawn(call, picture, one, round(SHAPES * done)), **said}
            events.add({**data, "usage": usage} if whole else {**data, "partial_image_index": part}, kind)
            due.append(moments[round((len(moments) - 1) * (number + done) / order.count)])
            await give_way()
    return Stream(events, due)


def _drawn(call: Call, picture: Picture, key: bytes, shapes: int = SHAPES) -> str:
    return b64encode(draw(picture, call.world.chance(b"image", key), shapes)).decode()


async def _address(call: Call, picture: Picture, key: bytes) -> str:
    """Where *picture* can be had from this server; it is drawn when somebody does."""
    kept = await things.add(call, IMAGE, width=picture.width, height=picture.height, model=picture.model, key=key.hex())
    host = (call.header(b"host") or b"localhost").decode("latin-1")
    scheme = (call.header(b"x-forwarded-proto") or b"http").decode("latin-1")
    return f"{scheme}://{host}/images/{kept['id']}{ENDING}"


def _usage(call: Call, order: Order, given: list[tuple[bytes, int]]) -> dict[str, Any]:
    words, seen = call.world.tokens.count(order.prompt), sum(tokens for _, tokens in given)
    made = order.tokens * order.count
    return {
        "input_tokens": words + seen,
        "input_tokens_details": {"text_tokens": words, "image_tokens": seen},
        "output_tokens": made,
        "total_tokens": words + seen + made,
    }


async def _image(call: Call, given: Any, param: str) -> tuple[bytes, int]:
    """What tells an image from others, and what it costs in tokens.

    Raises:
        ApiError: 400, it is no image; 404, there is no such file.
    """
    if isinstance(given, File):
        if given.size > LARGEST:
            raise ApiError(400, f"An image has at most {LARGEST} bytes; '{given.name}' has {given.size}.", param=param)
        data = await call.world.store.read(given.blob, 0, given.size) if given.size else b""
        return given.md5.encode(), _tokens(data, given.name, param)
    if not isinstance(given, dict):
        raise ApiError(400, f"'{param}' is not a file: send it with a filename.", param=param, code="invalid_type")
    if "file_id" in given:
        file = await files.find(call, given["file_id"], param)
        return given["file_id"].encode(), _tokens(await files.whole(call, file), file["filename"], param)
    url = given["image_url"]
    if url.startswith("data:"):
        try:
            return url.encode(), _tokens(b64decode(url.partition(",")[2], validate=True), "image_url", param)
        except Error:
            raise ApiError(400, "Invalid 'image_url': not base64.", param=param, code="invalid_base64") from None
    return url.encode(), _cost(1024, 1024)  # nothing is fetched


def _tokens(data: bytes, name: str, param: str) -> int:
    """What the image *data* costs.

    Raises:
        ApiError: 400, it is none.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            return _cost(*image.size)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ApiError(
            400,
            f"Invalid image file '{name}': expected a PNG, JPEG or WebP image.",
            param=param,
            code="invalid_image_file",
        ) from None


def _cost(width: int, height: int) -> int:
    return IMAGE_TOKENS + TILE_TOKENS * -(-width // TILE) * -(-height // TILE)
