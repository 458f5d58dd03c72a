"""The life of a kept response: it is written once, as it will be in the end, and read as it is at a moment.

Beside what it says, a kept response has its input, and when it is made while the client does not wait, the moments of
its life. Fields that start with `_` are never shown.
"""

from typing import Any

from ...errors import ApiError

RESPONSE = "response"  # where responses are kept

INPUT = "_input"  # text or items, as the request brought them
MADE = "_made"  # when the request came, seconds since 1970
BEGINS = "_begins"  # until when it is queued, seconds since 1970
ENDS = "_ends"  # until when it is in progress, seconds since 1970
SAID = "_said"  # how each item of its output is said: what a `Saying` has beside the item
DUE = "_due"  # when each token is said, seconds after the request came
WAS = "_was"  # what a cancelled one would have said in the end

GRACE = 0.001  # seconds that the last piece of a stream may leave early
LATER = ("usage", "completed_at", "incomplete_details", "output", "status")  # what is said at the end

Response = dict[str, Any]


def settled(response: Response, now: float) -> Response:
    """What a client sees at *now* of the kept *response*."""
    made = {name: value for name, value in response.items() if name[:1] != "_"}
    if made["status"] == "cancelled" or now >= response.get(ENDS, now) - GRACE:
        return made
    return unfinished(made, "queued" if now < response.get(BEGINS, now) else "in_progress")


def unfinished(response: Response, status: str) -> Response:
    """*response* as it is before its end."""
    made = {name: value for name, value in response.items() if name not in LATER}
    return {**made, "status": status, "completed_at": None, "incomplete_details": None, "output": []}


def cancel(response: Response, now: float) -> bool:
    """Cancel the kept *response*; False when it has ended already.

    Raises:
        ApiError: 400, it is not made in the background.
    """
    if not response["background"]:
        raise ApiError(400, "Cannot cancel a synchronous response.")
    if response["status"] == "cancelled" or now >= response[ENDS] - GRACE:
        return False
    was = {name: response[name] for name in LATER}
    ended = unfinished(response, "cancelled")
    response.clear()
    response.update(ended, **{WAS: was, ENDS: now})
    return True
