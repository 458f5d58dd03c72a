"""Grade one sample with one grader, as a reinforcement job would, and check graders without a sample."""

from typing import Any

import orjson

from ...answer import Reply
from ...call import Call
from .graders import Grade, expect_sound, grade, ready

# What can go wrong, in the API's words; three of them come with a sentence.
ERRORS = (
    "formula_parse_error",
    "sample_parse_error",
    "truncated_observation_error",
    "unresponsive_reward_error",
    "invalid_variable_error",
    "other_error",
    "python_grader_server_error",
    "python_grader_runtime_error",
    "model_grader_server_error",
    "model_grader_refusal_error",
    "model_grader_parse_error",
)
DETAILS = {
    "python_grader_server_error_type": "python_grader_server_error",
    "python_grader_runtime_error_details": "python_grader_runtime_error",
    "model_grader_server_error_details": "model_grader_server_error",
}


async def run(call: Call, body: dict[str, Any]) -> Reply:
    """The reward that the body's grader gives its sample; what is wrong with a template or formula is flagged."""
    grader, sample = body["grader"], sample_of(body["model_sample"])
    await ready(call.world, [grader])
    made = grade(call.world, grader, {"item": body.get("item") or {}, "sample": sample})
    tokens = {model: asked + said for model, (asked, said) in made.usage.items()}
    metadata = {
        "name": grader["name"],
        "type": grader.get("type", "multi"),
        "errors": _errors(made),
        "execution_time": 0.0,
        "scores": {name: part.score for name, part in made.parts.items()} or {grader["name"]: made.score},
        "token_usage": sum(tokens.values()) if tokens else None,
        "sampled_model_name": made.model,
        "simulated": made.drawn,
    }
    return call.reply(
        {
            "reward": made.score,
            "metadata": metadata,
            "sub_rewards": {name: part.score for name, part in made.parts.items()},
            "model_grader_token_usage_per_model": tokens,
        }
    )


async def validate(call: Call, body: dict[str, Any]) -> Reply:
    """The body's grader.

    Raises:
        ApiError: 400, it cannot grade anything.
    """
    expect_sound(body["grader"], "grader")
    return call.reply({"grader": body["grader"]})


def sample_of(text: str) -> dict[str, Any]:
    """What templates call `sample`: its text, and what that is as JSON, where it is."""
    try:
        return {"output_text": text, "output_json": orjson.loads(text)}
    except orjson.JSONDecodeError:
        return {"output_text": text}


def _errors(made: Grade) -> dict[str, Any]:
    details = {name: made.errors.get(flag) for name, flag in DETAILS.items()}
    return {**{flag: flag in made.errors for flag in ERRORS}, **details}
