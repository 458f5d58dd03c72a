"""Images: painted from a prompt or from other images, given as bytes, as events, or at an address of this server."""

import asyncio
import re
from base64 import b64decode, b64encode
from binascii import Error
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from ...answer import Answer, Planned, Reply, Stream
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...content.media import drawing, image_requests
from ...content.media.drawing import Picture
from ...content.media.image_requests import FAITHFUL, Order
from ...content.perception import picture_tokens, pictures
from ...content.perception.describing import subject
from ...content.perception.pictures import Size
from ...content.usage import of_images
from ...errors import ApiError
from ...forms import File
from ...ledger.ledger import Ledger
from ...ledger.rows import IMAGES, Amounts
from ...sse import Events
from .. import things
from ..files import files
from ..kinds import kind_of
from ..things import Thing
from .easel import Easel

IMAGE = "image"
LARGEST = 52_428_800  # bytes of an image that is sent
ENDING = ".png"
PATH = "/images/"
SIZES = ("1024x1024", "1024x1536", "1536x1024")  # that the document knows in an answer
COUNTED = "gpt-image-1"  # the model by whose rule images are counted that are sent
SHOWN = 200  # characters of a prompt in an address
HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?")
PNG = (b"content-type", b"image/png")


async def generate(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Paint a prompt.

    Raises:
        ApiError: 400, the model cannot do that.
    """
    return await _answer(call, image_requests.read(body), [], None, "image_generation", timing)


async def edit(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Paint a prompt into images, where a mask is transparent if there is one.

    Raises:
        ApiError: 400, the model cannot do that, or something is no image; 404, there is no such file.
    """
    order = image_requests.read(body, image_requests.LATEST)
    given = body["image"] if "image" in body else body["images"]
    listed = given if isinstance(given, list) else [given]
    sources = [await _image(call, each, "image") for each in listed]
    mask = None if body.get("mask") is None else await _image(call, body["mask"], "mask")
    first = _size(sources[0], "image")
    if mask is not None and _size(mask, "mask") != first and _is_sent(listed[0]) and _is_sent(body["mask"]):
        raise ApiError(
            400, "Invalid mask image: the mask must have the size of the image, "
            f"{first.width}x{first.height}.", code="invalid_image_file", param="mask",
        )  # fmt: skip
    return await _answer(call, order.like(*first), sources, mask, "image_edit", timing)


async def vary(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Show an image in other ways.

    Raises:
        ApiError: 400, it is no image.
    """
    order = image_requests.read(body)
    return await _answer(call, order, [await _image(call, body["image"], "image")], None, "image_variation", timing)


async def show(call: Call, name: str) -> Reply:
    """The image that an answer gave the address of.

    Raises:
        ApiError: 404, there is none, or not any more.
    """
    id = name.removesuffix(ENDING)
    kept = await things.find(call, IMAGE, id)
    if kept["expires_at"] <= call.now or id == name:
        if kept["blob"] is not None and kept["expires_at"] <= call.now:
            await call.world.store.forget(kept["blob"])
        raise kind_of(call.world, IMAGE).not_found(id)
    return Reply(await _bytes(call, kept), content_type=PNG)


async def _bytes(call: Call, kept: Thing) -> bytes:
    """The bytes of an image that has an address."""
    if kept["blob"] is not None:
        return await call.world.store.read(kept["blob"])
    picture = Picture(
        kept["width"], kept["height"], kept["model"], kept["prompt"], kept["created_at"], quality=kept["quality"]
    )
    (whole,) = await call.world.engine(Easel).paint(picture, bytes.fromhex(kept["key"]))
    return whole


async def _answer(
    call: Call, order: Order, sources: list[bytes], mask: bytes | None, event: str, timing: Timing
) -> Answer:
    await call.world.tokens_for(order.model).ready()
    seen = [call.world.fixed_id("", data) for data in (*sources, *([] if mask is None else [mask]))]
    key = call.world.fixed_id(
        "", b"image", orjson.dumps([event, order.model, order.prompt, order.size, *seen])
    ).encode()
    picture = Picture(
        order.width, order.height, order.model, order.prompt, int(call.now), order.format, order.compression,
        order.quality, order.transparent, tuple(sources), mask, event == "image_variation",
    )  # fmt: skip
    pace = call.world.chance(key, b"pace")
    usage = _usage(call, order, sources, mask)
    _book(call, order, usage, event)
    if order.streams:
        return await _stream(call, order, picture, key, usage, event, timing)
    made: list[dict[str, Any]] = []
    for number in range(order.count):
        one = b"%b.%d" % (key, number)
        if order.by_url:
            made.append({"url": await _address(call, picture, one)})
        else:
            made.append({"b64_json": await asyncio.to_thread(_text, (await _drawn(call, picture, one))[0])})
        if order.model == "dall-e-3":
            made[-1]["revised_prompt"] = order.prompt
    answer: dict[str, Any] = {"created": int(call.now), "data": made}
    if order.is_gpt:
        answer["background"] = "transparent" if order.transparent else "opaque"
        answer["output_format"], answer["quality"] = order.format, order.quality
        if order.size in SIZES:
            answer["size"] = order.size
        answer["usage"] = usage
    return Reply(await asyncio.to_thread(orjson.dumps, answer), timing.end(order.tokens * order.count, pace))


async def _stream(
    call: Call, order: Order, picture: Picture, key: bytes, usage: dict[str, Any], event: str, timing: Timing
) -> Stream:
    """Events with what is painted already, and then with the whole, for each image."""
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
        views = await _drawn(call, picture, b"%b.%d" % (key, number), order.partial_images)
        for part, view in enumerate(views):
            whole = part == order.partial_images
            kind = f"{event}.completed" if whole else f"{event}.partial_image"
            done = (part + 1) / (order.partial_images + 1)
            data: dict[str, Any] = {"type": kind, "b64_json": await asyncio.to_thread(_text, view), **said}
            data |= {"usage": usage} if whole else {"partial_image_index": part}
            await asyncio.to_thread(events.add, data, kind)
            due.append(moments[round((len(moments) - 1) * (number + done) / order.count)])
    return Stream(events, Planned(due))


async def _drawn(call: Call, picture: Picture, key: bytes, partial: int = 0) -> list[bytes]:
    """The views of *picture*.

    Raises:
        ApiError: 400, it is made of something that is no image.
    """
    try:
        return await call.world.engine(Easel).paint(picture, key, partial)
    except drawing.NoImage:
        raise _no_image("image", "image") from None


async def _address(call: Call, picture: Picture, key: bytes) -> str:
    """Where *picture* can be had from this server; one that is made of no other is painted when somebody does."""
    blob = None
    if picture.sources:
        blob = call.new_id("blob_")
        await call.world.store.append(blob, (await _drawn(call, picture, key))[0])
    kept = await things.add(
        call, IMAGE, width=picture.width, height=picture.height, model=picture.model, key=key.hex(),
        prompt=picture.prompt, quality=picture.quality, blob=blob,
        expires_at=int(call.now) + call.world.options.image_seconds,
    )  # fmt: skip
    given = (call.header(b"host") or b"").decode("latin-1")
    host = given if HOST.fullmatch(given) else "localhost"
    scheme = "https" if call.world.options.secure else "http"
    query = {"width": picture.width, "height": picture.height}
    shows = " ".join(picture.prompt.split())[:SHOWN]
    return f"{scheme}://{host}{PATH}{kept['id']}{ENDING}?{urlencode(query | ({'shows': shows} if shows else {}))}"


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _usage(call: Call, order: Order, sources: list[bytes], mask: bytes | None) -> dict[str, Any]:
    words = call.world.tokens_for(order.model).count(order.prompt)
    seen = sum(_cost(_size(data, "image"), order) for data in sources)
    if mask is not None:
        seen += picture_tokens.tokens(_size(mask, "mask"), COUNTED, "high")
    return of_images(words, seen, order.billed)


def _book(call: Call, order: Order, usage: dict[str, Any], event: str) -> None:
    """Note what *order* used. Models that do not count tokens have a price for an image."""
    used, quality = Amounts(1, images=order.count), order.quality
    if order.is_gpt:
        seen, made = usage["input_tokens_details"]["image_tokens"], usage["output_tokens"]
        used = used._replace(
            input_tokens=usage["input_tokens"],
            image_input_tokens=seen,
            output_tokens=made,
            image_output_tokens=made,
        )
    elif order.model == "dall-e-3":
        quality = "hd" if quality == "high" else "standard"
    else:
        quality = ""  # the model has one alone
    source = event.replace("_", ".")
    call.world.engine(Ledger).add(call, IMAGES, used, order.model, source=source, size=order.size, quality=quality)


def _cost(size: Size, order: Order) -> int:
    """The tokens of an image that is sent; one that is kept to closely has more."""
    more = FAITHFUL[0.8 < size.width / size.height < 1.25] if order.is_faithful else 0
    return picture_tokens.tokens(size, COUNTED, "high") + more


async def _image(call: Call, given: Any, param: str) -> bytes:
    """The bytes of an image that is sent.

    Raises:
        ApiError: 400, it is no image; 404, there is no such file.
    """
    if isinstance(given, File):
        if given.size > LARGEST:
            raise ApiError(400, f"An image has at most {LARGEST} bytes; '{given.name}' has {given.size}.", param=param)
        data = await call.world.store.read(given.blob, 0, given.size) if given.size else b""
        return _checked(data, given.name, param)
    if not isinstance(given, dict):
        raise ApiError(400, f"'{param}' is not a file: send it with a filename.", param=param, code="invalid_type")
    if "file_id" in given:
        file = await files.find(call, given["file_id"], param)
        return _checked(await files.whole(call, file), file["filename"], param)
    url = given["image_url"]
    if url.startswith("data:"):
        try:
            return _checked(b64decode(url.partition(",")[2], validate=True), "image_url", param)
        except Error:
            raise ApiError(400, "Invalid 'image_url': not base64.", param=param, code="invalid_base64") from None
    return await _at(call, url)


def _is_sent(given: Any) -> bool:
    """Whether the bytes of an image come with the request or are kept here, rather than painted in its stead."""
    return isinstance(given, File) or "file_id" in given or given["image_url"].startswith("data:")


async def _at(call: Call, url: str) -> bytes:
    """The image at an address: one of ours is there, of others what they show is painted, for nothing is fetched."""
    path = urlsplit(url).path
    if path.startswith(PATH) and path.endswith(ENDING):
        try:
            return await _bytes(call, await things.find(call, IMAGE, path.removeprefix(PATH).removesuffix(ENDING)))
        except ApiError:
            pass  # of another server
    size = pictures.at_address(url)
    scale = min(1.0, 2048 / max(size))
    picture = Picture(
        max(1, round(size.width * scale)), max(1, round(size.height * scale)), "", subject(url), 0.0, quality="low"
    )
    (whole,) = await call.world.engine(Easel).paint(picture, url.encode("utf-8", "replace"))
    return whole


def _checked(data: bytes, name: str, param: str) -> bytes:
    """*data*, whose head is that of an image.

    Raises:
        ApiError: 400, it is not.
    """
    _size(data, param, name)
    return data


def _size(data: bytes, param: str, name: str = "image") -> Size:
    """The size of the image *data*, of which only the head is read.

    Raises:
        ApiError: 400, it is none.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > drawing.LARGEST:
                raise ValueError("too large")
            return Size(*image.size)
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):  # fmt: skip
        raise _no_image(name, param) from None


def _no_image(name: str, param: str) -> ApiError:
    return ApiError(
        400,
        f"Invalid image file '{name}': expected a PNG, JPEG or WebP image.",
        param=param,
        code="invalid_image_file",
    )
