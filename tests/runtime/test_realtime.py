"""Realtime over a WebSocket: every event that comes is held to its schema in OpenAI's document."""

import asyncio
import base64
import json
import math
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.content.media import listening, utterance
from fakeai.runtime.options import Delay, Options
from fakeai.runtime.wire.websocket import LARGEST
from tests import inprocess, realtime_events
from tests.inprocess import STEADY, Client, Peer

URL = "/v1/realtime?model=gpt-realtime"
MS = 48  # bytes of a millisecond of PCM
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
INSTANT = Options(ttft=Delay(0.0), itl=Delay(0.0))
BETA = {"openai-beta": "realtime=v1"}


@asynccontextmanager
async def session(client: Client, path: str = URL, check: bool = True, **options: Any) -> AsyncIterator[Peer]:
    """An open session, whose first event was read; at the end all that came is checked."""
    async with client.socket(path, **options) as peer:
        assert peer.refused is None, peer.refused.body if peer.refused else ""
        peer.created = await peer.next()
        yield peer
    for _, event in peer.heard if check else ():
        realtime_events.check(event)
    ids = [event["event_id"] for _, event in peer.heard]
    assert len(set(ids)) == len(ids)


def run(scenario: Callable[[Client], Awaitable[None]], options: Options = STEADY) -> None:
    inprocess.run(scenario, options)


def user(text: str, **more: Any) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content, **more}}


def update(**said: Any) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **said}}


def append(sound: bytes) -> dict[str, Any]:
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(sound).decode()}


def tone(ms: int, loud: float = 0.1) -> bytes:
    peak = loud * math.sqrt(2) * 32767
    return b"".join(struct.pack("<h", int(peak * math.sin(n * 0.06))) for n in range(24 * ms))


def silence(ms: int) -> bytes:
    return bytes(MS * ms)


def types(events: list[Any]) -> list[str]:
    """The types of *events*, of deltas in a row one."""
    found = [event["type"] for event in events]
    return [each for at, each in enumerate(found) if not (each.endswith(".delta") and found[at - 1 : at] == [each])]


def joined(events: list[Any], type: str) -> str:
    return "".join(event["delta"] for event in events if event["type"] == type)


def sound_of(events: list[Any]) -> bytes:
    deltas = [event["delta"] for event in events if event["type"] == "response.output_audio.delta"]
    return b"".join(base64.b64decode(delta) for delta in deltas)


