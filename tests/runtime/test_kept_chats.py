"""Chat completions that are kept."""

import pytest

from tests.inprocess import Client, chat, run
from tests.runtime.test_responses import schemas_of

URL = "/v1/chat/completions"
fits = schemas_of("chat")


@pytest.mark.parametrize("streams", [False, True])
def test_a_completion_is_kept_when_the_request_asks_for_it(streams: bool) -> None:
    async def scenario(client: Client) -> None:
        plain = (await client.post(URL, chat())).json
        answer = await client.post(URL, chat(store=True, metadata={"a": "b"}, stream=streams))
        id = answer.events[0]["id"] if streams else answer.json["id"]
        assert id.startswith("chatcmpl-")
        kept = (await client.get(f"{URL}/{id}")).json
        fits(kept, "CreateChatCompletionResponse")
        assert kept == {**plain, "id": id, "created": kept["created"], "metadata": {"a": "b"}}
        if not streams:
            assert kept == {**answer.json, "metadata": {"a": "b"}}
        assert (await client.get(f"{URL}/{plain['id']}")).status == 404

    run(scenario)


def test_kept_completions_are_listed_changed_and_deleted() -> None:
    async def scenario(client: Client) -> None:
        ids = []
        for n in range(4):
            asked = chat(store=True, model=f"model-{n % 2}", metadata={"n": str(n), "kind": "test"})
            ids.append((await client.post(URL, asked)).json["id"])
        page = (await client.get(f"{URL}?limit=3")).json
        fits(page, "ChatCompletionList")
        assert [one["id"] for one in page["data"]] == ids[:3]
        assert (page["first_id"], page["last_id"], page["has_more"]) == (ids[0], ids[2], True)
        for query, found in (
            (f"after={ids[2]}", ids[3:]), ("order=desc&limit=2", ids[:1:-1]), ("model=model-1", ids[1::2]),
            ("metadata[n]=2", ids[2:3]), ("metadata[kind]=test&model=model-0", ids[::2]), ("metadata[n]=9", []),
        ):  # fmt: skip
            assert [one["id"] for one in (await client.get(f"{URL}?{query}")).json["data"]] == found, query
        changed = (await client.post(f"{URL}/{ids[0]}", {"metadata": {"new": "yes"}})).json
        fits(changed, "CreateChatCompletionResponse")
        assert changed["metadata"] == {"new": "yes"}
        assert (await client.delete(f"{URL}/{ids[0]}")).json == {
            "id": ids[0], "object": "chat.completion.deleted", "deleted": True,
        }  # fmt: skip
        for answer in (
            await client.get(f"{URL}/{ids[0]}"), await client.get(f"{URL}/{ids[0]}/messages"),
            await client.delete(f"{URL}/{ids[0]}"),
        ):  # fmt: skip
            assert (answer.status, answer.error["message"]) == (404, f"Chat completion with id '{ids[0]}' not found.")
        assert [one["id"] for one in (await client.get(URL)).json["data"]] == ids[1:]

    run(scenario)


def test_the_messages_of_a_kept_completion_are_listed_in_pages() -> None:
    async def scenario(client: Client) -> None:
        parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "http://a/b"}}]
        messages = [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": parts},
            {"role": "user", "content": "Well?", "name": "al"},
        ]
        id = (await client.post(URL, chat(store=True, messages=messages))).json["id"]
        whole = (await client.get(f"{URL}/{id}/messages")).json
        assert whole["data"] == [
            {"id": f"{id}-0", "role": "system", "content": "Be kind.", "refusal": None, "name": None,
             "content_parts": None},
            {"id": f"{id}-1", "role": "user", "content": "What is this?", "refusal": None, "name": None,
             "content_parts": parts},
            {"id": f"{id}-2", "role": "user", "content": "Well?", "refusal": None, "name": "al",
             "content_parts": None},
        ]  # fmt: skip
        page = (await client.get(f"{URL}/{id}/messages?order=desc&limit=1&after={id}-2")).json
        assert page == {
            "object": "list", "data": [whole["data"][1]], "first_id": f"{id}-1", "last_id": f"{id}-1", "has_more": True,
        }  # fmt: skip

    run(scenario)
