"""What the organization used and what it cost, in stretches of time (buckets) that begin at round moments UTC."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from . import usage_rows as ledger

COSTS = "costs"
# Of each width: its seconds, how many buckets are on a page when the query does not say, and how many can be.
WIDTHS = {"1m": (60, 60, 1440), "1h": (3_600, 24, 168), "1d": (86_400, 7, 31)}
MOST_COSTS = 180  # buckets of costs
PAGE = "page_"  # and the moment at which the page begins, in hexadecimal

# Which field of a row a parameter of the query is about.
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
# Fields that rows are told apart by, when the query groups by them.
GROUPS = frozenset((*FILTERS.values(), "service_tier", "line_item"))


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
    kept = [row for row in await ledger.rows(call.world, of, max(begin, start), stop) if _is_wanted(row, query)]
    buckets = [_bucket(of, at, min(at + width, end), kept, query) for at in range(begin, stop, width)]
    more = begin + limit * width < end
    page = f"{PAGE}{begin + limit * width:x}" if more else None
    return call.reply({"object": "page", "data": buckets, "has_more": more, "next_page": page})


def _page(token: str) -> int:
    """The moment at which the page *token* begins.

    Raises:
        ApiError: 400, it is no page.
    """
    try:
        return int(token.removeprefix(PAGE)[:12], 16)
    except ValueError:
        raise ApiError(400, f"Invalid 'page': '{token}'.", code="invalid_value", param="page") from None


def _is_wanted(row: ledger.Row, query: dict[str, Any]) -> bool:
    for name, field in FILTERS.items():
        wanted = query.get(name)
        if wanted is not None and row.get(field) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def _bucket(of: str, start: int, end: int, rows: list[ledger.Row], query: dict[str, Any]) -> dict[str, Any]:
    """One bucket: the sums of its rows, for each group of them."""
    by = list(query.get("group_by") or ())
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        if start <= row["at"] < end:
            total = sums.setdefault(tuple(row.get(name) for name in by), {})
            for name, value in row.items():
                if name != "at" and name not in GROUPS:
                    total[name] = total.get(name, 0) + value
    results = [_result(of, {**total, **dict(zip(by, group, strict=True))}) for group, total in sums.items()]
    return {"object": "bucket", "start_time": start, "end_time": end, "results": results}


def _result(of: str, said: dict[str, Any]) -> dict[str, Any]:
    """One result: what is not grouped by is null."""
    if of == COSTS:
        amount = {"value": said.pop("amount"), "currency": "usd"}
        nothing = dict.fromkeys(("line_item", "project_id"))
        return {"object": "organization.costs.result", "amount": amount, **nothing, **said}
    nothing = dict.fromkeys(("project_id", "user_id", "api_key_id", "model"))
    return {"object": f"organization.usage.{of}.result", **nothing, **said}
