"""Chat completions that a request asks to be kept, with the messages that they answer."""

from typing import Any

import orjson

from ...call import Call
from ...store import Change
from ..messages import text_of

COMPLETION = "chat_completion"  # where completions are kept


async def keep(call: Call, body: dict[str, Any], completion: bytes) -> None:
    """Keep the *completion*, as JSON, that answers the request *body*."""
    made = {**orjson.loads(completion), "metadata": body.get("metadata") or {}}
    id = made["id"]
    messages = [
        Change(f"{COMPLETION}/{id}/message", f"{id}-{at}", _message(f"{id}-{at}", message))
        for at, message in enumerate(body["messages"])
    ]
    await call.world.store.write(Change(COMPLETION, id, made), *messages)


def _message(id: str, message: dict[str, Any]) -> dict[str, Any]:
    """*message* as it is listed: content that came in parts stands beside its text."""
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    said = content if parts is None else text_of(parts)
    return {"refusal": None, "name": None, **message, "id": id, "content": said, "content_parts": parts}
