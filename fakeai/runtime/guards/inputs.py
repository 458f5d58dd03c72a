"""What is wrong with a request before anybody reads what it means: too deep, compressed, or an attack in its address.

The text of a prompt is never looked at for code: semicolons, backticks and SQL are what people ask models about.
"""

import re
from urllib.parse import unquote_to_bytes

from ..call import Call
from ..errors import ApiError

DEEPEST = 64  # arrays and objects within one another
LONGEST_HEADER = 8192  # bytes
MOST_HEADERS = 100
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
BRACKETS = re.compile(rb"[^\[\]{}]+")
# What no path or query of an API holds: a way out of a folder, a script, a second statement of SQL, a shell's, a null.
ATTACK = re.compile(
    rb"\.\./|\.\.\\|<script\b|javascript:|\x00|[\r\n]"
    rb"|'\s*(?:or|and)\s+['\d]|\bunion\s+(?:all\s+)?select\b|;\s*(?:drop|delete|insert|update)\s"
    rb"|\$\(|`|;\s*(?:cat|rm|wget|curl)\s|\|\s*(?:sh|bash)\b|\$\{jndi:",
    re.IGNORECASE,
)
LOOKED_AT = (b"user-agent", b"referer", b"openai-organization", b"openai-project", b"x-forwarded-for")


def expect_sound(call: Call) -> None:
    """See that the form of a request is sound.

    Raises:
        ApiError: 400, it is nested too deeply; 415, its body is compressed; 431, its headers are too large.
    """
    if len(call.headers) > MOST_HEADERS or any(len(value) > LONGEST_HEADER for _, value in call.headers):
        raise ApiError(431, "The headers of your request are too large.", code="headers_too_large")
    if (call.header(b"content-encoding") or b"identity").lower() != b"identity":
        raise ApiError(
            415, "The body of your request is compressed; send it as it is.", code="unsupported_content_encoding"
        )
    if call.body.count(b"[") + call.body.count(b"{") > DEEPEST and depth(call.body) > DEEPEST:
        raise ApiError(
            400, f"The body of your request is nested more than {DEEPEST} levels deep.", code="nested_too_deeply"
        )


def expect_no_attack(call: Call) -> None:
    """See that the address and the headers of a request hold no attack.

    Raises:
        ApiError: 400, they do.
    """
    places = [("path", call.path.encode()), ("query", call.query)]
    places += [(name.decode(), value) for name, value in call.headers if name in LOOKED_AT]
    for place, value in places:
        plain = unquote_to_bytes(value.replace(b"+", b" "))
        if ATTACK.search(plain):
            raise ApiError(
                400, f"The {place} of your request looks like an attack.", code="injection_detected", param=place
            )


def depth(body: bytes) -> int:
    """How deep the arrays and objects of a JSON text are nested."""
    level = deepest = 0
    for mark in BRACKETS.sub(b"", STRING.sub(b"", body)):
        if mark in b"[{":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest
