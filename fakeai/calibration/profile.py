"""A fitted latency as a file: YAML that `fakeai serve --profile` reads, with the comments that it needs."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..runtime.cluster.fitted import EVEN, PERCENTILES, Fitted, Level


def data(latency: Fitted) -> dict[str, Any]:
    """What the file says."""
    return {
        "levels": [
            {
                "requests": level.others,
                "ttft": {
                    "fixed": _ms(level.first),
                    "per_prompt_token": _ms(level.per_prompt_token),
                    "per_token_ahead": _ms(level.per_token_ahead),
                    "spread": list(level.ttft_spread),
                },
                "itl": {"fixed": _ms(level.itl), "spread": list(level.itl_spread), "gaps": list(level.gaps)},
            }
            for level in latency.levels
        ]
    }


def text(latency: Fitted, comments: Sequence[str]) -> str:
    """The file, which begins with *comments*."""
    return "\n".join(_lines(latency, comments)) + "\n"


def _lines(latency: Fitted, comments: Sequence[str]) -> Iterator[str]:
    yield from (f"# {line}" for line in comments)
    yield "# A level is how the server answers with so many other requests under way; between levels it is in between."
    yield "# per_prompt_token: that is not cached; per_token_ahead: of prompts that are not computed yet."
    yield "# spread: of requests, as ratios to what is fitted; gaps: of single gaps to the mean of their answer."
    yield f"# Both at the percentiles {', '.join(map(str, PERCENTILES))}."
    yield "levels:"
    for level in latency.levels:
        yield from _level(level)


def _level(level: Level) -> Iterator[str]:
    yield f"- requests: {level.others:g}"
    yield "  ttft:"
    yield f"    fixed: {_ms(level.first)}"
    yield f"    per_prompt_token: {_ms(level.per_prompt_token)}"
    yield f"    per_token_ahead: {_ms(level.per_token_ahead)}"
    yield f"    spread: {_ratios(level.ttft_spread)}"
    yield "  itl:"
    yield f"    fixed: {_ms(level.itl)}"
    yield f"    spread: {_ratios(level.itl_spread)}"
    if level.gaps != EVEN:
        yield f"    gaps: {_ratios(level.gaps)}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.6g}ms"


def _ratios(spread: Sequence[float]) -> str:
    return f"[{', '.join(f'{each:.4g}' for each in spread)}]"
