"""Settings of FakeAI 0.3 that say how long things last, and what sound and pictures are like."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from fakeai.runtime.options import Delay, Machine, Options
from fakeai.settings.sources import resolve
from tests.inprocess import EPOCH, STEADY, Client, chat, run

LONG = "Say why the sky looks blue at noon and red at night. " * 110  # more than 1,024 tokens


def settled(**flags: Any) -> Options:
    return resolve(flags, {}, Path("/")).runtime()


def test_a_long_prompt_is_found_again_until_its_time_is_over_or_for_a_day_when_asked() -> None:
    async def scenario(client: Client) -> None:
        async def cached(**fields: Any) -> int:
            body = chat(LONG, model="gpt-4o", max_tokens=1, **fields)
            usage = (await client.post("/v1/chat/completions", body)).json["usage"]
            return int(usage["prompt_tokens_details"]["cached_tokens"])

        assert await cached() == 0
        await client.wait(500)
        assert await cached() >= 1024
        await client.wait(500)
        assert await cached() >= 1024  # it was used in between
        await client.wait(601)
        assert await cached(prompt_cache_retention="24h") == 0
        await client.wait(3600)
        assert await cached() >= 1024
        other = chat(LONG, max_tokens=1)
        await client.post("/v1/chat/completions", other)
        await client.wait(3600)
        usage = (await client.post("/v1/chat/completions", other)).json["usage"]
        assert usage["prompt_tokens_details"]["cached_tokens"] > 0  # a model of one's own keeps what it has room for

    run(scenario, STEADY)


def test_the_retention_is_a_setting() -> None:
    assert settled(cache_ttl_seconds="30").machine.retention == 30
    assert Machine().retention == settled().machine.retention == 600


def test_a_delay_of_answers_is_part_of_their_ttft_and_both_vary() -> None:
    assert settled(ttft_ms="100:10", response_delay="0.5") == replace(
        settled(ttft_ms="100:10"), ttft=Delay(0.6, (0.01 + 0.15) / 0.6)
    )
    assert settled(ttft_ms="100:0", response_delay="1", random_delay="false").ttft == Delay(1.1)


def test_pictures_of_one_colour_have_the_size_that_is_asked_for() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-image-1", "prompt": "A fox", "size": "1024x1024"}
        made = (await client.post("/v1/images/generations", body)).json["data"][0]["b64_json"]
        image = Image.open(io.BytesIO(base64.b64decode(made)))
        assert image.size == (1024, 1024)
        assert len(image.getcolors() or ()) == 1

    run(scenario, replace(STEADY, paints=False))


def test_addresses_of_images_and_files_without_an_end_last_as_long_as_settings_say() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "dall-e-2", "prompt": "A fox", "size": "256x256"}
        url = (await client.post("/v1/images/generations", body)).json["data"][0]["url"]
        path = "/images/" + url.partition("/images/")[2]
        file = await client.upload(b"hello", "notes.txt", "user_data")
        assert (await client.get(f"/v1/files/{file}")).json["expires_at"] == EPOCH + 7200
        await client.wait(7199)
        assert (await client.get(path)).status == 200
        assert (await client.get(f"/v1/files/{file}")).status == 200
        await client.wait(2)
        assert (await client.get(path)).status == 404
        assert (await client.get(f"/v1/files/{file}")).status == 404

    options = settled(image_retention_hours="2", file_cleanup_enabled="true", file_retention_hours="2")
    run(scenario, replace(options, ttft=Delay(0.0), itl=Delay(0.0)))


def test_chat_without_audio_refuses_to_hear_and_to_speak() -> None:
    async def scenario(client: Client) -> None:
        sound = {"voice": "alloy", "format": "wav"}
        spoken = chat(model="gpt-4o-audio-preview", modalities=["text", "audio"], audio=sound)
        refused = await client.post("/v1/chat/completions", spoken)
        assert (refused.status, refused.error["param"]) == (400, "modalities")
        heard = chat(model="gpt-4o-audio-preview")
        part = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
        heard["messages"][0]["content"] = [part]
        refused = await client.post("/v1/chat/completions", heard)
        assert (refused.status, refused.error["param"]) == (400, "messages[0].content")
        assert (await client.post("/v1/chat/completions", chat())).status == 200

    run(scenario, replace(STEADY, audio=False))


def test_speech_and_realtime_sessions_that_name_no_format_or_voice_have_those_of_the_settings() -> None:
    async def scenario(client: Client) -> None:
        said = await client.post("/v1/audio/speech", {"model": "tts-1", "input": "Hi", "voice": "nova"})
        assert (said.headers["content-type"], said.body[:4]) == ("audio/wav", b"RIFF")
        secret = await client.post("/v1/realtime/client_secrets", {"session": {"type": "realtime"}})
        assert secret.json["session"]["audio"]["output"]["voice"] == "verse"
        named = {"session": {"type": "realtime", "audio": {"output": {"voice": "ash"}}}}
        secret = await client.post("/v1/realtime/client_secrets", named)
        assert secret.json["session"]["audio"]["output"]["voice"] == "ash"
        older = await client.post("/v1/realtime/sessions", {})
        assert older.json["audio"]["output"]["voice"] == "verse"

    run(scenario, replace(settled(default_voice="verse", default_audio_format="wav"), ttft=Delay(0.0), itl=Delay(0.0)))
