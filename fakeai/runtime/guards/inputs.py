"""What is wrong with a request before anybody reads what it means: too deep, compressed, or an attack in its address.

The text of a prompt is never looked at for code: semicolons, backticks and SQL are what people ask models about.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from ..call import Call
from ..clock import give_way
from ..errors import ApiError

DEEPEST = 64  # arrays and objects within one another
LONGEST_HEADER = 8192  # bytes
MOST_HEADERS = 100
MARK = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)  # a string, or a bracket outside of one
TURN = 4096  # marks that are looked at before other calls have a turn
# What no path or query of an API holds: a way out of a folder, a script, a second statement of SQL, a shell's, a null.
ATTACK = re.compile(
    rb"\.\./|\.\.\\|<script\b|javascript:|\x00|[\r\n]"
    rb"|'\s*(?:or|and)\s+['\d]|\bunion\s+(?:all\s+)?select\b|;\s*(?:drop|delete|insert|update)\s"
    rb"|\$\(|`|;\s*(?:cat|rm|wget|curl)\s|\|\s*(?:sh|bash)\b|\$\{jndi:",
    re.IGNORECASE,
)
LOOKED_AT = frozenset((b"user-agent", b"referer", b"openai-organization", b"openai-project", b"x-forwarded-for"))


SHORT = 512  # bytes of a value of which is remembered whether it is an attack


def expect_sound(call: Call) -> None:
    """See that the head of a request is sound.

    Raises:
        ApiError: 415, its body is compressed; 431, its headers are too large.
    """
    if len(call.headers) > MOST_HEADERS:
        raise _headers_too_large()
    for name, value in call.headers:
        if len(value) > LONGEST_HEADER:
            raise _headers_too_large()
        if name == b"content-encoding" and value.lower() != b"identity":
            raise ApiError(
                415, "The body of your request is compressed; send it as it is.", code="unsupported_content_encoding"
            )


def may_be_deep(body: bytes) -> bool:
    """Whether there are as many brackets in *body* as a deep one has."""
    return body.count(b"[") + body.count(b"{") > DEEPEST


async def expect_shallow(body: bytes) -> None:
    """See that the arrays and objects of a JSON text are not nested too deeply.

    Raises:
        ApiError: 400, they are.
    """
    level = 0
    for count, mark in enumerate(MARK.finditer(body), 1):
        sign = body[mark.start()]
        if sign in b"[{":
            level += 1
            if level > DEEPEST:
                raise ApiError(
                    400,
                    f"The body of your request is nested more than {DEEPEST} levels deep.",
                    code="nested_too_deeply",
                )
        elif sign in b"]}":
            level -= 1
        if count % TURN == 0:
            await give_way()


def expect_no_attack(call: Call) -> None:
    """See that the address and the headers of a request hold no attack.

    Raises:
        ApiError: 400, they do.
    """
    if _is_attack(call.path.encode()):
        raise _attack("path")
    if call.query and _is_attack(call.query):
        raise _attack("query")
    for name, value in call.headers:
        if name in LOOKED_AT and _is_attack(value):
            raise _attack(name.decode())


def _is_attack(value: bytes) -> bool:
    return _is_known_attack(value) if len(value) <= SHORT else _is_known_attack.__wrapped__(value)


@lru_cache(maxsize=4096)
def _is_known_attack(value: bytes) -> bool:
    return ATTACK.search(unquote_to_bytes(value.replace(b"+", b" "))) is not None


def _attack(place: str) -> ApiError:
    return ApiError(400, f"The {place} of your request looks like an attack.", code="injection_detected", param=place)


def _headers_too_large() -> ApiError:
    return ApiError(431, "The headers of your request are too large.", code="headers_too_large")
