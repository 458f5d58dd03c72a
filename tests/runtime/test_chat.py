"""Chat completions over HTTP in virtual time."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from fakeai.runtime.options import Delay, Options
from tests.inprocess import EPOCH, Answer, Client, chat, run

CHAT = "/v1/chat/completions"


def streamed_text(answer: Answer, choice: int = 0) -> str:
    deltas = (c["delta"] for event in answer.events for c in event["choices"] if c["index"] == choice)
    return "".join(delta.get("content", "") for delta in deltas)


def test_an_answer_has_the_shape_of_openais() -> None:
    async def scenario(client: Client) -> None:
        answer = (await client.post(CHAT, chat(max_tokens=6))).json
        assert answer.pop("id").startswith("chatcmpl-")
        assert answer.pop("system_fingerprint").startswith("fp_")
        text = answer["choices"][0]["message"]["content"]
        assert answer == {
            "object": "chat.completion",
            "created": int(EPOCH),
            "model": "some-model",
            "service_tier": "default",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                    "logprobs": None,
                    "finish_reason": "length",
                }
            ],
            "usage": {
                "prompt_tokens": 13,
                "completion_tokens": 6,
                "total_tokens": 19,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {
                    "reasoning_tokens": 0,
                    "audio_tokens": 0,
                    "accepted_prediction_tokens": 0,
                    "rejected_prediction_tokens": 0,
                },
            },
        }

    run(scenario)


def test_a_stream_has_role_content_finish_usage_and_done_in_that_order() -> None:
    async def scenario(client: Client) -> None:
        body = chat(max_tokens=3, stream=True, stream_options={"include_usage": True})
        events = (await client.post(CHAT, body)).events
        heads = [{k: e[k] for k in ("id", "object", "created", "model", "system_fingerprint")} for e in events]
        assert all(head == heads[0] for head in heads)
        assert heads[0]["object"] == "chat.completion.chunk"
        assert [event["usage"] for event in events[:-1]] == [None] * 5
        assert events[-1]["choices"] == []
        assert events[-1]["usage"]["completion_tokens"] == 3
        deltas = [(e["choices"][0]["delta"], e["choices"][0]["finish_reason"]) for e in events[:-1]]
        assert deltas[0] == ({"role": "assistant", "content": "", "refusal": None}, None)
        assert all(list(delta) == ["content"] and reason is None for delta, reason in deltas[1:-1])
        assert deltas[-1] == ({}, "length")

    run(scenario)


def test_without_include_usage_no_chunk_has_usage() -> None:
    async def scenario(client: Client) -> None:
        events = (await client.post(CHAT, chat(max_tokens=3, stream=True))).events
        assert not any("usage" in event for event in events)
        assert len(events) == 5

    run(scenario)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"max_tokens": 17},
        {"n": 3},
        {"n": 2, "max_tokens": 5, "stop": ["the"]},
        {"seed": 7},
        {"temperature": 0},
        {"stop": " you"},
        {"min_tokens": 300},
    ],
    ids=str,
)
def test_a_stream_joined_is_the_whole_answer_to_the_byte(fields: dict[str, Any]) -> None:
    async def scenario(client: Client) -> None:
        for content in ("Tell me about KV cache routing", "Hello!", "日本語の 🎌 旗について", 'a "quoted" \\ topic\n'):
            whole = (await client.post(CHAT, chat(content, **fields))).json
            stream = await client.post(
                CHAT, chat(content, stream=True, stream_options={"include_usage": True}, **fields)
            )
            for choice in whole["choices"]:
                assert streamed_text(stream, choice["index"]) == choice["message"]["content"]
                reasons = [
                    c["finish_reason"] for e in stream.events for c in e["choices"] if c["index"] == choice["index"]
                ]
                assert [r for r in reasons if r] == [choice["finish_reason"]]
            assert stream.events[-1]["usage"] == whole["usage"]

    run(scenario)


def test_limits_are_exact_and_say_why_the_answer_ended() -> None:
    async def scenario(client: Client) -> None:
        natural = (await client.post(CHAT, chat())).json
        count = natural["usage"]["completion_tokens"]
        assert natural["choices"][0]["finish_reason"] == "stop"
        for limit in (1, 2, 5, count - 1, count, count + 1):
            for name in ("max_tokens", "max_completion_tokens"):
                answer = (await client.post(CHAT, chat(**{name: limit}))).json
                text = answer["choices"][0]["message"]["content"]
                assert answer["usage"]["completion_tokens"] == min(limit, count)
                assert client.app.world.tokens.count(text) == min(limit, count)
                assert answer["choices"][0]["finish_reason"] == ("length" if limit < count else "stop")
                assert natural["choices"][0]["message"]["content"].startswith(text)
        longer = (await client.post(CHAT, chat(max_tokens=500, min_tokens=500, ignore_eos=True))).json
        assert longer["usage"]["completion_tokens"] == 500
        assert longer["choices"][0]["finish_reason"] == "length"
        assert client.app.world.tokens.count(longer["choices"][0]["message"]["content"]) == 500

    run(scenario)


def test_stop_cuts_the_text_before_the_first_stop_even_inside_a_token() -> None:
    async def scenario(client: Client) -> None:
        whole = (await client.post(CHAT, chat())).json["choices"][0]["message"]["content"]
        for stop in (whole[10:14], [whole[30:33], whole[12:15]], whole[:2]):
            answer = (await client.post(CHAT, chat(stop=stop))).json["choices"][0]
            stops = [stop] if isinstance(stop, str) else stop
            assert answer["message"]["content"] == whole[: min(whole.index(s) for s in stops)]
            assert answer["finish_reason"] == "stop"

    run(scenario)


def test_choices_differ_and_the_first_is_the_only_one_of_n_1() -> None:
    async def scenario(client: Client) -> None:
        one = (await client.post(CHAT, chat())).json
        three = (await client.post(CHAT, chat(n=3))).json
        texts = [choice["message"]["content"] for choice in three["choices"]]
        assert len(set(texts)) == 3
        assert texts[0] == one["choices"][0]["message"]["content"]
        assert three["usage"]["completion_tokens"] == sum(map(client.app.world.tokens.count, texts))

    run(scenario)


def test_the_answer_depends_on_what_is_asked_not_on_how_it_is_delivered() -> None:
    async def scenario(client: Client) -> None:
        async def text(**fields: Any) -> str:
            return str((await client.post(CHAT, chat(**fields))).json["choices"][0]["message"]["content"])

        same = await text()
        assert await text(user="somebody") == same
        assert await text(metadata={"a": "b"}) == same
        assert await text(seed=1) != same
        assert await text(seed=1) == await text(seed=1)
        assert await text(temperature=0.3) != same
        reordered = dict(reversed(chat().items()))
        assert (await client.post(CHAT, reordered)).json["choices"][0]["message"]["content"] == same

    run(scenario)


def test_an_answer_takes_its_simulated_time_streamed_or_not() -> None:
    async def scenario(client: Client) -> None:
        whole = await client.post(CHAT, chat(max_tokens=50))
        assert [moment for moment, _ in whole.sends] == [pytest.approx(0.2 + 49 * 0.01)]
        assert whole.headers["openai-processing-ms"] == "690"
        stream = await client.post(CHAT, chat(max_tokens=50, stream=True))
        moments = [moment for moment, _ in stream.sends]
        assert moments == pytest.approx([0.2 + k * 0.01 for k in range(50)])
        assert stream.headers["openai-processing-ms"] == "200"
        assert stream.sends[0][1].count(b"data: ") == 2  # the role leaves with the first token
        assert stream.sends[-1][1].count(b"data: ") == 3  # the last token with the finish and [DONE]

    assert run(scenario) == pytest.approx(2 * 0.69)


def test_a_thousand_tokens_do_not_drift() -> None:
    async def scenario(client: Client) -> None:
        stream = await client.post(CHAT, chat(max_tokens=1000, ignore_eos=True, stream=True))
        assert len(stream.sends) == 1000
        assert stream.sends[-1][0] == pytest.approx(0.2 + 999 * 0.01, abs=1e-6)

    run(scenario)


def test_variance_spreads_the_moments_within_its_bounds_and_repeats() -> None:
    options = Options(ttft=Delay(0.1, 0.5), itl=Delay(0.01, 0.2))
    seen: list[list[float]] = []

    async def scenario(client: Client) -> None:
        body = chat(max_tokens=200, ignore_eos=True)
        stream = await client.post(CHAT, {**body, "stream": True})
        moments = [moment for moment, _ in stream.sends]
        gaps = [b - a for a, b in pairwise(moments)]
        assert 0.05 <= moments[0] <= 0.15
        assert 0.0079 < min(gaps) < 0.0085
        assert 0.0115 < max(gaps) < 0.0121
        whole = await client.post(CHAT, body)
        assert whole.sends[0][0] == pytest.approx(moments[-1])
        seen.append(moments)

    run(scenario, options)
    run(scenario, options)
    assert seen[0] == seen[1]


def test_without_latency_a_stream_leaves_in_one_write() -> None:
    async def scenario(client: Client) -> None:
        stream = await client.post(CHAT, chat(stream=True))
        assert len(stream.sends) == 1

    assert run(scenario, Options(ttft=Delay(0), itl=Delay(0))) == 0


def test_a_slow_reader_gets_what_is_due_in_one_write_and_loses_nothing() -> None:
    async def scenario(client: Client) -> None:
        whole = await client.post(CHAT, chat(max_tokens=100, ignore_eos=True))
        slow = await client.post(CHAT, chat(max_tokens=100, ignore_eos=True, stream=True), reads_slowly=0.1)
        assert streamed_text(slow) == whole.json["choices"][0]["message"]["content"]
        assert len(slow.sends) < 15
        assert [moment for moment, _ in slow.sends][1:] == pytest.approx(
            [0.4 + 0.1 * k for k in range(len(slow.sends) - 1)]
        )

    run(scenario)


def test_a_client_that_goes_away_frees_everything_it_held() -> None:
    async def scenario(client: Client) -> None:
        app = client.app
        gone = await client.post(CHAT, chat(max_tokens=100, stream=True), leave_after=0.5)
        assert len(gone.sends) == 30
        assert (app.streams, app.pacer.waiting) == (0, 0)
        waiting = await client.post(CHAT, chat(max_tokens=100, stream=True), leave_after=0.1)
        assert waiting.sends == []
        whole = await client.post(CHAT, chat(max_tokens=100), leave_after=0.1)
        assert (whole.status, whole.sends) == (0, [])
        assert (app.streams, app.pacer.waiting) == (0, 0)

    assert run(scenario) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("change", "status", "code", "param", "words"),
    [
        ({"messages": None}, 400, "invalid_type", "messages", "expected an array"),
        ({"messages": []}, 400, "empty_array", "messages", "minimum length 1"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "invalid_value", "messages[0].role", "'robot'"),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "invalid_type", "messages[0].content", "a string or"),
        ({"messages": [{"role": "user"}]}, 400, "missing_required_parameter", "messages[0].content", "Missing"),
        ({"messages": ["x"]}, 400, "invalid_type", "messages[0]", "expected an object, but got a string"),
        ({"temperature": 3}, 400, "decimal_above_max_value", "temperature", "<= 2, but got 3"),
        ({"temperature": -0.5}, 400, "decimal_below_min_value", "temperature", ">= 0, but got -0.5"),
        ({"modalities": ["zz"]}, 400, "invalid_value", "modalities[0]", "'text', 'audio'"),
        ({"temperature": "hot"}, 400, "invalid_type", "temperature", "expected a decimal"),
        ({"n": 0}, 400, "integer_below_min_value", "n", ">= 1"),
        ({"n": 129}, 400, "integer_above_max_value", "n", "<= 128"),
        ({"stream": "yes"}, 400, "invalid_type", "stream", "expected a boolean"),
        ({"stop": ["a", "b", "c", "d", "e"]}, 400, "array_above_max_length", "stop", "maximum length 4"),
        ({"max_tokens": 2_000_000}, 400, "invalid_value", "max_tokens", "too large"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_in_the_envelope(
    change: dict[str, Any], status: int, code: str, param: str, words: str
) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, {**chat(), **change})
        assert (answer.status, answer.error["type"]) == (status, "invalid_request_error")
        assert (answer.error["code"], answer.error["param"]) == (code, param)
        assert words in answer.error["message"]
        assert answer.headers["content-type"] == "application/json"

    assert run(scenario) == 0


def test_a_body_without_model_or_messages_or_json_is_refused() -> None:
    async def scenario(client: Client) -> None:
        missing = await client.post(CHAT, {"messages": chat()["messages"]})
        assert (missing.error["code"], missing.error["param"]) == ("missing_required_parameter", "model")
        for raw in (b"", b"{", b"[" * 5000, b'{"a": NaN}', b"\xff\xfe", b'"text"', b"[]", b"null"):
            answer = await client.post(CHAT, raw)
            assert answer.status == 400, raw
            assert answer.error["message"]

    run(scenario)


def test_more_than_one_request_may_ask_for_is_refused() -> None:
    async def scenario(client: Client) -> None:
        for fields, param in (
            ({"n": 128, "max_tokens": 300_000}, "max_tokens"),
            ({"max_completion_tokens": 2_000_000}, "max_completion_tokens"),
            ({"max_tokens": 5, "min_tokens": 6}, "min_tokens"),
            ({"max_tokens": 0}, "max_tokens"),
            ({"max_completion_tokens": -1}, "max_completion_tokens"),
        ):
            answer = await client.post(CHAT, chat(**fields))
            assert (answer.status, answer.error["param"]) == (400, param)
        deep: dict[str, Any] = {}
        for _ in range(300):
            deep = {"a": deep}
        tools = [{"type": "function", "function": {"name": "f", "parameters": deep}}]
        answer = await client.post(CHAT, chat(tools=tools))
        assert (answer.status, "nested too deeply" in answer.error["message"]) == (400, True)

    run(scenario)


def test_a_long_answer_lets_others_have_their_turn() -> None:
    async def scenario(client: Client) -> None:
        order: list[str] = []

        async def ask(name: str, **fields: Any) -> None:
            assert (await client.post(CHAT, chat(**fields))).status == 200
            order.append(name)

        await asyncio.gather(
            ask("long", n=8, max_tokens=20_000, ignore_eos=True), *[ask("short", max_tokens=1) for _ in range(3)]
        )
        assert order == ["short", "short", "short", "long"]

    run(scenario, Options(ttft=Delay(0), itl=Delay(0)))


def test_min_tokens_and_ignore_eos_hold() -> None:
    async def scenario(client: Client) -> None:
        async def answer(**fields: Any) -> tuple[int, str]:
            made = (await client.post(CHAT, chat(**fields))).json
            return made["usage"]["completion_tokens"], made["choices"][0]["finish_reason"]

        assert (await answer(min_tokens=30_000, max_tokens=40_000))[0] >= 30_000
        assert await answer(ignore_eos=True) == (16_384, "length")
        size, reason = await answer(stop=" the", min_tokens=200)
        assert size >= 200
        assert reason == "stop"

    run(scenario)


def test_null_is_taken_where_the_spec_takes_it() -> None:
    async def scenario(client: Client) -> None:
        for name in ("stop", "n", "seed", "temperature", "max_tokens", "stream", "stream_options", "metadata"):
            assert (await client.post(CHAT, chat(**{name: None}))).status == 200, name

    run(scenario)


def test_unknown_properties_are_accepted() -> None:
    async def scenario(client: Client) -> None:
        extra = {
            "top_k": 5,
            "nvext": {"a": 1},
            "repetition_penalty": 1.1,
            "chat_template_kwargs": {},
            "guided_json": {},
        }
        assert (await client.post(CHAT, chat(**extra))).status == 200

    run(scenario)


def test_every_role_and_kind_of_content_is_understood() -> None:
    messages: list[dict[str, Any]] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
        {"role": "user", "content": "What is the weather?", "name": "ann"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "And on this picture of volcanoes?"},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            ],
        },
    ]

    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, {"model": "m", "messages": messages})
        assert answer.status == 200
        assert "image" in answer.json["choices"][0]["message"]["content"]

    run(scenario)


def test_the_bare_host_answers_like_v1() -> None:
    async def scenario(client: Client) -> None:
        with_base = (await client.post(CHAT, chat())).json
        without = (await client.post("/chat/completions", chat())).json
        assert without["choices"] == with_base["choices"]

    run(scenario)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    async def scenario(client: Client) -> None:
        for n in (b"2.0", b"2e0"):
            body = b'{"model": "m", "n": %b, "max_tokens": 3.0, "messages": [{"role": "user", "content": "a"}]}' % n
            answer = await client.post(CHAT, body)
            assert (len(answer.json["choices"]), answer.json["usage"]["completion_tokens"]) == (2, 6)

    run(scenario)


def test_a_first_token_that_takes_no_time_is_followed_by_others_that_do() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(max_tokens=5, min_tokens=5, ignore_eos=True))
        assert answer.json["usage"]["completion_tokens"] == 5

    assert run(scenario, Options(ttft=Delay(0), itl=Delay(0.25))) == pytest.approx(1.0)