def test_a_session_begins_with_its_settings_and_takes_changes_one_by_one() -> None:
    async def scenario(client: Client) -> None:
        async with session(client, subprotocols=("realtime", "openai-insecure-api-key.k")) as peer:
            assert peer.subprotocol == "realtime"
            said = peer.created["session"]
            assert (peer.created["type"], said["model"], said["output_modalities"]) == (
                "session.created", "gpt-realtime", ["audio"],
            )  # fmt: skip
            assert said["expires_at"] == int(inprocess.EPOCH) + 3600
            peer.send(update(instructions="Be brief.", audio={"input": {"transcription": {"model": "whisper-1"}}}))
            changed = await peer.next()
            assert (changed["type"], changed["session"]["instructions"]) == ("session.updated", "Be brief.")
            peer.send(update(audio={"input": {"turn_detection": None, "transcription": None}}))
            again = (await peer.next())["session"]
            assert again["instructions"] == "Be brief."
            assert again["audio"]["input"] == {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": None}

    run(scenario)


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({"type": "session.upgrade"}, "invalid_value", "type"),
        ({"event_id": "e1"}, "missing_required_parameter", "type"),
        ("{", "invalid_json", None),
        ("[]", "invalid_event", None),
        (b"\0\1", "invalid_event", None),
        ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
        ({"type": "session.update", "session": {"type": "transcription"}}, "invalid_value", "session.type"),
        (update(model="gpt-realtime-mini"), "cannot_update_model", "session.model"),
        (update(output_modalities=["text", "audio"]), "invalid_value", "session.output_modalities"),
        (update(tools=[{"type": "function"}]), "missing_required_parameter", "tools[0].name"),
        (update(tools=[{"type": "function", "name": "a b"}]), "invalid_value", "tools[0].name"),
        (update(max_output_tokens=5000), "integer_above_max_value", "session.max_output_tokens"),
        (
            update(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": "loud"}}}),
            "invalid_type", "session.audio.input.turn_detection.threshold",
        ),
        ({"type": "response.cancel"}, "response_cancel_not_active", None),
        ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty", None),
        ({"type": "input_audio_buffer.append", "audio": "*"}, "invalid_value", "audio"),
        ({"type": "input_audio_buffer.append", "audio": "AAAA"}, "invalid_value", "audio"),
        ({"type": "conversation.item.delete", "item_id": "x"}, "item_delete_invalid_item_id", "item_id"),
        ({"type": "conversation.item.retrieve", "item_id": "x"}, "item_retrieve_invalid_item_id", "item_id"),
        (
            {"type": "conversation.item.create",
             "item": {"type": "function_call_output", "call_id": "x", "output": ""}},
            "invalid_tool_call_id", "item.call_id",
        ),
        (
            {**user("Hi"), "previous_item_id": "x"},
            "item_create_invalid_previous_item_id", "previous_item_id",
        ),
        (
            {"type": "response.create", "response": {"input": [{"type": "item_reference", "id": "x"}]}},
            "invalid_value", "response.input[0].id",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_an_event_that_names_it_and_ends_nothing(event: Any, code: str, param: str | None) -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send({**event, "event_id": "mine"} if isinstance(event, dict) else event)
            refused = await peer.next()
            assert refused["type"] == "error"
            error = refused["error"]
            assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
            assert error["event_id"] == ("mine" if isinstance(event, dict) else None)
            peer.send(user("Still there?"))
            assert (await peer.next())["type"] == "conversation.item.added"

    run(scenario)


def test_a_text_is_answered_in_text_token_by_token_with_its_usage() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(update(output_modalities=["text"]))
            await peer.next()
            peer.send(user("Why do cats purr?"))
            peer.send({"type": "response.create", "response": {"metadata": {"topic": "cats"}}})
            events = await peer.until("response.done")
            assert types(events) == [
                "conversation.item.added", "conversation.item.done", "response.created", "rate_limits.updated",
                "response.output_item.added", "conversation.item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "conversation.item.done", "response.output_item.done", "response.done",
            ]  # fmt: skip
            done = events[-1]["response"]
            text = joined(events, "response.output_text.delta")
            assert done["output"][0]["content"] == [{"type": "output_text", "text": text}]
            assert (done["status"], done["metadata"]) == ("completed", {"topic": "cats"})
            count = client.app.world.tokens.count(text)
            assert done["usage"]["output_token_details"] == {"text_tokens": count, "audio_tokens": 0}
            assert done["usage"]["input_token_details"]["text_tokens"] == 3 + 6
            moments = [at for at, event in peer.heard if event["type"] == "response.output_text.delta"]
            began = next(at for at, event in peer.heard if event["type"] == "response.created")
            assert moments == [pytest.approx(began + 0.2 + 0.01 * n) for n in range(count)]

    run(scenario)


def test_an_answer_in_sound_says_its_transcript_faster_than_it_plays() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Why do cats purr?"))
            peer.send({"type": "response.create"})
            events = await peer.until("response.done")
            assert types(events)[:8] == [
                "conversation.item.added", "conversation.item.done", "response.created", "rate_limits.updated",
                "response.output_item.added", "conversation.item.added", "response.content_part.added",
                "response.output_audio_transcript.delta",
            ]  # fmt: skip
            assert types(events)[-6:] == [
                "response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done",
                "conversation.item.done", "response.output_item.done", "response.done",
            ]  # fmt: skip
            said, sound = joined(events, "response.output_audio_transcript.delta"), sound_of(events)
            item = events[-1]["response"]["output"][0]
            assert item["content"] == [{"type": "output_audio", "transcript": said}]
            assert listening.listen(sound, "pcm16").text == said
            seconds = len(sound) / MS / 1000
            moments = [at for at, event in peer.heard if event["type"] == "response.output_audio.delta"]
            assert moments[-1] - moments[0] < seconds / 2
            spent = events[-1]["response"]["usage"]["output_token_details"]
            assert spent["audio_tokens"] == pytest.approx(seconds * 20, abs=1)
            peer.send({"type": "conversation.item.retrieve", "item_id": item["id"]})
            whole = (await peer.next())["item"]
            assert base64.b64decode(whole["content"][0]["audio"]) == sound

    run(scenario)


@pytest.mark.parametrize(("format", "name"), [("audio/pcmu", "g711_ulaw"), ("audio/pcma", "g711_alaw")])
def test_telephones_hear_and_are_heard(format: str, name: str) -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            form = {"format": {"type": format}}
            hears = {**form, "transcription": {"model": "gpt-4o-transcribe"}}
            peer.send(update(audio={"input": hears, "output": form}))
            await peer.next()
            spoken = utterance.say("Good morning operator.", "alloy", name)
            quiet = (b"\xff" if format == "audio/pcmu" else b"\xd5") * 8 * 600
            peer.send(append(quiet + spoken + quiet))
            events = await peer.until("response.done")
            written = [event for event in events if event["type"].endswith("input_audio_transcription.completed")]
            assert [event["transcript"] for event in written] == ["Good morning operator."]
            answer = listening.listen(sound_of(events), name)
            assert answer.text == events[-1]["response"]["output"][0]["content"][0]["transcript"]

    run(scenario)


def test_speech_is_found_by_its_energy_committed_and_answered() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(append(silence(1000) + tone(600) + silence(100)))
            started = await peer.next()
            assert (started["type"], started["audio_start_ms"]) == ("input_audio_buffer.speech_started", 700)
            peer.send(append(silence(600)))
            events = await peer.until("response.created")
            assert types(events) == [
                "input_audio_buffer.speech_stopped", "input_audio_buffer.committed", "conversation.item.added",
                "conversation.item.done", "response.created",
            ]  # fmt: skip
            assert events[0]["audio_end_ms"] == 2100
            assert {event["item_id"] for event in (started, *events[:2])} == {events[2]["item"]["id"]}
            peer.send({"type": "conversation.item.retrieve", "item_id": started["item_id"]})
            found = await peer.until("conversation.item.retrieved")
            kept = base64.b64decode(found[-1]["item"]["content"][0]["audio"])
            assert kept == silence(300) + tone(600) + silence(500)

    run(scenario)


def test_a_quieter_voice_and_a_click_are_no_speech() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(append(silence(500) + tone(500, loud=0.003) + silence(500) + tone(40) + silence(500)))
            peer.send({"type": "input_audio_buffer.clear"})
            assert (await peer.next())["type"] == "input_audio_buffer.cleared"
            peer.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.3}}}))
            await peer.next()
            peer.send(append(tone(500, loud=0.003)))
            assert (await peer.next())["type"] == "input_audio_buffer.speech_started"

    run(scenario)


