"""Realtime calls: answered with a session description, then accepted, referred, rejected or ended."""

import re
from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import things
from ..kinds import kind_of
from ..things import Thing
from . import realtime_sessions, realtime_settings, sdp
from .realtime_settings import Settings

CALL = "realtime_call"
SDP = (b"content-type", b"application/sdp")
DECLINED = 603  # SIP's status of a call that is rejected without another
TARGET = re.compile(r"(tel:\+?[0-9().*#-]+|sips?:[^\s@]+@[^\s@]+|sips?:[^\s@]+)(;.*)?", re.DOTALL)


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Answer the offer of a form, or of a body that is one.

    Raises:
        ApiError: 400, it is no offer; 401, the call's ephemeral key is unknown or expired.
    """
    text = body.get("sdp")
    if text is None:
        text = call.body.decode("utf-8", "replace")
    offer = sdp.read(text)
    session = await realtime_sessions.of_key(call)
    if body.get("session") or session is None:
        session = _session(call, body.get("session") or {})
    made = await things.add(call, CALL, session=session)
    chance = call.world.chance(b"sdp", made["id"].encode())
    location = (b"location", f"/v1/realtime/calls/{made['id']}".encode())
    return Reply(sdp.answer(offer, chance, call.now).encode(), 0.0, 201, SDP, (location,))


def _session(call: Call, said: Settings) -> Settings:
    """The settings of a session that *said* asks for."""
    return realtime_settings.conversation(realtime_settings.with_voice(said, call.world.options.voice))


async def accept(call: Call, id: str, body: dict[str, Any], done: Reply) -> Reply:
    """Begin to talk with a caller, as the session of *body* says.

    Raises:
        ApiError: 404, there is no such call; 400, it was accepted or ended already.
    """
    return await _act(call, id, "accept", done, session=_session(call, body))


async def refer(call: Call, id: str, body: dict[str, Any], done: Reply) -> Reply:
    """Hand a caller over to another.

    Raises:
        ApiError: 404, there is no such call; 400, it ended already, or the target is no telephone.
    """
    target = body["target_uri"]
    if TARGET.fullmatch(target) is None:
        raise ApiError(
            400,
            f"Invalid 'target_uri': '{target[:200]}' is neither a 'tel:' nor a 'sip:' URI.",
            code="invalid_value",
            param="target_uri",
        )
    return await _act(call, id, "refer", done, target_uri=target)


async def reject(call: Call, id: str, body: dict[str, Any], done: Reply) -> Reply:
    """Decline a caller.

    Raises:
        ApiError: 404, there is no such call; 400, it was accepted or ended already, or SIP knows no such status.
    """
    status = body.get("status_code", DECLINED)
    if not 300 <= status <= 699:
        raise ApiError(
            400,
            f"Invalid 'status_code': expected a SIP status from 300 to 699, but got {status} instead.",
            code="invalid_value",
            param="status_code",
        )
    return await _act(call, id, "reject", done, status_code=status)


async def hang_up(call: Call, id: str, done: Reply) -> Reply:
    """End a call.

    Raises:
        ApiError: 404, there is no such call; 400, it ended already.
    """
    return await _act(call, id, "hangup", done)


async def _act(call: Call, id: str, action: str, done: Reply, **values: Any) -> Reply:
    kind = kind_of(call.world, CALL)

    def by(thing: Thing) -> None:
        things.act(kind, thing, action, call.now)
        thing.update(values)

    await things.change(call, CALL, id, by=by, event=action)
    return done
