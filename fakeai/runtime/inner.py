"""Requests that the server makes of itself: a line of a batch goes where a client's call would."""

from .answer import Reply
from .call import Call
from .errors import ApiError
from .routes import Table
from .world import World


class Routes:
    """The routes of a world, once an application serves them."""

    table: Table

    def __init__(self, world: World) -> None:
        pass


async def ask(call: Call, path: str, body: bytes, now: float) -> Reply:
    """What the server answers to a POST of *body* to *path* at the moment *now*, for the client of *call*.

    A refusal is an answer, too.

    Raises:
        ApiError: 404, there is no such path; 400, the answer would not be one whole body.
    """
    target, args, _ = call.world.engine(Routes).table.find("POST", path, b"")
    if target is None:
        raise ApiError(404, f"Invalid URL (POST {path}).")
    headers = [(name, value) for name, value in call.headers if name == b"authorization"]
    inner = Call(call.world, "POST", path, args, b"", headers, body)
    inner.now = now
    try:
        answer = await target.function(inner)
    except ApiError as error:
        return Reply(target.envelope(error), status=error.status)
    if type(answer) is not Reply:
        raise ApiError(400, f"{path} does not answer with one whole body here.")
    return answer
