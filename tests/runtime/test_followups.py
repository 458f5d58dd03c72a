"""Follow-ups: what means nothing without the turn before is answered with it."""

import pytest

from fakeai.runtime.content.prose.followups import SHORT, followed, refers
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
