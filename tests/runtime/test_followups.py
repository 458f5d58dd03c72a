"""Follow-ups: what means nothing without the turn before is answered with it."""

import pytest

from fakeai.runtime.content.prose.followups import SHORT, followed, refers
from fakeai.runtime.content.prose.memory import recalled
from tests.inprocess import STEADY, Client, run

OCEAN = "Tell me about the ocean."
SAID = "The ocean is wide. Waves carry energy across it. Fish live there."
CODE = "Write a Python function that reverses a string"


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("shorter", f"Make this shorter:\n{SAID}"),
        ("Can you make it a bit shorter, please?", f"Make this shorter:\n{SAID}"),
        ("tl;dr", f"Summarize this text:\n{SAID}"),
        ("translate that to German", f"Translate this into German:\n{SAID}"),
        ("Say it in Dutch", f"Translate this into Dutch:\n{SAID}"),
        ("in French please", f"{OCEAN}\nAnswer in French."),
        ("Make it a list", f"Summarize this text in 3 bullet points:\n{SAID}"),
        ("More formal, please", f"Rewrite this in a formal tone:\n{SAID}"),
        ("more details", f"{OCEAN}\nAnswer in detail."),
        ("But why?", "Explain the reasons behind the ocean."),
        ("try again", OCEAN),
        ("and in Python?", "Tell me about the ocean in Python"),
    ],
)
def test_a_few_words_stand_for_a_prompt_that_says_it_all(text: str, prompt: str) -> None:
    assert followed(text, [(OCEAN, SAID)]) == prompt


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!", "What about whales?", "Why is the sky blue?", "c", "go", "in Paris?", "in short supply?",
        "Translate hello to French", "Make a list of fruits", "Write it down: 5 eggs", "is it more formal?", "",
        "and " * 15, "please, " * 7,
    ],
)  # fmt: skip
def test_what_says_something_itself_stays_as_it_is(text: str) -> None:
    assert followed(text, [(OCEAN, SAID)]) == text
    assert not refers("x" * SHORT + "shorter")
    assert followed("shorter", []) == followed("shorter", [(OCEAN, " ")]) == "shorter"


def test_a_follow_up_of_a_follow_up_is_about_what_was_asked_first() -> None:
    assert followed("in Italian", [(OCEAN, SAID), ("shorter", "The ocean is wide.")]) == f"{OCEAN}\nAnswer in Italian."
    assert followed("What about Rust?", [(CODE, "...")]) == "Write a Rust function that reverses a string"


def test_chat_responses_and_reasoning_models_answer_with_the_turn_before() -> None:
    turns = [
        {"role": "user", "content": CODE},
        {"role": "assistant", "content": "```python\n...\n```"},
        {"role": "user", "content": [{"type": "text", "text": "and in JavaScript?"}]},
    ]

    async def scene(client: Client) -> None:
        for model in ("gpt-4o", "o3-mini"):
            body = {"model": model, "messages": [*turns[:2], {"role": "user", "content": "and in JavaScript?"}]}
            first = (await client.call("POST", "/v1/chat/completions", body)).json["choices"][0]["message"]["content"]
            assert "function reverseString(text)" in first
            body["messages"] = turns
            parts = (await client.call("POST", "/v1/chat/completions", body)).json["choices"][0]["message"]["content"]
            assert "function reverseString(text)" in parts
        body = {"model": "gpt-4o", "input": CODE}
        before = (await client.call("POST", "/v1/responses", body)).json["id"]
        body = {"model": "gpt-4o", "input": "and in JavaScript?", "previous_response_id": before}
        item = (await client.call("POST", "/v1/responses", body)).json["output"][0]
        assert "function reverseString(text)" in item["content"][0]["text"]

    run(scene, STEADY)


ABOUT_ME = [
    "Hi, my name is Bob Stone and I live in Lisbon.",
    "I'm 42, I work at Acme, and my favourite colour is teal.",
    "My dog is called Rex",
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What is my name?", "Your name is Bob Stone."),
        ("Do you remember my name?", "Your name is Bob Stone."),
        ("Who am I?", "You are Bob Stone."),
        ("How old am I?", "You are 42 years old."),
        ("What's my favorite color?", "Your favorite color is teal."),
        ("what is my dog called?", "Your dog is called Rex."),
        ("Where do I live?", "You live in Lisbon."),
        ("where do I work", "You work at Acme."),
        ("What did I just say?", 'You said: "My dog is called Rex"'),
        ("What is my mistake?", None),
        ("my name", None),
        ("What is a name?", None),
    ],
)
def test_what_a_user_said_of_themselves_is_remembered(text: str, said: str | None) -> None:
    assert recalled(text, ABOUT_ME) == said


@pytest.mark.parametrize(
    ("introduced", "name"),
    [("hi! I'm bob", "Bob"), ("Call me Ann, please", "Ann"), ("This is Mary Ann.", "Mary Ann"), ("I'm tired", "")],
)
def test_a_name_is_known_by_how_it_is_said(introduced: str, name: str) -> None:
    said = f"Your name is {name}." if name else "You haven't told me your name yet."
    assert recalled("What's my name?", [introduced]) == said


def test_a_conversation_and_its_continuation_remember() -> None:
    async def scenario(client: Client) -> None:
        first = {"role": "user", "content": ABOUT_ME[0]}
        talk = [first, {"role": "assistant", "content": "Hi!"}, {"role": "user", "content": "What is my name?"}]
        chat = await client.post("/v1/chat/completions", {"model": "gpt-4o", "messages": talk})
        assert chat.json["choices"][0]["message"]["content"] == "Your name is Bob Stone."
        told = (await client.post("/v1/responses", {"model": "gpt-4o", "input": ABOUT_ME[0]})).json
        asked = {"model": "gpt-4o", "input": "Where do I live?", "previous_response_id": told["id"]}
        response = (await client.post("/v1/responses", asked)).json
        assert response["output"][0]["content"][0]["text"] == "You live in Lisbon."

    run(scenario)
