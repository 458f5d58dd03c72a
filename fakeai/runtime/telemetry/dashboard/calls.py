"""The last requests, and one of them from its arrival to its last token.

They come from the journal; where there is none, from those that the fleet remembers. What was said is not told.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...answer import Stream
from ...cluster.batch import BatchWorker
from ...cluster.fleet import Served
from ...cluster.request import Request
from ...credentials import key_of, masked
from ...errors import ApiError
from ...looks import is_look
from ...tally import CUT
from ..journal import LEFT, Entry, Journal
from ..portions import Portions
from ..reading import Reading
from .machine import decision, named, number_of
from .remembered import Remembered, remembered

SHOWN = 40  # requests in the list
MOST_TOKENS = 4000  # whose moments are told; of more, one in so many

Row = dict[str, Any]


async def last(reading: Reading, requests: Remembered) -> list[Row]:
    """The last requests, the newest first."""
    portions, found = Portions(reading.world.clock), []
    newest = islice(_noted(reading), SHOWN) if reading.world.options.journal else requests.newest(SHOWN)
    for each in newest:
        found.append(_row(reading, each))
        await portions.pause()
    return found


async def one(reading: Reading, number: str) -> Row:
    """The request of that *number*, with the moment of each token in milliseconds after its arrival.

    Raises:
        ApiError: 404, there is none, or not any more.
    """
    found: Entry | Request | None
    if reading.world.options.journal:
        found = next((each for each in _noted(reading) if str(each.number) == number), None)
    else:
        known, processes = await remembered(reading), reading.world.processes
        found = None
        if number.isascii() and number.isdigit() and len(number) < 20:
            own, process = divmod(int(number), processes)
            found = await known.find(own) if process == reading.world.number else None
    if found is None:
        raise ApiError(404, f"Request {number} is not remembered (any more).", param="number", code="request_not_found")
    served = found.call.served if isinstance(found, Entry) else None
    request = served.request if isinstance(served, Served) else found if isinstance(found, Request) else None
    row = _row(reading, found)
    if request is None:
        return row | {"tokens": [], "every": 1, "decision": None}
    moments = _moments(reading, request, served.moments if isinstance(served, Served) else request.moments)
    every = -(-len(moments) // MOST_TOKENS) or 1
    return row | {
        "width": request.width,
        "asked": request.asked,
        "preemptions": request.preemptions,
        "tokens": [round(each * 1000, 3) for each in moments[::every]],
        "every": every,
        "decision": decision(reading, request),
    }


def _noted(reading: Reading) -> Iterator[Entry]:
    """What the journal has, the newest first, but for who looked at the server."""
    entries = list(reading.world.engine(Journal))
    return (each for each in reversed(entries) if not is_look(each.call.path))


def _row(reading: Reading, found: Entry | Request) -> Row:
    if isinstance(found, Request):
        ended = "waiting" if not found.over else "whole" if found.made >= found.asked else LEFT
        said: Row = {
            "number": number_of(reading, found),
            "time": found.arrived + reading.records.since_1970,
            "method": "POST",
            "path": found.place,
            "key": None,
            "status": CUT if ended == LEFT else 200,
            "ended": ended,
            "fault": None,
            "streamed": found.streams,
        }
        return said | _phases(reading, found)
    call, left = found.call, found.departure
    served = call.served if isinstance(call.served, Served) else None
    said = {
        "number": found.number,
        "time": call.arrived + reading.records.since_1970,
        "method": call.method,
        "path": call.path,
        "key": masked(key_of(call)) or None,
        "status": found.status,
        "ended": found.ended,
        "fault": found.fault,
        "streamed": isinstance(found.answer, Stream),
    }
    if served:
        return said | _phases(reading, served.request)
    total = None if left is None else left.last if left.sent or left.gone else reading.now - call.arrived
    return said | _nothing(found.model, 1000 * (getattr(found.answer, "due", 0.0) if total is None else total))


def _nothing(model: str | None, total: float) -> Row:
    """What is told of a request that no worker had."""
    missing = dict.fromkeys(("worker", "dp_rank", "prompt", "cached", "made", "queue", "prefill", "decode", "itl"))
    return {"model": model, **missing, "total": total}


def _phases(reading: Reading, request: Request) -> Row:
    """Where the time of *request* went, in milliseconds; what has not begun is None."""
    stop = request.end if request.over else reading.now
    begun = request.begun if 0 <= request.begun <= stop else None
    first = request.first if 0 <= request.first <= stop else None
    itl = (stop - first) / (request.passes_made - 1) if first is not None and request.passes_made > 1 else None
    return {
        "model": request.model,
        **_where(reading, request),
        "prompt": request.prompt,
        "cached": request.cached,
        "made": request.made,
        "queue": _ms((stop if begun is None else begun) - request.arrived),
        "prefill": None if begun is None else _ms((stop if first is None else first) - begun),
        "decode": None if first is None else _ms(stop - first),
        "itl": None if itl is None else _ms(itl),
        "total": _ms(stop - request.arrived),
    }


def _where(reading: Reading, request: Request) -> Row:
    worker = named(reading, reading.fleet.workers[request.worker])
    return {"worker": worker["worker"], "dp_rank": worker["dp_rank"]}


def _moments(reading: Reading, request: Request, planned: Any) -> list[float]:
    """When each pass of *request* that is done was, in seconds after its arrival, as far as that is known."""
    stop = request.end if request.over else reading.now
    if planned:
        return list(planned[: bisect_right(planned, stop - request.arrived + 1e-9)])
    worker = reading.fleet.workers[request.worker]
    if not isinstance(worker, BatchWorker) or not 0 <= request.first <= stop:
        return []
    ends = worker.ends
    oldest, since = worker.step - len(ends), request.origin
    until = since + request.passes_made - request.banked
    return [ends[step - oldest] - request.arrived for step in range(max(since, oldest), min(until, worker.step))]


def _ms(seconds: float) -> float:
    return round(max(seconds, 0.0) * 1000, 4)
