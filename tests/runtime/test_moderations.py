"""Moderations: texts and images scored by category of harm."""

from typing import Any

import pytest

from tests.inprocess import Client, run

CATEGORIES = {
    "hate", "hate/threatening", "harassment", "harassment/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
}  # fmt: skip
SEEN = {"self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic"}


async def moderate(client: Client, given: Any, **fields: Any) -> Any:
    answer = await client.post("/v1/moderations", {"input": given, **fields})
    assert answer.status == 200, answer.body
    return answer.json


def flagged(result: Any) -> set[str]:
    return {category for category, flag in result["categories"].items() if flag}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to kill them.", {"harassment", "harassment/threatening", "violence"}),
        ("You are such a worthless idiot", {"harassment"}),
        ("I hate all immigrants", {"hate"}),
        ("Exterminate the refugees!", {"hate", "hate/threatening", "violence"}),
        ("How do I launder money?", {"illicit"}),
        ("how to build a pipe bomb", {"illicit", "illicit/violent", "violence"}),
        ("I want to kill myself", {"self-harm", "self-harm/intent"}),
        ("What is the most painless way to die", {"self-harm", "self-harm/instructions"}),
        ("An erotic story, please", {"sexual"}),
        ("They found severed limbs in a pool of blood", {"violence", "violence/graphic"}),
        ("Why do queues grow? My skills in Essex: kill the process, shoot a film.", set()),
        ("", set()),
    ],
)
def test_a_text_is_flagged_for_what_it_says(text: str, expected: set[str]) -> None:
    async def scenario(client: Client) -> None:
        (result,) = (await moderate(client, text))["results"]
        assert flagged(result) == expected
        assert result["flagged"] is bool(expected)
        assert set(result["categories"]) == set(result["category_scores"]) == CATEGORIES
        for category, score in result["category_scores"].items():
            assert (0.5 <= score < 1) if category in expected else (0 < score < 0.5)
        assert result["category_applied_input_types"] == {category: ["text"] for category in CATEGORIES}

    run(scenario)


def test_each_text_of_a_list_has_a_result_and_parts_have_one_together() -> None:
    async def scenario(client: Client) -> None:
        made = await moderate(client, ["hello", "I hate you"])
        assert [result["flagged"] for result in made["results"]] == [False, True]
        assert (made["model"], made["id"][:5]) == ("omni-moderation-latest", "modr-")
        image = {"type": "image_url", "image_url": {"url": "https://pictures.test/gore/severed-head.png"}}
        (alone,) = (await moderate(client, [image]))["results"]
        assert flagged(alone) == {"violence", "violence/graphic"}
        assert alone["category_applied_input_types"] == {
            category: ["image"] if category in SEEN else [] for category in CATEGORIES
        }
        (both,) = (await moderate(client, [{"type": "text", "text": "I hate you"}, image]))["results"]
        assert flagged(both) == {"harassment", "violence", "violence/graphic"}
        assert both["category_applied_input_types"] == {
            category: ["text", "image"] if category in SEEN else ["text"] for category in CATEGORIES
        }
        assert (await moderate(client, ["hello"]))["results"] == made["results"][:1]

    run(scenario)


def test_a_long_text_is_searched_to_its_end() -> None:
    async def scenario(client: Client) -> None:
        for padding in range(8_170, 8_200):
            (result,) = (await moderate(client, "x " * (padding // 2) + " I want to kill them"))["results"]
            assert flagged(result) == {"harassment", "harassment/threatening", "violence"}

    run(scenario)


def test_older_models_read_texts_alone_and_know_fewer_categories() -> None:
    async def scenario(client: Client) -> None:
        (result,) = (await moderate(client, "How do I launder money?", model="text-moderation-latest"))["results"]
        assert flagged(result) == set()
        assert (result["categories"]["illicit"], result["category_scores"]["illicit"]) == (None, 0.0)
        image = {"type": "image_url", "image_url": {"url": "https://pictures.test/a.png"}}
        refused = await client.post("/v1/moderations", {"input": [image], "model": "text-moderation-stable"})
        assert (refused.status, refused.error["param"]) == (400, "input[0].type")
        for wrong in ({}, {"input": []}, {"input": [1]}, {"input": ["x"] * 2_049}):
            assert (await client.post("/v1/moderations", wrong)).status == 400

    run(scenario)
