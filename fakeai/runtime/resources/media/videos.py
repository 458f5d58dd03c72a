"""Videos: queued, in progress and completed by the clock alone; their bytes are made when somebody asks for them."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...content.media.film import KINDS, Film, Studio
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import VIDEOS, Amounts
from .. import pages, things
from ..kinds import kind_of
from ..things import Thing
from . import video_sources
from .video_sources import LONGEST, VIDEO, Source

CHARACTER = "character"
LASTS = 86_400  # seconds after its completion that a video can be had
SAID = ("model", "prompt", "size", "seconds")  # what a request says of a video


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video.

    Raises:
        ApiError: 400, what it is to begin with is no picture of its size; 404, that is not there.
    """
    values = {name: body[name] for name in SAID if name in body}
    if "input_reference" in body:
        size = values.get("size") or kind_of(call.world, VIDEO).new["size"]
        await video_sources.expect_image(call, body["input_reference"], size)
    return await _begin(call, **values)


async def remix(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Begin a video that is the video *id* with a new prompt.

    Raises:
        ApiError: 404, there is none; 400, it is not completed.
    """
    return await _again(call, await video_sources.known(call, id), body)


async def edit(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video that changes one that is known or comes with the form.

    Raises:
        ApiError: 404, there is none; 400, it is not completed or no video.
    """
    return await _again(call, await video_sources.find(call, body["video"]), body)


async def extend(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video that has another one for its beginning.

    Raises:
        ApiError: 404, there is none; 400, it is not completed or no video, or both together are too long.
    """
    source = await video_sources.find(call, body["video"])
    seconds = source.seconds + int(body["seconds"])
    if seconds > LONGEST:
        message = f"The extended video would have {seconds} seconds; at most {LONGEST} are possible."
        raise ApiError(400, message, code="invalid_value", param="seconds")
    return await _begin(call, prompt=body["prompt"], model=source.model, size=source.size, seconds=str(seconds))


async def _again(call: Call, source: Source, body: dict[str, Any]) -> Reply:
    return await _begin(
        call,
        prompt=body["prompt"],
        model=source.model,
        size=source.size,
        seconds=str(source.seconds),
        remixed_from_video_id=source.id,
    )


async def _begin(call: Call, **values: Any) -> Reply:
    video = await things.add(call, VIDEO, **values)
    used = Amounts(1, milliseconds=int(video["seconds"]) * 1000)
    call.world.engine(Ledger).add(call, VIDEOS, used, video["model"], size=video["size"])
    return call.reply(seen(call, video))


async def retrieve(call: Call, id: str) -> Reply:
    """The video as far as it is.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(seen(call, await things.find(call, VIDEO, id)))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the videos.

    Raises:
        ApiError: 400, the cursor names nothing.
    """
    found, more = await pages.page(call, VIDEO, (), query)
    return call.reply(pages.answer([seen(call, video) for video in found], more, shape))


def seen(call: Call, video: Thing) -> Thing:
    """What a client sees of *video*: its progress grows evenly while it is in progress."""
    shown = things.shown(video)
    if video["status"] == "in_progress":
        _, whole = kind_of(call.world, VIDEO).steps["in_progress"]
        shown["progress"] = max(0, int(100 * (call.now - video[things.SINCE]) / whole))
    elif video["status"] == "completed":
        shown |= {"progress": 100, "expires_at": video["completed_at"] + LASTS}
    return shown


async def content(call: Call, id: str, query: dict[str, Any]) -> Reply:
    """The bytes of the video, or of a picture of it.

    Raises:
        ApiError: 404, there is no such video, it is not completed, or it is expired.
    """
    video = seen(call, await things.find(call, VIDEO, id))
    if video["status"] != "completed":
        raise ApiError(404, f"Video is not ready yet, use GET /v1/videos/{id} to check status.")
    if video["expires_at"] <= call.now:
        raise ApiError(404, f"The video '{id}' is expired.", code="video_expired")
    what = query.get("variant", "video")
    made = await call.world.engine(Studio).make(_film(video), what)
    return Reply(made, content_type=(b"content-type", KINDS[what]))


def _film(video: Thing) -> Film:
    """What *video* shows."""
    width, height = map(int, video["size"].split("x"))
    return Film(width, height, int(video["seconds"]), video["model"], video["prompt"])


async def keep_character(call: Call, body: dict[str, Any]) -> Reply:
    """Keep a character; the video that shows it is looked at and not kept.

    Raises:
        ApiError: 400, the form has no video.
    """
    await video_sources.expect_video(call, body["video"])
    return call.reply(things.shown(await things.add(call, CHARACTER, name=body["name"])))
