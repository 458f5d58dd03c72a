"""Responses: whole, streamed, in the background, continued."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.runtime.options import Delay, Options
from tests.inprocess import EPOCH, ROOT, Answer, Client, run

MODEL = "gpt-4.1"
QUESTION = "Tell me about KV cache routing"
URL = "/v1/responses"


@cache
def document(family: str) -> Any:
    """What was imported from OpenAI's document for a family, as it is there."""
    return yaml.load((ROOT / f"specs/openai/{family}.yaml").read_text(), yaml.CSafeLoader)["components"]


@cache
def validator(family: str, name: str) -> Any:
    """Of the schema *name* of the document."""
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document(family)})


def schemas_of(family: str) -> Callable[[Any, str], None]:
    """What fails unless a value is valid against a schema of the *family*, which is named."""

    def fits(value: Any, name: str) -> None:
        found = validator(family, name).iter_errors(value)
        problems = [f"{list(problem.instance_path)}: {problem.message[:200]}" for problem in found]
        assert not problems, problems

    return fits


fits = schemas_of("responses")


def body(**fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "input": QUESTION, **fields}


def events(answer: Answer) -> list[dict[str, Any]]:
    """The events of a stream: each says its type twice, is numbered, and fits the document."""
    found = []
    for block in answer.body.decode().split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {found[-1]['type']}"
        fits(found[-1], "ResponseStreamEvent")
    return found


def text_of(response: dict[str, Any]) -> str:
    (message,) = response["output"]
    (part,) = message["content"]
    return str(part["text"])


def test_a_response_says_all_that_the_document_requires() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(URL, body())
        made = answer.json
        fits(made, "Response")
        text, id = text_of(made), made["id"]
        assert len(id) == 37
        assert made == {
            "id": id, "object": "response", "created_at": int(EPOCH), "status": "completed", "background": False,
            "completed_at": int(EPOCH + answer.sends[0][0]), "conversation": None, "error": None,
            "incomplete_details": None, "instructions": None, "max_output_tokens": None, "max_tool_calls": None,
            "model": MODEL, "moderation": None,
            "output": [{
                "id": f"msg_{id[5:]}01", "type": "message", "status": "completed", "role": "assistant",
                "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
            }],
            "parallel_tool_calls": True, "previous_response_id": None, "reasoning": {"effort": None, "summary": None},
            "service_tier": "default", "store": True, "temperature": 1.0,
            "text": {"format": {"type": "text"}, "verbosity": "medium"}, "tool_choice": "auto", "tools": [],
            "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "metadata": {},
            "usage": {
                "input_tokens": 13, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": client.app.world.tokens.count(text),
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 13 + client.app.world.tokens.count(text),
            },
        }  # fmt: skip
        assert answer.sends[0][0] == pytest.approx(0.2 + 0.01 * (made["usage"]["output_tokens"] - 1))
        assert (await client.get(f"{URL}/{id}")).json == made

    run(scenario)


def test_a_response_echoes_the_settings_of_its_request() -> None:
    settings = {
        "instructions": "Be brief.", "max_output_tokens": 500, "max_tool_calls": 3, "metadata": {"a": "b"},
        "parallel_tool_calls": False, "prompt_cache_key": "k", "safety_identifier": "s", "temperature": 0.5,
        "tool_choice": "none", "top_logprobs": 2, "top_p": 0.9, "truncation": "auto", "user": "u",
        "service_tier": "flex", "reasoning": {"effort": "low", "summary": "auto"}, "prompt_cache_retention": "24h",
    }  # fmt: skip
    tool = {"type": "function", "name": "look_up"}

    async def scenario(client: Client) -> None:
        for path, name in ((URL, "Response"), (f"{URL}?beta=true", "BetaResponse")):
            asked = body(
                **settings,
                tools=[tool],
                text={"verbosity": "low"},
                prompt_cache_options={"mode": "explicit"},
                store=False,
            )
            made = (await client.post(path, asked)).json
            fits(made, name)
            assert {key: made[key] for key in settings} == settings
            assert made["tools"] == [{**tool, "parameters": None, "strict": True}]
            assert made["text"] == {"format": {"type": "text"}, "verbosity": "low"}
            assert made["prompt_cache_options"] == {"mode": "explicit", "ttl": "30m"}
            assert (made["store"], (await client.get(f"{URL}/{made['id']}")).status) == (False, 404)

    run(scenario)


