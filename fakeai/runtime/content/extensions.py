"""What servers of open models take beyond OpenAI's fields: `nvext` of Dynamo and NIM, `structured_outputs` of vLLM."""

from typing import Any

# What `nvext` may say in place of the body itself, which comes first when both say it.
WITHIN = (
    "guided_json", "guided_regex", "guided_choice", "guided_grammar", "guided_whitespace_pattern",
    "guided_decoding_backend", "ignore_eos", "min_tokens", "top_k", "min_p", "repetition_penalty",
)  # fmt: skip
STRUCTURED = {"json": "guided_json", "regex": "guided_regex", "choice": "guided_choice", "grammar": "guided_grammar"}


def spread(body: dict[str, Any]) -> dict[str, Any]:
    """*body* with what its `nvext` and `structured_outputs` say as fields of its own."""
    said: dict[str, Any] = {}
    nvext, structured = body.get("nvext") or {}, body.get("structured_outputs") or {}
    for name, ours in STRUCTURED.items():
        said[ours] = structured.get(name)
    if structured.get("json_object") is True:
        said["guided_json"] = {"type": "object"}
    for name in WITHIN:
        if nvext.get(name) is not None:
            said[name] = nvext[name]
    if nvext.get("greed_sampling") is True:
        said["top_k"] = 1
    if nvext.get("max_thinking_tokens") is not None:
        said["thinking_token_budget"] = nvext["max_thinking_tokens"]
    return {**body, **{name: value for name, value in said.items() if value is not None and body.get(name) is None}}


def thinking(body: dict[str, Any]) -> int | None:
    """How many tokens *body* lets a model think, 0 when it is not to; None: it does not say."""
    said = body.get("thinking")
    if isinstance(said, dict):
        if said.get("type") == "disabled":
            return 0
        if isinstance(said.get("budget_tokens"), int):
            return int(said["budget_tokens"])
    for name in ("chat_template_args", "chat_template_kwargs"):
        given = body.get(name)
        if isinstance(given, dict) and False in (given.get("enable_thinking"), given.get("thinking")):
            return 0
    budget = body.get("thinking_token_budget")
    return budget if isinstance(budget, int) else None