def test_who_starts_to_speak_interrupts_the_answer() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me a long story about the sea."))
            peer.send({"type": "response.create"})
            while (await peer.next())["type"] != "response.output_audio.delta":
                pass
            await client.wait(0.1)
            peer.read = len(peer.heard)
            peer.send(append(tone(200)))
            events = await peer.until("response.done")
            assert types(events) == [
                "input_audio_buffer.speech_started", "response.output_audio.done",
                "response.output_audio_transcript.done", "response.content_part.done", "conversation.item.done",
                "response.output_item.done", "response.done",
            ]  # fmt: skip
            response = events[-1]["response"]
            assert response["status"] == "cancelled"
            assert response["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
            assert response["output"][0]["status"] == "incomplete"
            assert response["output"][0]["content"][0]["transcript"] == joined(
                [event for _, event in peer.heard], "response.output_audio_transcript.delta"
            )
            await client.wait(10)
            assert peer.read == len(peer.heard)

    run(scenario)


def test_what_was_not_heard_is_truncated() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me about the sea."))
            peer.send({"type": "response.create"})
            item = (await peer.until("response.done"))[-1]["response"]["output"][0]
            cut = {"type": "conversation.item.truncate", "item_id": item["id"], "content_index": 0}
            peer.send({**cut, "audio_end_ms": 1500})
            done = await peer.next()
            assert (done["type"], done["audio_end_ms"]) == ("conversation.item.truncated", 1500)
            peer.send({"type": "conversation.item.retrieve", "item_id": item["id"]})
            (part,) = (await peer.next())["item"]["content"]
            assert set(part) == {"type", "audio"}
            assert len(base64.b64decode(part["audio"])) == 1500 * MS
            peer.send({**cut, "audio_end_ms": 1501})
            refused = await peer.next()
            assert refused["error"]["message"] == "Audio content of 1500ms is already shorter than 1501ms"

    run(scenario)


def test_a_function_is_called_and_its_result_is_answered() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(update(tools=[WEATHER], output_modalities=["text"]))
            await peer.next()
            peer.send(user("What is the weather in Paris?"))
            peer.send({"type": "response.create"})
            events = await peer.until("response.done")
            assert types(events)[4:] == [
                "response.output_item.added", "conversation.item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "conversation.item.done", "response.output_item.done",
                "response.done",
            ]  # fmt: skip
            (call,) = events[-1]["response"]["output"]
            arguments = joined(events, "response.function_call_arguments.delta")
            assert (call["type"], call["name"], call["arguments"]) == ("function_call", "get_weather", arguments)
            assert arguments == '{"city":"Paris"}'
            output = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"degrees": 31}'}
            peer.send({"type": "conversation.item.create", "item": output})
            peer.send({"type": "response.create"})
            answer = (await peer.until("response.done"))[-1]["response"]["output"][0]
            assert answer["type"] == "message"
            assert "31" in answer["content"][0]["text"]
            peer.send({"type": "response.create", "response": {"tool_choice": "none"}})
            assert (await peer.until("response.done"))[-1]["response"]["output"][0]["type"] == "message"

    run(scenario)


