"""Evals: what is to be graded, and by which criteria."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...content.grading.graders import expect_sound
from ...errors import ApiError
from .. import pages, things
from ..things import Thing
from . import eval_schemas

EVAL = "eval"
UPDATED = "_updated"  # of an eval: when it was made or changed, seconds since 1970
CUSTOM = "custom"
ROLES = ("user", "assistant", "system", "developer")
READ = 100  # evals that are read at once


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep an eval.

    Raises:
        ApiError: 400, a criterion cannot grade, or the schema of items is none.
    """
    config, criteria = body["data_source_config"], body["testing_criteria"]
    for number, criterion in enumerate(criteria):
        param = f"testing_criteria[{number}]"
        _expect_roles(criterion, param)
        expect_sound(criterion, param)
    values = {
        "name": body.get("name") or "Eval",
        "metadata": body.get("metadata") or {},
        "testing_criteria": criteria,
        "data_source_config": _config(config),
    }
    eval = await things.add(call, EVAL, **values, **{UPDATED: call.now})
    made = call.reply(things.shown(eval))
    made.status = 201
    return made


def _config(config: dict[str, Any]) -> dict[str, Any]:
    """What an eval says of its source of data: the schema of what its templates can name."""
    if config["type"] == CUSTOM:
        eval_schemas.validator(config["item_schema"])
        has_sample = config.get("include_sample_schema") is True
        return {"type": CUSTOM, "schema": eval_schemas.around(config["item_schema"], has_sample)}
    schema = eval_schemas.around({"type": "object"}, True)
    return {"type": config["type"], "metadata": config.get("metadata") or {}, "schema": schema}


def _expect_roles(criterion: dict[str, Any], param: str) -> None:
    for number, message in enumerate(criterion["input"] if isinstance(criterion.get("input"), list) else ()):
        if message["role"] not in ROLES:
            listed = ", ".join(f"'{role}'" for role in ROLES)
            raise ApiError(
                400,
                f"Invalid value: '{message['role']}'. Supported values are: {listed}.",
                code="invalid_value",
                param=f"{param}.input[{number}].role",
            )


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of evals, in the order of their making or of their last change."""
    if query.get("order_by") != "updated_at":
        found, more = await pages.page(call, EVAL, (), query, None, "asc")
        return call.reply(pages.answer(found, more, shape))
    every: list[Thing] = []
    rest = True
    while rest:
        after = {"after": every[-1]["id"]} if every else {}
        some, rest = await pages.page(call, EVAL, (), {"limit": READ, **after}, None, "asc")
        every += some
    every.sort(key=lambda eval: float(eval[UPDATED]))
    found, more = pages.cut(every, query, "asc")
    return call.reply(pages.answer(found, more, shape))


async def update(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Change the name or the metadata of an eval.

    Raises:
        ApiError: 404, there is none.
    """
    said = {"name": body["name"]} if body.get("name") else {}
    if "metadata" in body:
        said["metadata"] = body["metadata"] or {}
    changed = await things.change(call, EVAL, id, by=lambda eval: eval.update({**said, UPDATED: call.now}))
    return call.reply(things.shown(changed))


async def delete(call: Call, id: str) -> Reply:
    """Delete an eval and its runs.

    Raises:
        ApiError: 404, there is none.
    """
    await things.remove(call, EVAL, id)
    return call.reply({"object": "eval.deleted", "deleted": True, "eval_id": id})