def test_a_stream_is_all_events_in_their_order_at_their_moments() -> None:
    async def scenario(client: Client) -> None:
        whole = (await client.post(URL, body())).json
        answer = await client.post(URL, body(stream=True))
        found = events(answer)
        assert [event["sequence_number"] for event in found] == list(range(len(found)))
        size = whole["usage"]["output_tokens"]
        assert [event["type"].removeprefix("response.") for event in found] == [
            "created", "in_progress", "output_item.added", "content_part.added", *["output_text.delta"] * size,
            "output_text.done", "content_part.done", "output_item.done", "completed",
        ]  # fmt: skip
        deltas = found[4:-4]
        assert "".join(event["delta"] for event in deltas) == text_of(whole) == found[-4]["text"]
        assert all((len(event["delta"]) + len(event["obfuscation"])) % 16 == 0 for event in deltas)
        done = found[-1]["response"]
        assert (text_of(done), done["usage"]) == (text_of(whole), whole["usage"])
        assert (found[0]["response"]["status"], found[0]["response"]["output"]) == ("in_progress", [])
        assert [moment for moment, _ in answer.sends] == pytest.approx([0, *(0.2 + 0.01 * k for k in range(size))])
        assert (await client.get(f"{URL}/{done['id']}")).json == done

    run(scenario)


def test_obfuscation_can_be_left_out() -> None:
    async def scenario(client: Client) -> None:
        plain = events(await client.post(URL, body(stream=True, stream_options={"include_obfuscation": False})))
        assert not [event for event in plain if "obfuscation" in event]
        id = plain[0]["response"]["id"]
        assert events(await client.get(f"{URL}/{id}?stream=true&include_obfuscation=false")) == plain
        hidden = events(await client.get(f"{URL}/{id}?stream=true"))
        assert [event["type"] for event in hidden if "obfuscation" in event] == ["response.output_text.delta"] * (
            len(plain) - 8
        )

    run(scenario)


def test_a_response_is_cut_at_the_most_tokens() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post(URL, body(max_output_tokens=16))).json
        fits(made, "Response")
        whole = text_of((await client.post(URL, body())).json)
        assert whole.startswith(text_of(made))
        assert (made["status"], made["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
        assert (made["completed_at"], made["output"][0]["status"]) == (None, "incomplete")
        assert made["usage"]["output_tokens"] == 16
        streamed = events(await client.post(URL, body(max_output_tokens=16, stream=True)))
        assert (streamed[-1]["type"], len(streamed)) == ("response.incomplete", 24)
        low = await client.post(URL, body(max_output_tokens=15))
        assert (low.status, low.error["param"]) == (400, "max_output_tokens")

    run(scenario)


ITEMS = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": [
        {"type": "input_text", "text": "What about paged attention?"},
        {"type": "input_image", "image_url": "https://example.com/a.png"},
        {"type": "input_file", "filename": "plan.txt", "file_data": "QSBwbGFuLg=="},
    ]},
    {"role": "assistant", "content": [{"type": "output_text", "text": "Well."}]},
    {"type": "function_call", "call_id": "call_1", "name": "look_up", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "ok"},
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
]  # fmt: skip


