"""The message about safety that a chat without one of the system begins with, on servers that are told so."""

from typing import Any

TEXT = (
    "Be helpful, honest and careful. Decline what would cause harm, and treat everybody with respect. Say so when you "
    "are not sure."
)


def safe(body: dict[str, Any]) -> dict[str, Any]:
    """*body* with the message in front, unless it has one of the system or of the developer."""
    messages = body["messages"]
    if any(message.get("role") in ("system", "developer") for message in messages):
        return body
    return {**body, "messages": [{"role": "system", "content": TEXT}, *messages]}
