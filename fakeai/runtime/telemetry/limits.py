"""What rate limits did: FakeAI's own JSON."""

from collections import Counter
from typing import Any

from ..answer import Reply
from ..call import Call
from ..errors import ApiError
from ..throttles import ASKED, REFUSED, Throttle
from .together import throttles

OFTEN, RETRIES, BURST, NEARLY = 0.5, 10, 20, 0.95  # from which a key is suspicious: share, a minute, a second, share
STEPS = (1, 5, 10, 30, 60)  # seconds, upper bounds of the waits that are counted together
LEAST = 5  # requests from which a share says something


async def view(call: Call, name: str) -> Reply:
    """The view called *name*: tiers, analytics, abuse, or a report of all."""
    keys = await throttles(call.world)
    if name == "tiers":
        return call.reply(_tiers(call, keys))
    if name == "analytics":
        return call.reply(_analytics(keys))
    if name == "abuse":
        return call.reply(_abuse(call, keys))
    summary = {
        "total_keys": len(keys),
        "total_throttle_events": sum([each.throttled for each in keys.values()]),
        "tiers": sorted({each.tier for each in keys.values()}),
    }
    return call.reply(
        {
            "summary": summary,
            "tier_stats": _tiers(call, keys),
            "throttle_analytics": _analytics(keys),
            "abuse_patterns": _abuse(call, keys),
        }
    )


async def key(call: Call, key: str) -> Reply:
    """One key.

    Raises:
        ApiError: 404, it was never limited.
    """
    found = (await throttles(call.world)).get(key)
    if found is None:
        raise ApiError(404, f"No metrics found for API key: {key}", code="not_found")
    now = call.world.clock.monotonic()
    requests, tokens, refused = found.window.sums(now)
    return call.reply(
        {
            "api_key": key,
            "tier": found.tier,
            "time_in_service_seconds": now - found.since,
            "requests": {
                "total_attempted": found.attempted,
                "total_allowed": found.allowed,
                "total_throttled": found.throttled,
                "throttle_rate": _share(found.throttled, found.attempted),
                "success_rate": _share(found.allowed, found.attempted),
            },
            "tokens": {
                "total_requested": found.tokens_asked,
                "total_consumed": found.tokens_allowed,
                "efficiency": _share(found.tokens_allowed, found.tokens_asked),
            },
            "throttling": {
                "total_throttle_time_ms": found.waited * 1000,
                "avg_retry_after_ms": _share(found.waited * 1000, found.throttled),
                "throttle_event_count": found.throttled,
                "recent_retry_count": refused,
            },
            "usage_patterns": {
                "current_burst_requests": found.window.at(int(now), ASKED),
                "peak_rpm": requests,
                "peak_tpm": tokens,
                "last_request_time": call.now - (now - found.last),
            },
            "quota_utilization": {
                "rpm_utilization": _share(requests, found.requests_limit),
                "tpm_utilization": _share(tokens, found.tokens_limit),
            },
        }
    )


def _tiers(call: Call, keys: dict[str, Throttle]) -> dict[str, Any]:
    now, found = call.world.clock.monotonic(), {}
    for tier in sorted({each.tier for each in keys.values()}):
        them = [each for each in keys.values() if each.tier == tier]
        rates = [_share(each.throttled, each.attempted) for each in them]
        full = sum([_is_exhausted(each, now) for each in them])
        found[tier] = {
            "key_count": len(them),
            "total_requests_attempted": sum([each.attempted for each in them]),
            "total_requests_allowed": sum([each.allowed for each in them]),
            "total_requests_throttled": sum([each.throttled for each in them]),
            "total_tokens_consumed": sum([each.tokens_allowed for each in them]),
            "total_throttle_time_ms": sum([each.waited for each in them]) * 1000,
            "keys_with_high_throttle": sum([rate > OFTEN for rate in rates]),
            "keys_with_exhaustion": full,
            "avg_throttle_rate": sum(rates) / len(rates),
            "peak_burst_requests": max([each.most_in_a_second for each in them]),
            "upgrade_opportunities": full,
        }
    return found


def _analytics(keys: dict[str, Throttle]) -> dict[str, Any]:
    waits = sorted([wait for each in keys.values() for wait in each.waits])
    causes: Counter[str] = Counter()
    for each in keys.values():
        causes.update(each.causes)
    steps = zip((0, *STEPS), STEPS, strict=False)
    counted = {f"{low}-{high}s": sum([low < wait <= high for wait in waits]) for low, high in steps}
    spread: dict[str, float] = {}
    if waits:
        spread = {"min": waits[0], "max": waits[-1], "avg": sum(waits) / len(waits)}
        for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99)):
            spread[name] = waits[int((len(waits) - 1) * share)]
    return {
        "total_throttle_events": sum([each.throttled for each in keys.values()]),
        "duration_histogram": counted | {f">{STEPS[-1]}s": sum([wait > STEPS[-1] for wait in waits])} if waits else {},
        "retry_after_distribution": spread,
        "rpm_vs_tpm_exceeded": {name: causes[name] for name in ("rpm_only", "tpm_only", "both")},
    }


def _abuse(call: Call, keys: dict[str, Throttle]) -> list[dict[str, Any]]:
    now, found = call.world.clock.monotonic(), []
    for name, each in keys.items():
        rate = _share(each.throttled, each.attempted)
        issues = [
            issue
            for issue, is_so in (
                ("high_throttle_rate", rate > OFTEN and each.attempted >= LEAST),
                ("excessive_retries", each.window.sums(now)[REFUSED] > RETRIES),
                ("burst_requests", each.most_in_a_second > BURST),
                ("quota_exhaustion", _is_exhausted(each, now)),
            )
            if is_so
        ]
        if issues:
            found.append(
                {
                    "api_key": name,
                    "tier": each.tier,
                    "issues": issues,
                    "total_requests": each.attempted,
                    "throttle_rate": rate,
                    "severity": "high" if len(issues) > 1 else "medium",
                }
            )
    return found


def _is_exhausted(throttle: Throttle, now: float) -> bool:
    requests, tokens, _ = throttle.window.sums(now)
    return any(
        limit and used / limit > NEARLY
        for used, limit in ((requests, throttle.requests_limit), (tokens, throttle.tokens_limit))
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