def test_the_items_of_an_input_are_listed_in_pages() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post(URL, body(input=ITEMS))).json["id"]
        page = (await client.get(f"{URL}/{id}/input_items?order=asc")).json
        fits(page, "ResponseItemList")
        digits = id[5:]
        assert [item["id"] for item in page["data"]] == [
            f"msg_{digits}00", f"msg_{digits}01", f"msg_{digits}02", f"fc_{digits}03", f"fco_{digits}04", "rs_1",
        ]  # fmt: skip
        assert page["data"][1] == {
            "id": f"msg_{digits}01", "type": "message", "status": "completed", "role": "user",
            "content": [
                {"type": "input_text", "text": "What about paged attention?"},
                {"type": "input_image", "image_url": None, "detail": "auto"},
                {"type": "input_file", "filename": "plan.txt", "file_data": "QSBwbGFuLg=="},
            ],
        }  # fmt: skip
        assert page["data"][2]["content"] == [
            {"type": "output_text", "text": "Well.", "annotations": [], "logprobs": []}
        ]
        assert page["data"][4] == {
            "id": f"fco_{digits}04", "type": "function_call_output", "call_id": "call_1", "output": "ok",
            "status": "completed",
        }  # fmt: skip
        assert page["data"][5]["encrypted_content"] is None
        asked = "include[]=message.input_image.image_url&include[]=reasoning.encrypted_content"
        full = (await client.get(f"{URL}/{id}/input_items?order=asc&{asked}")).json["data"]
        assert full[1]["content"][1]["image_url"] == "https://example.com/a.png"
        assert full[5]["encrypted_content"] == "abc"
        first = (await client.get(f"{URL}/{id}/input_items?limit=4")).json
        rest = (await client.get(f"{URL}/{id}/input_items?limit=4&after={first['last_id']}")).json
        assert (first["has_more"], rest["has_more"]) == (True, False)
        assert [item["id"] for item in (*first["data"], *rest["data"])] == [i["id"] for i in page["data"]][::-1]
        wrong = await client.get(f"{URL}/{id}/input_items?after=msg_x")
        assert (wrong.status, wrong.error["param"]) == (400, "after")

    run(scenario)


def test_a_message_of_parts_says_what_its_text_would() -> None:
    async def scenario(client: Client) -> None:
        parts = [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}]
        typed = [{"type": "message", "role": "user", "content": QUESTION, "id": "msg_mine"}]
        whole = [(await client.post(URL, body(input=given))).json for given in (parts, typed)]
        assert text_of(whole[0]) == text_of(whole[1])
        assert [made["usage"]["input_tokens"] for made in whole] == [13, 13]

    run(scenario)


def test_a_response_continues_another() -> None:
    async def scenario(client: Client) -> None:
        first = (await client.post(URL, body())).json
        second = (await client.post(URL, body(input="And its limits?", previous_response_id=first["id"]))).json
        assert second["previous_response_id"] == first["id"]
        alone = (await client.post(URL, body(input="And its limits?"))).json
        # Each message costs its role and what stands around it; the start of the answer is counted once.
        assert second["usage"]["input_tokens"] == (
            alone["usage"]["input_tokens"] + first["usage"]["total_tokens"] - 3 + 4
        )
        listed = (await client.get(f"{URL}/{second['id']}/input_items?order=asc")).json["data"]
        assert [(item["role"], item["content"][0]["text"]) for item in listed] == [
            ("user", QUESTION), ("assistant", text_of(first)), ("user", "And its limits?"),
        ]  # fmt: skip
        by_hand = (await client.post(URL, body(input=[
            {"role": "user", "content": QUESTION}, *first["output"], {"role": "user", "content": "And its limits?"},
        ]))).json  # fmt: skip
        assert (by_hand["usage"], text_of(by_hand)) == (second["usage"], text_of(second))
        referred = (await client.post(URL, body(input=[
            {"role": "user", "content": QUESTION}, {"type": "item_reference", "id": first["output"][0]["id"]},
            {"role": "user", "content": "And its limits?"},
        ]))).json  # fmt: skip
        assert (referred["usage"], text_of(referred)) == (second["usage"], text_of(second))

    run(scenario)