def test_responses_beside_the_conversation_leave_it_alone() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me about the sea.", id="sea"))
            peer.send({"type": "response.create"})
            await peer.until("response.created")
            asked = {
                "conversation": "none", "output_modalities": ["text"], "metadata": {"for": "title"},
                "input": [{"type": "item_reference", "id": "sea"}, user("Give it a title.")["item"]],
            }  # fmt: skip
            peer.send({"type": "response.create", "response": asked})
            peer.send({"type": "response.create"})
            events = await peer.until("error")
            assert events[-1]["error"]["code"] == "conversation_already_has_active_response"
            done = [
                event["response"] for event in await peer.until("response.done") if event["type"] == "response.done"
            ]
            done += [
                event["response"] for event in await peer.until("response.done") if event["type"] == "response.done"
            ]
            beside, inside = sorted(done, key=lambda response: "conversation_id" in response)
            assert beside["metadata"] == {"for": "title"}
            assert (beside["output_modalities"], inside["output_modalities"]) == (["text"], ["audio"])
            peer.send({"type": "conversation.item.retrieve", "item_id": beside["output"][0]["id"]})
            assert (await peer.next())["error"]["code"] == "item_retrieve_invalid_item_id"
            peer.send(user("And then?"))
            assert (await peer.next())["previous_item_id"] == inside["output"][0]["id"]

    run(scenario)


def test_a_response_is_cancelled_by_name_or_cut_at_its_most_tokens() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me about the sea."))
            peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
            created = (await peer.until("response.created"))[-1]["response"]
            await client.wait(0.305)
            peer.send({"type": "response.cancel", "response_id": created["id"]})
            done = (await peer.until("response.done"))[-1]["response"]
            assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
            assert done["usage"]["output_tokens"] == 11
            for modality, most in (("text", 7), ("audio", 20)):
                asked = {"output_modalities": [modality], "max_output_tokens": most}
                peer.send({"type": "response.create", "response": asked})
                done = (await peer.until("response.done"))[-1]["response"]
                assert (done["status"], done["status_details"]) == (
                    "incomplete", {"type": "incomplete", "reason": "max_output_tokens"},
                )  # fmt: skip
                assert most - 1 <= done["usage"]["output_tokens"] <= most
            assert done["usage"]["input_token_details"]["cached_tokens"] == 0

    run(scenario)


