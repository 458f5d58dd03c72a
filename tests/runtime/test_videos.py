"""Videos, from the queue to the film."""

import io

import av
from PIL import Image

from tests.inprocess import EPOCH, Client, run


def test_a_video_comes_to_be_a_film() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post("/v1/videos", {"prompt": "A cat", "size": "1280x720", "seconds": "8"})).json
        assert made == {
            "id": made["id"], "object": "video", "model": "sora-2", "status": "queued", "progress": 0,
            "created_at": int(EPOCH), "completed_at": None, "expires_at": None, "prompt": "A cat", "size": "1280x720",
            "seconds": "8", "remixed_from_video_id": None, "error": None,
        }  # fmt: skip
        path = f"/v1/videos/{made['id']}"
        early = await client.get(f"{path}/content")
        assert (early.status, early.error["message"]) == (
            404, f"Video is not ready yet, use GET {path} to check status.",
        )  # fmt: skip
        assert (await client.post(f"{path}/remix", {"prompt": "A dog"})).error["code"] == "video_not_completed"
        await client.wait(2.5)
        half = (await client.get(path)).json
        assert (half["status"], half["progress"]) == ("in_progress", 50)
        await client.wait(1.5)
        done = (await client.get(path)).json
        assert (done["status"], done["progress"], done["completed_at"]) == ("completed", 100, int(EPOCH) + 4)
        assert (await client.get("/v1/videos")).json["data"] == [done]

        film = await client.get(f"{path}/content")
        assert film.headers["content-type"] == "video/mp4"
        with av.open(io.BytesIO(film.body)) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height, container.duration) == (1280, 720, 8_000_000)
        assert (await client.get(f"{path}/content?variant=video")).body == film.body
        for variant in ("thumbnail", "spritesheet"):
            picture = Image.open(io.BytesIO((await client.get(f"{path}/content?variant={variant}")).body))
            assert (picture.format, picture.width / picture.height) == ("WEBP", 1280 / 720)

        again = (await client.post(f"{path}/remix", {"prompt": "A dog"})).json
        assert (again["remixed_from_video_id"], again["seconds"]) == (made["id"], "8")
        longer = {"prompt": "It runs", "seconds": "4", "video": {"id": made["id"]}}
        assert (await client.post("/v1/videos/extensions", longer)).json["seconds"] == "12"
        edited = await client.post("/v1/videos/edits", {"prompt": "In snow", "video": {"id": made["id"]}})
        assert edited.json["size"] == "1280x720"
        await client.wait(86_400)
        assert (await client.get(f"{path}/content")).error["code"] == "video_expired"
        assert (await client.delete(path)).json == {"id": made["id"], "object": "video.deleted", "deleted": True}
        assert (await client.get(path)).status == 404

    run(scenario)


def test_a_character_is_kept() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.form("/v1/videos/characters", name="Cat", video=("cat.mp4", b"film"))).json
        assert (await client.get(f"/v1/videos/characters/{made['id']}")).json == made
        assert (await client.form("/v1/videos/characters", name="Cat", video="text")).error["param"] == "video"

    run(scenario)
