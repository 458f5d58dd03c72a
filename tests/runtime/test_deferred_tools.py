"""Tools that responses load when they need them, namespaces, programs that call tools, and pages of the web."""

from typing import Any

import pytest

from tests.inprocess import Client, run
from tests.runtime.test_response_items import body, whole_and_streamed
from tests.runtime.test_response_tools import part_of, types
from tests.runtime.test_responses import URL, fits


def function(name: str, description: str, *fields: str, **more: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {field: {"type": "string"} for field in fields},
        "required": list(fields),
        "additionalProperties": False,
    }
    return {"type": "function", "name": name, "description": description, "parameters": schema, **more}


WEATHER = function("get_weather", "Tell the weather in a city.", "city")
ORDERS = function("list_open_orders", "List the open orders of a customer.", "customer_id", defer_loading=True)
REFUND = function("refund_payment", "Refund a payment of a customer.", "payment_id", defer_loading=True)
CRM = {"type": "namespace", "name": "crm", "description": "Customers and their orders.", "tools": [ORDERS, REFUND]}
SEARCH = {"type": "tool_search"}
ASKS = "List the open orders of customer C-17"


async def answered(client: Client, made: dict[str, Any], tools: list[Any], output: str = "ok") -> dict[str, Any]:
    """What comes after the calls of the response *made* gave *output*."""
    results = [
        {"type": "function_call_output", "call_id": call["call_id"], "output": output}
        for call in made["output"]
        if call["type"] == "function_call"
    ]
    answer = await client.post(URL, body(results, made["model"], tools=tools, previous_response_id=made["id"]))
    assert answer.status == 200, answer.body
    fits(answer.json, "Response")
    return dict(answer.json)


def test_a_deferred_tool_is_looked_for_and_then_called() -> None:
    async def scenario(client: Client) -> None:
        tools = [WEATHER, CRM, SEARCH]
        made, found = await whole_and_streamed(client, body(ASKS, tools=tools))
        assert types(made) == ["tool_search_call", "tool_search_output", "function_call"]
        search, output, call = made["output"]
        assert (search["execution"], search["call_id"], search["arguments"]) == ("server", None, {"paths": ["crm"]})
        assert (output["execution"], output["call_id"], output["tools"]) == ("server", None, [CRM])
        assert (call["namespace"], call["name"], call["arguments"]) == (
            "crm", "list_open_orders", '{"customer_id":"C-17"}',
        )  # fmt: skip
        assert [event["type"] for event in found if event["type"].startswith("response.output_item")] == [
            "response.output_item.added", "response.output_item.done",
        ] * 3  # fmt: skip
        ended = await answered(client, made, tools, "Two orders are open.")
        assert types(ended) == ["message"]
        assert part_of(ended)["text"] == "For C-17: Two orders are open."
        again = (await client.post(URL, body(
            "Refund payment P-3 of that customer", tools=tools, previous_response_id=ended["id"],
        ))).json  # fmt: skip
        assert types(again) == ["function_call"]  # its namespace is loaded
        other = (await client.post(URL, body("What is the weather in Oslo?", tools=tools))).json
        assert types(other) == ["function_call"]
        assert "namespace" not in other["output"][0]

    run(scenario)


def test_what_is_deferred_is_not_read_before_it_is_loaded() -> None:
    async def scenario(client: Client) -> None:
        counts = []
        for tools in ([CRM], [CRM, SEARCH], [ORDERS], [ORDERS, SEARCH]):
            counted = await client.post(f"{URL}/input_tokens", body("Hi", tools=tools))
            counts.append(counted.json["input_tokens"])
        assert counts[1] < counts[0]
        assert counts[3] < counts[2]
        made = (await client.post(URL, body(ASKS, tools=[CRM]))).json  # nobody could look for it
        assert types(made) == ["function_call"]

    run(scenario)


