"""The rate limits that hold for the responses of a session: those of its key, as for any other call."""

from typing import Any

from ...admission import Admission
from .session import Session


async def admitted(session: Session, tokens: int) -> Admission | None:
    """What lets a response of *session* in that may cost so many *tokens*; None when no rate is limited.

    Raises:
        ApiError: 429, the limits of its key have no room for it, or the month has no money left.
    """
    call = session.call
    if call.world.admit is None:
        return None
    call.arrived, call.now, call.admission = session.now, session.world.clock.now(), None
    await call.world.admit(call, session.settings["model"], tokens)
    return call.admission


def shown(admission: Admission) -> list[dict[str, Any]]:
    """What is left of the limits, as an event tells it."""
    return [
        {"name": name, "limit": limit, "remaining": left, "reset_seconds": round(reset, 3)}
        for name, limit, left, reset in admission.left()
    ]
