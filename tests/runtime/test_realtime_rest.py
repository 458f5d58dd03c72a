"""Realtime's REST operations: keys and sessions, and the life of a call."""

from typing import Any

from tests.inprocess import EPOCH, Answer, Client, run

OFFER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n"
)


async def offer(client: Client, text: str = OFFER, **headers: str) -> Answer:
    return await client.post(
        "/v1/realtime/calls", text.encode(), headers={"content-type": "application/sdp", **headers}
    )


def test_a_key_opens_the_session_it_was_made_for_until_it_expires() -> None:
    async def scenario(client: Client) -> None:
        made = (
            await client.post(
                "/v1/realtime/client_secrets",
                {"expires_after": {"anchor": "created_at", "seconds": 60},
                 "session": {"type": "realtime", "audio": {"output": {"voice": {"id": "voice_1"}}}}},
            )
        ).json  # fmt: skip
        assert made["value"].startswith("ek_")
        assert made["expires_at"] == int(EPOCH) + 60
        session = made["session"]
        assert session["audio"]["output"] == {
            "format": {"type": "audio/pcm", "rate": 24000}, "voice": "voice_1", "speed": 1.0,
        }  # fmt: skip
        assert (session["type"], session["model"], session["output_modalities"]) == (
            "realtime", "gpt-realtime", ["audio"],
        )  # fmt: skip
        key = f"Bearer {made['value']}"
        assert (await offer(client, authorization=key)).status == 201
        await client.wait(60)
        late = await offer(client, authorization=key)
        assert (late.status, late.error["code"]) == (401, "expired_api_key")
        assert (await offer(client, authorization="Bearer ek_unknown")).status == 401

    run(scenario)


def test_sessions_of_the_beta_say_their_settings_and_bring_a_key() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post("/v1/realtime/sessions", {"input_audio_format": "g711_ulaw", "speed": 1.2})).json
        assert made["audio"]["input"]["format"] == {"type": "audio/pcmu"}
        assert made["audio"]["output"]["speed"] == 1.2
        assert made["client_secret"]["expires_at"] == int(EPOCH) + 600
        wrong = await client.post("/v1/realtime/sessions", {"input_audio_format": "mp3"})
        assert (wrong.status, wrong.error["param"]) == (400, "input_audio_format")
        heard = (await client.post("/v1/realtime/transcription_sessions", {"include": []})).json
        assert heard["input_audio_transcription"] == {"model": "gpt-4o-transcribe"}
        assert heard["client_secret"]["value"].startswith("ek_")
        translated = (
            await client.post(
                "/v1/realtime/translations/client_secrets",
                {"session": {"model": "gpt-realtime-translate", "audio": {"output": {"language": "de"}}}},
            )
        ).json["session"]
        assert (translated["type"], translated["audio"]["output"]) == ("translation", {"language": "de"})

    run(scenario)


def test_an_offer_is_answered_with_all_its_media() -> None:
    async def scenario(client: Client) -> None:
        answer = await offer(client)
        assert (answer.status, answer.headers["content-type"]) == (201, "application/sdp")
        assert answer.headers["location"].startswith("/v1/realtime/calls/rtc_")
        lines = answer.body.decode().split("\r\n")
        assert [line for line in lines if line.startswith(("m=", "a=mid", "a=recvonly", "a=group"))] == [
            "a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=recvonly",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:1",
        ]  # fmt: skip
        form = await client.form("/v1/realtime/calls", sdp=OFFER, session='{"type": "realtime"}')
        assert form.status == 201
        for wrong in ("", "hello", "v=0\r\ns=-\r\n", "v=0\r\no=- 1\r\nm=audio\r\n", "v=0\r\nnonsense\r\n"):
            refused = await offer(client, wrong)
            assert (refused.status, refused.error["code"]) == (400, "invalid_offer")

    run(scenario)


def test_what_can_be_done_with_a_call_depends_on_its_state() -> None:
    async def scenario(client: Client) -> None:
        async def do(id: str, action: str, body: Any = None) -> int:
            return (await client.post(f"{id}/{action}", body)).status

        session = {"type": "realtime"}
        first, second, third, fourth = [(await offer(client)).headers["location"] for _ in range(4)]
        accepted = await client.post(f"{first}/accept", session)
        assert (accepted.status, accepted.body) == (200, b"")
        assert await do(first, "accept", session) == 400
        assert await do(first, "reject") == 400
        assert await do(first, "refer", {"target_uri": "https://example.com"}) == 400
        assert await do(first, "refer", {"target_uri": "sip:agent@example.com"}) == 200
        assert await do(first, "hangup") == 400
        assert await do(second, "reject", {"status_code": 999}) == 400
        assert await do(second, "reject", {"status_code": 486}) == 200
        assert await do(second, "accept", session) == 400
        assert await do(third, "hangup") == 200
        assert await do("/v1/realtime/calls/rtc_none", "hangup") == 404
        await client.wait(3600)
        assert await do(fourth, "accept", session) == 400

    run(scenario)
