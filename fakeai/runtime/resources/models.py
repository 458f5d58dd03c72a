"""The models of the catalog."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..errors import ApiError


def listing(call: Call) -> Reply:
    """All models of the catalog."""
    return call.reply({"object": "list", "data": [_model(row) for row in call.world.catalog.get("models", [])]})


def retrieve(call: Call, model: str) -> Reply:
    """One model.

    Raises:
        ApiError: 404, the catalog has no such model.
    """
    return call.reply(_model(_row(call, model)))


def delete(call: Call, model: str) -> Reply:
    """Refuse to delete a model that everybody shares.

    Raises:
        ApiError: 404, the catalog has no such model; 403, it is not yours.
    """
    _row(call, model)
    raise ApiError(403, f"You have insufficient permissions to delete the model '{model}'.", param="model")


def _row(call: Call, model: str) -> dict[str, Any]:
    for row in call.world.catalog.get("models", []):
        if row["id"] == model:
            found: dict[str, Any] = row
            return found
    raise ApiError(
        404,
        f"The model '{model}' does not exist or you do not have access to it.",
        code="model_not_found",
        param="model",
    )


def _model(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "object": "model", "created": row["created"], "owned_by": row["owned_by"]}
