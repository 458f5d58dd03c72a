"""Items, of which the input and the output of a response and a conversation are made.

As a request brings them, they may lack what an answer must say; `complete` adds that, and ids and states.
"""

import base64
import binascii
from typing import Any

import orjson

from ...content.messages import PER_MESSAGE, content_tokens
from ...tokens import Tokens
from .item_kinds import kind_of

Item = dict[str, Any]

# Fields that may be null in a request, and are left out of an answer then.
OPTIONAL = frozenset("acknowledged_safety_checks call_id execution id name namespace status".split())
HIDDEN: dict[
    str, tuple[str, str, Any]
] = {  # what is shown only when a request includes it: (type of item or part, field, what stands there else)
    "message.input_image.image_url": ("input_image", "image_url", None),
    "message.output_text.logprobs": ("output_text", "logprobs", []),
    "computer_call_output.output.image_url": ("computer_screenshot", "image_url", None),
    "file_search_call.results": ("file_search_call", "results", None),
    "code_interpreter_call.outputs": ("code_interpreter_call", "outputs", None),
    "reasoning.encrypted_content": ("reasoning", "encrypted_content", None),
}
UNREAD = frozenset(("id", "status", "result"))  # fields that cost nothing in a prompt
SOURCES = "web_search_call.action.sources"


def type_of(item: Item) -> str:
    """The type of an item; a message need not say it, nor a reference."""
    kind: str | None = item.get("type")
    return kind or ("message" if "role" in item else "item_reference")


def listed(given: Any) -> list[Item]:
    """The input of a request as items: a text is a message of the user."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    return given or []


def complete(item: Item, id: str) -> Item:
    """*item* as an answer says it. *id* stands behind the prefix of its type when the item brings no id of its own."""
    kind = type_of(item)
    given = {name: value for name, value in item.items() if value is not None or name not in OPTIONAL}
    known = kind_of(kind)
    made = {"id": known.prefix + id, "type": kind, **known.fills, **given}
    if not known.is_stateless:
        made.setdefault("status", "completed")
    if kind == "message":
        made["content"] = _parts(made["content"], made["role"])
    elif isinstance(made.get("output"), list):
        made["output"] = [_part(part) for part in made["output"]]
    elif kind == "shell_call":
        made["action"] = {"timeout_ms": None, "max_output_length": None, **made["action"]}
    elif kind == "mcp_approval_response":
        made["request_id"] = made["approval_request_id"]
    return made


def _parts(content: Any, role: str) -> list[Item]:
    if isinstance(content, str):
        content = [{"type": "output_text" if role == "assistant" else "input_text", "text": content}]
    return [_part(part) for part in content]


def _part(part: Item) -> Item:
    kind = part.get("type")
    if kind == "input_image":
        return {**part, "detail": part.get("detail") or "auto"}
    if kind == "output_text":
        return {**part, "annotations": part.get("annotations") or [], "logprobs": part.get("logprobs") or []}
    return part


def is_kept(item: Item) -> bool:
    """Whether *item* is kept and told again; one that only asks for something is not."""
    return type_of(item) != "compaction_trigger"


def numbered(items: list[Item], id: str, start: int = 0) -> list[Item]:
    """*items* complete. Their ids tell what they belong to: they hold the digits of *id*, and a number."""
    digits = id.rpartition("_")[2]
    return [complete(item, f"{digits}{at:02x}") for at, item in enumerate(items, start)]


def owner(id: str) -> str:
    """The digits of the id of the response that an item belongs to whose id `numbered` made."""
    return id.rpartition("_")[2][:32]


def shown(item: Item, include: list[str]) -> Item:
    """What a client sees of a complete item that asked to *include* some fields."""
    made = {name: value for name, value in item.items() if name[:1] != "_"}
    hide = [rule for name, rule in HIDDEN.items() if name not in include]
    for kind, field, instead in hide:
        if made["type"] == kind and field in made:
            made[field] = instead
        elif isinstance(made.get("output"), dict) and made["output"].get("type") == kind:
            made["output"] = {name: value for name, value in made["output"].items() if name != field}
        for name in ("content", "output"):
            if isinstance(made.get(name), list):
                made[name] = [_without(part, kind, field, instead) for part in made[name]]
    if made["type"] == "web_search_call" and SOURCES not in include:
        made["action"] = {name: value for name, value in made["action"].items() if name != "sources"}
    return made


def _without(part: Any, kind: str, field: str, instead: Any) -> Any:
    """*part* with *instead* in its *field*, when it is of that *kind*."""
    return {**part, field: instead} if part.get("type") == kind and field in part else part


def count(tokens: Tokens, item: Item, model: str = "", place: str = "") -> int:
    """How many tokens *item* has in a prompt for *model*; *place* is where it stands in the body.

    Raises:
        ApiError: 400, a part's bytes are not what they should be.
    """
    kind = type_of(item)
    if kind == "message":
        return (
            PER_MESSAGE + 1 + content_tokens(tokens, item["content"], model, place and f"{place}.content")
        )  # the role is one token
    if kind in ("function_call", "custom_tool_call"):
        said = item["arguments"] if kind == "function_call" else item["input"]
        return PER_MESSAGE + tokens.count(item["name"]) + tokens.count(said)
    if kind in ("function_call_output", "custom_tool_call_output", "computer_call_output"):
        output = item["output"]
        parts = [output] if isinstance(output, dict) else output
        return PER_MESSAGE + 1 + content_tokens(tokens, parts, model, place and f"{place}.output")
    if kind == "compaction":
        return PER_MESSAGE + tokens.count(opened(item["encrypted_content"]))
    if kind == "reasoning":  # what was thought is not read again
        return PER_MESSAGE + content_tokens(tokens, item["summary"])
    if kind == "compaction_trigger":
        return 0
    said = {name: value for name, value in item.items() if name not in UNREAD and name[:1] != "_"}
    return PER_MESSAGE + tokens.count(orjson.dumps(said).decode())


def sealed(summary: str) -> str:
    """A summary as the content of a compaction item, which only the server reads."""
    return base64.urlsafe_b64encode(summary.encode()).decode()


def opened(content: str) -> str:
    """The summary that `sealed` made; anything else as it is."""
    try:
        return base64.b64decode(content.encode(), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        return content
