"""The models of the catalog, and those that were tuned here."""

from dataclasses import asdict
from typing import Any

from ..answer import Reply
from ..call import Call
from ..catalog import Catalog, Model, Prices
from ..errors import ApiError
from . import adapters
from .fine_tuning import fine_tuning


async def listing(call: Call) -> Reply:
    """All models."""
    dialect = call.world.options.dialect
    catalog = call.world.engine(Catalog)
    rows = [_shown(row["id"], row, dialect) for row in catalog.rows.values()]
    loaded = [adapters.shown(each) for each in catalog.adapters.values()]
    return call.reply({"object": "list", "data": [*rows, *loaded, *await fine_tuning.models(call)]})


async def retrieve(call: Call, model: str) -> Reply:
    """One model.

    Raises:
        ApiError: 404, there is no such model.
    """
    return call.reply(await find(call, model))


async def capabilities(call: Call, model: str) -> Reply:
    """What one model can do and costs, null where that is not known; a tuned model is as the one that it was made of.

    Raises:
        ApiError: 404, there is no such model.
    """
    await find(call, model)
    found = call.world.engine(Catalog).find(model) or Model(model)
    return call.reply(
        {
            "id": model,
            "object": "model.capabilities",
            "context_window": found.context_window,
            "max_output_tokens": found.max_output_tokens,
            "supports_vision": "image" in found.input,
            "supports_audio": "audio" in found.input | found.output,
            "supports_tools": "tools" in found.features,
            "training_cutoff": found.training_cutoff,
            "pricing": _prices(found.prices),
            "modalities": {"input": sorted(found.input), "output": sorted(found.output)},
            "features": sorted(found.features),
            "reasoning": {"text": found.reasoning, "efforts": found.efforts, "default_effort": found.default_effort},
            "endpoints": sorted(found.endpoints),
            "tokenizer": found.tokenizer,
            "dimensions": found.dimensions,
        }
    )


def _prices(prices: Prices) -> dict[str, Any] | None:
    """The prices that are known; None when none is."""
    return {name: price for name, price in asdict(prices).items() if price not in (None, {})} or None


async def delete(call: Call, model: str) -> Reply:
    """Delete a model that was tuned here.

    Raises:
        ApiError: 404, there is no such model; 403, it is one that everybody shares.
    """
    await find(call, model)
    if not await fine_tuning.forget_model(call, model):
        raise ApiError(403, f"You have insufficient permissions to delete the model '{model}'.", param="model")
    return call.reply({"id": model, "object": "model", "deleted": True})


async def find(call: Call, model: str) -> dict[str, Any]:
    """The model as all endpoints tell it: one of the catalog by any of its names, or one that was tuned here.

    Raises:
        ApiError: 404, there is no such model.
    """
    catalog = call.world.engine(Catalog)
    if model in catalog.adapters:
        return adapters.shown(catalog.adapters[model])
    if not model.startswith("ft:") and (found := catalog.find(model)):
        return _shown(model, catalog.rows[found.id], call.world.options.dialect)
    for made in await fine_tuning.models(call) if model.startswith("ft:") else ():
        if made["id"] == model:
            return made
    raise catalog.no_such(model, param="model")


def _shown(name: str, row: dict[str, Any], dialect: str) -> dict[str, Any]:
    shown = {"id": name, "object": "model", "created": row["created"], "owned_by": row["owned_by"]}
    if dialect == "dynamo":
        return {**shown, "owned_by": "nvidia", "context_window": row.get("context_window") or 0}
    if dialect == "nim":
        return {**shown, "root": row["id"], "parent": None, "max_model_len": row.get("context_window")}
    return {**shown, "shutdown_date": row["shutdown_date"]} if "shutdown_date" in row else shown
