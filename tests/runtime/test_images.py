"""Images and where they come from."""

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from fakeai.runtime.content.media import lettering
from fakeai.runtime.content.perception.describing import describe
from tests.inprocess import EPOCH, Answer, Client, run


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pixels(image: str) -> bytes:
    return opened(base64.b64decode(image)).tobytes()


def png(width: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, width)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def events(answer: Answer) -> list[Any]:
    lines = answer.body.decode().split("\n\n")[:-1]
    return [json.loads(line.partition("\ndata: ")[2]) for line in lines]


def test_an_address_of_an_image_is_served_for_an_hour() -> None:
    async def scenario(client: Client) -> None:
        made = await client.post(
            "/v1/images/generations", {"prompt": "A fox", "size": "256x256"},
            headers={"host": "fake:8000", "x-forwarded-host": "evil.test", "x-forwarded-proto": "https"},
        )  # fmt: skip
        assert set(made.json) == {"created", "data"}
        url = made.json["data"][0]["url"]
        assert url.startswith("http://fake:8000/images/img-")
        assert url.endswith(".png?width=256&height=256&shows=A+fox")
        path = url.removeprefix("http://fake:8000")
        got = await client.get(path)
        assert (got.headers["content-type"], opened(got.body).size) == ("image/png", (256, 256))
        assert (await client.get(path.partition("?")[0])).body == got.body
        same = {"prompt": "A fox", "size": "256x256", "response_format": "b64_json"}
        again = await client.post("/v1/images/generations", same)
        assert pixels(again.json["data"][0]["b64_json"]) == opened(got.body).tobytes()
        assert (await client.get(path.partition(".png")[0])).status == 404
        odd = await client.post("/v1/images/generations", {"prompt": "A fox"}, headers={"host": "a b/<script>"})
        assert odd.json["data"][0]["url"].startswith("http://localhost/images/img-")
        await client.wait(3600)
        assert (await client.get(path)).status == 404

    run(scenario)


def test_a_picture_shows_what_the_prompt_says() -> None:
    async def scenario(client: Client) -> None:
        async def drawn(prompt: str, **fields: Any) -> Image.Image:
            body = {"model": "gpt-image-1", "prompt": prompt, "quality": "low", **fields}
            image = (await client.post("/v1/images/generations", body)).json["data"][0]["b64_json"]
            return opened(base64.b64decode(image))

        def share(image: Image.Image, seen: Callable[[tuple[int, int, int]], bool]) -> float:
            small = image.convert("RGB").resize((64, 64)).tobytes()
            found = [small[at : at + 3] for at in range(0, len(small), 3)]
            return sum(seen((red, green, blue)) for red, green, blue in found) / len(found)

        def is_red(colour: tuple[int, int, int]) -> bool:
            return colour[0] > 150 and colour[1] < 90 and colour[2] < 90

        def is_blue(colour: tuple[int, int, int]) -> bool:
            return colour[2] > 130 and colour[0] < 110

        assert share(await drawn("A red car"), is_red) > 0.03 > share(await drawn("A blue car"), is_red)
        assert share(await drawn("The sea"), is_blue) > share(await drawn("A desert"), is_blue) + 0.2
        night, day = await drawn("A city at night"), await drawn("A city by day")
        assert ImageStat.Stat(night.convert("L")).mean[0] < 80 < 120 < ImageStat.Stat(day.convert("L")).mean[0]
        # The prompt is written along the lower edge: light letters on a dark strip.
        strip = day.convert("L").crop((0, 975, 1024, 1024))
        assert strip.getextrema()[1] > 230
        assert ImageStat.Stat(strip).median[0] < 90
        assert describe({"type": "input_image", "image_url": data_url(await stored(client, "A red fox"))}) == (
            "a square PNG image of 1024 by 1024 pixels that shows A red fox"
        )

    run(scenario)


async def stored(client: Client, prompt: str) -> bytes:
    body = {"model": "gpt-image-1", "prompt": prompt, "quality": "low", "size": "1024x1024"}
    return base64.b64decode((await client.post("/v1/images/generations", body)).json["data"][0]["b64_json"])


