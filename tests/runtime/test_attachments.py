"""Files and pictures that prompts bring along: opened by their ids, counted, described, and read."""

import base64
from typing import Any

import pytest

from fakeai.runtime.clock import VirtualLoop
from fakeai.runtime.content.perception import documents
from tests.inprocess import Client, run, uncached
from tests.runtime.test_perception import data_url, painted, pdf, picture, recording

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
MODEL = "gpt-4.1"
GUIDE = (
    "The harbour of Nordvik was built in 1887. The harbour opens at six in the morning during summer. Boats to the "
    "islands leave from the northern pier every two hours. A ticket costs four crowns for adults and two for children. "
    "Dogs travel free of charge. The lighthouse can be visited on Sundays only."
)


def in_chat(part: dict[str, Any], words: str) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": [part, {"type": "text", "text": words}]}]}


def in_response(part: dict[str, Any], words: str) -> dict[str, Any]:
    return {"model": MODEL, "input": [{"role": "user", "content": [part, {"type": "input_text", "text": words}]}]}


def chat_text(answer: Any) -> str:
    assert answer.status == 200, answer.body
    return str(answer.json["choices"][0]["message"]["content"])


def response_text(answer: Any) -> str:
    assert answer.status == 200, answer.body
    return str(answer.json["output"][-1]["content"][0]["text"])


@pytest.mark.parametrize(("name", "data"), [("guide.txt", GUIDE.encode()), ("guide.pdf", pdf(*GUIDE.split(". ")))])
def test_a_file_named_by_its_id_is_read_like_one_that_is_sent(name: str, data: bytes) -> None:
    async def scenario(client: Client) -> None:
        id = await client.upload(data, name, "user_data")
        url = data_url(data, "application/pdf" if name.endswith("pdf") else "text/plain")
        question = "When does the harbour open?"
        named = await client.post(CHAT, in_chat({"type": "file", "file": {"file_id": id}}, question))
        sent = await client.post(
            CHAT, in_chat({"type": "file", "file": {"filename": name, "file_data": url}}, question)
        )
        assert "The harbour opens at six in the morning during summer" in chat_text(named)
        assert chat_text(named) == chat_text(sent)
        assert uncached(named.json["usage"]) == uncached(sent.json["usage"])
        answered = await client.post(RESPONSES, in_response({"type": "input_file", "file_id": id}, question))
        assert response_text(answered) == chat_text(named)
        by_data = {"type": "input_file", "filename": name, "file_data": url}
        whole = await client.post(RESPONSES, in_response(by_data, question))
        assert uncached(whole.json["usage"]) == uncached(answered.json["usage"])
        least = client.app.world.tokens.count(GUIDE)
        assert answered.json["usage"]["input_tokens"] > least
        assert named.json["usage"]["prompt_tokens"] > least

    run(scenario)


def test_a_file_is_summed_up_and_remembered() -> None:
    async def scenario(client: Client) -> None:
        id = await client.upload(GUIDE.encode(), "guide.txt", "user_data")
        part = {"type": "input_file", "file_id": id}
        first = await client.post(RESPONSES, in_response(part, "Summarise this file"))
        said = response_text(first)
        assert all(sentence in GUIDE for sentence in said.rstrip(".").split(". "))
        assert len(said) < len(GUIDE)
        more = {"model": MODEL, "input": "According to the document, what does a ticket cost?",
                "previous_response_id": first.json["id"]}  # fmt: skip
        assert "A ticket costs four crowns" in response_text(await client.post(RESPONSES, more))
        described = await client.post(RESPONSES, in_response(part, "What is this?"))
        assert response_text(described).startswith('This is the file guide.txt that begins "The harbour of Nordvik')
        listed = (await client.get(f"{RESPONSES}/{first.json['id']}/input_items")).json["data"]
        assert listed[0]["content"][0] == part  # it is kept as it came

    run(scenario)


