"""OpenAI's SDK for Python speaks, listens, paints and shows pictures."""

import base64
import io
import wave
from typing import Any, cast
from urllib.request import urlopen

import av
import pytest
from openai import BadRequestError, OpenAI
from PIL import Image

TEXT = "Ada said: “The fox is red.” Is it, really?"
FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")


@pytest.fixture
def client(server: str) -> Any:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("format", FORMATS)
def test_speech_of_every_format_can_be_decoded_and_is_heard_again(client: OpenAI, format: Any) -> None:
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="coral", input=TEXT, response_format=format
    ) as spoken:
        data = spoken.read()
    if format == "pcm":
        seconds, rate = len(data) / 48_000, 24_000
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setparams((1, 2, 24_000, 0, "NONE", ""))
            file.writeframes(data)
        data = buffer.getvalue()
    else:
        with av.open(io.BytesIO(data)) as sound:
            rate = sound.streams.audio[0].rate
            seconds = sum(frame.samples for frame in sound.decode(audio=0)) / rate
    assert (rate, 2.5 < seconds < 5) == (48_000 if format == "opus" else 24_000, True)
    assert client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a", data)).text == TEXT


def test_speech_and_transcripts_stream(client: OpenAI) -> None:
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="sage", input=TEXT, stream_format="sse"
    ) as spoken:
        events = [line for line in spoken.iter_lines() if line]
    assert len(events) > 2
    assert "speech.audio.done" in events[-1]
    data = client.audio.speech.create(model="tts-1", voice="sage", input=TEXT).content
    verbose = client.audio.transcriptions.create(
        model="whisper-1", file=("a.mp3", data), response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )  # fmt: skip
    assert verbose.text == TEXT
    assert verbose.words
    assert verbose.segments
    assert [word.word for word in verbose.words][:3] == ["Ada", "said", "The"]
    assert "".join(segment.text for segment in verbose.segments) == TEXT
    assert verbose.segments[-1].end == pytest.approx(verbose.duration, abs=0.2)
    with client.audio.transcriptions.create(
        model="gpt-4o-transcribe", file=("a.mp3", data), stream=True, include=["logprobs"]
    ) as stream:
        heard = list(stream)
    assert "".join(event.delta for event in heard if event.type == "transcript.text.delta") == TEXT
    diarized = client.audio.transcriptions.create(
        model="gpt-4o-transcribe-diarize", file=("a.mp3", data), response_format="diarized_json"
    )
    assert {segment.speaker for segment in diarized.segments} == {"A"}
    with pytest.warns(DeprecationWarning, match="deprecated"):  # the SDK would rather not have it any more
        assert client.audio.translations.create(model="whisper-1", file=("a.mp3", data)).text == TEXT


def test_pictures_have_the_size_format_and_address_that_was_asked_for(client: OpenAI) -> None:
    for format in ("png", "webp", "jpeg"):
        made = client.images.generate(
            model="gpt-image-1", prompt="A cat at night", size="1024x1536", quality="low",
            output_format=cast("Any", format), output_compression=80,
        )  # fmt: skip
        assert made.data
        assert made.usage
        assert made.usage.output_tokens == 408
        image = Image.open(io.BytesIO(base64.b64decode(made.data[0].b64_json or "")))
        assert (image.format, image.size) == (format.upper(), (1024, 1536))
    drawn = client.images.generate(model="dall-e-3", prompt="A cat at night", size="1792x1024")
    assert drawn.data
    url = drawn.data[0].url or ""
    with urlopen(url) as answer:
        assert Image.open(io.BytesIO(answer.read())).size == (1792, 1024)
    asked = client.chat.completions.create(
        model="gpt-4o-mini", max_tokens=1,
        messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url, "detail": "high"}}]}],
    )  # fmt: skip
    assert asked.usage
    assert asked.usage.prompt_tokens > 2833 + 6 * 5667  # 1344 by 768 pixels: three tiles by two
    with pytest.raises(BadRequestError) as refused:
        client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,not an image"}},
            ]}],
        )  # fmt: skip
    assert (refused.value.code, refused.value.param) == ("invalid_base64", "messages[0].content[0].image_url.url")


def test_an_edit_is_streamed(client: OpenAI) -> None:
    given = io.BytesIO()
    Image.new("RGB", (1024, 1024), "white").save(given, "PNG")
    mask = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 512, 512))
    hole = io.BytesIO()
    mask.save(hole, "PNG")
    with client.images.edit(
        model="gpt-image-1", image=("a.png", given.getvalue()), mask=("m.png", hole.getvalue()), prompt="The sea",
        size="1024x1024", stream=True, partial_images=2,
    ) as stream:  # fmt: skip
        *partial, done = list(stream)
    assert [event.type for event in partial] == ["image_edit.partial_image"] * 2
    assert done.type == "image_edit.completed"
    after = Image.open(io.BytesIO(base64.b64decode(done.b64_json))).convert("RGB")
    assert after.getpixel((800, 800)) == (255, 255, 255)
    assert after.getpixel((100, 100)) != (255, 255, 255)


def test_moderation_judges_words_not_parts_of_them(client: OpenAI) -> None:
    innocent = client.moderations.create(
        input="Her skills in Essex: classic analysis, Scunthorpe, a cocktail, assassinbug."
    )
    assert not innocent.results[0].flagged
    assert len(innocent.results[0].categories.model_dump(by_alias=True)) == 13
    assert max(innocent.results[0].category_scores.model_dump().values()) < 0.01
    threat = client.moderations.create(input="I will kill you.")
    assert threat.results[0].flagged
    assert threat.results[0].categories.harassment_threatening
