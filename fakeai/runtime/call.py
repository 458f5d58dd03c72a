"""One request on its way through a route function."""

from typing import Any

import orjson

from .answer import Reply
from .errors import ApiError
from .schemas import Validator
from .world import World


class Call:
    """The request, the world it runs in, and the moment it arrived."""

    __slots__ = ("args", "body", "headers", "method", "now", "path", "query", "world")

    def __init__(
        self,
        world: World,
        method: str,
        path: str,
        args: dict[str, str],
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
    ) -> None:
        self.world, self.method, self.path, self.args = world, method, path, args
        self.query, self.headers, self.body = query, headers, body
        self.now = world.clock.now()  # seconds since 1970

    def header(self, name: bytes) -> bytes | None:
        """The value of the first header called *name* (small letters), or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def json(self, validator: Validator, optional: bool = False) -> dict[str, Any]:
        """The JSON body, checked; empty when *optional* and there is none.

        Raises:
            ApiError: 400, the body is not JSON or does not fit its schema.
        """
        if optional and not self.body:
            return {}
        try:
            data = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ApiError(400, f"The body of your request is not valid JSON: {error}.") from None
        validator.check(data)
        if not isinstance(data, dict):
            raise ApiError(400, "The body of your request must be a JSON object.", code="invalid_type")
        return data

    def reply(self, data: Any, due: float = 0.0) -> Reply:
        """An answer of *data* as JSON, *due* seconds after the call arrived."""
        return Reply(orjson.dumps(data), due)
