"""Images and where they come from."""

import base64
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from tests.inprocess import EPOCH, Answer, Client, run


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pixels(image: str) -> bytes:
    return opened(base64.b64decode(image)).tobytes()


def png(width: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, width)).save(buffer, "PNG")
    return buffer.getvalue()


def events(answer: Answer) -> list[Any]:
    lines = answer.body.decode().split("\n\n")[:-1]
    return [json.loads(line.partition("\ndata: ")[2]) for line in lines]


def test_an_address_of_an_image_is_served_for_an_hour() -> None:
    async def scenario(client: Client) -> None:
        made = await client.post(
            "/v1/images/generations", {"prompt": "A fox", "size": "256x256"}, headers={"host": "fake:8000"}
        )
        assert set(made.json) == {"created", "data"}
        url = made.json["data"][0]["url"]
        assert url.startswith("http://fake:8000/images/img-")
        path = url.removeprefix("http://fake:8000")
        got = await client.get(path)
        assert (got.headers["content-type"], opened(got.body).size) == ("image/png", (256, 256))
        same = {"prompt": "A fox", "size": "256x256", "response_format": "b64_json"}
        again = await client.post("/v1/images/generations", same)
        assert pixels(again.json["data"][0]["b64_json"]) == opened(got.body).tobytes()
        assert (await client.get(path.removesuffix(".png"))).status == 404
        await client.wait(3600)
        assert (await client.get(path)).status == 404

    run(scenario)


@pytest.mark.parametrize(("format", "mode"), [("png", "RGBA"), ("webp", "RGBA"), ("jpeg", "RGB")])
def test_bytes_come_in_the_format_and_size_that_was_asked_for(format: str, mode: str) -> None:
    async def scenario(client: Client) -> None:
        made = await client.post("/v1/images/generations", {
            "model": "gpt-image-1", "prompt": "A fox", "size": "1536x1024", "quality": "low", "output_format": format,
            "background": "transparent" if mode == "RGBA" else "opaque", "n": 2,
        })  # fmt: skip
        answer = made.json
        first, second = [opened(base64.b64decode(image["b64_json"])) for image in answer["data"]]
        assert (first.format, first.size, first.mode) == (format.upper(), (1536, 1024), mode)
        assert first.tobytes() != second.tobytes()
        assert (answer["size"], answer["quality"], answer["output_format"]) == ("1536x1024", "low", format)
        assert answer["usage"] == {
            "input_tokens": 2, "input_tokens_details": {"text_tokens": 2, "image_tokens": 0},
            "output_tokens": 816, "total_tokens": 818,
        }  # fmt: skip

    run(scenario)


def test_a_stream_shows_what_is_drawn_already() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-image-1", "prompt": "A fox", "stream": True, "partial_images": 2}
        streamed = await client.post("/v1/images/generations", body)
        *partial, done = events(streamed)
        assert [(event["type"], event["partial_image_index"]) for event in partial] == [
            ("image_generation.partial_image", 0), ("image_generation.partial_image", 1),
        ]  # fmt: skip
        assert (done["type"], done["created_at"]) == ("image_generation.completed", int(EPOCH))
        whole = await client.post("/v1/images/generations", {"model": "gpt-image-1", "prompt": "A fox"})
        assert pixels(done["b64_json"]) == pixels(whole.json["data"][0]["b64_json"])
        assert done["usage"] == whole.json["usage"]
        assert streamed.sends[-1][0] == whole.sends[0][0]

    run(scenario)


def test_edits_and_variations_take_images() -> None:
    async def scenario(client: Client) -> None:
        edited = await client.form("/v1/images/edits", prompt="A fox", image=("a.png", png()), mask=("m.png", png()))
        assert edited.json["usage"]["input_tokens_details"] == {"text_tokens": 2, "image_tokens": 510}
        file = await client.upload(png(600), "a.png", "vision")
        for image, tokens in (
            ({"file_id": file}, 765), ({"image_url": "https://example.com/a.png"}, 765),
            ({"image_url": f"data:image/png;base64,{base64.b64encode(png()).decode()}"}, 255),
        ):  # fmt: skip
            edited = await client.post("/v1/images/edits", {"prompt": "A fox", "images": [image]})
            assert edited.json["usage"]["input_tokens_details"]["image_tokens"] == tokens
        varied = await client.form("/v1/images/variations", image=("a.png", png()), n="2", size="256x256")
        assert len({image["url"] for image in varied.json["data"]}) == 2
        wrong = await client.form("/v1/images/variations", image=("a.png", b"no image"))
        assert (wrong.status, wrong.error["code"]) == (400, "invalid_image_file")
        missing = await client.post("/v1/images/edits", {"prompt": "A", "images": [{"file_id": "file-x"}]})
        assert missing.status == 404

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": "dall-e-3", "n": 2}, "n"),
        ({"model": "dall-e-2", "size": "1792x1024"}, "size"),
        ({"model": "mine", "size": "big"}, "size"),
        ({"model": "gpt-image-1", "response_format": "url"}, "response_format"),
        ({"model": "dall-e-2", "stream": True}, "stream"),
        ({"prompt": "x" * 1001}, "prompt"),
        ({"output_format": "jpeg", "background": "transparent"}, "background"),
        ({"output_compression": 101}, "output_compression"),
    ],
)
def test_what_a_model_cannot_do_is_refused(fields: dict[str, Any], param: str) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post("/v1/images/generations", {"prompt": "A fox", **fields})
        assert (refused.status, refused.error["param"]) == (400, param)

    run(scenario)


def test_a_check_finds_the_images_of_this_server() -> None:
    async def scenario(client: Client) -> None:
        async def results(data: bytes) -> Any:
            answer = await client.form("/v1/content_provenance_checks", file=("a", data))
            return answer.json["results"]

        nothing = {"outcome": "not_detected", "model": None, "generated_at": None}
        for format in ("png", "jpeg", "webp"):
            made = await client.post("/v1/images/generations", {
                "model": "gpt-image-1", "prompt": "A fox", "output_format": format, "quality": "low",
            })  # fmt: skip
            _, synthid = await results(base64.b64decode(made.json["data"][0]["b64_json"]))
            at = datetime.fromtimestamp(made.json["created"], UTC).isoformat().replace("+00:00", "Z")
            assert synthid == {
                "type": "synthid", "outcome": "detected", "model": "gpt-image-1", "generated_at": at,
            }  # fmt: skip
        c2pa, synthid = await results(png())
        assert synthid == {"type": "synthid", **nothing}
        assert c2pa == {"type": "c2pa", "validation_state": "not_present", "issuer": None, **nothing}
        signed, _ = await results(png() + b"\0\0\0\x20jumb\0\0\0\x18jumdc2pa")
        assert (signed["outcome"], signed["validation_state"]) == ("detected", "valid")
        assert await results(b"RIFF\0\0\0\0WAVE") == [{"type": "synthid", **nothing}]
        assert (await client.form("/v1/content_provenance_checks", file=("a", b"text"))).status == 400

    run(scenario)
