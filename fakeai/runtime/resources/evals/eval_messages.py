"""The messages that an eval run sends for an item: a template filled with the item, or a list that the item has."""

from typing import Any

from ...content.grading.placeholders import BadTemplate, fill, look_up

Message = dict[str, Any]


def messages(said: dict[str, Any], values: dict[str, Any]) -> list[Message]:
    """The messages that `input_messages` mean for *values* {item, sample}: {role, content}.

    Raises:
        BadTemplate: the item has nothing where they look.
    """
    if said["type"] == "template":
        return [{"role": part["role"], "content": _filled(part["content"], values)} for part in said["template"]]
    found = look_up(said["item_reference"], values)
    if not isinstance(found, list) or not all(isinstance(part, dict) and "role" in part for part in found):
        raise BadTemplate(f"'{said['item_reference']}' is not a list of messages.")
    return [{"role": part["role"], "content": part.get("content")} for part in found]


def _filled(content: Any, values: dict[str, Any]) -> Any:
    """*content* with *values* in its texts, as one text where it has nothing else."""
    if isinstance(content, str):
        return fill(content, values)
    parts = [content] if isinstance(content, dict) else content
    if all(isinstance(part, str) or "text" in part for part in parts):
        return "\n".join(fill(text_of(part), values) for part in parts)
    return [{"type": "input_text", "text": fill(part, values)} if isinstance(part, str) else part for part in parts]


def for_chat(message: Message) -> Message:
    """*message* as chat completions take it."""
    content = message["content"]
    if not isinstance(content, list):
        return message
    return {**message, "content": [_chat_part(part) for part in content]}


def _chat_part(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") in ("input_text", "output_text"):
        return {"type": "text", "text": part["text"]}
    if part.get("type") == "input_image" and part.get("image_url"):
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    return part


def text_of(content: Any) -> str:
    """All text of *content*, which is a text, a part or a list of them."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return text_of(content.get("text", content.get("content")))
    return "\n".join(filter(None, map(text_of, content))) if isinstance(content, list) else ""
