"""Context windows: what a model has room for, and how a request that is too large for it is refused."""

from typing import Any

from ..catalog import Model
from ..errors import ApiError
from .generation import Limits

EXCEEDED = "context_length_exceeded"


def room(model: Model, prompt_tokens: int) -> int | None:
    """The most tokens that an answer to a prompt of *prompt_tokens* can have; None when *model* has no known limit."""
    left = None if model.context_window is None else max(0, model.context_window - prompt_tokens)
    limits = [limit for limit in (left, model.max_output_tokens) if limit is not None]
    return min(limits, default=None)


def fitting(model: Model, prompt_tokens: int, limits: Limits, body: dict[str, Any], param: str) -> Limits:
    """The *limits* of an answer to *body*, whose prompt has so many tokens; without one of its own, the room there is.

    Raises:
        ApiError: 400, *model* has no room for the prompt and what is asked for.
    """
    most = limits.most if body.get(limits.name) is not None else None
    expect_output(model, most, limits.name)
    expect_room(model, prompt_tokens, most, param)
    left = room(model, prompt_tokens)
    return limits if left is None or most is not None else limits._replace(most=max(min(limits.most, left), 1))


def expect_room(model: Model, prompt_tokens: int, most: int | None, param: str) -> None:
    """Let a prompt pass that fits into the window of *model* with the *most* tokens that its answer may have.

    *param* is what the body calls the prompt: `messages` of a chat, `prompt` of a text completion, `input` of a
    response, where only the input must fit.

    Raises:
        ApiError: 400, it does not fit.
    """
    window = model.context_window
    asked = 0 if most is None or param == "input" else most
    if window is None or prompt_tokens + asked <= window:
        return
    if param == "input":
        raise _exceeded("Your input exceeds the context window of this model. Please adjust your input and try again.",
                        param)  # fmt: skip
    together = prompt_tokens + asked
    if param == "prompt":
        raise _exceeded(
            f"This model's maximum context length is {window} tokens, however you requested {together} tokens "
            f"({prompt_tokens} in your prompt; {asked} for the completion). Please reduce your prompt; or completion "
            "length.",
            param,
        )
    head = f"This model's maximum context length is {window} tokens. However, "
    if most is None:
        raise _exceeded(
            f"{head}your messages resulted in {prompt_tokens} tokens. Please reduce the length of the messages.", param
        )
    raise _exceeded(
        f"{head}you requested {together} tokens ({prompt_tokens} in the messages, {asked} in the completion). Please "
        "reduce the length of the messages or completion.",
        param,
    )


def expect_output(model: Model, most: int | None, param: str) -> None:
    """Let *most*, the tokens that the body's field *param* asks for, pass when *model* can give so many.

    Raises:
        ApiError: 400, it cannot.
    """
    limit = model.max_output_tokens
    if limit is None or most is None or most <= limit:
        return
    raise ApiError(
        400,
        f"{param} is too large: {most}. This model supports at most {limit} completion tokens, whereas you provided "
        f"{most}.",
        code="invalid_value",
        param=param,
    )


def expect_embeddable(model: Model, tokens: int) -> None:
    """Let an input of *tokens* pass that *model* can embed.

    Raises:
        ApiError: 400, it is too long.
    """
    window = model.context_window
    if window is not None and tokens > window:
        raise _exceeded(
            f"This model's maximum context length is {window} tokens, however you requested {tokens} tokens ({tokens} "
            "in your prompt; 0 for the completion). Please reduce your prompt; or completion length.",
            "input",
        )


def _exceeded(message: str, param: str) -> ApiError:
    return ApiError(400, message, code=EXCEEDED, param=param)
