"""Graders: what a sample is worth."""

from typing import Any

import pytest

from tests.inprocess import Client, run

RUN, VALIDATE = "/v1/fine_tuning/alpha/graders/run", "/v1/fine_tuning/alpha/graders/validate"
CAT = "the cat sat on the mat"


def check(operation: str, reference: str = "{{item.answer}}") -> dict[str, Any]:
    return {
        "type": "string_check",
        "name": "check",
        "input": "{{sample.output_text}}",
        "reference": reference,
        "operation": operation,
    }


def alike(metric: str, name: str = "alike") -> dict[str, Any]:
    return {
        "type": "text_similarity",
        "name": name,
        "input": "{{sample.output_text}}",
        "reference": "{{ item.answer }}",
        "evaluation_metric": metric,
    }


def judge(**fields: Any) -> dict[str, Any]:
    input = [{"role": "user", "content": "Is '{{sample.output_text}}' right?"}]
    return {"type": "score_model", "name": "judge", "model": "gpt-4o", "input": input, **fields}


async def graded(client: Client, grader: dict[str, Any], sample: str, **item: Any) -> Any:
    answer = await client.post(RUN, {"grader": grader, "item": item, "model_sample": sample})
    assert answer.status == 200, answer.body
    return answer.json


@pytest.mark.parametrize(
    ("operation", "sample", "reward"),
    [
        ("eq", "Paris", 1), ("eq", "paris", 0), ("ne", "paris", 1), ("ne", "Paris", 0),
        ("like", "In Paris.", 1), ("like", "In paris.", 0), ("ilike", "In paris.", 1), ("ilike", "Rome", 0),
    ],
)  # fmt: skip
def test_strings_are_checked(operation: str, sample: str, reward: float) -> None:
    async def scenario(client: Client) -> None:
        made = await graded(client, check(operation), sample, answer="Paris")
        assert (made["reward"], made["metadata"]["scores"]) == (reward, {"check": reward})

    run(scenario)


@pytest.mark.parametrize(
    ("metric", "sample", "reward"),
    [
        ("fuzzy_match", "the cat sat on the hat", 21 / 22),
        ("cosine", "the mat", 3 / 4),  # (2*1 + 1*1) / (sqrt(8) * sqrt(2))
        ("bleu", "the cat sat on the hat", (5 / 6 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25),
        ("bleu", "dogs bark", 0),
        ("gleu", "the cat sat on the hat", 14 / 18),
        ("meteor", "the cat sat on the hat", 5 / 6 * (1 - 0.5 / 125)),
        ("rouge_1", "the cat", 4 / 8),
        ("rouge_2", "the cat", 2 / 6),
        ("rouge_3", "cat sat on dogs", 2 * 1 / 6),
        ("rouge_4", "the cat", 0),
        ("rouge_5", CAT, 1),
        ("rouge_l", "the sat cat mat", 2 * 3 / 10),
    ],
)  # fmt: skip
def test_likeness_is_worked_out(metric: str, sample: str, reward: float) -> None:
    async def scenario(client: Client) -> None:
        made = await graded(client, alike(metric), sample, answer=CAT)
        assert made["reward"] == pytest.approx(reward)
        same = await graded(client, alike(metric), CAT, answer=CAT)
        assert same["reward"] == pytest.approx(1, abs=0.01)

    run(scenario)


def test_models_and_scripts_give_scores_that_repeat_and_say_that_they_are_simulated() -> None:
    script = {"type": "python", "name": "script", "source": "def grade(sample, item):\n    return 1.0"}

    async def scenario(client: Client) -> None:
        for grader, least, most in ((judge(range=[1, 5]), 1, 5), (judge(), 0, 1), (script, 0, 1)):
            found = [await graded(client, grader, text) for text in ("yes", "yes", "no", "maybe")]
            rewards = [made["reward"] for made in found]
            assert rewards[0] == rewards[1]
            assert len(set(rewards)) > 1
            assert all(least <= reward <= most for reward in rewards)
            assert all(made["metadata"]["simulated"] for made in found)
        made = await graded(client, judge(), "yes")
        spent = made["metadata"]["token_usage"]
        assert spent > 0
        assert made["model_grader_token_usage_per_model"] == {"gpt-4o": spent}
        assert made["metadata"]["sampled_model_name"] == "gpt-4o"

    run(scenario)


@pytest.mark.parametrize("form", ["list", "object"])
def test_a_formula_joins_scores(form: str) -> None:
    parts = [check("eq"), alike("rouge_1", "how alike")]

    async def scenario(client: Client) -> None:
        graders = parts if form == "list" else {"first": parts[0], "second": parts[1]}
        formula = "0.5 * check + max(how_alike, 0) / 2" if form == "list" else "0.5 * first + second_score / 2"
        grader = {"type": "multi", "name": "both", "graders": graders, "calculate_output": formula}
        made = await graded(client, grader, "the cat", answer=CAT)
        assert made["reward"] == 0.25
        assert list(made["sub_rewards"].values()) == [0, 0.5]
        assert (await client.post(VALIDATE, {"grader": grader})).json == {"grader": grader}

    run(scenario)


@pytest.mark.parametrize(
    "formula", ["check +", "other", "().__class__", "check / 0", "9 ** 9 ** 9 ** 9", "(-1) ** 0.5", "x" * 3000, "'a'"]
)
def test_what_is_no_formula_is_flagged_and_refused(formula: str) -> None:
    grader = {"type": "multi", "name": "m", "graders": [check("ne", "x")], "calculate_output": formula}

    async def scenario(client: Client) -> None:
        made = await graded(client, grader, "a")
        assert (made["reward"], made["metadata"]["errors"]["formula_parse_error"]) == (0, True)
        if formula != "check / 0":
            refused = await client.post(VALIDATE, {"grader": grader})
            assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "invalid_grader", "grader")

    run(scenario)


def test_a_value_that_is_not_there_is_flagged() -> None:
    async def scenario(client: Client) -> None:
        for template, flag in (
            ("{{item.nothing}}", "invalid_variable_error"),
            ("{{secrets.key}}", "invalid_variable_error"),
            ("{{sample.output_json.x}}", "sample_parse_error"),
        ):
            made = await graded(client, check("ne", template), "no JSON", answer="x")
            errors = made["metadata"]["errors"]
            assert [name for name, value in errors.items() if value] == [flag]
            assert made["reward"] == 0
        made = await graded(client, check("ne", "{{item.a[1].b}}{{sample.output_json.c}}"), '{"c": 1}', a=[0, {"b": 2}])
        assert made["reward"] == 1
        broken = {"type": "python", "name": "script", "source": "def grade("}
        errors = (await graded(client, broken, "x"))["metadata"]["errors"]
        assert errors["python_grader_runtime_error"]
        assert errors["python_grader_runtime_error_details"].startswith("SyntaxError")
        for grader in (broken, check("eq", "{{secrets.key}}"), judge(range=[2, 1])):
            assert (await client.post(VALIDATE, {"grader": grader})).status == 400

    run(scenario)
