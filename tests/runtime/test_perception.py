"""Pictures, films, recordings and files in a prompt: what they are worth in tokens, and what is said of them."""

import base64
import io
import wave
from typing import Any

import pytest
from PIL import Image

from fakeai.runtime.content.perception.describing import describe, said
from fakeai.runtime.content.perception.pdf import LARGE
from tests.inprocess import Answer, Client, run

WORDS = "What is this?"


def data_url(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def painted(width: int, height: int, format: str = "PNG", colour: str = "black", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, format, **options)
    return buffer.getvalue()


def picture(width: int, height: int, format: str = "PNG", colour: str = "black", **options: Any) -> str:
    return data_url(painted(width, height, format, colour, **options), f"image/{format.lower()}")


def recording(seconds: float) -> str:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(round(16_000 * seconds)))
    return base64.b64encode(buffer.getvalue()).decode()


def pdf(*pages: str) -> bytes:
    """A small PDF with a line on each page."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
        font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {len(objects)} 0 R/Resources{font}>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def image(url: str, detail: str | None = None) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url} | ({"detail": detail} if detail else {})}


async def asked(client: Client, model: str, *parts: dict[str, Any]) -> Answer:
    content = [{"type": "text", "text": WORDS}, *parts]
    body = {"model": model, "messages": [{"role": "user", "content": content}], "max_completion_tokens": 5}
    return await client.post("/v1/chat/completions", body)


async def worth(client: Client, model: str, *parts: dict[str, Any]) -> int:
    """How many tokens *parts* have for *model*."""
    alone = (await asked(client, model)).json["usage"]["prompt_tokens"]
    answer = await asked(client, model, *parts)
    assert answer.status == 200, answer.body
    return int(answer.json["usage"]["prompt_tokens"]) - int(alone)


@pytest.mark.parametrize(
    ("model", "size", "detail", "tokens"),
    [
        ("gpt-4o", (1024, 1024), "high", 765),
        ("gpt-4o", (1024, 1024), "low", 85),
        ("gpt-4o", (1024, 1024), None, 765),
        ("gpt-4o", (512, 512), None, 85),
        ("gpt-4o", (512, 512), "high", 255),
        ("gpt-4o", (2048, 4096), "high", 1105),
        ("gpt-4o-mini", (1024, 1024), "high", 2833 + 4 * 5667),
        ("o1", (1024, 1024), "high", 75 + 4 * 150),
        ("gpt-5", (1024, 1024), "high", 70 + 4 * 140),
        ("gpt-4.1-mini", (1024, 1024), None, 1659),  # 1024 patches, 1.62 tokens each
        ("gpt-4.1-mini", (1800, 2400), None, 2353),  # 33 by 44 patches
        ("gpt-4.1-nano", (1024, 1024), None, 2520),
        ("o4-mini", (1024, 1024), None, 1762),
        ("gpt-5-mini", (64, 64), None, 7),
        ("gpt-5-nano", (33, 32), None, 5),
        ("ft:gpt-4o-mini-2024-07-18:acme::1", (1024, 1024), "low", 2833),
        ("claude-sonnet-4-5", (1000, 1000), None, 1334),
        ("nvidia/cosmos-reason1-7b", (1280, 720), None, 1196 + 2),
        ("Qwen/Qwen3-VL-8B-Instruct", (1280, 720), None, 880 + 2),
    ],
)
def test_a_picture_is_counted_by_its_size_as_the_model_counts(
    model: str, size: tuple[int, int], detail: str | None, tokens: int
) -> None:
    async def scenario(client: Client) -> None:
        assert await worth(client, model, image(picture(*size), detail)) == tokens
        assert await worth(client, model, image(f"https://a.test/b.png?width={size[0]}&height={size[1]}", detail)) == (
            tokens
        )

    run(scenario)


def test_sizes_come_from_the_heads_of_all_four_formats_and_from_addresses() -> None:
    async def scenario(client: Client) -> None:
        for format, options in (
            ("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("GIF", {}), ("WEBP", {}),
            ("WEBP", {"lossless": True}),
        ):  # fmt: skip
            assert await worth(client, "gpt-4.1-mini", image(picture(320, 96, format, **options))) == 49  # 30 patches
        assert await worth(client, "gpt-4.1-mini", image("https://a.test/320x96/b.png")) == 49
        unknown = [await worth(client, "gpt-4o", image(f"https://a.test/{n}.png")) for n in range(5)]
        assert unknown == [765] * 5
        # A picture of which only the head is there is not looked at any further.
        head = base64.b64decode(picture(320, 96).partition(",")[2])[:40]
        assert await worth(client, "gpt-4.1-mini", image(data_url(head, "image/png"))) == 49

    run(scenario)


def test_what_is_no_picture_is_refused_with_its_place() -> None:
    async def scenario(client: Client) -> None:
        for url, code in (
            ("data:image/png;base64,@@@@", "invalid_base64"),
            ("data:image/png;base64,QUJD", "invalid_image_format"),
            ("data:text/plain;base64,QUJD", "invalid_image_format"),
            ("data:image/png,QUJD", "invalid_image_url"),
            ("file:///etc/passwd", "invalid_image_url"),
        ):
            answer = await asked(client, "gpt-4o", image(url))
            assert (answer.status, answer.error["code"], answer.error["param"], answer.error["type"]) == (
                400, code, "messages[0].content[1].image_url.url", "invalid_request_error",
            )  # fmt: skip

    run(scenario)


@pytest.mark.parametrize(
    ("model", "query", "detail", "tokens"),
    [
        ("nvidia/cosmos-vision", "width=512&height=288&duration=5.0&fps=4", None, 285),
        ("nvidia/cosmos-vision", "", None, 285),
        ("nvidia/cosmos-vision", "width=1024&height=512&duration=2&fps=10", None, 85 + 20 * 40),
        ("nvidia/cosmos-vision", "width=1920&height=1080&duration=2&fps=10", None, 85 + 20 * 50),
        ("nvidia/cosmos-vision", "width=1920&height=1080&duration=2&fps=10", "low", 85 + 20 * 10),
        ("nvidia/cosmos-reason1-7b", "width=1280&height=720&duration=10&fps=30", None, 7200 + 2),
        ("nvidia/cosmos-reason1-7b", "width=1920&height=1080&duration=60&fps=30", None, 43_200 + 2),
        ("nvidia/cosmos-reason1-7b", "width=1920&height=1080&duration=600&fps=30", None, 105_984 + 2),
        # Ten pairs of frames; each has two marks and the tokens of its second, `<0.5 seconds>`.
        ("nvidia/cosmos-reason2-8b", "width=1280&height=720&duration=10&fps=30", None, 8800 + 10 * (2 + 6)),
    ],
)
def test_a_film_is_counted_by_its_frames(model: str, query: str, detail: str | None, tokens: int) -> None:
    async def scenario(client: Client) -> None:
        video: dict[str, Any] = {"url": f"https://example.com/video.mp4?{query}"}
        if detail:
            video["detail"] = detail
        assert await worth(client, model, {"type": "video_url", "video_url": video}) == tokens

    run(scenario)


def test_a_film_of_ours_is_counted_by_its_head() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post("/v1/videos", {"prompt": "A fox", "seconds": "4", "size": "720x1280"})).json
        await client.wait(3600)
        film = await client.get(f"/v1/videos/{made['id']}/content")
        part = {"type": "video_url", "video_url": {"url": data_url(film.body, "video/mp4")}}
        # Two frames a second: 4 s of 720 by 1280 pixels are 8 frames of 20 (10 for small ones) to 50 tokens.
        assert await worth(client, "nvidia/cosmos-vision", part) == 85 + 8 * 40
        assert describe(part) == "a video of 4 seconds in 720 by 1280 pixels"

    run(scenario)


def test_sound_is_counted_by_its_length() -> None:
    async def scenario(client: Client) -> None:
        part = {"type": "input_audio", "input_audio": {"data": recording(2.5), "format": "wav"}}
        assert await worth(client, "gpt-4o-audio-preview", part) == 25
        spoken = await client.post(
            "/v1/audio/speech", {"model": "tts-1", "voice": "alloy", "input": "Twelve words are what this text has."}
        )
        data = base64.b64encode(spoken.body).decode()
        part = {"type": "input_audio", "input_audio": {"data": data, "format": "mp3"}}
        assert await worth(client, "gpt-4o-audio-preview", part) == pytest.approx(27, abs=5)
        assert said(part) == "Twelve words are what this text has."
        assert 'somebody says "Twelve words are what this text has."' in describe(part)
        wrong = {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "mp3"}}
        answer = await asked(client, "gpt-4o-audio-preview", wrong)
        assert (answer.status, answer.error["param"]) == (400, "messages[0].content[1].input_audio.data")

    run(scenario)


def test_a_pdf_is_counted_by_its_text_and_its_pages() -> None:
    async def scenario(client: Client) -> None:
        url = data_url(pdf("Hello from the first page", "and from the second"), "application/pdf")
        part = {"type": "file", "file": {"filename": "a.pdf", "file_data": url}}
        text = await asked(
            client, "gpt-4o", {"type": "text", "text": "Hello from the first page\n\nand from the second"}
        )
        words = text.json["usage"]["prompt_tokens"] - (await asked(client, "gpt-4o")).json["usage"]["prompt_tokens"]
        assert await worth(client, "gpt-4o", part) == pytest.approx(words + 2 * 765, abs=1)  # a line between the texts
        assert (
            describe(part) == 'the file a.pdf with 2 pages that begins "Hello from the first page and from the second"'
        )
        made = await client.post("/v1/responses", {"model": "gpt-4o", "input": [{"role": "user", "content": [
            {"type": "input_file", "filename": "a.pdf", "file_data": url},
        ]}]})  # fmt: skip
        assert made.json["usage"]["input_tokens"] > 2 * 765
        large = data_url(pdf(*["a page of a large file"] * 300), "application/pdf")  # read by a process
        small = data_url(pdf(*["a page of a large file"] * 3), "application/pdf")
        of = {url: {"type": "file", "file": {"filename": "a.pdf", "file_data": url}} for url in (large, small)}
        assert len(large) > LARGE * 4 / 3
        assert await worth(client, "gpt-4.1", of[large]) == pytest.approx(
            100 * await worth(client, "gpt-4.1", of[small]), rel=0.01
        )
        plain = {"type": "file", "file": {"filename": "a.txt", "file_data": data_url(b"one two three", "text/plain")}}
        assert await worth(client, "gpt-4o", plain) == pytest.approx(3, abs=1)
        broken = {
            "type": "file",
            "file": {"filename": "a.pdf", "file_data": data_url(b"%PDF-1.4 no", "application/pdf")},
        }
        answer = await asked(client, "gpt-4o", broken)
        assert (answer.status, answer.error["param"]) == (400, "messages[0].content[1].file.file_data")
        broken["file"] = {"filename": "a.pdf", "file_data": data_url(b"%PDF-1.4 no" * LARGE, "application/pdf")}
        answer = await asked(client, "gpt-4o", broken)
        assert (answer.status, answer.error["param"]) == (400, "messages[0].content[1].file.file_data")

    run(scenario)


def test_responses_count_as_chat_does() -> None:
    async def scenario(client: Client) -> None:
        async def counted(*parts: dict[str, Any]) -> int:
            content = [{"type": "input_text", "text": WORDS}, *parts]
            body = {"model": "gpt-4.1-mini", "input": [{"role": "user", "content": content}]}
            return int((await client.post("/v1/responses", body)).json["usage"]["input_tokens"])

        part = {"type": "input_image", "image_url": picture(1024, 1024), "detail": "auto"}
        assert await counted(part) - await counted() == 1659

    run(scenario)


def test_a_picture_is_described() -> None:
    assert describe(image(picture(640, 480, "JPEG", colour="#d02020"))) == (
        "a wide JPEG image, mostly red, of 640 by 480 pixels"
    )
    assert describe(image("https://a.test/red-fox.png?width=500&height=500")) == (
        "a square image of 500 by 500 pixels of red fox"
    )
    assert describe({"type": "input_image", "file_id": "file-1"}) == "an image"
    silent = {"type": "input_audio", "input_audio": {"data": recording(1), "format": "wav"}}
    assert describe(silent) == "a recording of 1.0 seconds in which nobody speaks"
