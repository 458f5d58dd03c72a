"""Which models may be asked: under --strict-models those of the catalog, each at the endpoints that it serves."""

from typing import Any

from ..call import Call
from ..catalog import Catalog, Model
from ..errors import ApiError

PATHS = {
    "chat": "v1/chat/completions",
    "responses": "v1/responses",
    "completions": "v1/completions",
    "embeddings": "v1/embeddings",
}


def expect(call: Call, body: dict[str, Any], endpoint: str) -> None:
    """Let the model that *body* names pass. Without --strict-models every model passes, and so does none at all.

    Raises:
        ApiError: there is no such model, or it does not serve *endpoint*.
    """
    if not call.world.options.strict_models or not isinstance(name := body.get("model"), str):
        return
    catalog = call.world.engine(Catalog)
    model = catalog.find(name)
    if model is None:
        raise catalog.no_such(name)
    if endpoint not in model.endpoints:
        raise _misplaced(catalog, model, name, endpoint)


def refusal(call: Call, query: dict[str, Any]) -> ApiError | None:
    """Why a session of Realtime with the model that *query* names cannot begin; one that only writes down may."""
    if query.get("intent") == "transcription":
        return None
    try:
        expect(call, query, "realtime")
    except ApiError as error:
        return error
    return None


def _misplaced(catalog: Catalog, model: Model, name: str, endpoint: str) -> ApiError:
    """What a client sees that asks *model* at an endpoint where others answer."""
    there = PATHS.get(endpoint, endpoint)
    if endpoint in ("chat", "completions"):
        if model.endpoints == {"responses"}:
            return ApiError(404, f"This model is only supported in v1/responses and not in {there}.", param="model")
        if endpoint == "completions":
            message = "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use "
            message += "v1/chat/completions?"
            return ApiError(404, message, param="model")
        message = "This is not a chat model and thus not supported in the v1/chat/completions endpoint."
        better = next((path for word, path in PATHS.items() if word in model.endpoints), None)
        return ApiError(404, f"{message} Did you mean to use {better}?" if better else message, param="model")
    if endpoint == "responses":
        return ApiError(400, f"The requested model '{name}' cannot be used with the Responses API.", param="model")
    if endpoint == "embeddings":
        return ApiError(403, "You are not allowed to generate embeddings from this model")
    if endpoint == "realtime":
        return ApiError(400, f'Model "{name}" is not supported in realtime mode.', code="invalid_model", param="model")
    good = [f"'{id}'" for id, row in catalog.rows.items() if endpoint in row.get("endpoints", ())]
    supported = f"{', '.join(good[:-1])} and {good[-1]}" if len(good) > 1 else "".join(good)
    return ApiError(
        400, f"Invalid value: '{name}'. Supported values are: {supported}.", code="invalid_value", param="model"
    )
