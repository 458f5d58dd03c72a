"""Videos and characters."""

import base64
import io
import re
from itertools import pairwise
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.media.film import Film
from tests.inprocess import EPOCH, Client, run

WAIT = 4  # seconds until a video is completed
DAY = 86_400


async def completed(client: Client, **body: Any) -> dict[str, Any]:
    """A video that is completed."""
    made = (await client.post("/v1/videos", {"prompt": "A cat", **body})).json
    await client.wait(WAIT)
    found: dict[str, Any] = (await client.get(f"/v1/videos/{made['id']}")).json
    assert found["status"] == "completed"
    return found


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_video_goes_from_queued_to_completed_by_the_clock() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post("/v1/videos", {"prompt": "A cat"})).json
        assert re.fullmatch("video_[0-9a-f]{32}", made["id"])
        assert made == {
            "id": made["id"], "object": "video", "model": "sora-2", "status": "queued", "progress": 0,
            "created_at": int(EPOCH), "completed_at": None, "expires_at": None, "prompt": "A cat",
            "size": "720x1280", "seconds": "4", "remixed_from_video_id": None, "error": None,
        }  # fmt: skip
        seen = []
        for _ in range(8):
            await client.wait(0.5)
            now = (await client.get(f"/v1/videos/{made['id']}")).json
            assert (await client.get("/v1/videos")).json["data"] == [now]
            seen.append((now["status"], now["progress"]))
        assert seen == [
            ("queued", 0), ("in_progress", 0), ("in_progress", 16), ("in_progress", 33), ("in_progress", 50),
            ("in_progress", 66), ("in_progress", 83), ("completed", 100),
        ]  # fmt: skip
        whole = {"status": "completed", "progress": 100, "completed_at": int(EPOCH) + WAIT}
        assert now == {**made, **whole, "expires_at": int(EPOCH) + WAIT + DAY}

    run(scenario)


def test_videos_are_listed_and_deleted() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/v1/videos")).json["data"] == []
        ids = [(await client.post("/v1/videos", {"prompt": f"{n}"})).json["id"] for n in range(3)]
        page = (await client.get("/v1/videos?limit=2")).json
        assert [video["id"] for video in page["data"]] == [ids[2], ids[1]]
        assert (page["first_id"], page["last_id"], page["has_more"]) == (ids[2], ids[1], True)
        page = (await client.get(f"/v1/videos?order=asc&after={ids[0]}")).json
        assert [video["id"] for video in page["data"]] == ids[1:]
        gone = await client.delete(f"/v1/videos/{ids[0]}")
        assert gone.json == {"id": ids[0], "object": "video.deleted", "deleted": True}
        for answer in (
            await client.get(f"/v1/videos/{ids[0]}"),
            await client.delete(f"/v1/videos/{ids[0]}"),
            await client.get(f"/v1/videos/{ids[0]}/content"),
            await client.post(f"/v1/videos/{ids[0]}/remix", {"prompt": "A dog"}),
        ):
            assert (answer.status, answer.error["message"]) == (404, f"Video with id '{ids[0]}' not found.")

    run(scenario)


@pytest.mark.parametrize(
    ("size", "seconds"), [("720x1280", "4"), ("1280x720", "8"), ("1024x1792", "4"), ("1792x1024", "12")]
)
def test_the_bytes_are_a_film_of_the_size_and_length_that_were_asked_for(size: str, seconds: str) -> None:
    async def scenario(client: Client) -> None:
        video = await completed(client, size=size, seconds=seconds)
        answer = await client.get(f"/v1/videos/{video['id']}/content")
        assert (answer.status, answer.headers["content-type"]) == (200, "video/mp4")
        with av.open(io.BytesIO(answer.body)) as film:
            stream = film.streams.video[0]
            assert (stream.codec.name, f"{stream.width}x{stream.height}") == ("h264", size)
            assert film.duration == int(seconds) * av.time_base
            colours = [frame.to_ndarray(format="rgb24").tobytes() for frame in film.decode(video=0)]
        assert len(colours) == 2 * int(seconds)
        assert colours[0] != colours[-1]
        assert (await client.get(f"/v1/videos/{video['id']}/content?variant=video")).body == answer.body

    run(scenario)


