"""Refusals that a client sees."""

import orjson


class ApiError(Exception):
    """A refusal: HTTP *status* and the four fields of OpenAI's error envelope.

    *param* names the part of the request that is wrong, as `messages[0].role`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.type, self.code, self.param = status, message, type, code, param
        self.headers = headers


def openai(error: ApiError) -> bytes:
    """The body of *error* in OpenAI's envelope."""
    fields = {"message": error.message, "type": error.type, "param": error.param, "code": error.code}
    return orjson.dumps({"error": fields})


def internal() -> ApiError:
    """What a client sees of a fault of ours."""
    return ApiError(500, "The server had an error while processing your request.", type="server_error")


def insufficient_storage() -> ApiError:
    """What a client sees when there is no room for what it wants kept."""
    message = "There is no room left to store what your request would keep. Nothing was stored."
    return ApiError(507, message, type="server_error", code="insufficient_storage")
