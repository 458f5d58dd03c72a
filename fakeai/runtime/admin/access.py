"""Who may use the admin API: whoever has its key; without one, callers on the machine that it is bound to."""

import hmac

from ..call import Call
from ..credentials import key_of
from ..errors import ApiError

HERE = ("localhost", "127.0.0.1", "[::1]")  # names of this machine that a browser cannot be talked into


def expect(call: Call) -> None:
    """Let a call pass that may change the server.

    Raises:
        ApiError: 404, the admin API is off; 401, the key is not its own; 403, a foreign page asks.
    """
    options = call.world.options
    if not options.admin:
        raise ApiError(
            404,
            "The admin API is off. It is on when the server is bound to this machine alone (--host 127.0.0.1), or "
            "with a key (--admin-key).",
            code="admin_api_off",
        )
    if options.admin_key is not None:
        if not hmac.compare_digest(key_of(call).encode(), options.admin_key.encode()):
            raise ApiError(
                401, "The admin API wants its own key: 'Authorization: Bearer ADMIN_KEY'.", code="invalid_api_key"
            )
        return
    origin = call.header(b"origin")
    names = [call.header(b"host")] + ([origin.partition(b"://")[2]] if origin is not None else [])
    for name in names:
        if name is not None and _host(name.decode("latin-1")) not in HERE:
            raise ApiError(
                403, "Without a key the admin API answers to callers on this machine alone.", code="admin_api_local"
            )


def _host(name: str) -> str:
    """A host's name without its port."""
    return name if name.endswith("]") else name.rpartition(":")[0] or name