def test_a_video_has_a_thumbnail_and_a_spritesheet_in_its_colours() -> None:
    async def scenario(client: Client) -> None:
        video = await completed(client, seconds="8")
        path = f"/v1/videos/{video['id']}/content"
        with av.open(io.BytesIO((await client.get(path)).body)) as film:
            first = next(film.decode(video=0)).to_image()
        for variant, size in (("thumbnail", (720, 1280)), ("spritesheet", (450, 320))):
            answer = await client.get(f"{path}?variant={variant}")
            assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
            with Image.open(io.BytesIO(answer.body)) as image:
                assert (image.format, image.size) == ("WEBP", size)
                box = (0, 0, *(image.size if variant == "thumbnail" else (90, 160)))
                ours, theirs = image.convert("RGB").crop(box), first.resize((box[2], box[3]))
            assert max(ImageStat.Stat(ImageChops.difference(ours, theirs)).mean) < 8
        assert (await client.get(f"{path}?variant=poster")).status == 400

    run(scenario)


def test_the_same_request_gives_the_same_bytes_and_another_prompt_gives_others() -> None:
    made: list[bytes] = []

    async def scenario(client: Client) -> None:
        for prompt in ("A cat", "A cat", "A dog"):
            video = await completed(client, prompt=prompt)
            made.append((await client.get(f"/v1/videos/{video['id']}/content")).body)

    run(scenario)
    run(scenario)
    cat, again, dog = made[:3]
    assert cat == again
    assert cat != dog
    assert made[3:] == made[:3]


def test_a_video_has_no_bytes_before_it_is_completed_or_after_it_is_expired() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post("/v1/videos", {"prompt": "A cat"})).json["id"]
        for state in ("queued", "in_progress"):
            early = await client.get(f"/v1/videos/{id}/content")
            assert (early.status, early.error["message"]) == (
                404, f"Video is not ready yet, use GET /v1/videos/{id} to check status.",
            )  # fmt: skip
            remix = await client.post(f"/v1/videos/{id}/remix", {"prompt": "A dog"})
            assert (remix.status, remix.error["message"]) == (
                400, f"The video '{id}' is {state}: it must be completed first.",
            )  # fmt: skip
            await client.wait(2)
        assert (await client.get(f"/v1/videos/{id}/content")).status == 200
        await client.wait(DAY)
        late = await client.get(f"/v1/videos/{id}/content")
        assert (late.status, late.error["message"]) == (404, f"The video '{id}' is expired.")
        assert (await client.get(f"/v1/videos/{id}")).json["status"] == "completed"

    run(scenario)


def test_videos_are_made_from_videos() -> None:
    async def scenario(client: Client) -> None:
        first = await completed(client, model="sora-2-pro", size="1792x1024", seconds="8")
        reference = {"id": first["id"]}
        remix = (await client.post(f"/v1/videos/{first['id']}/remix", {"prompt": "A dog"})).json
        edit = (await client.post("/v1/videos/edits", {"prompt": "A dog", "video": reference})).json
        longer = (
            await client.post("/v1/videos/extensions", {"prompt": "A dog", "video": reference, "seconds": "12"})
        ).json
        for made, source, seconds in ((remix, first["id"], "8"), (edit, first["id"], "8"), (longer, None, "20")):
            assert made == {
                **first, "id": made["id"], "status": "queued", "progress": 0, "created_at": int(EPOCH) + WAIT,
                "completed_at": None, "expires_at": None, "prompt": "A dog", "seconds": seconds,
                "remixed_from_video_id": source,
            }  # fmt: skip
        form = await client.form("/v1/videos/edits", prompt="A dog", **{"video[id]": first["id"]})
        assert form.json["remixed_from_video_id"] == first["id"]
        for body in ({"video": {"id": "video_x"}}, {"video": {"id": ""}}):
            missing = await client.post("/v1/videos/edits", {"prompt": "A dog", **body})
            assert missing.status == 404
        await client.wait(WAIT)
        for seconds in (32, 44, 56, 68, 80, 92, 104, 116):
            body = {"prompt": "A dog", "video": {"id": longer["id"]}, "seconds": "12"}
            longer = (await client.post("/v1/videos/extensions", body)).json
            assert longer["seconds"] == str(seconds)
            await client.wait(WAIT)
        body = {"prompt": "A dog", "video": {"id": longer["id"]}, "seconds": "8"}
        refused = await client.post("/v1/videos/extensions", body)
        assert (refused.status, refused.error["param"]) == (400, "seconds")

    run(scenario)