def test_what_is_not_there_cannot_be_continued() -> None:
    async def scenario(client: Client) -> None:
        for fields, status, message in (
            ({"previous_response_id": "resp_x"}, 400, "Previous response with id 'resp_x' not found."),
            ({"conversation": "conv_x"}, 404, "Conversation with id 'conv_x' not found."),
            ({"conversation": {"id": "conv_x"}}, 404, "Conversation with id 'conv_x' not found."),
            ({"background": True, "store": False}, 400, "Background mode requires 'store' to be true."),
            (
                {"input": [{"type": "item_reference", "id": "msg_x"}]}, 404,
                "Item with id 'msg_x' not found. Items are not persisted when `store` is set to false.",
            ),
        ):  # fmt: skip
            answer = await client.post(URL, body(**fields))
            assert (answer.status, answer.error["message"]) == (status, message)
        for name in ("model", "input"):
            half = {key: value for key, value in body().items() if key != name}
            answer = await client.post(URL, half)
            assert (answer.status, answer.error["message"]) == (400, f"Missing required parameter: '{name}'.")
        both = await client.post(URL, body(previous_response_id="resp_x", conversation="conv_x"))
        assert (both.status, both.error["code"]) == (400, "mutually_exclusive_parameters")

    run(scenario)


def test_a_deleted_response_is_gone() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post(URL, body())).json["id"]
        assert (await client.delete(f"{URL}/{id}")).json == {"id": id, "object": "response", "deleted": True}
        for answer in (
            await client.get(f"{URL}/{id}"),
            await client.get(f"{URL}/{id}?stream=true"),
            await client.get(f"{URL}/{id}/input_items"),
            await client.post(f"{URL}/{id}/cancel"),
            await client.delete(f"{URL}/{id}"),
        ):
            assert (answer.status, answer.error["message"]) == (404, f"Response with id '{id}' not found.")

    run(scenario)


def test_a_response_in_the_background_lives_by_itself() -> None:
    async def scenario(client: Client) -> None:
        whole = (await client.post(URL, body())).json
        answer = await client.post(URL, body(background=True))
        fits(answer.json, "Response")
        assert (answer.sends[0][0], answer.json["status"], answer.json["output"]) == (0, "queued", [])
        address = f"{URL}/{answer.json['id']}"
        early = await client.post(URL, body(previous_response_id=answer.json["id"]))
        assert (early.status, early.error["param"]) == (400, "previous_response_id")
        await client.wait(0.501)
        running = (await client.get(address)).json
        fits(running, "Response")
        assert (running["status"], running["output"]) == ("in_progress", [])
        await client.wait(0.2 + 0.01 * whole["usage"]["output_tokens"])
        done = (await client.get(address)).json
        assert (done["status"], text_of(done), done["usage"]) == ("completed", text_of(whole), whole["usage"])
        assert (await client.post(f"{address}/cancel")).json == done

    run(scenario)


def test_a_response_in_the_background_can_be_cancelled() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post(URL, body(background=True))).json["id"]
        await client.wait(0.755)
        for _ in range(2):
            cancelled = (await client.post(f"{URL}/{id}/cancel")).json
            fits(cancelled, "Response")
            assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
        await client.wait(100)
        assert (await client.get(f"{URL}/{id}")).json == cancelled
        said = events(await client.get(f"{URL}/{id}?stream=true"))
        assert [event["type"] for event in said].count("response.output_text.delta") == 6
        assert said[-1]["type"] == "response.output_text.delta"
        waiting = (await client.post(URL, body())).json["id"]
        refused = await client.post(f"{URL}/{waiting}/cancel")
        assert (refused.status, refused.error["message"]) == (400, "Cannot cancel a synchronous response.")

    run(scenario)


def test_a_stream_of_the_background_is_resumed_where_it_was_left() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(URL, body(background=True, stream=True), leave_after=0.755)
        seen = events(answer)
        assert [event["type"] for event in seen[:3]] == [
            "response.created", "response.queued", "response.in_progress",
        ]  # fmt: skip
        assert [seen[k]["response"]["status"] for k in range(3)] == ["queued", "queued", "in_progress"]
        assert [moment for moment, _ in answer.sends] == pytest.approx([0, 0.5, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75])
        id = seen[0]["response"]["id"]
        resumed = await client.get(f"{URL}/{id}?stream=true&starting_after={seen[-1]['sequence_number']}")
        assert resumed.sends[0][0] == pytest.approx(0.005, abs=1e-6)
        rest = events(resumed)
        assert [event["sequence_number"] for event in (*seen, *rest)] == list(range(len(seen) + len(rest)))
        done = rest[-1]["response"]
        assert "".join(event.get("delta", "") for event in (*seen, *rest)) == text_of(done)
        assert done == (await client.get(f"{URL}/{id}")).json
        again = await client.get(f"{URL}/{id}?stream=true")
        assert (events(again), {moment for moment, _ in again.sends}) == ([*seen, *rest], {0})
        nothing = await client.get(f"{URL}/{id}?stream=true&starting_after=9999")
        assert (nothing.status, nothing.body) == (200, b"")

    run(scenario)


