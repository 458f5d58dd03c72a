"""Requests that the server makes of itself: a line of a batch goes where a client's call would."""

import logging

from .admission import BATCHED, EXEMPT
from .answer import Reply
from .call import Call
from .errors import ApiError, internal
from .routes import Table
from .store import Full, Unusable
from .world import World

log = logging.getLogger("fakeai")


class Routes:
    """The routes of a world, once an application serves them."""

    table: Table

    def __init__(self, world: World) -> None:
        pass


async def ask(
    call: Call, path: str, body: bytes, now: float, key: bytes | None = None, *, is_batch: bool = False
) -> Reply:
    """What the server answers to a POST of *body* to *path* at the moment *now*, for the client of *call*.

    With *key* the ids in the answer depend on that alone. What *is_batch*, a line of one, is told and priced as such. A
    refusal is an answer, and so is a fault of ours.

    Raises:
        ApiError: 404, there is no such path; 400, the answer would not be one whole body.
        Full, Unusable: the store did not take what the answer would keep.
    """
    target, args, _ = call.world.engine(Routes).table.find("POST", path, b"")
    if target is None:
        raise ApiError(404, f"Invalid URL (POST {path}).")
    headers = [(name, value) for name, value in call.headers if name == b"authorization"]
    inner = Call(call.world, "POST", path, args, b"", headers, body)
    inner.now, inner.key, inner.endpoint = now, key, target.path
    inner.caller, inner.admission = call.caller, BATCHED if is_batch else EXEMPT
    try:
        answer = await target.function(inner)
    except ApiError as error:
        return Reply(target.envelope(error), status=error.status)
    except (Full, Unusable):
        raise
    except Exception:
        log.exception("POST %s failed", path)
        fault = internal()
        return Reply(target.envelope(fault), status=fault.status)
    if type(answer) is not Reply:
        raise ApiError(400, f"{path} does not answer with one whole body here.")
    return answer