def test_a_client_looks_for_tools_itself() -> None:
    async def scenario(client: Client) -> None:
        schema = {"type": "object", "properties": {"goal": {"type": "string"}}, "required": ["goal"],
                  "additionalProperties": False}  # fmt: skip
        tools = [{**SEARCH, "execution": "client", "description": "Find tools.", "parameters": schema}]
        made, _ = await whole_and_streamed(client, body(ASKS, tools=tools))
        (search,) = made["output"]
        assert (search["type"], search["execution"]) == ("tool_search_call", "client")
        assert list(search["arguments"]) == ["goal"]
        for brought, expected in (([ORDERS], "function_call"), ([], "message")):
            output = {"type": "tool_search_output", "call_id": search["call_id"], "execution": "client",
                      "tools": brought}  # fmt: skip
            more = body([output], tools=tools, previous_response_id=made["id"])
            answer = (await client.post(URL, more)).json
            fits(answer, "Response")
            assert types(answer) == [expected]
        known = [{**SEARCH, "execution": "client"}, ORDERS]
        asked = (await client.post(URL, body(ASKS, tools=known))).json
        assert types(asked) == ["tool_search_call"]
        assert asked["output"][0]["arguments"] == {"paths": ["list_open_orders"]}
        greeted = (await client.post(URL, body("Hello", tools=tools))).json
        assert types(greeted) == ["message"]

    run(scenario)


def test_a_deferred_server_is_looked_for_before_it_is_listed() -> None:
    async def scenario(client: Client) -> None:
        shop = {"type": "mcp", "server_label": "shop", "server_url": "https://shop.example.com/mcp",
                "allowed_tools": ["find_lamps"], "require_approval": "never", "defer_loading": True}  # fmt: skip
        tools = [shop, SEARCH]
        made, _ = await whole_and_streamed(client, body("Find lamps in the shop", tools=tools))
        assert types(made) == ["tool_search_call", "tool_search_output", "mcp_list_tools", "mcp_call", "message"]
        assert made["output"][0]["arguments"] == {"paths": ["shop"]}
        idle = (await client.post(URL, body("Hello", tools=[*tools, WEATHER]))).json
        assert types(idle) == ["message"]
        more = body("Find more lamps in the shop", tools=tools, previous_response_id=made["id"])
        assert types((await client.post(URL, more)).json) == ["mcp_call", "message"]

    run(scenario)


@pytest.mark.parametrize("model", ["gpt-4.1", "o9"])
def test_a_program_calls_tools_and_ends_with_their_results(model: str) -> None:
    thought = ["reasoning"] if model == "o9" else []

    async def scenario(client: Client) -> None:
        tools = [{**WEATHER, "allowed_callers": ["direct", "programmatic"]}, {"type": "programmatic_tool_calling"}]
        asked = body("What is the weather in Oslo and in Rome?", model=model, tools=tools)
        made, _ = await whole_and_streamed(client, asked)
        assert types(made) == [*thought, "program", "function_call", "function_call"]
        program, *calls = made["output"][len(thought) :]
        assert program["code"] == (
            'const results = await Promise.all([\n  tools.get_weather({"city":"Oslo"}),\n'
            '  tools.get_weather({"city":"Rome"}),\n]);\ntext(JSON.stringify(results));'
        )
        assert [call["caller"] for call in calls] == [{"type": "program", "caller_id": program["call_id"]}] * 2
        ended = await answered(client, made, tools, "18 degrees")
        assert types(ended) == ["program_output", *thought, "message"]
        output = next(item for item in ended["output"] if item["type"] == "program_output")
        assert (output["call_id"], output["result"], output["status"]) == (
            program["call_id"], '["18 degrees","18 degrees"]', "completed",
        )  # fmt: skip
        again = (await client.post(URL, body("Thanks", tools=tools, previous_response_id=ended["id"]))).json
        assert "program_output" not in types(again)
        one = (await client.post(URL, body("What is the weather in Oslo?", tools=tools))).json
        assert types(one) == ["function_call"]  # no program is worth it
        assert "caller" not in one["output"][0]
        for more in (
            {"tools": [{**WEATHER, "allowed_callers": ["programmatic"]}, tools[1]]},
            {"tools": tools, "tool_choice": {"type": "programmatic_tool_calling"}},
        ):
            made = (await client.post(URL, body("What is the weather in Oslo?", **more))).json
            assert types(made) == ["program", "function_call"]
            fits(made, "Response")
            assert made["output"][0]["code"].startswith('const result = await tools.get_weather({"city":"Oslo"});')

    run(scenario)


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("Search for the latest news on lamps", ["search"]),
        ("Search the web for lamps and read about them in detail", ["search", "open_page"]),
        ("Open https://example.com/lamps.html", ["open_page"]),
        ('Find "paged attention" in https://example.com/lamps.html', ["open_page", "find_in_page"]),
    ],
)
def test_pages_are_opened_and_looked_through(prompt: str, actions: list[str]) -> None:
    async def scenario(client: Client) -> None:
        asked = body(prompt, tools=[{"type": "web_search"}], include=["web_search_call.action.sources"])
        made, _ = await whole_and_streamed(client, asked)
        *calls, _ = made["output"]
        assert [call["action"]["type"] for call in calls] == actions
        part = part_of(made)
        assert part["annotations"]
        for each in part["annotations"]:
            assert part["text"][each["start_index"] : each["end_index"]] == f"([{each['title']}]({each['url']}))"
        urls = {each["url"] for each in part["annotations"]}
        for call in calls:
            if call["action"]["type"] != "search":
                assert call["action"]["url"] in urls
        if actions[-1] == "find_in_page":
            assert calls[-1]["action"]["pattern"] == "paged attention"
            assert 'The page says "paged attention"' in part["text"]
        if len(actions) > 1:
            once = (await client.post(URL, {**asked, "max_tool_calls": 1})).json
            assert types(once) == ["web_search_call", "message"]

    run(scenario)