def test_an_uploaded_video_is_edited_and_extended_and_shows_a_character() -> None:
    async def scenario(client: Client) -> None:
        first = await completed(client, size="1280x720")
        film = (await client.get(f"/v1/videos/{first['id']}/content")).body
        edit = (await client.form("/v1/videos/edits", prompt="A dog", video=("a.mp4", film))).json
        assert (edit["size"], edit["seconds"], edit["remixed_from_video_id"]) == ("1280x720", "4", None)
        longer = await client.form("/v1/videos/extensions", prompt="A dog", seconds="4", video=("a.mp4", film))
        assert (longer.json["size"], longer.json["seconds"]) == ("1280x720", "8")
        made = (await client.form("/v1/videos/characters", name="Mia", video=("a.mp4", film))).json
        assert made == {"id": made["id"], "name": "Mia", "created_at": int(EPOCH) + WAIT}
        assert (await client.get(f"/v1/videos/characters/{made['id']}")).json == made
        assert (await client.get("/v1/videos/characters/char_x")).error["message"] == (
            "Character with id 'char_x' not found."
        )
        for path in ("edits", "characters"):
            for video in (("a.mp4", b"no film"), ("a.mp4", b""), "text"):
                refused = await client.form(f"/v1/videos/{path}", prompt="A dog", name="Mia", video=video)
                assert (refused.status, refused.error["param"]) == (400, "video")
        broken = await client.form("/v1/videos/edits", prompt="A dog", video=("a.mp4", film[:200]))
        assert (broken.status, broken.error["message"]) == (400, "The file 'a.mp4' is not an MP4 video.")
        assert client.blobs == 0

    run(scenario)


def test_a_video_begins_with_a_picture_of_its_size() -> None:
    async def scenario(client: Client) -> None:
        good, small = picture(720, 1280), picture(64, 64)
        made = await client.form("/v1/videos", prompt="A cat", seconds="8", input_reference=("a.png", good))
        assert (made.status, made.json["seconds"]) == (200, "8")
        inline = "data:image/png;base64," + base64.b64encode(good).decode()
        file = await client.upload(good, "a.png", "vision")
        for reference in ({"image_url": inline}, {"image_url": "https://example.com/a.png"}, {"file_id": file}):
            answer = await client.post("/v1/videos", {"prompt": "A cat", "input_reference": reference})
            assert answer.status == 200, answer.body
        refused = await client.form("/v1/videos", prompt="A cat", input_reference=("a.png", small))
        assert (refused.status, refused.error["message"]) == (
            400, "The image of 'input_reference' must have the size of the video, 720x1280; it has 64x64.",
        )  # fmt: skip
        for reference in ({}, {"image_url": inline, "file_id": file}, {"image_url": "data:image/png;base64,_"},
                          {"image_url": "file:///a.png"}, {"image_url": "data:image/png;base64,QUJD"}):  # fmt: skip
            answer = await client.post("/v1/videos", {"prompt": "A cat", "input_reference": reference})
            assert (answer.status, answer.error["type"]) == (400, "invalid_request_error")
        missing = await client.post("/v1/videos", {"prompt": "A cat", "input_reference": {"file_id": "file-x"}})
        assert (missing.status, missing.error["param"]) == (404, "input_reference.file_id")
        for wrong in ("text", ("a.png", b"no picture")):
            assert (await client.form("/v1/videos", prompt="A cat", input_reference=wrong)).status == 400
        assert client.blobs == 1

    run(scenario)


def test_what_is_no_request_for_a_video_is_refused() -> None:
    async def scenario(client: Client) -> None:
        for body, param in (
            (None, "prompt"), ({}, "prompt"), ({"prompt": ""}, "prompt"), ({"prompt": "a", "seconds": "5"}, "seconds"),
            ({"prompt": "a", "seconds": 4}, "seconds"), ({"prompt": "a", "size": "1x1"}, "size"),
        ):  # fmt: skip
            answer = await client.post("/v1/videos", body)
            assert (answer.status, answer.error["param"]) == (400, param)
        assert (await client.get("/v1/videos")).json["data"] == []

    run(scenario)


def test_a_film_shows_what_the_prompt_says_and_moves_a_little() -> None:
    def shown(prompt: str) -> list[Image.Image]:
        animation = Film(1280, 720, 8, "sora-2", prompt).animation(Chance(b"film"))
        return [animation.frame(second) for second in range(9)]

    def apart(one: Image.Image, other: Image.Image) -> float:
        return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3

    night, day = shown("A red fox in a forest at night"), shown("A red fox on a sunny beach")
    moved = [apart(*pair) for pair in pairwise(night)]
    assert all(0.2 < each < 12 for each in moved)
    assert apart(night[0], night[-1]) > min(moved)
    assert sum(ImageStat.Stat(night[0]).mean) < sum(ImageStat.Stat(day[0]).mean) / 2
    foxes = [sum(red > 150 > 2 * green for red, green, _ in _pixels(frame)) for frame in (night[0], day[0])]
    assert all(300 < each < 12_000 for each in foxes)


def _pixels(image: Image.Image) -> list[tuple[int, int, int]]:
    data = image.tobytes()
    return list(zip(data[::3], data[1::3], data[2::3], strict=True))
