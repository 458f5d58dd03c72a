"""Realtime sessions and the ephemeral keys that open them."""

from collections.abc import Callable
from typing import Any

from ...answer import Reply
from ...call import Call
from ...caller import PROJECT, Caller
from ...credentials import digest_of, id_of, key_of
from ...errors import ApiError
from ...tenants import Tenants
from .. import things
from ..things import Thing
from . import realtime_settings
from .realtime_settings import Settings

SECRET = "realtime_secret"
PAYER = "_payer"  # of a secret: key, project and user of whoever made it
KEY = "ek_"  # what ephemeral keys begin with
LASTS = 600  # seconds, of a key whose request does not say
SESSION_LASTS = 1800  # seconds

DESCRIBE: dict[str, Callable[[Settings], Settings]] = {
    "realtime": realtime_settings.conversation,
    "transcription": realtime_settings.transcription,
    "translation": realtime_settings.translation,
}


async def create_secret(call: Call, body: dict[str, Any], kind: str = "realtime") -> Reply:
    """An ephemeral key for a session; without a type of its own the session is of *kind*."""
    said = body.get("session") or {}
    kind = said.get("type") or kind
    if kind == "realtime":
        said = realtime_settings.with_voice(said, call.world.options.voice)
    session = {**_begun(call), **DESCRIBE[kind](said)}
    after = body.get("expires_after") or {}
    secret = await _issue(call, session, after.get("seconds") or LASTS)
    return call.reply(things.shown(secret))


async def create_older(call: Call, body: dict[str, Any], kind: str) -> Reply:
    """A session of the beta's form, with its key.

    Raises:
        ApiError: 400, there is no such audio format.
    """
    talks = kind == "realtime"
    spoken = {"voice": call.world.options.voice, **body}
    said = realtime_settings.older_conversation(spoken) if talks else realtime_settings.older_transcription(body)
    session = {**_begun(call), **said}
    if body.get("include"):
        session["include"] = body["include"]
    secret = await _issue(call, session, LASTS)
    return call.reply({**session, "client_secret": {"value": secret["value"], "expires_at": secret["expires_at"]}})


async def of_key(call: Call) -> Settings | None:
    """The session that the call's ephemeral key opens; None when its key is an ordinary one.

    From then on the call is one of whoever made that key, and is charged to the key that it was made with.

    Raises:
        ApiError: 401, the key is unknown or expired.
    """
    key = key_of(call)
    if not key.startswith(KEY):
        return None
    try:
        secret = await things.find(call, SECRET, key)
    except ApiError:
        raise ApiError(401, "Incorrect ephemeral key provided.", code="invalid_api_key") from None
    if secret["expires_at"] <= call.now:
        raise ApiError(401, "Your ephemeral key has expired.", code="expired_api_key")
    key, project, user = secret[PAYER]
    call.caller = Caller(key, project, user, call.world.options.rate_limits.tier)
    if project != PROJECT:
        call.world = call.world.engine(Tenants).of(project)
    session: Settings = secret["session"]
    return session


def _begun(call: Call) -> Settings:
    return {"id": call.new_id("sess_"), "expires_at": int(call.now) + SESSION_LASTS}


async def _issue(call: Call, session: Settings, seconds: int) -> Thing:
    """A key that opens *session*."""
    key, caller, own = call.new_id(KEY), call.caller, key_of(call)
    caller = caller or Caller(id_of(digest_of(own)) if own else "")  # when nobody asks who calls
    says = {"value": key, "expires_at": int(call.now) + seconds, "session": session}
    payer = [caller.key, caller.project, caller.user]
    return await things.add(call, SECRET, _id=key, **says, **{PAYER: payer})
