"""The WebSocket of Realtime: which session it opens, and its life until an hour is over."""

from collections.abc import Mapping
from typing import Any

import orjson

from ...answer import Talk
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...credentials import subprotocols
from ...errors import ApiError
from ...schemas import Validator
from ...socket import GOING_AWAY, Socket
from .. import things
from . import beta, dispatch, hearing, realtime_sessions, realtime_settings
from .realtime_calls import CALL
from .session import LASTS, Session

PROTOCOL = "realtime"
BETA_HEADER, BETA_PROTOCOL = b"realtime=v1", "openai-beta.realtime-v1"
REFUSED = 4000  # the close code of a session that cannot begin
MISSING = ApiError(400, "You must provide a model parameter.", code="missing_model")
LIVE = ("ringing", "active")  # states of a call that somebody can listen to

Settings = dict[str, Any]


async def open(
    call: Call,
    query: Settings,
    messages: Mapping[str, Validator],
    timing: Timing = INSTANT,
    refusal: ApiError | None = None,
) -> Talk:
    """A session as the key, the call or the query says; one with a *refusal* hears it and ends.

    Raises:
        ApiError: 401, the ephemeral key is unknown or expired; 404, there is no such call; 400, the key opens
            something else.
    """
    offered = subprotocols(call)
    is_beta = BETA_HEADER in (call.header(b"openai-beta") or b"") or BETA_PROTOCOL in offered
    settings = await _settings(call, query)
    error = MISSING if settings is None else refusal

    async def talk(socket: Socket) -> None:
        if settings is None or error is not None:
            await _refuse(call, socket, error or MISSING)
            return
        session = Session(call, settings, messages, timing, is_beta)
        try:
            await _talk(session, socket)
        finally:
            for response in [*session.responses.values()]:
                response.cancel("client_cancelled")  # nobody hears the rest, and what was said is paid for

    return Talk(talk, PROTOCOL if PROTOCOL in offered else None)


async def _settings(call: Call, query: Settings) -> Settings | None:
    """The settings of the session; None when nothing says with which model."""
    opened = await realtime_sessions.of_key(call)
    if opened is not None:
        return _today(opened)
    if query.get("call_id") is not None:
        found = await things.find(call, CALL, query["call_id"])
        if found["status"] not in LIVE:
            raise ApiError(404, f"The call '{found['id']}' is over.", code="call_ended", param="call_id")
        return _today(found["session"])
    if query.get("intent") == "transcription":
        return realtime_settings.transcription({})
    if not query.get("model"):
        return None
    spoken = realtime_settings.with_voice({"model": query["model"]}, call.world.options.voice)
    return realtime_settings.conversation(spoken)


def _today(settings: Settings) -> Settings:
    """Settings that were kept with a key, in today's form.

    Raises:
        ApiError: 400, they are of a translation.
    """
    if settings.get("type") == "translation":
        raise ApiError(400, "This key opens a translation, which has a WebSocket of its own.", code="invalid_value")
    if "type" in settings:
        return settings
    if settings["object"] == "realtime.transcription_session":
        return realtime_settings.transcription(beta.update(settings, "transcription"))
    kept = {name: value for name, value in settings.items() if name not in ("turn_detection", "id", "expires_at")}
    modalities = ["audio"] if "audio" in kept["output_modalities"] else ["text"]
    return realtime_settings.conversation({**kept, "output_modalities": modalities})


async def _refuse(call: Call, socket: Socket, error: ApiError) -> None:
    """Say why there is no session."""
    says = {"type": error.type, "code": error.code, "message": error.message, "param": error.param, "event_id": None}
    event = {"type": "error", "event_id": call.new_id("event_"), "error": says}
    await socket.send(orjson.dumps(event).decode())
    await socket.close(REFUSED, f"{error.type}.{error.code}")


async def _talk(session: Session, socket: Socket) -> None:
    """Say what is due and do what is said, until the hour is over."""
    session.socket = socket
    session.when_quiet = lambda seconds: hearing.idle_after(session, seconds)

    async def end() -> None:
        message = "Your session hit the maximum duration of 60 minutes."
        session.complain(ApiError(400, message, code="session_expired"))
        session.is_over = True

    session.agenda.add(session.now + LASTS, end)
    session.say("session.created", session=session.settings)
    while True:
        await session.flush()
        if session.is_over:
            await socket.close(GOING_AWAY, "session_expired")
            return
        message = await socket.receive(session.agenda.moment)
        if message is None:
            await session.agenda.work(session.now)
        else:
            await dispatch.take(session, message)
