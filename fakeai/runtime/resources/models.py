"""The models of the catalog, and those that were tuned here."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..errors import ApiError
from .fine_tuning import fine_tuning

# What the catalog may say of a model besides what all endpoints tell.
CAPABILITIES = (
    "context_window",
    "max_output_tokens",
    "supports_vision",
    "supports_audio",
    "supports_tools",
    "training_cutoff",
    "pricing",
)


async def listing(call: Call) -> Reply:
    """All models."""
    rows = [_model(row) for row in call.world.catalog.get("models", [])]
    return call.reply({"object": "list", "data": [*rows, *await fine_tuning.models(call)]})


async def retrieve(call: Call, model: str) -> Reply:
    """One model.

    Raises:
        ApiError: 404, there is no such model.
    """
    return call.reply(await _find(call, model))


async def capabilities(call: Call, model: str) -> Reply:
    """What one model can do and costs, null where that is not known; a tuned model is as the one that it was made of.

    Raises:
        ApiError: 404, there is no such model.
    """
    await _find(call, model)
    base = model.split(":")[1] if model.startswith("ft:") else model
    rows = {row["id"]: row for row in call.world.catalog.get("models", [])}
    told = {name: rows.get(base, {}).get(name) for name in CAPABILITIES}
    return call.reply({"id": model, "object": "model.capabilities", **told})


async def delete(call: Call, model: str) -> Reply:
    """Delete a model that was tuned here.

    Raises:
        ApiError: 404, there is no such model; 403, it is one that everybody shares.
    """
    await _find(call, model)
    if not await fine_tuning.forget_model(call, model):
        raise ApiError(403, f"You have insufficient permissions to delete the model '{model}'.", param="model")
    return call.reply({"id": model, "object": "model", "deleted": True})


async def _find(call: Call, model: str) -> dict[str, Any]:
    for row in call.world.catalog.get("models", []):
        if row["id"] == model:
            return _model(row)
    for made in await fine_tuning.models(call) if model.startswith("ft:") else ():
        if made["id"] == model:
            return made
    raise ApiError(
        404,
        f"The model '{model}' does not exist or you do not have access to it.",
        code="model_not_found",
        param="model",
    )


def _model(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "object": "model", "created": row["created"], "owned_by": row["owned_by"]}
