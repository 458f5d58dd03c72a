"""One request on its way through a route function."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson

from . import fields
from .admission import Admission
from .answer import Reply
from .caller import Caller
from .errors import ApiError
from .schemas import Validator
from .world import World

if TYPE_CHECKING:
    from .forms import Form

READABLE = 65_536  # bytes of a body that who only looks on reads
WEBSOCKET = "WEBSOCKET"  # the method of a call that opens a WebSocket, in the route table too


class Call:
    """The request, the world it runs in, and the moment it arrived.

    *body* is empty when the request brings a form; *chunks* gives that as it arrives. A call with a *key* makes
    the same ids whenever it is made. *caller* is known once the call was identified; None when nobody asks.
    *peer* is the address that the connection comes from; *admission* is there when limits hold for the call.
    """

    __slots__ = (
        "admission", "args", "arrived", "body", "caller", "chunks", "endpoint", "headers", "key", "made", "method",
        "now", "path", "peer", "query", "received", "served", "world",
    )  # fmt: skip

    def __init__(
        self,
        world: World,
        method: str,
        path: str,
        args: dict[str, str],
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        chunks: AsyncIterator[bytes] | None = None,
        *,
        arrived: float | None = None,
    ) -> None:
        self.world, self.method, self.path, self.args = world, method, path, args
        self.endpoint = path  # as the table of routes has it, once a route was found
        self.query, self.headers, self.body, self.chunks = query, headers, body, chunks
        self.received: Form | None = None
        self.key: bytes | None = None
        self.caller: Caller | None = None
        self.admission: Admission | None = None
        self.peer = ""
        self.made = 0  # ids
        self.served: Any = None  # what the fleet made of it, a `Served`
        self.now = world.clock.now()  # seconds since 1970
        self.arrived = world.clock.monotonic() if arrived is None else arrived

    def header(self, name: bytes) -> bytes | None:
        """The value of the first header called *name* (small letters), or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def told(self) -> dict[str, Any]:
        """The JSON object of the body, unchecked, for who only looks on; empty when there is none, or a long one."""
        if len(self.body) > READABLE or b"{" not in self.body:
            return {}
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def model(self) -> str | None:
        """The model that answers, or that the body names, as who only looks on knows it."""
        named = self.told().get("model") if self.served is None else self.served.request.model
        return named if isinstance(named, str) else None

    def new_id(self, prefix: str) -> str:
        """*prefix* and 32 hexadecimal digits: never the same twice, or from the call's *key*."""
        if self.key is None:
            return self.world.new_id(prefix)
        self.made += 1
        return self.world.fixed_id(prefix, self.key, b"%d" % self.made)

    def json(self, validator: Validator, optional: bool = False) -> dict[str, Any]:
        """The JSON body, or one of `name=value` pairs, checked; an empty object when *optional* and there is none.

        Raises:
            ApiError: 400, the body is not JSON or does not fit its schema.
        """
        try:
            data = orjson.loads(self.body or b"{}" if optional else self.body)
        except orjson.JSONDecodeError as error:
            if not (self.header(b"content-type") or b"").startswith(b"application/x-www-form-urlencoded"):
                raise ApiError(400, f"The body of your request is not valid JSON: {error}.") from None
            data = validator.fields.assemble(fields.pairs(self.body))
        if b".0" in self.body:
            try:
                data = fields.whole(data)
            except RecursionError:
                raise ApiError(400, "The body of your request is nested too deeply.") from None
        validator.check(data)
        if not isinstance(data, dict):
            raise ApiError(400, "The body of your request must be a JSON object.", code="invalid_type")
        return data

    def params(self, validator: Validator) -> dict[str, Any]:
        """The query, checked; what it does not say has its default.

        Raises:
            ApiError: 400, a parameter does not fit its schema.
        """
        given = validator.fields.assemble(fields.pairs(self.query))
        validator.check(given)
        return given

    async def form(self, validator: Validator, raw: tuple[str, ...] = (), optional: bool = False) -> dict[str, Any]:
        """The multipart form, checked: its files are `forms.File`s, whose bytes are in the store.

        Empty when *optional* and there is no body, or when the body is of one of the media types *raw*.

        Raises:
            ApiError: 400, the body is no form or does not fit its schema; 413, it is too large.
        """
        from .forms import File, Form

        kind = self.header(b"content-type")
        if kind is not None and kind.partition(b";")[0].strip().decode("latin-1") in raw:
            return {}
        given: list[tuple[str, Any]] = []
        if kind is not None or self.body or not optional:
            self.received = Form(self.world)
            given = await self.received.read(kind, self.chunks or _once(self.body))
        data = validator.fields.assemble(given)
        validator.check(fields.replace(data, File, ""))
        return data

    async def json_or_form(
        self, json: Validator, form: Validator, raw: tuple[str, ...] = (), optional: bool = False
    ) -> dict[str, Any]:
        """The body, checked, as what its content type says that it is."""
        kind = self.header(b"content-type") or b""
        if kind.startswith((b"multipart/", *(name.encode() for name in raw))):
            return await self.form(form, raw, optional)
        return self.json(json, optional)

    def reply(self, data: Any, due: float = 0.0) -> Reply:
        """An answer of *data* as JSON, *due* seconds after the call arrived."""
        return Reply(orjson.dumps(data), due)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
