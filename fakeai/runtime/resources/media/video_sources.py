"""What a request for a video refers to: pictures that it begins with, videos that it changes or goes on from."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from ...call import Call
from ...content.media import film
from ...errors import ApiError
from ...forms import File
from .. import things
from ..files import files

VIDEO = "video"
SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")  # of a video that is made from an uploaded one
LONGEST = 120  # seconds of a video with all that was added to it
LARGEST_IMAGE = 20_971_520  # bytes
LARGEST_VIDEO = 104_857_600  # bytes


@dataclass(frozen=True)
class Source:
    """What a video is made from; *id* is None when the request brought it."""

    id: str | None
    model: str
    size: str
    seconds: int


async def expect_image(call: Call, given: Any, size: str) -> None:
    """See that *given*, a file of a form or a reference, is a picture of *size*; one elsewhere is not looked at.

    Raises:
        ApiError: 400, it is none; 404, it names a file that is not there.
    """
    param = "input_reference"
    if isinstance(given, File):
        data = await _bytes(call, given, LARGEST_IMAGE, param)
    elif not isinstance(given, dict) or len({"image_url", "file_id"} & set(given)) != 1:
        message = f"'{param}' must be a file, or have exactly one of 'image_url' and 'file_id'."
        raise ApiError(400, message, code="invalid_value", param=param)
    elif "file_id" in given:
        file = await files.find(call, given["file_id"], f"{param}.file_id")
        if file["bytes"] > LARGEST_IMAGE:
            raise _too_large(param, LARGEST_IMAGE)
        data = await files.whole(call, file)
    else:
        url = given["image_url"]
        if url.startswith(("https://", "http://")):
            return
        data = _inline(url, f"{param}.image_url")
    try:
        width, height = film.dimensions(data)
    except film.Unreadable:
        raise ApiError(400, f"'{param}' is not a JPEG, PNG or WebP image.", code="invalid_value", param=param) from None
    if f"{width}x{height}" != size:
        message = f"The image of '{param}' must have the size of the video, {size}; it has {width}x{height}."
        raise ApiError(400, message, code="invalid_value", param=param)


def _inline(url: str, param: str) -> bytes:
    """The bytes of a data URL.

    Raises:
        ApiError: 400, it is none.
    """
    head, _, data = url.partition(",")
    if head.startswith("data:") and head.endswith(";base64"):
        try:
            return base64.b64decode(data, validate=True)
        except binascii.Error:
            pass
    raise ApiError(
        400, f"'{param}' is neither an http(s) URL nor a data URL in base64.", code="invalid_value", param=param
    )


async def find(call: Call, given: Any) -> Source:
    """The video that *given*, a file of a form or a reference, is.

    Raises:
        ApiError: 404, there is none with that id; 400, it is not completed, or a file that is no video.
    """
    if isinstance(given, File):
        return await _uploaded(call, given)
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise ApiError(400, "'video' must be a file or an object with an 'id'.", code="invalid_type", param="video")
    return await known(call, given["id"])


async def known(call: Call, id: str) -> Source:
    """The video *id*.

    Raises:
        ApiError: 404, there is none; 400, it is not completed.
    """
    video = await things.find(call, VIDEO, id)
    if video["status"] != "completed":
        message = f"The video '{id}' is {video['status']}: it must be completed first."
        raise ApiError(400, message, code="video_not_completed", param="video")
    return Source(id, video["model"], video["size"], int(video["seconds"]))


async def _uploaded(call: Call, file: File) -> Source:
    data = await _bytes(call, file, LARGEST_VIDEO, "video")
    try:
        width, height, seconds = film.shape(data)
    except film.Unreadable:
        raise _no_video(file) from None
    if not 0 < seconds <= LONGEST:
        message = f"The video '{file.name}' has {seconds:g} seconds; at most {LONGEST} are taken."
        raise ApiError(400, message, code="invalid_value", param="video")
    return Source(None, "sora-2", _nearest(width, height), max(1, round(seconds)))


async def expect_video(call: Call, given: Any) -> None:
    """See that *given* is a file that begins as MP4 does.

    Raises:
        ApiError: 400, it is none.
    """
    if not isinstance(given, File):
        raise ApiError(400, "'video' is not a file: send it with a filename.", param="video", code="invalid_type")
    if given.size > LARGEST_VIDEO:
        raise _too_large("video", LARGEST_VIDEO)
    if (await call.world.store.read(given.blob, 0, 8))[4:] != b"ftyp":
        raise _no_video(given)


async def _bytes(call: Call, file: File, largest: int, param: str) -> bytes:
    """All bytes of *file*.

    Raises:
        ApiError: 400, there are too many.
    """
    if file.size > largest:
        raise _too_large(param, largest)
    return await call.world.store.read(file.blob)


def _nearest(width: int, height: int) -> str:
    """The size of SIZES that is most like a picture of *width* and *height*."""
    sides = {size: [int(side) for side in size.split("x")] for size in SIZES}
    return min(SIZES, key=lambda size: abs(sides[size][0] - width) + abs(sides[size][1] - height))


def _no_video(file: File) -> ApiError:
    return ApiError(400, f"The file '{file.name}' is not an MP4 video.", code="invalid_value", param="video")


def _too_large(param: str, largest: int) -> ApiError:
    return ApiError(400, f"'{param}' is too large: at most {largest} bytes.", code="file_too_large", param=param)
