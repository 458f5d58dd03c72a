"""What is said of a simulated trace: as data, and as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..runtime.catalog import Prices
from ..runtime.cluster.batch import BatchWorker
from ..runtime.cluster.fleet import Fleet
from ..runtime.ledger.prices import dollars, text_prices
from ..runtime.options import Options
from .tally import Tally

PERCENTILES = (50, 90, 99)
TIMES = {
    "ttft_ms": "time to first token",
    "itl_ms": "time between tokens, each request's mean",
    "gap_ms": "time between tokens, each gap",
    "e2e_ms": "time to last token",
    "queue_ms": "time in the queue",
}
SHARES = ("busy", "prefill", "kv_mean", "kv_peak")  # of a worker's time, and of its KV cache
FIGURES = 6  # digits of a number that count


def report(fleet: Fleet, tally: Tally, model: str, options: Options, prices: Prices) -> dict[str, Any]:
    """The report as JSON. Times in milliseconds, percentiles with linear interpolation as AIPerf's."""
    import numpy as np

    machine = options.machine
    arrived, begun, first, end = (
        np.frombuffer(each) for each in (tally.arrived, tally.begun, tally.first, tally.end)
    )  # shape (requests,)
    made = np.frombuffer(tally.made, dtype=np.int64)
    several = made > 1
    span = float(end.max() - arrived.min())
    prompt, cached, answer = sum(tally.prompt), sum(tally.cached), sum(tally.made)
    gaps = tally.gaps

    def times(values: "np.ndarray[Any, Any]") -> dict[str, float]:
        if not len(values):
            return dict.fromkeys(("mean", *(f"p{each}" for each in PERCENTILES), "max"), 0.0)
        found = np.percentile(values, PERCENTILES)
        said = {f"p{percent}": value for percent, value in zip(PERCENTILES, found, strict=True)}
        return _figures({"mean": values.mean(), **said, "max": values.max()}, 1000)

    return {
        "model": model,
        "requests": len(tally),
        "seconds": _figure(span),
        "machine": {
            "latency": machine.latency, "workers": machine.workers, "prefill_workers": machine.prefill_workers,
            "router": machine.router, "block_size": machine.block_size, "blocks": fleet.blocks_total,
            "max_num_seqs": machine.sequences, "max_num_batched_tokens": machine.batched_tokens,
            "chunked_prefill": machine.chunked, "gpus": options.gpus, "gpu": options.gpu_model,
        },
        "ttft_ms": times(first - arrived),
        "itl_ms": times((end - first)[several] / (made[several] - 1)),
        "gap_ms": _figures(
            {"mean": gaps.mean, **{f"p{p}": gaps.percentile(p) for p in PERCENTILES}, "max": gaps.largest}, 1000
        ),
        "e2e_ms": times(end - arrived),
        "queue_ms": times(begun - arrived),
        "tokens": {"prompt": prompt, "cached": cached, "output": answer},
        "throughput": _figures(
            {"requests_per_second": len(tally), "prompt_tokens_per_second": prompt, "output_tokens_per_second": answer},
            1 / span if span else 0.0,
        ),
        "cache_hits": _figures(
            {"tokens": cached / prompt, "requests": sum([each > 0 for each in tally.cached]) / len(tally)}
        ),
        "workers": [_worker(fleet, tally, number, span) for number in range(len(fleet.workers))],
        "cost_usd": _cost(prices, prompt, cached, answer),
    }  # fmt: skip


def text(said: Mapping[str, Any]) -> str:
    """The report as tables."""
    return "\n".join(_lines(said)) + "\n"


def _lines(said: Mapping[str, Any]) -> Iterator[str]:
    machine, tokens, rates, hits = said["machine"], said["tokens"], said["throughput"], said["cache_hits"]
    count = machine["workers"]
    apart = f", {machine['prefill_workers']} of them for prompts" if machine["prefill_workers"] else ""
    yield f"{said['requests']:,} requests of {said['model']} in {said['seconds']:,.1f} s of simulated time"
    yield f"{count} {'workers' if count > 1 else 'worker'}{apart} with {machine['gpus']} × {machine['gpu']}"
    blocks = f"{machine['blocks']:,} blocks of {machine['block_size']} tokens in each"
    yield f"latency {machine['latency']}, router {machine['router']}, {blocks}"
    yield ""
    rows = [[name, *(f"{value:,.2f}" for value in said[key].values())] for key, name in TIMES.items()]
    yield from _table(["milliseconds", *said["ttft_ms"]], rows)
    yield ""
    rows = [
        ["requests", f"{said['requests']:,}", f"{rates['requests_per_second']:,.2f}"],
        ["prompt tokens", f"{tokens['prompt']:,}", f"{rates['prompt_tokens_per_second']:,.1f}"],
        ["output tokens", f"{tokens['output']:,}", f"{rates['output_tokens_per_second']:,.1f}"],
    ]
    yield from _table(["throughput", "total", "a second"], rows)
    yield ""
    yield f"cache hits: {hits['tokens']:.1%} of prompt tokens, {hits['requests']:.1%} of requests"
    yield ""
    rows = [
        [
            f"worker {number}",
            f"{each['requests']:,}",
            *(f"{each[key]:.1%}" for key in SHARES),
            f"{each['preemptions']:,}",
        ]
        for number, each in enumerate(said["workers"])
    ]
    yield from _table(["", "requests", "busy", "prefill", "KV mean", "KV peak", "preemptions"], rows)
    yield ""
    cost = said["cost_usd"]
    if cost is None:
        yield "cost: the catalog has no prices of this model"
        return
    parts = ", ".join(f"{name.replace('_', ' ')} ${cost[name]:,.2f}" for name in ("input", "cached_input", "output"))
    yield f"cost: ${cost['total']:,.2f} ({parts})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of columns, the first one to the left, the others to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()


def _worker(fleet: Fleet, tally: Tally, number: int, span: float) -> dict[str, Any]:
    worker, did = fleet.workers[number], tally.workers[number]
    capacity = worker.cache.capacity
    shares = {
        "busy": did.busy / span if span else 0.0,
        "prefill": did.computing / span if span else 0.0,
        "kv_mean": did.block_seconds / span / capacity if span else 0.0,
        "kv_peak": did.most_held / capacity,
    }
    return {
        "requests": worker.routed,
        **_figures(shares),
        "preemptions": worker.preemptions if isinstance(worker, BatchWorker) else 0,
        "evicted_blocks": worker.cache.evicted,
    }


def _cost(prices: Prices, prompt: int, cached: int, answer: int) -> dict[str, float] | None:
    """What the tokens cost in US dollars; None when nobody knows."""
    each = text_prices(prices)
    if "input" not in each or "output" not in each:
        return None
    parts = {
        "input": (prompt - cached) * each["input"],
        "cached_input": cached * each["cached_input"],
        "output": answer * each["output"],
    }
    return _figures({name: dollars(money) for name, money in {**parts, "total": sum(parts.values())}.items()})


def _figures(values: Mapping[str, float], times: float = 1.0) -> dict[str, float]:
    return {name: _figure(value * times) for name, value in values.items()}


def _figure(value: float) -> float:
    return float(f"{value:.{FIGURES}g}")
