"""Session descriptions (SDP, RFC 8866): the answer to an offer of WebRTC."""

from dataclasses import dataclass

from ...chance import Chance
from ...errors import ApiError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MIRRORED = ("a=mid:", "a=rtpmap:", "a=fmtp:", "a=sctp-port:", "a=rtcp-mux", "a=max-message-size:")
TURNED = {
    "a=sendonly": "a=recvonly",
    "a=recvonly": "a=sendonly",
    "a=sendrecv": "a=sendrecv",
    "a=inactive": "a=inactive",
}
LARGEST = 65_536  # characters of an offer


@dataclass(frozen=True)
class Offer:
    """The lines of an offer: those of the session, and those of each of its media."""

    session: list[str]
    media: list[list[str]]


def read(text: str) -> Offer:
    """The offer that *text* is.

    Raises:
        ApiError: 400, it is none.
    """
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line]
    if len(text) > LARGEST or not lines or lines[0] != "v=0":
        raise _invalid("it must begin with 'v=0' and have at most 65536 characters")
    for number, line in enumerate(lines, 1):
        if len(line) < 2 or line[1] != "=" or not line[0].isalpha():
            raise _invalid(f"line {number} is not of the form 'type=value'")
    offer = Offer([], [])
    for line in lines:
        if line.startswith("m="):
            if len(line.split()) < 4:
                raise _invalid(f"'{line[:80]}' does not name a medium, a port, a protocol and a format")
            offer.media.append([])
        (offer.media[-1] if offer.media else offer.session).append(line)
    if not any(line.startswith("o=") for line in offer.session):
        raise _invalid("it names no origin ('o=')")
    return offer


def answer(offer: Offer, chance: Chance, now: float) -> str:
    """What a peer at 127.0.0.1 answers to *offer*; credentials are drawn from *chance*."""
    fingerprint = ":".join(f"{chance.below(256):02X}" for _ in range(32))
    fragment, password = _letters(chance, 8), _letters(chance, 24)
    lines = ["v=0", f"o=- {chance.below(65_536) + 1} {int(now)} IN IP4 127.0.0.1", "s=-", "t=0 0"]
    mids = [line.partition(":")[2] for medium in offer.media for line in medium if line.startswith("a=mid:")]
    if mids:
        lines.append(f"a=group:BUNDLE {' '.join(mids)}")
    lines += ["a=msid-semantic:WMS *", f"a=fingerprint:sha-256 {fingerprint}"]
    for medium in offer.media:
        _, _, *rest = medium[0].split()
        lines += [f"{medium[0].split()[0]} 9 {' '.join(rest)}", "c=IN IP4 0.0.0.0"]
        lines += [f"a=ice-ufrag:{fragment}", f"a=ice-pwd:{password}", "a=setup:active"]
        lines += [TURNED.get(line, line) for line in medium if line.startswith(MIRRORED) or line in TURNED]
        lines.append(f"a=candidate:1 1 udp 2130706431 127.0.0.1 3478 typ host ufrag {fragment}")
    return "\r\n".join(lines) + "\r\n"


def _letters(chance: Chance, count: int) -> str:
    return "".join(ALPHABET[chance.below(len(ALPHABET))] for _ in range(count))


def _invalid(why: str) -> ApiError:
    return ApiError(400, f"Invalid SDP offer: {why}.", code="invalid_offer", param="sdp")