def test_a_form_is_filled_with_what_a_file_says() -> None:
    async def scenario(client: Client) -> None:
        id = await client.upload(b"Invoice for Maria Lopez, maria@example.org.", "invoice.txt", "user_data")
        schema = {
            "type": "object",
            "properties": {"email": {"type": "string", "format": "email"}},
            "required": ["email"],
            "additionalProperties": False,
        }
        body = in_response({"type": "input_file", "file_id": id}, "Extract the address")
        form = {"type": "json_schema", "name": "contact", "strict": True, "schema": schema}
        answer = await client.post(RESPONSES, body | {"text": {"format": form}})
        assert response_text(answer) == '{"email":"maria@example.org"}'

    run(scenario)


def test_a_picture_is_described_and_counted_in_a_response() -> None:
    async def scenario(client: Client) -> None:
        body = in_response({"type": "input_image", "image_url": picture(1024, 512, colour="red")}, "What is this?")
        made = await client.post(RESPONSES, body)
        assert response_text(made) == "This is a wide PNG image, mostly red, of 1024 by 512 pixels."
        alone = await client.post(RESPONSES, {"model": MODEL, "input": "What is this?"})
        assert made.json["usage"]["input_tokens"] - alone.json["usage"]["input_tokens"] == 85 + 2 * 170
        id = await client.upload(painted(1024, 512, colour="red"), "sea.png", "vision")
        named = await client.post(RESPONSES, in_response({"type": "input_image", "file_id": id}, "What is this?"))
        assert response_text(named) == response_text(made)
        assert named.json["usage"] == made.json["usage"]

    run(scenario)


def test_pictures_that_tools_give_are_counted_as_pictures() -> None:
    async def scenario(client: Client) -> None:
        call = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}
        counts = []
        for output in ("", [{"type": "input_image", "image_url": picture(512, 512)}]):
            result = {"type": "function_call_output", "call_id": "call_1", "output": output}
            body = {"model": MODEL, "input": [{"role": "user", "content": "Look"}, call, result]}
            counts.append((await client.post(f"{RESPONSES}/input_tokens", body)).json["input_tokens"])
        assert counts[1] - counts[0] == 85

    run(scenario)


def test_a_file_that_is_not_there_is_refused_where_it_is_named() -> None:
    async def scenario(client: Client) -> None:
        for path, body, param in (
            (
                CHAT,
                in_chat({"type": "file", "file": {"file_id": "file-x"}}, "?"),
                "messages[0].content[0].file.file_id",
            ),
            (RESPONSES, in_response({"type": "input_file", "file_id": "file-x"}, "?"), "input[0].content[0].file_id"),
            (RESPONSES, in_response({"type": "input_image", "file_id": "file-x"}, "?"), "input[0].content[0].file_id"),
        ):
            answer = await client.post(path, body)
            assert (answer.status, answer.error) == (404, {
                "message": "No such File object: file-x", "type": "invalid_request_error", "param": param, "code": None,
            })  # fmt: skip
        for file in ({}, {"filename": "a.txt"}, {"file_data": data_url(b"a", "text/plain")}):
            answer = await client.post(CHAT, in_chat({"type": "file", "file": file}, "?"))
            place = "messages[0].content[0].file.file_id"
            assert (answer.status, answer.error["code"], answer.error["message"]) == (
                400, "missing_required_parameter", f"Missing required parameter: '{place}'.",
            )  # fmt: skip
        text = await client.upload(b"no picture", "a.txt", "user_data")
        wrong = await client.post(RESPONSES, in_response({"type": "input_image", "file_id": text}, "?"))
        assert (wrong.status, wrong.error["code"]) == (400, "invalid_image_format")

    run(scenario)


def test_a_file_that_goes_stays_in_what_was_said() -> None:
    async def scenario(client: Client) -> None:
        id = await client.upload(GUIDE.encode(), "guide.txt", "user_data")
        first = await client.post(RESPONSES, in_response({"type": "input_file", "file_id": id}, "Read this"))
        assert (await client.delete(f"/v1/files/{id}")).status == 200
        more = {"model": MODEL, "input": "And now?", "previous_response_id": first.json["id"]}
        assert (await client.post(RESPONSES, more)).status == 200

    run(scenario)


