"""What the organization used and what it cost, in stretches of time (buckets) that begin at round moments UTC."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from ...ledger import rows
from ...ledger.ledger import Cells, Ledger
from ...ledger.prices import dollars
from ...ledger.rows import Amounts, Use, unpacked
from . import storage

COSTS, STORES = "costs", "vector_stores"
# Of each width: its seconds, how many buckets are on a page when the query does not say, and how many can be.
WIDTHS = {"1m": (60, 60, 1440), "1h": (3_600, 24, 168), "1d": (86_400, 7, 31)}
MOST_COSTS = 180  # buckets of costs
PAGE = "page_"  # and the moment at which the page begins, in hexadecimal
TOGETHER = 2_000  # sums that are looked at without giving way

# Which field of a use a parameter of the query is about.
FILTERS = {
    "project_ids": "project_id",
    "user_ids": "user_id",
    "api_key_ids": "api_key_id",
    "models": "model",
    "batch": "batch",
    "sources": "source",
    "sizes": "size",
    "vector_store_ids": "vector_store_id",
    "context_levels": "context_level",
}
OBJECTS = {rows.FILE_SEARCHES: "file_searches", rows.WEB_SEARCHES: "web_searches"}  # where it is not the kind

Group = tuple[Any, ...]


async def listing(call: Call, of: str, query: dict[str, Any]) -> Reply:
    """A page of buckets; *of* is what is told: `costs`, or one of the kinds of usage.

    Raises:
        ApiError: 400, the end is not after the start, the page is none, or there are too many buckets on it.
    """
    width, usual, most = WIDTHS[query["bucket_width"]]
    most = MOST_COSTS if of == COSTS else most
    limit = query.get("limit", usual)
    if limit > most:
        message = f"Invalid 'limit': with a bucket width of {query['bucket_width']} there are at most {most}."
        raise ApiError(400, message, code="integer_above_max_value", param="limit")
    start, end = query["start_time"], query.get("end_time", int(call.now))
    if "end_time" in query and end <= start:
        raise ApiError(400, "Invalid 'end_time': it is not after 'start_time'.", code="invalid_value", param="end_time")
    begin = _page(query["page"]) if "page" in query else start - start % width
    stop = min(begin + limit * width, end)
    tell = await _teller(call, of, query)
    buckets = []
    for at in range(begin, stop, width):
        until = min(at + width, end)
        last = until if "end_time" in query or until == at + width else until + 60  # what is used in this minute
        results = await tell(max(at, start), last)
        buckets.append({"object": "bucket", "start_time": at, "end_time": until, "results": results})
    more = begin + limit * width < end
    page = f"{PAGE}{begin + limit * width:x}" if more else None
    return call.reply({"object": "page", "data": buckets, "has_more": more, "next_page": page})


async def _teller(call: Call, of: str, query: dict[str, Any]) -> Callable[[float, float], Any]:
    """What tells the results of a bucket from one moment up to another."""
    by = list(query.get("group_by") or ())
    if of == STORES:
        return await storage.teller(call, by, query.get("project_ids"))
    ledger = call.world.engine(Ledger)
    await ledger.refresh()
    uses = ledger.uses
    if of == COSTS:
        groups = [_group(use, by, query) for use in uses]

        async def costs(start: float, end: float) -> list[Any]:
            sums = await _sums(ledger.cells(start, end), list(range(len(uses))), groups)
            return _costs(ledger, sums, by, groups)

        return costs
    groups = [_group(use, by, query) if use.kind == of else None for use in uses]

    async def told(start: float, end: float) -> list[Any]:
        sums = await _sums(ledger.cells(start, end), groups, groups)
        return [_result(of, dict(zip(by, group, strict=True)), total) for group, total in sums.items()]

    return told


def _page(token: str) -> int:
    """The moment at which the page *token* begins.

    Raises:
        ApiError: 400, it is no page.
    """
    try:
        return int(token.removeprefix(PAGE)[:12], 16)
    except ValueError:
        raise ApiError(400, f"Invalid 'page': '{token}'.", code="invalid_value", param="page") from None


def _group(use: Use, by: list[str], query: dict[str, Any]) -> Group | None:
    """What *use* is grouped by; None when the query does not want it."""
    for name, field in FILTERS.items():
        wanted = query.get(name)
        if wanted is not None and getattr(use, field) not in (wanted if isinstance(wanted, list) else [wanted]):
            return None
    return tuple([_shown(getattr(use, name)) for name in by if name != "line_item"])


def _shown(value: str | bool) -> str | bool | None:
    return None if value == "" else value


async def _sums(cells: Iterator[Cells], keys: Sequence[Any], groups: Sequence[Group | None]) -> dict[Any, Amounts]:
    """The sums of *cells*, each of which belongs to the key of its use; those without a group do not count."""
    found: dict[Any, int] = {}
    looked_at, wanted = 0, {number: keys[number] for number, group in enumerate(groups) if group is not None}
    is_one = len({*wanted.values()}) == 1
    for each in cells:
        if is_one and each.keys() <= wanted.keys():
            key = keys[next(iter(each))]
            found[key] = sum(each.values(), found.get(key, 0))
        else:
            for number, amounts in each.items():
                if number in wanted:
                    key = wanted[number]
                    found[key] = found.get(key, 0) + amounts
        looked_at += len(each)
        if looked_at > TOGETHER:
            looked_at = 0
            await give_way()
    return {key: unpacked(amounts) for key, amounts in found.items()}


def _costs(ledger: Ledger, sums: dict[int, Amounts], by: list[str], groups: Sequence[Group | None]) -> list[Any]:
    """The results of a bucket of costs, of *sums* by the number of a use."""
    money: dict[tuple[Any, ...], int] = {}
    counts: dict[tuple[Any, ...], float] = {}
    units: dict[tuple[Any, ...], str | None] = {}
    itemized = "line_item" in by
    for number, amounts in sums.items():
        for line in ledger.prices.lines(ledger.uses[number]):
            count = line.count(amounts)
            if count:
                key = (line.item if itemized else None, groups[number])
                money[key] = money.get(key, 0) + line.price * count
                counts[key] = counts.get(key, 0) + count / line.each
                units[key] = line.unit
    named = [name for name in by if name != "line_item"]
    return [
        {
            "object": "organization.costs.result",
            "amount": {"value": dollars(amount), "currency": "usd"},
            "line_item": key[0],
            "project_id": None,
            **({"quantity": counts[key], "quantity_unit": units[key]} if itemized else {}),
            **dict(zip(named, key[1], strict=True)),
        }
        for key, amount in money.items()
    ]


def _result(of: str, said: dict[str, Any], amounts: Amounts) -> dict[str, Any]:
    """One result: what is not grouped by is null."""
    nothing = dict.fromkeys(("project_id", *(() if of == rows.SESSIONS else ("user_id", "api_key_id", "model"))))
    kind = f"organization.usage.{OBJECTS.get(of, of)}.result"
    return {"object": kind, **_amounts(of, amounts), **nothing, **said}


def _amounts(of: str, amounts: Amounts) -> dict[str, int]:
    """What a result of the kind *of* tells of how much was used."""
    requests = {"num_model_requests": amounts.requests}
    if of in (rows.EMBEDDINGS, rows.MODERATIONS):
        return {"input_tokens": amounts.input_tokens, **requests}
    if of == rows.IMAGES:
        return {"images": amounts.images, **requests}
    if of == rows.SPEECHES:
        return {"characters": amounts.characters, **requests}
    if of == rows.TRANSCRIPTIONS:
        return {"seconds": -(-amounts.milliseconds // 1000), **requests}
    if of == rows.SESSIONS:
        return {"num_sessions": amounts.calls}
    if of == rows.FILE_SEARCHES:
        return {"num_requests": amounts.calls}
    if of == rows.WEB_SEARCHES:
        return {**requests, "num_requests": amounts.calls}
    return _tokens(amounts) | requests


def _tokens(amounts: Amounts) -> dict[str, int]:
    """Tokens by what they are: text is what is neither sound nor an image."""
    heard, seen = amounts.audio_input_tokens, amounts.image_input_tokens
    cached_heard, cached_seen = amounts.cached_audio_tokens, amounts.cached_image_tokens
    return {
        "input_tokens": amounts.input_tokens,
        "input_cached_tokens": amounts.cached_tokens,
        "input_cache_write_tokens": 0,
        "input_uncached_tokens": amounts.input_tokens - amounts.cached_tokens,
        "output_tokens": amounts.output_tokens,
        "input_text_tokens": amounts.input_tokens - heard - seen,
        "output_text_tokens": amounts.output_tokens - amounts.audio_output_tokens - amounts.image_output_tokens,
        "input_cached_text_tokens": amounts.cached_tokens - cached_heard - cached_seen,
        "input_audio_tokens": heard,
        "input_cached_audio_tokens": cached_heard,
        "output_audio_tokens": amounts.audio_output_tokens,
        "input_image_tokens": seen,
        "input_cached_image_tokens": cached_seen,
        "output_image_tokens": amounts.image_output_tokens,
    }
