"""Videos: jobs that come to be films, and what is made of these."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..content.film import Film
from ..errors import ApiError
from ..forms import File
from . import files, pages, things
from .kinds import kind_of
from .things import SINCE, Thing

VIDEO, CHARACTER = "video", "video.character"
MODEL, SIZE, SECONDS = "sora-2", "720x1280", "4"
LASTS = 86_400  # seconds that a film can be fetched
MP4, WEBP = (b"content-type", b"video/mp4"), (b"content-type", b"image/webp")


def shown(call: Call, video: Thing) -> Thing:
    """What a client sees of *video* at this moment."""
    kind, progress = kind_of(call.world, VIDEO), {"queued": 0, "completed": 100}.get(video["status"])
    if progress is None:
        progress = int(100 * (call.now - video[SINCE]) / kind.steps["in_progress"][1])
    expires = video["completed_at"] + LASTS if video["completed_at"] else None
    return {**things.shown(video), "progress": progress, "expires_at": expires}


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video.

    Raises:
        ApiError: 404, the picture to begin with is not there.
    """
    reference = body.get("input_reference")
    if isinstance(reference, dict) and reference.get("file_id"):
        await files.find(call, reference["file_id"], "input_reference.file_id")
    return await _begin(call, body["prompt"], body.get("model"), body.get("size"), body.get("seconds"))


async def _begin(
    call: Call, prompt: str, model: str | None, size: str | None, seconds: str | None, source: str | None = None
) -> Reply:
    values = {"prompt": prompt, "model": model or MODEL, "size": size or SIZE, "seconds": seconds or SECONDS}
    return call.reply(shown(call, await things.add(call, VIDEO, **values, remixed_from_video_id=source)))


async def remix(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Begin a video that is another with a changed prompt.

    Raises:
        ApiError: 404, there is no such video; 400, it is not completed.
    """
    source = await _completed(call, id)
    return await _begin(call, body["prompt"], source["model"], source["size"], source["seconds"], id)


async def edit(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video that is another, or one that is sent, changed.

    Raises:
        ApiError: 404, there is no such video; 400, it is not completed.
    """
    source = await _source(call, body["video"])
    return await _begin(call, body["prompt"], source.get("model"), source.get("size"), source.get("seconds"))


async def extend(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a video that goes on where another, or one that is sent, ends.

    Raises:
        ApiError: 404, there is no such video; 400, it is not completed.
    """
    source = await _source(call, body["video"])
    seconds = str(int(source.get("seconds", SECONDS)) + int(body["seconds"]))
    return await _begin(call, body["prompt"], source.get("model"), source.get("size"), seconds)


async def _source(call: Call, said: Any) -> Thing:
    """The video that a request names; of one that it brings, nothing is known."""
    if isinstance(said, dict):
        return await _completed(call, said["id"])
    if isinstance(said, File) and said.size:
        return {}
    raise ApiError(400, "'video' is neither a file nor the id of a video.", code="invalid_value", param="video")


async def _completed(call: Call, id: str) -> Thing:
    video = await things.find(call, VIDEO, id)
    if video["status"] != "completed":
        sentence = f"Video '{id}' is not completed: its status is '{video['status']}'."
        raise ApiError(400, sentence, code="video_not_completed", param="video_id")
    return video


async def retrieve(call: Call, id: str) -> Reply:
    """The video as it stands.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(shown(call, await things.find(call, VIDEO, id)))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the videos as they stand."""
    found, more = await pages.page(call, VIDEO, (), query)
    return call.reply(pages.answer([shown(call, video) for video in found], more, shape))


async def content(call: Call, id: str, query: dict[str, Any]) -> Reply:
    """The film, or pictures from it when `variant` says so.

    Raises:
        ApiError: 404, there is none, it is not ready, or no more.
    """
    video = await things.find(call, VIDEO, id)
    if video["status"] != "completed":
        raise ApiError(404, f"Video is not ready yet, use GET /v1/videos/{id} to check status.")
    if call.now >= video["completed_at"] + LASTS:
        raise ApiError(404, f"The content of video '{id}' is expired.", code="video_expired")
    width, height = map(int, video["size"].split("x"))
    film = Film(f"{id} {video['prompt']}", width, height, int(video["seconds"]))
    variant = query.get("variant", "video")
    if variant == "video":
        return Reply(await film.mp4(call.world), content_type=MP4)
    picture = film.thumbnail if variant == "thumbnail" else film.spritesheet
    return Reply(picture(call.world), content_type=WEBP)


async def create_character(call: Call, body: dict[str, Any]) -> Reply:
    """Keep a character that a video shows.

    Raises:
        ApiError: 400, there is no video.
    """
    if not isinstance(body["video"], File) or not body["video"].size:
        raise ApiError(400, "'video' is not a file: send it with a filename.", code="invalid_type", param="video")
    return call.reply(things.shown(await things.add(call, CHARACTER, name=body["name"])))