def test_a_model_that_reasons_thinks_before_it_speaks_and_counts_it() -> None:
    async def scenario(client: Client) -> None:
        spent = []
        async with session(client, "/v1/realtime?model=openai/gpt-oss-120b") as peer:
            peer.send(update(reasoning={"effort": "low"}))
            peer.send(user("Tell me about the sea."))
            for effort in ({}, {"reasoning": {"effort": "high"}}):
                began = asyncio.get_running_loop().time()
                peer.send({"type": "response.create", "response": {"output_modalities": ["text"], **effort}})
                events = await peer.until("response.done")
                done = events[-1]["response"]
                text = done["output"][0]["content"][0]["text"]
                visible = client.app.world.tokens.count(text)
                spent.append(done["usage"]["output_tokens"] - visible)
                details = done["usage"]["output_token_details"]
                assert details == {"text_tokens": visible + spent[-1], "audio_tokens": 0}
                added = next(at for at, event in peer.heard if event is _first(events, "response.output_item.added"))
                assert added - began == pytest.approx(0.2 + 0.01 * spent[-1])
            peer.send({"type": "response.create", "response": {"output_modalities": ["text"], "max_output_tokens": 1}})
            done = (await peer.until("response.done"))[-1]["response"]
            assert (done["status"], done["usage"]["output_tokens"]) == ("incomplete", 1)
        assert 0 < spent[0] < spent[1]

    run(scenario)


def test_a_session_counts_in_the_tokens_of_its_model() -> None:
    async def scenario(client: Client) -> None:
        world = client.app.world
        counts = []
        for model in ("gpt-realtime", "special"):
            async with session(client, f"/v1/realtime?model={model}") as peer:
                peer.send(user("国際化とは何ですか。"))
                peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
                done = (await peer.until("response.done"))[-1]["response"]
                text = done["output"][0]["content"][0]["text"]
                assert done["usage"]["output_tokens"] == world.tokens_for(model).count(text)
                counts.append(done["usage"]["input_tokens"])
        assert counts[0] != counts[1]

    run(scenario, replace(STEADY, tokenizers=(("special", "cl100k_base"),)))


def test_a_session_says_and_calls_what_the_script_says() -> None:
    rules: list[dict[str, Any]] = [
        {"match": {"user": "^filter"}, "answer": {"text": "This is", "finish_reason": "content_filter"}},
        {"match": {"user": "^order"}, "answer": {"text": "Here.", "reasoning": "Let me see."}},
    ]

    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            for prompt, text, status in (("filter", "This is", "incomplete"), ("order", "Here.", "completed")):
                peer.send(user(prompt))
                peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
                done = (await peer.until("response.done"))[-1]["response"]
                assert (done["status"], done["output"][0]["content"][0]["text"]) == (status, text)
                thought = client.app.world.tokens.count("Let me see.") if prompt == "order" else 0
                assert done["usage"]["output_tokens"] == client.app.world.tokens.count(text) + thought

    run(scenario, replace(STEADY, script={"rules": rules}))


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        ("gpt-realtim", "model_not_found", "The model `gpt-realtim` does not exist or you do not have access to it. "
         "Did you mean 'gpt-realtime'?"),
        ("gpt-4o", "invalid_model", 'Model "gpt-4o" is not supported in realtime mode.'),
    ],
)  # fmt: skip
def test_under_strict_models_a_session_with_another_model_is_told_so_and_ends(
    model: str, code: str, message: str
) -> None:
    async def scenario(client: Client) -> None:
        async with session(client, f"/v1/realtime?model={model}") as peer:
            assert peer.created["error"]["code"] == code
            assert peer.created["error"]["message"] == message
            await client.wait(0.1)
            assert peer.closed == (4000, f"invalid_request_error.{code}")
        named = {"type": "realtime", "model": model}
        for path, body in (
            ("/v1/realtime/client_secrets", {"session": named}),
            ("/v1/realtime/sessions", {"model": model}),
        ):
            refused = await client.post(path, body)
            assert (refused.error["code"], refused.error["message"]) == (code, message)
        refused = await client.form("/v1/realtime/calls", sdp="v=0", session=json.dumps(named))
        assert (refused.error["code"], refused.error["message"]) == (code, message)
        async with session(client) as peer:
            assert peer.created["type"] == "session.created"
        async with session(client, "/v1/realtime?intent=transcription") as peer:
            assert peer.created["type"] == "session.created"

    run(scenario, replace(STEADY, strict_models=True))