def test_large_files_are_read_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    apart, seen = [False], []
    really_read, really_run = documents.read, VirtualLoop.run_in_executor

    def read(data: bytes) -> documents.Document:
        seen.append(apart[0])
        return really_read(data)

    def run_in_executor(loop: VirtualLoop, executor: Any, func: Any, *args: Any) -> Any:
        apart[0] = True
        try:
            return really_run(loop, executor, func, *args)
        finally:
            apart[0] = False

    monkeypatch.setattr(documents, "read", read)
    monkeypatch.setattr(VirtualLoop, "run_in_executor", run_in_executor)

    async def scenario(client: Client) -> None:
        data = pdf(*["A page of the plan"] * 200)
        file = {"filename": "plan.pdf", "file_data": data_url(data, "application/pdf")}
        assert chat_text(await client.post(CHAT, in_chat({"type": "file", "file": file}, "What is this?"))).startswith(
            'This is the file plan.pdf with 200 pages that begins "A page of the plan'
        )
        assert seen == [True, True]  # once to count it, once to tell what it is

    run(scenario)


def test_sound_in_a_prompt_is_told_in_its_usage() -> None:
    async def scenario(client: Client) -> None:
        sound = {"type": "input_audio", "input_audio": {"data": recording(2.5), "format": "wav"}}
        body = {**in_chat(sound, "What is said?"), "model": "gpt-4o-audio-preview"}
        usage = (await client.post(CHAT, body)).json["usage"]
        assert usage["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 25}
        later = {**body, "messages": [*body["messages"], {"role": "assistant", "content": "Words."},
                                      {"role": "user", "content": "Which words?"}]}  # fmt: skip
        streamed = await client.post(CHAT, later | {"stream": True, "stream_options": {"include_usage": True}})
        assert streamed.events[-1]["usage"]["prompt_tokens_details"]["audio_tokens"] == 25
        silent = await client.post(CHAT, {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]})
        assert silent.json["usage"]["prompt_tokens_details"]["audio_tokens"] == 0

    run(scenario)


def test_old_items_are_dropped_until_the_rest_fits() -> None:
    async def scenario(client: Client) -> None:
        tokens = client.app.world.tokens
        long = "river " * 1500
        past = [{"role": "user", "content": f"{n} {long}"} for n in range(8)]
        call = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}
        result = {"type": "function_call_output", "call_id": "call_1", "output": "ok"}
        given = [call, *past[:2], result, *past[2:], {"role": "user", "content": "Why do rivers bend?"}]
        body = {"model": "gpt-4", "input": given}
        refused = await client.post(RESPONSES, body)
        assert (refused.status, refused.error) == (400, {
            "message": "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "type": "invalid_request_error", "param": "input", "code": "context_length_exceeded",
        })  # fmt: skip
        made = await client.post(RESPONSES, body | {"truncation": "auto"})
        kept = 3 + 4 + tokens.count("Why do rivers bend?") + sum(4 + tokens.count(each["content"]) for each in past[4:])
        assert made.json["usage"]["input_tokens"] == kept  # a quarter of 8,192 tokens is left for the answer
        assert (made.json["status"], made.json["truncation"]) == ("completed", "auto")
        more = await client.post(RESPONSES, body | {"truncation": "auto", "max_output_tokens": 100})
        assert more.json["usage"]["input_tokens"] == kept + 4 + tokens.count(past[3]["content"])
        counted = await client.post(f"{RESPONSES}/input_tokens", body | {"truncation": "auto"})
        assert counted.json["input_tokens"] == kept
        short = await client.post(RESPONSES, {"model": "gpt-4", "input": "Hi", "truncation": "auto"})
        assert short.json["usage"]["input_tokens"] == 8

    run(scenario)


def test_base64_without_a_data_url_is_a_file_too() -> None:
    async def scenario(client: Client) -> None:
        file = {"type": "input_file", "filename": "g.txt", "file_data": base64.b64encode(GUIDE.encode()).decode()}
        answer = await client.post(RESPONSES, in_response(file, "When does the harbour open?"))
        assert "opens at six" in response_text(answer)

    run(scenario)
