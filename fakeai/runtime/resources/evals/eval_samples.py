"""What an eval run grades of an item: the answer that the item brings, or the one that the live endpoint gives."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from ... import inner
from ...call import Call
from ...content.generation import UNLIMITED
from ...content.grading.grading import sample_of
from ...errors import ApiError
from .eval_messages import for_chat, messages, text_of

USED = {"total_tokens": 0, "completion_tokens": 0, "prompt_tokens": 0, "cached_tokens": 0}
NO_ERROR = {"code": "", "message": ""}


@dataclass
class Sample:
    """One answer: what was asked, what was said. *values* is what templates call `sample`."""

    model: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    finish_reason: str = "stop"
    usage: dict[str, int] = field(default_factory=lambda: dict(USED))
    error: dict[str, str] = field(default_factory=lambda: dict(NO_ERROR))
    values: dict[str, Any] = field(default_factory=dict)

    def shown(self, source: dict[str, Any]) -> dict[str, Any]:
        """The sample of an output item of a run of *source*."""
        said = source.get("sampling_params") or {}
        return {
            "input": [{"role": part["role"], "content": text_of(part["content"])} for part in self.asked],
            "output": [] if self.error["code"] else [{"role": "assistant", "content": self.text}],
            "finish_reason": self.finish_reason,
            "model": self.model,
            "usage": self.usage,
            "error": self.error,
            "temperature": said.get("temperature", 1),
            "max_completion_tokens": said.get("max_completion_tokens", UNLIMITED),
            "top_p": said.get("top_p", 1),
            "seed": said.get("seed", 42),
        }


def brought(item: dict[str, Any]) -> Sample:
    """The answer that an item {item, sample} brings."""
    values = item.get("sample") or {}
    text, model = values.get("output_text"), values.get("model")
    made = Sample(model if isinstance(model, str) else "", text=text if isinstance(text, str) else "")
    made.values = {**sample_of(made.text), **values}
    return made


async def ask(call: Call, source: dict[str, Any], item: dict[str, Any], now: float, key: bytes) -> Sample:
    """What the model of *source* answers at the moment *now*; a refusal is an error of the sample.

    Raises:
        BadTemplate: the item has nothing where the messages look.
    """
    made = Sample(source["model"], messages(source["input_messages"], item))
    is_chat = source["type"] == "completions"
    path = "/v1/chat/completions" if is_chat else "/v1/responses"
    try:
        body = orjson.dumps((_chat if is_chat else _response)(source, made.asked))
        reply = await inner.ask(call, path, body, now, key)
        said = orjson.loads(reply.body)
    except (ApiError, TypeError, orjson.JSONDecodeError) as error:
        made.error = {"code": "invalid_request_error", "message": str(error) or "The request is not valid."}
        return made
    if reply.status >= 400:
        made.error = {"code": said["error"].get("code") or said["error"]["type"], "message": said["error"]["message"]}
    else:
        (_read_chat if is_chat else _read_response)(made, said)
    made.values = {"model": made.model, **sample_of(made.text)}
    return made


def _chat(source: dict[str, Any], asked: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **(source.get("sampling_params") or {}),
        "model": source["model"],
        "messages": [for_chat(message) for message in asked],
    }


def _response(source: dict[str, Any], asked: list[dict[str, Any]]) -> dict[str, Any]:
    said = source.get("sampling_params") or {}
    body = {name: said[name] for name in ("temperature", "top_p", "tools", "text") if name in said}
    if "max_completion_tokens" in said:
        body["max_output_tokens"] = said["max_completion_tokens"]
    if said.get("reasoning_effort"):
        body["reasoning"] = {"effort": said["reasoning_effort"]}
    return {**body, "model": source["model"], "input": asked, "store": False}


def _read_chat(made: Sample, said: dict[str, Any]) -> None:
    choice, used = said["choices"][0], said["usage"]
    made.model, made.finish_reason = said["model"], choice["finish_reason"]
    made.text = text_of(choice["message"].get("content"))
    cached = (used.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
    made.usage = _used(used["prompt_tokens"], used["completion_tokens"], cached)


def _read_response(made: Sample, said: dict[str, Any]) -> None:
    used = said.get("usage") or {}
    made.model = said["model"]
    made.finish_reason = "stop" if said["status"] == "completed" else "length"
    made.text = "\n".join(text_of(item["content"]) for item in said["output"] if item["type"] == "message")
    cached = (used.get("input_tokens_details") or {}).get("cached_tokens", 0)
    made.usage = _used(used.get("input_tokens", 0), used.get("output_tokens", 0), cached)


def _used(prompt: int, completion: int, cached: int) -> dict[str, int]:
    total = prompt + completion
    return dict(zip(USED, (total, completion, prompt, cached), strict=True))