def _first(events: list[dict[str, Any]], type: str) -> dict[str, Any]:
    return next(event for event in events if event["type"] == type)


def test_items_stand_where_they_are_put_and_go() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("One", id="one"))
            peer.send({**user("Zero", id="zero"), "previous_item_id": "root"})
            peer.send({**user("Half", id="half"), "previous_item_id": "zero"})
            events = [await peer.next() for _ in range(6)]
            assert [event["previous_item_id"] for event in events[::2]] == [None, None, "zero"]
            peer.send(user("One", id="one"))
            assert (await peer.next())["error"]["code"] == "item_create_duplicate_id"
            peer.send({"type": "conversation.item.delete", "item_id": "half"})
            assert (await peer.next())["item_id"] == "half"
            peer.send(user("One more"))
            assert (await peer.next())["previous_item_id"] == "one"

    run(scenario)


def test_input_is_written_down_token_by_token() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            hears = {"transcription": {"model": "gpt-4o-transcribe"}, "turn_detection": None}
            peer.send(update(audio={"input": hears}, include=["item.input_audio_transcription.logprobs"]))
            await peer.next()
            sound = utterance.speak("The kettle is on. Shall we begin?", "echo").pcm
            peer.send(append(sound))
            peer.send({"type": "input_audio_buffer.commit"})
            events = await peer.until("conversation.item.input_audio_transcription.completed")
            said = "The kettle is on. Shall we begin?"
            assert joined(events, "conversation.item.input_audio_transcription.delta") == said
            done = events[-1]
            assert done["transcript"] == said
            assert done["usage"]["input_token_details"]["audio_tokens"] == round(len(sound) / MS / 100)
            assert [each["token"] for each in done["logprobs"]] == client.app.world.tokens.pieces(said)
            peer.send({"type": "conversation.item.retrieve", "item_id": done["item_id"]})
            assert (await peer.next())["item"]["content"][0]["transcript"] == said
            peer.send(update(audio={"input": {"transcription": {"model": "whisper-1"}}}))
            await peer.next()
            peer.send(append(sound))
            peer.send({"type": "input_audio_buffer.commit"})
            events = await peer.until("conversation.item.input_audio_transcription.completed")
            assert events[-1]["usage"] == {"type": "duration", "seconds": math.ceil(len(sound) / MS / 1000)}

    run(scenario)


def test_a_pause_in_a_sentence_is_waited_for_when_turns_are_detected_by_meaning() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            detects = {"type": "semantic_vad", "eagerness": "high", "create_response": False}
            peer.send(update(audio={"input": {"turn_detection": detects}}))
            await peer.next()
            half, whole = (utterance.speak(text, "alloy").pcm for text in ("I would like to,", "I would like to go."))
            peer.send(append(half + silence(1000)))
            assert (await peer.next())["type"] == "input_audio_buffer.speech_started"
            await client.wait(1)
            assert peer.read == len(peer.heard)
            peer.send(append(silence(1500)))
            assert (await peer.next())["type"] == "input_audio_buffer.speech_stopped"
            await peer.until("conversation.item.done")
            peer.send(append(whole + silence(400)))
            events = await peer.until("conversation.item.done")
            assert types(events)[:2] == ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"]

    run(scenario)


def test_who_says_nothing_is_asked_to_go_on() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 6000}}}))
            await peer.next()
            peer.send(user("Hello!"))
            peer.send({"type": "response.create"})
            first = await peer.until("response.done")
            played = next(at for at, e in peer.heard if e["type"] == "response.output_audio.delta")
            events = await peer.until("response.created")
            assert types(events)[:3] == [
                "input_audio_buffer.timeout_triggered", "input_audio_buffer.committed", "conversation.item.added",
            ]  # fmt: skip
            at = next(at for at, e in peer.heard if e["type"] == "input_audio_buffer.timeout_triggered")
            seconds = len(sound_of(first)) / MS / 1000
            assert at == pytest.approx(played + seconds + 6, abs=0.2)

    run(scenario)


