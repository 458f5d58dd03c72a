"""The validity of an X.509 certificate in PEM: just enough of DER (RFC 5280) to find two times."""

import base64
import binascii
import re
from datetime import UTC, datetime

PEM = re.compile(r"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*", re.ASCII)
LARGEST = 100_000  # characters
SEQUENCE, UTC_TIME, GENERALIZED_TIME, VERSION = 0x30, 0x17, 0x18, 0xA0
FORMAT = "%Y%m%d%H%M%SZ"  # of a GeneralizedTime; a UTCTime has two digits of the year


def validity(pem: str) -> tuple[int, int]:
    """From when until when the one certificate in *pem* is valid, seconds since 1970.

    Raises:
        ValueError: that is no certificate; the message says why.
    """
    match = PEM.fullmatch(pem) if len(pem) <= LARGEST else None
    if match is None:
        raise ValueError("it is not one PEM block of a certificate")
    try:
        der = base64.b64decode("".join(match[1].split()), validate=True)
    except binascii.Error:
        raise ValueError("what stands in the PEM block is not base64") from None
    certificate, rest = _enter(der, SEQUENCE)
    if rest:
        raise ValueError("something follows the certificate")
    fields, _ = _enter(certificate, SEQUENCE)
    if fields[:1] == bytes([VERSION]):
        _, _, fields = _next(fields)
    for _ in ("serial number", "signature", "issuer"):
        _, _, fields = _next(fields)
    times, _ = _enter(fields, SEQUENCE)
    first, times = _time(times)
    last, _ = _time(times)
    return first, last


def _next(data: bytes) -> tuple[int, bytes, bytes]:
    """The tag and the content of the first value in *data*, and what follows it.

    Raises:
        ValueError: there is none.
    """
    if len(data) < 2:
        raise ValueError("it ends too early")
    tag, length, start = data[0], data[1], 2
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start])
    if start + length > len(data):
        raise ValueError("it ends too early")
    return tag, data[start : start + length], data[start + length :]


def _enter(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first value in *data*, which has that *tag*, and what follows it."""
    found, content, rest = _next(data)
    if found != tag:
        raise ValueError("it is not built as a certificate")
    return content, rest


def _time(data: bytes) -> tuple[int, bytes]:
    """The first value in *data* as a time, and what follows it. Two digits of a year mean 1950 to 2049."""
    tag, content, rest = _next(data)
    if tag not in (UTC_TIME, GENERALIZED_TIME):
        raise ValueError("it says no times of validity")
    try:
        said = content.decode("ascii")
        if tag == UTC_TIME:
            said = ("19" if said[:2] >= "50" else "20") + said
        moment = datetime.strptime(said, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("its times of validity cannot be read") from None
    return int(moment.timestamp()), rest
