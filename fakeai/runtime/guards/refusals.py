"""What a client hears of its limits: what is left, why it is refused, and when to come again, in OpenAI's words."""

import math

from ..answer import Header
from ..errors import ApiError
from .buckets import EVER, IMAGES, ROUNDING, Allowance, Bucket, Cost, shown

MORE = "Visit https://platform.openai.com/account/rate-limits to learn more."
FRACTION = 1e-3  # milliseconds that sums of fractions may lose
TYPES = ("requests", "tokens", "images")
NAMES = [
    tuple(b"x-ratelimit-%b-%b" % (word, of) for word in (b"limit", b"remaining", b"reset"))
    for of in (b"requests", b"tokens", b"images")
]


def headers(allowances: list[Allowance]) -> tuple[Header, ...]:
    """What is left, of each kind by the limit of which there is least."""
    made: list[Header] = []
    for counts, buckets in enumerate(shown(allowances)):
        least, level = None, math.inf
        for bucket in buckets:
            if bucket.level < level:
                least, level = bucket, bucket.level
        if least is None or (counts == IMAGES and level >= least.full):
            continue
        limit, remaining, reset = NAMES[counts]
        level += ROUNDING
        missing = least.full - level
        made += (
            (limit, least.told),
            (remaining, b"%d" % level if level > 0 else b"0"),
            (reset, duration(missing * least.period / least.full) if missing > 0 else b"0s"),
        )
    return tuple(made)


def refused(
    bucket: Bucket, wait: float, cost: Cost, model: str, organization: str, headers: tuple[Header, ...]
) -> ApiError:
    """The refusal of a call of that *cost*, which *bucket* has room for in *wait* seconds, or never."""
    asked, kind = cost[bucket.counts], TYPES[bucket.counts]
    if bucket.period is EVER:
        return over_quota(headers)
    if wait == math.inf:
        message = (
            f"Request too large for {model} in organization {organization} on {bucket.name}: Limit {bucket.limit}, "
            f"Requested {asked}. The input or output tokens must be reduced in order to run successfully. {MORE}"
        )
        return ApiError(429, message, type=kind, code="rate_limit_exceeded", headers=headers)
    message = (
        f"Rate limit reached for {model} in organization {organization} on {bucket.name}: Limit {bucket.limit}, "
        f"Used {bucket.limit - bucket.left}, Requested {asked}. Please try again in "
        f"{duration(wait).decode()}. {MORE}"
    )
    ms = math.ceil(wait * 1000 - FRACTION)
    again = ((b"retry-after", b"%d" % -(-ms // 1000)), (b"retry-after-ms", b"%d" % ms))
    return ApiError(429, message, type=kind, code="rate_limit_exceeded", headers=(*headers, *again))


def over_quota(headers: tuple[Header, ...] = ()) -> ApiError:
    """The refusal of a call when all is used up that was paid for."""
    return ApiError(
        429,
        "You exceeded your current quota, please check your plan and billing details. For more information on "
        "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        type="insufficient_quota",
        code="insufficient_quota",
        headers=headers,
    )


def duration(seconds: float) -> bytes:
    """*seconds* as OpenAI's headers say it: 0s, 120ms, 8.64s, 6m0s, 23h59m51.36s."""
    ms = math.ceil(seconds * 1000 - FRACTION)
    if ms < 1000:
        return b"%dms" % ms if ms > 0 else b"0s"
    minutes, ms = divmod(ms, 60_000)
    rest = (b"%d" % (ms // 1000)) + (b".%03d" % (ms % 1000)).rstrip(b"0").rstrip(b".") + b"s"
    if not minutes:
        return rest
    hours, minutes = divmod(minutes, 60)
    return b"%dh%dm%b" % (hours, minutes, rest) if hours else b"%dm%b" % (minutes, rest)
