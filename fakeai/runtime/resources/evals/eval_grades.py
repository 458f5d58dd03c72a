"""One output item of an eval run: a sample and what every criterion says of it."""

from typing import Any

import jsonschema_rs

from ...call import Call
from ...content.grading.graders import Grade, Grader, grade
from ...content.grading.placeholders import BadTemplate
from ..things import Thing
from . import eval_schemas
from .eval_samples import Sample, ask, brought

PASS, FAIL, ERROR = "pass", "fail", "error"


async def judged(
    call: Call,
    eval: Thing,
    run: Thing,
    validator: jsonschema_rs.Draft202012Validator,
    item: dict[str, Any],
    number: int,
    now: float,
) -> tuple[Thing, list[Grade]]:
    """What the output item of *item*, the *number*th, says at the moment *now*, and the grades in it."""
    source, sample = run["data_source"], Sample()
    problem = eval_schemas.problem(validator, item["item"])
    if problem is None and source.get("input_messages") and source.get("model"):
        try:
            sample = await ask(call, source, item, now, b"%b %d" % (run["id"].encode(), number))
        except BadTemplate as error:
            problem = str(error)
    else:
        sample = brought(item)
    if problem is not None:
        sample.error = {"code": "invalid_item", "message": problem}
    grades: list[Grade] = []
    if not sample.error["code"]:
        values = {"item": item["item"], "sample": sample.values}
        grades = [grade(call.world, criterion, values) for criterion in eval["testing_criteria"]]
    return {
        "run_id": run["id"],
        "eval_id": eval["id"],
        "created_at": int(now),
        "status": _status(sample, grades),
        "datasource_item_id": number,
        "datasource_item": item["item"],
        "results": [_result(*pair) for pair in zip(eval["testing_criteria"], grades, strict=False)],
        "sample": sample.shown(source),
    }, grades


def _status(sample: Sample, grades: list[Grade]) -> str:
    if sample.error["code"] or any(made.errors for made in grades):
        return ERROR
    return PASS if all(made.passed for made in grades) else FAIL


def _result(criterion: Grader, made: Grade) -> dict[str, Any]:
    """What a criterion says. The words of a model that judged stand in its sample."""
    asked, said = made.said or ("", "")
    words = {"input": [{"role": "user", "content": asked}], "output": [{"role": "assistant", "content": said}]}
    return {
        "name": criterion["name"],
        "type": criterion.get("type", "text_similarity"),
        "score": made.score,
        "passed": made.passed,
        "sample": words if made.said else None,
        **({"errors": made.errors} if made.errors else {}),
    }


def count(run: Thing, output: Thing, grades: list[Grade]) -> None:
    """Add an *output* item and its *grades* to what *run* sums up."""
    counts = run["result_counts"]
    counts["total"] += 1
    counts[{PASS: "passed", FAIL: "failed", ERROR: "errored"}[output["status"]]] += 1
    for results, made in zip(run["per_testing_criteria_results"], grades, strict=False):
        results["passed" if made.passed else "failed"] += 1
    sample = output["sample"]
    used = sample["usage"]
    if used["total_tokens"]:
        _spend(run, sample["model"], used["prompt_tokens"], used["completion_tokens"], used["cached_tokens"])
    for made in grades:
        for model, (asked, said) in made.usage.items():
            _spend(run, model, asked, said, 0)


def _spend(run: Thing, model: str, prompt: int, completion: int, cached: int) -> None:
    usage: list[dict[str, Any]] = run["per_model_usage"]
    used = next((row for row in usage if row["model_name"] == model), None)
    names = ("invocation_count", "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens")
    if used is None:
        used = {"model_name": model, **dict.fromkeys(names, 0)}
        usage.append(used)
    for name, more in zip(names, (1, prompt, completion, prompt + completion, cached), strict=True):
        used[name] += more