def test_a_session_that_writes_down_does_nothing_else() -> None:
    async def scenario(client: Client) -> None:
        async with session(client, "/v1/realtime?intent=transcription") as peer:
            assert peer.created["session"]["type"] == "transcription"
            hears = {"transcription": {"model": "gpt-4o-mini-transcribe"}}
            peer.send({"type": "session.update", "session": {"type": "transcription", "audio": {"input": hears}}})
            assert (await peer.next())["type"] == "session.updated"
            peer.send(append(silence(500) + utterance.speak("Write this down.", "nova").pcm + silence(600)))
            events = await peer.until("conversation.item.input_audio_transcription.completed")
            assert events[-1]["transcript"] == "Write this down."
            peer.send({"type": "response.create"})
            assert (await peer.next())["type"] == "error"

    run(scenario)


def test_the_beta_is_spoken_to_who_asks_for_it() -> None:
    async def scenario(client: Client) -> None:
        async with session(client, check=False, headers=BETA) as peer:
            said = peer.created["session"]
            assert (said["modalities"], said["input_audio_format"]) == (["text", "audio"], "pcm16")
            asked = {"modalities": ["text"], "voice": "echo", "output_audio_format": "g711_ulaw", "temperature": 0.7}
            peer.send({"type": "session.update", "session": asked})
            said = (await peer.next())["session"]
            assert {name: said[name] for name in asked} == asked
            peer.send(user("Why do cats purr?"))
            peer.send({"type": "response.create"})
            events = await peer.until("response.done")
            assert types(events) == [
                "conversation.item.created", "response.created", "rate_limits.updated", "response.output_item.added",
                "conversation.item.created", "response.content_part.added", "response.text.delta",
                "response.text.done", "response.content_part.done", "response.output_item.done", "response.done",
            ]  # fmt: skip
            assert events[-1]["response"]["output"][0]["content"][0]["type"] == "text"
            peer.send({"type": "response.create", "response": {"modalities": ["audio", "text"]}})
            events = await peer.until("response.done")
            assert "response.audio.delta" in types(events)
            assert "response.audio_transcript.done" in types(events)
            for _, event in peer.heard:
                realtime_events.check_older(event)
        async with session(client, "/v1/realtime?intent=transcription", check=False, headers=BETA) as peer:
            assert peer.created["type"] == "transcription_session.created"
            realtime_events.check_older(peer.created)
            hears = {"input_audio_transcription": {"model": "whisper-1"}, "turn_detection": {"type": "server_vad"}}
            peer.send({"type": "transcription_session.update", "session": hears})
            realtime_events.check_older(await peer.next())

    run(scenario)


def test_a_session_ends_after_an_hour() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            ended = await peer.next()
            assert ended["error"]["code"] == "session_expired"
            assert peer.heard[-1][0] == 3600
            await client.wait(0)
            assert peer.closed == (1001, "session_expired")

    run(scenario)


def test_a_key_for_one_session_opens_it_as_it_was_made() -> None:
    locked = Options(require_api_key=True, api_keys=frozenset(("k1",)), ttft=Delay(0.2), itl=Delay(0.01))

    async def scenario(client: Client) -> None:
        good = {"authorization": "Bearer k1"}
        asked = {"type": "realtime", "model": "gpt-realtime-mini", "instructions": "Rhyme."}
        made = await client.post("/v1/realtime/client_secrets", {"session": asked}, headers=good)
        key = made.json["value"]
        for options in (
            {"headers": {"authorization": f"Bearer {key}"}},
            {"subprotocols": ("realtime", f"openai-insecure-api-key.{key}")},
        ):
            async with session(client, "/v1/realtime", **options) as peer:
                said = peer.created["session"]
                assert (said["model"], said["instructions"]) == ("gpt-realtime-mini", "Rhyme.")
        async with session(client, subprotocols=("realtime", "openai-insecure-api-key.k1")):
            pass
        for key in ("", "k2", "ek_none"):
            async with client.socket(URL, headers={"authorization": f"Bearer {key}"}) as peer:
                assert peer.refused is not None
                assert (peer.refused.status, peer.refused.error["type"]) == (401, "invalid_request_error")
        await client.wait(600)
        async with client.socket("/v1/realtime", headers={"authorization": f"Bearer {made.json['value']}"}) as peer:
            assert peer.refused is not None
            assert peer.refused.error["code"] == "expired_api_key"

    run(scenario, locked)