def test_a_page_outside_the_allowed_domains_is_not_opened() -> None:
    async def scenario(client: Client) -> None:
        tool = {"type": "web_search", "filters": {"allowed_domains": ["example.org"]}}
        made = (await client.post(URL, body("Open https://www.example.com/lamps", tools=[tool]))).json
        urls = [each["url"] for each in part_of(made)["annotations"]]
        assert urls
        assert all(url.startswith("https://example.org/") for url in urls)
        open = (await client.post(URL, body("Open https://www.example.org/lamps", tools=[tool]))).json
        assert open["output"][0]["action"] == {"type": "open_page", "url": "https://www.example.org/lamps"}

    run(scenario)


def search(model: str, **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "What is the latest news on lamps?"}], **fields}


@pytest.mark.parametrize(
    ("model", "options", "pages"),
    [
        ("gpt-4o-search-preview", None, 3),
        ("gpt-5-search-api", {"search_context_size": "high"}, 5),
        ("my-model", {"search_context_size": "low"}, 2),
    ],
)
def test_a_chat_searches_the_web_and_cites(model: str, options: dict[str, str] | None, pages: int) -> None:
    async def scenario(client: Client) -> None:
        asked = search(model) | ({} if options is None else {"web_search_options": options})
        made = (await client.post("/v1/chat/completions", asked)).json
        message = made["choices"][0]["message"]
        assert len(message["annotations"]) == pages
        for each in message["annotations"]:
            cited = each["url_citation"]
            assert each["type"] == "url_citation"
            assert (message["content"][cited["start_index"] : cited["end_index"]]) == (
                f"([{cited['title']}]({cited['url']}))"
            )
        assert "lamps" in message["content"]
        streamed = (await client.post("/v1/chat/completions", asked | {"stream": True})).events
        deltas = [event["choices"][0]["delta"] for event in streamed]
        assert "".join(delta.get("content") or "" for delta in deltas) == message["content"]
        assert [delta["annotations"] for delta in deltas if "annotations" in delta] == [message["annotations"]]
        cut = (await client.post("/v1/chat/completions", asked | {"max_completion_tokens": 20})).json["choices"][0]
        assert cut["finish_reason"] == "length"
        assert len(cut["message"]["annotations"]) < pages
        several = (await client.post("/v1/chat/completions", asked | {"n": 2})).json["choices"]
        assert several[0]["message"]["content"] != several[1]["message"]["content"]

    run(scenario)


def test_a_model_that_cannot_search_says_so() -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post("/v1/chat/completions", search("gpt-3.5-turbo", web_search_options={}))
        assert (refused.status, refused.error) == (400, {
            "message": "Web search options not supported with this model.", "type": "invalid_request_error",
            "param": "web_search_options", "code": None,
        })  # fmt: skip
        plain = (await client.post("/v1/chat/completions", search("gpt-4o"))).json
        assert plain["choices"][0]["message"]["annotations"] == []

    run(scenario)
