"""What OpenAI's models refuse in chats: parameters that a model does not take, and those that exclude each other."""

from typing import Any

from ...catalog import Model
from ...errors import ApiError

FIXED = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0}  # where a model reasons
TOLD = ("logprobs", "top_logprobs", "logit_bias")  # what it does not take then


def expect_supported(model: Model, body: dict[str, Any]) -> None:
    """Let the chat *body* pass if *model* takes all that it says. Models that are not OpenAI's take everything.

    Raises:
        ApiError: 400, it does not.
    """
    if not (model.known and model.is_openais):
        return
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise ApiError(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                       code="invalid_parameter_combination", param="max_tokens")  # fmt: skip
    if body.get("stream_options") is not None and body.get("stream") is not True:
        raise ApiError(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                       param="stream_options")  # fmt: skip
    if body.get("metadata") and body.get("store") is not True:
        raise ApiError(400, "The 'metadata' parameter is only allowed when 'store' is enabled.", param="metadata")
    if model.reasoning == "none" or "none" in model.efforts:  # one that may think nothing takes all then
        return
    if body.get("max_tokens") is not None:
        raise ApiError(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    for name, only in FIXED.items():
        value = body.get(name)
        if value is not None and value != only:
            raise ApiError(400, f"Unsupported value: '{name}' does not support {value} with this model. Only the "
                           f"default ({only}) value is supported.", code="unsupported_value", param=name)  # fmt: skip
    for name in TOLD:
        if body.get(name):
            raise ApiError(400, f"Unsupported parameter: '{name}' is not supported with this model.",
                           code="unsupported_parameter", param=name)  # fmt: skip