def data_url(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize("prompt", ["", " ", "日本の山", "x" * 4000, "\x00", "Ünïcode 🦊 & <tags>", "1 2 3 4 5"])
def test_any_prompt_can_be_painted(prompt: str) -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-image-1", "prompt": prompt, "quality": "low", "size": "1024x1024"}
        for fields in ({}, {"background": "transparent"}):
            made = await client.post("/v1/images/generations", body | fields)
            assert opened(base64.b64decode(made.json["data"][0]["b64_json"])).size == (1024, 1024)

    run(scenario)


@pytest.mark.parametrize(("format", "mode"), [("png", "RGBA"), ("webp", "RGBA"), ("jpeg", "RGB")])
def test_bytes_come_in_the_format_and_size_that_was_asked_for(format: str, mode: str) -> None:
    async def scenario(client: Client) -> None:
        made = await client.post("/v1/images/generations", {
            "model": "gpt-image-1", "prompt": "A fox", "size": "1536x1024", "quality": "low", "output_format": format,
            "background": "transparent" if mode == "RGBA" else "opaque", "n": 2,
        })  # fmt: skip
        answer = made.json
        if mode == "RGBA":
            assert opened(base64.b64decode(answer["data"][0]["b64_json"])).getchannel("A").getextrema() == (0, 255)
        first, second = [opened(base64.b64decode(image["b64_json"])) for image in answer["data"]]
        assert (first.format, first.size, first.mode) == (format.upper(), (1536, 1024), mode)
        assert first.tobytes() != second.tobytes()
        assert (answer["size"], answer["quality"], answer["output_format"]) == ("1536x1024", "low", format)
        assert answer["usage"] == {
            "input_tokens": 2, "input_tokens_details": {"text_tokens": 2, "image_tokens": 0},
            "output_tokens": 800, "output_tokens_details": {"text_tokens": 0, "image_tokens": 800},
            "total_tokens": 802,
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
        billed = whole.json["usage"]["output_tokens"] + 200  # 100 for each view
        assert done["usage"]["output_tokens"] == billed
        views = [pixels(event["b64_json"]) for event in (*partial, done)]
        assert len(set(views)) == len(views)
        assert streamed.sends[-1][0] == whole.sends[0][0]

    run(scenario)


def test_an_edit_changes_what_the_mask_lets_it() -> None:
    async def scenario(client: Client) -> None:
        given = io.BytesIO()
        Image.effect_mandelbrot((1024, 1024), (-2, -1.5, 1, 1.5), 40).convert("RGB").save(given, "PNG")
        mask = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
        mask.paste((0, 0, 0, 0), (200, 300, 700, 800))
        hole = io.BytesIO()
        mask.save(hole, "PNG")
        body = {"model": "gpt-image-1", "prompt": "A red car", "size": "1024x1024"}
        image = ("a.png", given.getvalue())
        edited = await client.form("/v1/images/edits", image=image, mask=("m.png", hole.getvalue()), **body)
        before = opened(given.getvalue()).convert("RGB")
        after = opened(base64.b64decode(edited.json["data"][0]["b64_json"])).convert("RGB")
        assert ImageChops.difference(before, after).getbbox() == (200, 300, 700, 800)
        # Without a mask all may change, but what was there is still seen.
        edited = await client.form("/v1/images/edits", image=image, **body)
        after = opened(base64.b64decode(edited.json["data"][0]["b64_json"])).convert("RGB")
        assert before.getpixel((20, 20)) == after.getpixel((20, 20))
        assert ImageChops.difference(before, after).getbbox() is not None
        small = await client.form("/v1/images/edits", image=image, mask=("m.png", png()), **body)
        assert (small.status, small.error["param"]) == (400, "mask")

    run(scenario)


def test_edits_and_variations_take_images() -> None:
    async def scenario(client: Client) -> None:
        edited = await client.form("/v1/images/edits", prompt="A fox", image=("a.png", png()), mask=("m.png", png()))
        assert edited.json["usage"]["input_tokens_details"] == {"text_tokens": 2, "image_tokens": 2 * 194}
        file = await client.upload(png(600), "a.png", "vision")
        ours = (await client.post("/v1/images/generations", {"prompt": "A fox"})).json["data"][0]["url"]
        for image, tokens in (
            ({"file_id": file}, 194), ({"image_url": "https://example.com/a.png?width=1024&height=1536"}, 323),
            ({"image_url": data_url(png())}, 194), ({"image_url": ours}, 194),
        ):  # fmt: skip
            edited = await client.post("/v1/images/edits", {"prompt": "A fox", "images": [image]})
            assert edited.json["usage"]["input_tokens_details"]["image_tokens"] == tokens
        close = {"prompt": "A fox", "images": [{"file_id": file}], "input_fidelity": "high", "model": "gpt-image-1"}
        edited = await client.post("/v1/images/edits", close)
        assert edited.json["usage"]["input_tokens_details"]["image_tokens"] == 194 + 4160
        varied = await client.form("/v1/images/variations", image=("a.png", png()), n="2", size="256x256")
        urls = [image["url"] for image in varied.json["data"]]
        seen = [(await client.get(url.removeprefix("http://localhost"))).body for url in urls]
        assert {opened(data).size for data in seen} == {(256, 256)}
        assert seen[0] != seen[1]
        wrong = await client.form("/v1/images/variations", image=("a.png", b"no image"))
        assert (wrong.status, wrong.error["code"]) == (400, "invalid_image_file")
        cut = await client.form("/v1/images/variations", image=("a.png", png()[:60]))
        assert (cut.status, cut.error["code"]) == (400, "invalid_image_file")
        missing = await client.post("/v1/images/edits", {"prompt": "A", "images": [{"file_id": "file-x"}]})
        assert missing.status == 404
        await client.wait(3600)
        assert [(await client.get(url.removeprefix("http://localhost"))).status for url in urls] == [404, 404]

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
        vast = io.BytesIO()
        Image.new("1", (12_000, 7_000)).save(vast, "PNG")
        assert len(vast.getvalue()) < 50_000
        assert (await client.form("/v1/content_provenance_checks", file=("a", vast.getvalue()))).status == 400

    run(scenario)


def test_a_caption_is_in_the_letters_of_the_prompt_where_a_font_has_them() -> None:
    text, font = lettering.lettered("东京塔 at night", 20)
    assert text == "东京塔 at night"
    assert font.getname()[0] == "WenQuanYi Micro Hei"
    assert lettering.lettered("a red house", 20)[0] == "a red house"
    assert lettering.lettered("בית אדום", 20)[0].isascii()
    assert lettering.lines("一二三四五六七八九十", lambda line: len(line) <= 4) == ["一二三四", "五六七…"]
    assert lettering.lines("one two three", lambda line: len(line) <= 9) == ["one two", "three"]
