"""Speech, transcriptions, translations, voices."""

import base64
import io
import json
import wave
from pathlib import Path
from typing import Any

import av
import pytest

from tests.inprocess import EDGE, Answer, Client, form, run

TEXT = "The quick brown fox jumps over the lazy dog."  # 10 tokens
SECONDS = 3.0  # that alloy takes to say it


def speech(**fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini-tts", "input": TEXT, "voice": "alloy", **fields}


def events(answer: Answer) -> list[Any]:
    return [json.loads(part.removeprefix("data: ")) for part in answer.body.decode().split("\n\n")[:-1]]


def silence(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(round(16_000 * seconds)))
    return buffer.getvalue()


def voice(seconds: float, silent: float = 0.0) -> bytes:
    """A recording that is not ours: a buzz of *seconds* after a silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(round(8000 * silent) * 2))
        file.writeframes((b"\x00\x10" * 40 + b"\x00\xf0" * 40) * round(100 * seconds))
    return buffer.getvalue()


def wrapped(pcm: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(pcm)
    return buffer.getvalue()


def length(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as file:
        (stream,) = file.streams.audio
        rate = stream.rate
        return sum(frame.samples for frame in file.decode(stream)) / rate


FORMATS = [("mp3", "mpeg"), ("opus", "opus"), ("aac", "aac"), ("flac", "flac"), ("wav", "wav")]


@pytest.mark.parametrize(("format", "kind"), FORMATS)
def test_speech_is_sound_as_long_as_its_text(format: str, kind: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/audio/speech", speech(response_format=format))
        assert (answer.status, answer.headers["content-type"]) == (200, f"audio/{kind}")
        assert length(answer.body) == pytest.approx(SECONDS, abs=0.15)
        again = await client.post("/v1/audio/speech", speech(response_format=format))
        assert again.body == answer.body
        slow = await client.post("/v1/audio/speech", speech(response_format=format, speed=0.5))
        assert length(slow.body) == pytest.approx(2 * SECONDS, rel=0.1)

    run(scenario)


def test_speech_streams_as_events() -> None:
    async def scenario(client: Client) -> None:
        whole = await client.post("/v1/audio/speech", speech(response_format="pcm"))
        assert len(whole.body) / 48_000 == pytest.approx(SECONDS, abs=0.1)
        streamed = await client.post("/v1/audio/speech", speech(response_format="pcm", stream_format="sse"))
        *deltas, done = events(streamed)
        assert b"".join(base64.b64decode(event["audio"]) for event in deltas) == whole.body
        made = round(len(whole.body) / 48_000 * 20)
        assert done == {
            "type": "speech.audio.done",
            "usage": {"input_tokens": 10, "output_tokens": made, "total_tokens": 10 + made},
        }
        assert streamed.sends[0][0] == whole.sends[0][0] == 0.2
        assert streamed.sends[-1][0] == whole.sends[-1][0] == pytest.approx(0.2 + (made - 1) * 0.01)
        for fields, param in (
            ({"model": "tts-1", "stream_format": "sse"}, "stream_format"), ({"voice": "bob"}, "voice"),
            ({"input": ""}, "input"),
        ):  # fmt: skip
            refused = await client.post("/v1/audio/speech", speech(**fields))
            assert (refused.status, refused.error["param"]) == (400, param)

    run(scenario)


def test_voices_and_languages_sound_different() -> None:
    async def scenario(client: Client) -> None:
        said = {}
        for voice in ("alloy", "onyx", "nova", "fable"):
            answer = await client.post("/v1/audio/speech", speech(voice=voice, response_format="pcm", input="Hi."))
            said[voice] = answer.body
        assert len(set(said.values())) == 4
        for text in ("Guten Tag, wie geht es Ihnen?", "Привет, мир!", "你好，世界。", "🦊", "..."):
            answer = await client.post("/v1/audio/speech", speech(response_format="wav", input=text))
            heard = await client.form("/v1/audio/transcriptions", model="whisper-1", file=("a.wav", answer.body))
            assert heard.json["text"] == text

    run(scenario)


def test_a_recording_is_written_down_in_every_form() -> None:
    async def scenario(client: Client) -> None:
        async def heard(model: str = "whisper-1", **fields: str) -> Answer:
            return await client.form("/v1/audio/transcriptions", model=model, file=("a.wav", voice(30)), **fields)

        text = (await heard()).json["text"]
        assert (await heard()).json == {"text": text, "usage": {"type": "duration", "seconds": 30}}
        plain = await heard(response_format="text")
        assert (plain.body.decode(), plain.headers["content-type"]) == (f"{text}\n", "text/plain; charset=utf-8")
        assert (await heard(response_format="srt")).body.startswith(b"1\n00:00:00,000 --> 00:00:0")
        assert (await heard(response_format="vtt")).body.startswith(b"WEBVTT\n\n00:00:00.000 --> 00:00:0")
        verbose = (await heard(response_format="verbose_json", **{"timestamp_granularities[]": "word"})).json
        assert (verbose["duration"], verbose["language"], verbose["text"]) == (30.0, "english", text)
        assert [word["word"] for word in verbose["words"]] == [word.strip(".,!?;:") for word in text.split()]
        assert verbose["words"][-1]["end"] == 30.0
        segments = (await heard(response_format="verbose_json")).json["segments"]
        assert "".join(segment["text"] for segment in segments) == text
        assert (segments[0]["start"], segments[-1]["end"]) == (0.0, 30.0)
        spoken = (await heard("gpt-4o-transcribe-diarize", response_format="diarized_json")).json["segments"]
        assert {segment["speaker"] for segment in spoken} <= {"A", "B"}
        refused = await heard("gpt-4o-transcribe", response_format="srt")
        assert (refused.status, refused.error["param"]) == (400, "response_format")
        english = await client.form("/v1/audio/translations", model="whisper-1", file=("a.wav", voice(3)))
        assert set(english.json) == {"text"}
        for data in (b"no sound", silence(0.05)):
            wrong = await client.form("/v1/audio/translations", model="whisper-1", file=("a.wav", data))
            assert (wrong.status, wrong.error["param"]) == (400, "file")

    run(scenario)


def test_words_are_heard_where_somebody_speaks_and_nothing_in_silence() -> None:
    async def scenario(client: Client) -> None:
        async def heard(data: bytes) -> Any:
            fields = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
            answer = await client.form("/v1/audio/transcriptions", model="whisper-1", file=("a.wav", data), **fields)
            return answer.json

        late = await heard(voice(3, silent=5))
        assert (late["duration"], late["words"][0]["start"], late["words"][-1]["end"]) == (8.0, 5.0, 8.0)
        nothing = await heard(silence(3))
        assert (nothing["text"], nothing["words"], nothing["duration"]) == ("", [], 3.0)
        streamed = await client.form(
            "/v1/audio/transcriptions", model="gpt-4o-transcribe", file=("a.wav", silence(3)), stream="true"
        )
        (done,) = events(streamed)
        assert (done["text"], done["usage"]["output_tokens"]) == ("", 0)

    run(scenario)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(silence(3))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{tmp_path}/a.wav\n#EXT-X-ENDLIST\n".encode()
    concat = f"ffconcat version 1.0\nfile '{tmp_path}/a.wav'\n".encode()

    async def scenario(client: Client) -> None:
        for data in (playlist, concat):
            answer = await client.form("/v1/audio/transcriptions", model="whisper-1", file=("a.mp3", data))
            assert (answer.status, answer.error["param"]) == (400, "file")

    run(scenario)


@pytest.mark.parametrize("format", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_what_was_said_is_written_down_word_for_word(format: str) -> None:
    text = 'It said: "Hello, Ada!"  Twice…\nIs that 3.5 % of Größe? 🦊'

    async def scenario(client: Client) -> None:
        said = await client.post("/v1/audio/speech", speech(response_format=format, input=text))
        data = wrapped(said.body) if format == "pcm" else said.body
        heard = await client.form(
            "/v1/audio/transcriptions", model="whisper-1", file=("a", data), response_format="verbose_json",
            **{"timestamp_granularities[]": "word"},
        )  # fmt: skip
        assert heard.json["text"] == text
        words = heard.json["words"]
        assert [word["word"] for word in words][:4] == ["It", "said", "Hello", "Ada"]
        assert all(word["start"] < word["end"] for word in words)
        assert words[-1]["end"] == pytest.approx(heard.json["duration"], abs=0.2)

    run(scenario)


def test_a_part_of_what_was_said_is_that_part_and_several_voices_are_told_apart() -> None:
    async def scenario(client: Client) -> None:
        one = (await client.post("/v1/audio/speech", speech(response_format="pcm"))).body
        two = (await client.post("/v1/audio/speech", speech(response_format="pcm", voice="onyx", input="Yes."))).body

        async def heard(pcm: bytes, model: str = "gpt-4o-transcribe", **fields: str) -> Any:
            data = wrapped(pcm)
            return (await client.form("/v1/audio/transcriptions", model=model, file=("a.wav", data), **fields)).json

        begun = (await heard(one[: len(one) // 4 * 2]))["text"]
        assert begun
        assert TEXT.startswith(begun)
        assert len(begun) < len(TEXT) * 0.7
        ended = (await heard(one[len(one) // 4 * 2 :]))["text"]
        assert ended
        assert TEXT.endswith(ended)
        assert (await heard(bytes(48_000) + one + bytes(9_600) + two))["text"] == f"{TEXT} Yes."
        spoken = await heard(one + two, "gpt-4o-transcribe-diarize", response_format="diarized_json")
        assert [(part["speaker"], part["text"].strip()) for part in spoken["segments"]] == [("A", TEXT), ("B", "Yes.")]

    run(scenario)


def test_a_translation_of_what_was_said_is_english() -> None:
    async def scenario(client: Client) -> None:
        said = await client.post("/v1/audio/speech", speech(input="Guten Tag, wie geht es Ihnen? Ich bin da."))
        heard = await client.form("/v1/audio/translations", model="whisper-1", file=("a.mp3", said.body))
        assert heard.json["text"]
        assert "Guten" not in heard.json["text"]
        said = await client.post("/v1/audio/speech", speech())
        heard = await client.form("/v1/audio/translations", model="whisper-1", file=("a.mp3", said.body))
        assert heard.json["text"] == TEXT

    run(scenario)


def test_a_transcription_streams() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o-transcribe", "file": ("a.wav", voice(3)), "include[]": "logprobs"}
        whole = (await client.form("/v1/audio/transcriptions", **body)).json  # type: ignore[arg-type]
        streamed = await client.form("/v1/audio/transcriptions", stream="true", **body)  # type: ignore[arg-type]
        *deltas, done = events(streamed)
        assert {event["type"] for event in deltas} == {"transcript.text.delta"}
        assert "".join(event["delta"] for event in deltas) == done["text"] == whole["text"]
        assert [event["logprobs"][0] for event in deltas] == done["logprobs"] == whole["logprobs"]
        assert done["usage"] == whole["usage"] == {
            "type": "tokens", "input_tokens": 30, "input_token_details": {"text_tokens": 0, "audio_tokens": 30},
            "output_tokens": len(deltas), "total_tokens": 30 + len(deltas),
        }  # fmt: skip
        assert len(deltas) == pytest.approx(10, abs=2)

    run(scenario)


def test_a_voice_needs_a_consent() -> None:
    async def scenario(client: Client) -> None:
        sample = ("a.wav", silence(1))
        path = "/v1/audio/voice_consents"
        consent = (await client.form(path, name="Ada", language="en-GB", recording=sample)).json
        assert consent["id"].startswith("cons_")
        assert (await client.get(f"{path}/{consent['id']}")).json == consent
        renamed = (await client.post(f"{path}/{consent['id']}", {"name": "Ada L."})).json
        assert renamed == {**consent, "name": "Ada L."}
        assert (await client.get(path)).json["data"] == [renamed]
        voice = (await client.form("/v1/audio/voices", name="v", audio_sample=sample, consent=consent["id"])).json
        assert set(voice) == {"id", "object", "name", "created_at"}
        assert (await client.post("/v1/audio/speech", speech(voice={"id": voice["id"]}))).status == 200
        assert (await client.post("/v1/audio/speech", speech(voice={"id": "voice_none"}))).status == 404
        assert (await client.delete(f"{path}/{consent['id']}")).json == {
            "id": consent["id"], "object": "audio.voice_consent", "deleted": True,
        }  # fmt: skip
        assert (await client.get(f"{path}/{consent['id']}")).status == 404
        orphan = await client.form("/v1/audio/voices", name="v", audio_sample=sample, consent=consent["id"])
        assert orphan.status == 404
        for fields in (
            {"recording": ("a.txt", b"text")}, {"recording": ("a.wav", b"")}, {"recording": "text"},
            {"language": "not a language"},
        ):  # fmt: skip
            values: dict[str, Any] = {"name": "n", "language": "de", "recording": sample, **fields}
            assert (await client.form(path, **values)).status == 400
        assert client.blobs == 0

    run(scenario)


def test_a_form_that_names_no_file_is_refused() -> None:
    async def scenario(client: Client) -> None:
        headers = {"content-type": f"multipart/form-data; boundary={EDGE}"}
        for path in ("/v1/audio/transcriptions", "/v1/audio/translations", "/v1/content_provenance_checks"):
            assert (await client.post(path, form(model="whisper-1", file="text"), headers=headers)).status == 400

    run(scenario)