def test_what_is_no_websocket_and_what_is_one_only_say_so() -> None:
    async def scenario(client: Client) -> None:
        plain = await client.get(URL)
        assert (plain.status, plain.headers["upgrade"]) == (426, "websocket")
        assert (await client.post("/v1/realtime", {})).headers["allow"] == "GET"
        for path, status in (("/v1/models", 400), ("/v1/nothing", 404), ("/v1/realtime?call_id=rtc_none", 404)):
            async with client.socket(path) as peer:
                assert peer.refused is not None
                assert peer.refused.status == status
        async with client.socket("/v1/realtime") as peer:
            refused = await peer.next()
            assert refused["error"]["code"] == "missing_model"
            await asyncio.sleep(0)
            assert peer.closed == (4000, "invalid_request_error.missing_model")
        async with client.socket(URL) as peer:
            await peer.next()
            peer.send("x" * (LARGEST + 1))
            await client.wait(0)
            assert peer.closed is not None
            assert peer.closed[0] == 1009

    run(scenario)


def test_who_leaves_leaves_nothing_behind() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me about the sea."))
            peer.send({"type": "response.create"})
            await peer.until("response.created")
        assert client.app.pacer.waiting == 0
        assert len(asyncio.all_tasks()) == 1

    run(scenario)


def test_the_same_words_give_the_same_bytes() -> None:
    heard: list[Any] = []

    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(user("Tell me about the sea."))
            peer.send({"type": "response.create"})
            await peer.until("response.done")
            heard.append(peer.heard)

    run(scenario)
    run(scenario)
    assert heard[0] == heard[1]


def test_a_conversation_too_long_is_truncated_or_refused() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(update(output_modalities=["text"], truncation="disabled"))
            await peer.next()
            for word in ("one ", "two "):
                peer.send(user(word * 20_000))
            peer.send({"type": "response.create"})
            done = (await peer.until("response.done"))[-1]["response"]
            assert done["status_details"]["error"]["code"] == "context_length_exceeded"
            peer.send(update(truncation="auto"))
            peer.send({"type": "response.create"})
            done = (await peer.until("response.done"))[-1]["response"]
            assert done["status"] == "completed"
            assert 20_000 <= done["usage"]["input_tokens"] < 20_010

    run(scenario)


PIXEL = (  # a PNG of one pixel
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def test_items_of_every_kind_are_kept_as_they_came() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            for item in (
                {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be kind."}]},
                {"type": "message", "role": "assistant", "content": [{"text": "I am."}]},
                {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_image", "image_url": PIXEL}],
                },
                {"type": "function_call", "name": "f", "arguments": "{}"},
                {"type": "mcp_approval_response", "id": "yes", "approval_request_id": "x", "approve": True},
            ):
                peer.send({"type": "conversation.item.create", "item": item})
                added = (await peer.until("conversation.item.done"))[-1]["item"]
                kept = {name: value for name, value in added.items() if name in item and name != "content"}
                assert kept == {name: value for name, value in item.items() if name != "content"}
            peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
            assert (await peer.until("response.done"))[-1]["response"]["status"] == "completed"

    run(scenario)


def test_what_is_heard_before_is_cached() -> None:
    async def scenario(client: Client) -> None:
        async with session(client) as peer:
            peer.send(update(instructions="Be kind. " * 50, output_modalities=["text"]))
            await peer.next()
            usages = []
            for _ in range(2):
                peer.send(user("Hello there!"))
                peer.send({"type": "response.create"})
                usages.append((await peer.until("response.done"))[-1]["response"]["usage"]["input_token_details"])
            assert [usage["cached_tokens"] for usage in usages] == [0, 128]
            assert usages[1]["cached_tokens_details"] == {"text_tokens": 128, "image_tokens": 0, "audio_tokens": 0}

    run(scenario, INSTANT)
