"""Requests that the server makes of itself: a line of a batch goes where a client's call would."""

import logging

import orjson

from .admission import BATCHED, EXEMPT
from .answer import WHOLE, Answer, Broken, Reply
from .call import Call
from .errors import ApiError, internal
from .routes import Table, Target
from .store import Full, Unusable
from .world import World

log = logging.getLogger("fakeai")


class Routes:
    """The routes of a world, once an application serves them."""

    table: Table

    def __init__(self, world: World) -> None:
        self.world = world  # as no project sees it


async def ask(
    call: Call, path: str, body: bytes, now: float, key: bytes | None = None, *, is_batch: bool = False
) -> Reply:
    """What the server answers to a POST of *body* to *path* at the moment *now*, for the client of *call*.

    With *key* the ids in the answer depend on that alone. What *is_batch*, a line of one, is told and priced as such. A
    refusal is an answer, and so is a fault of ours. It is disturbed and noted as if it came from outside; where a
    connection would break, it fails.

    Raises:
        ApiError: 404, there is no such path; 400, the answer would not be one whole body.
        Full, Unusable: the store did not take what the answer would keep.
    """
    routes = call.world.engine(Routes)
    target, args, _ = routes.table.find("POST", path, b"")
    if target is None:
        raise ApiError(404, f"Invalid URL (POST {path}).")
    headers = [(name, value) for name, value in call.headers if name == b"authorization"]
    inner = Call(call.world, "POST", path, args, b"", headers, body)
    inner.now, inner.key, inner.endpoint = now, key, target.path
    inner.caller, inner.admission = call.caller, BATCHED if is_batch else EXEMPT
    disturb, note, fault = routes.world.disturb, routes.world.note, None
    answer: Answer
    if disturb is None:
        answer = await _answered(target, inner)
    else:
        answer, fault = await disturb(_answered, target, inner)
        if fault is not None:
            answer = _arrived(target, answer)
    if type(answer) is not Reply:
        raise ApiError(400, f"{path} does not answer with one whole body here.")
    if note is not None:
        answer.schedule, answer.due = None, 0.0  # it is here
        note(inner, answer, fault)
    return answer


async def _answered(target: Target, call: Call) -> Answer:
    """What the route answers; a refusal and a fault of ours as an answer too."""
    try:
        return await target.function(call)
    except ApiError as error:
        return Reply(target.envelope(error), status=error.status)
    except (Full, Unusable):
        raise
    except Exception:
        log.exception("POST %s failed", call.path)
        return _failed(target)


def _arrived(target: Target, answer: Answer) -> Reply:
    """What is there of an *answer* with a fault in it: all of it, or an error of ours."""
    if isinstance(answer, Broken) and answer.end == WHOLE and answer.answer is not None:
        answer = answer.answer
    if type(answer) is not Reply:
        return _failed(target)
    try:
        orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return _failed(target)
    return answer


def _failed(target: Target) -> Reply:
    fault = internal()
    return Reply(target.envelope(fault), status=fault.status)
