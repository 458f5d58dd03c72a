"""ChatKit: sessions of an end user, each of which opens a thread that greets."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..content.generation import Limits, generate, writer
from . import things
from .kinds import kind_of
from .things import PLAN, Thing

SESSION, THREAD, ITEM = "chatkit_session", "chatkit_thread", "chatkit_thread.item"
LASTS = 600  # seconds, of a session whose request does not say
REQUESTS = 10  # a minute, of a session whose request does not say


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Open a session, and a thread of its user."""
    workflow, limits = body["workflow"], body.get("rate_limits") or {}
    most = limits.get("max_requests_per_1_minute", REQUESTS)
    expires = int(call.now) + (body.get("expires_after") or {}).get("seconds", LASTS)
    session = await things.add(
        call,
        SESSION,
        user=body["user"],
        expires_at=expires,
        rate_limits={"max_requests_per_1_minute": most},
        max_requests_per_1_minute=most,
        workflow={"version": None, "state_variables": None, **workflow, "tracing": _on(workflow.get("tracing"), True)},
        chatkit_configuration=_configuration(body.get("chatkit_configuration") or {}),
        **{PLAN: [[expires, {"status": "expired"}]]},
    )
    await _open_thread(call, body["user"])
    return call.reply(things.shown(session))


async def cancel(call: Call, id: str) -> Reply:
    """End a session before it expires.

    Raises:
        ApiError: 404, there is no such session; 400, it ended already.
    """
    kind = kind_of(call.world, SESSION)

    def end(session: Thing) -> None:
        things.act(kind, session, "cancel", call.now)
        session.pop(PLAN, None)

    return call.reply(things.shown(await things.change(call, SESSION, id, by=end, event="cancel")))


async def _open_thread(call: Call, user: str) -> None:
    """A thread of *user* in which the assistant has said hello."""
    thread = await things.add(call, THREAD, user=user)
    greeting = generate(await writer(call.world), "Hello", call.world.chance(b"chatkit", user.encode()), GREETING)
    said = {"type": "output_text", "text": str(greeting), "annotations": []}
    await things.add(call, ITEM, thread["id"], thread_id=thread["id"], content=[said])


GREETING = Limits(most=64, least=0, stop=(), endless=False, name="")


def _configuration(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "automatic_thread_titling": _on(said.get("automatic_thread_titling"), True),
        "file_upload": {"max_file_size": 512, "max_files": 10, **_on(said.get("file_upload"), False)},
        "history": {"recent_threads": None, **_on(said.get("history"), True)},
    }


def _on(said: dict[str, Any] | None, usually: bool) -> dict[str, Any]:
    """What is *said* of something that can be on or off."""
    return {"enabled": usually, **(said or {})}