def test_input_tokens_are_counted_as_a_response_counts_them() -> None:
    async def scenario(client: Client) -> None:
        first = (await client.post(URL, body())).json["id"]
        tools = [{"type": "function", "name": "look_up", "parameters": {"type": "object"}}]
        for fields in (
            {}, {"instructions": "Be brief."}, {"input": ITEMS}, {"previous_response_id": first}, {"tools": tools},
        ):  # fmt: skip
            counted = await client.post(f"{URL}/input_tokens", body(**fields))
            fits(counted.json, "TokenCountsResource")
            made = (await client.post(URL, body(**fields))).json
            assert counted.json == {
                "object": "response.input_tokens", "input_tokens": made["usage"]["input_tokens"],
            }  # fmt: skip
        assert (await client.post(f"{URL}/input_tokens?beta=true")).json["input_tokens"] == 3

    run(scenario)


def test_a_compacted_input_keeps_what_the_user_said() -> None:
    async def scenario(client: Client) -> None:
        first = (await client.post(URL, body())).json
        answer = await client.post(f"{URL}/compact", body(input="And its limits?", previous_response_id=first["id"]))
        made = answer.json
        fits(made, "CompactResource")
        *messages, compaction = made["output"]
        assert [{**item, "id": ""} for item in messages] == [
            {"id": "", "type": "message", "role": "user", "status": "completed",
             "content": [{"type": "input_text", "text": text}]}
            for text in (QUESTION, "And its limits?")
        ]  # fmt: skip
        assert (compaction["type"], compaction["id"][:4]) == ("compaction", "cmp_")
        continued = (await client.post(URL, body(input=[*made["output"], {"role": "user", "content": "Go on."}]))).json
        # What the compaction says costs as much as it was long.
        counted = await client.post(
            f"{URL}/input_tokens", body(input=[*messages, {"role": "user", "content": "Go on."}])
        )
        assert continued["usage"]["input_tokens"] == counted.json["input_tokens"] + made["usage"]["output_tokens"] + 3
        beta = await client.post(f"{URL}/compact?beta=true", body())
        fits(beta.json, "BetaCompactResource")

    run(scenario)


def test_the_same_request_says_the_same_on_every_server() -> None:
    said: list[str] = []

    async def scenario(client: Client) -> None:
        await client.wait(len(said))
        first = (await client.post(URL, body())).json
        second = (await client.post(URL, body(input="More.", previous_response_id=first["id"]))).json
        said.append(text_of(first) + text_of(second))

    run(scenario)
    run(scenario)
    assert said[0] == said[1]


def test_jitter_does_not_change_what_a_stream_ends_with() -> None:
    async def scenario(client: Client) -> None:
        found = events(await client.post(URL, body(stream=True)))
        kept = await client.get(f"{URL}/{found[0]['response']['id']}")
        assert kept.json == found[-1]["response"]

    run(scenario, Options(ttft=Delay(0.2, 0.5), itl=Delay(0.01, 0.9)))


@pytest.mark.parametrize("path", [URL, f"{URL}?beta=true"])
def test_every_beta_answer_fits_its_own_schema(path: str) -> None:
    name: Callable[[str], str] = lambda schema: f"Beta{schema}" if "beta" in path else schema  # noqa: E731

    async def scenario(client: Client) -> None:
        made = (await client.post(path, body(input=ITEMS))).json
        fits(made, name("Response"))
        own = path.replace(URL, f"{URL}/{made['id']}")
        assert (await client.get(own)).json == made
        fits((await client.get(own.replace(made["id"], made["id"] + "/input_items"))).json, name("ResponseItemList"))
        assert (await client.delete(own)).status == 200

    run(scenario)
