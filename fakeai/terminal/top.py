"""`fakeai top`: a running server, seen live: requests, latencies, models, workers, GPUs, all asked over HTTP."""

import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from ..runtime.looks import is_look
from .server import Refused, Server

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

PAGES = {
    "health": "/health/detailed",
    "paths": "/metrics",
    "models": "/metrics/by-model",
    "costs": "/metrics/costs",
    "fleet": "/dynamo/metrics/json",
    "cache": "/kv-cache/metrics",
    "gpus": "/dcgm/metrics/json",
}
MOST = 8  # rows of a table, when it has more
REMEMBERED = 60  # frames, of the lines that show how something went
BARS = "▁▂▃▄▅▆▇█"
WIDE = 120  # columns of what is no terminal
FULL, BUSY = 0.9, 0.7  # from which a share is shown in red, and in yellow

Seen = Mapping[str, Any]


def top(server: Server, once: bool, every: float) -> None:
    """Show the server every so many seconds until Ctrl-C, or *once*.

    Raises:
        ClickException: it does not answer when it is asked first.
    """
    from rich.console import Console
    from rich.live import Live

    view = View(server.url)
    seen = look(server)
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    if once or not sys.stdout.isatty():
        console.print(view.frame(seen))
        return
    try:
        with Live(view.frame(seen), console=console, screen=True, auto_refresh=False) as live:
            while True:
                threading.Event().wait(every)
                try:
                    frame = view.frame(look(server))
                except click.ClickException as error:
                    frame = view.lost(error.message)
                live.update(frame, refresh=True)
    except KeyboardInterrupt:
        return


def look(server: Server) -> Seen:
    """What the server tells, by the names of PAGES; None for what it does not.

    Raises:
        ClickException: it does not answer, or tells nothing at all without a key.
    """
    seen = {name: server.find(path) for name, path in PAGES.items()}
    if not any(seen.values()):
        raise Refused(f"{server.url} does not tell what it measures; perhaps it wants a key (--key).")
    return seen


class View:
    """The frames of one server, each of which knows those before it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rates: deque[float] = deque(maxlen=REMEMBERED)
        self._ttfts: deque[float] = deque(maxlen=REMEMBERED)
        self._last: Seen | None = None

    def frame(self, seen: Seen) -> "RenderableType":
        """What is shown of *seen*."""
        from rich.console import Group

        self._remember(seen)
        parts: Iterable[RenderableType | None] = (
            self._head(seen),
            _latencies(seen["fleet"]) if seen["fleet"] else None,
            _paths(seen["paths"]) if seen["paths"] else None,
            _models(seen["models"]) if seen["models"] else None,
            _workers(seen["cache"]) if seen["cache"] else None,
            _gpus(seen["gpus"]) if seen["gpus"] else None,
        )
        return Group(*(part for part in parts if part is not None))

    def lost(self, why: str) -> "RenderableType":
        """What is shown when the server does not answer any longer."""
        from rich.text import Text

        return Text(f"{why}\nLooking again; Ctrl-C leaves.", "red")

    def _remember(self, seen: Seen) -> None:
        now, last = seen["health"], (self._last or {}).get("health")
        made = _made(seen)
        if now and last and now["uptime_seconds"] > last["uptime_seconds"]:
            passed = now["uptime_seconds"] - last["uptime_seconds"]
            self._rates.append(max(made - _made(self._last or {}), 0) / passed)
        if seen["fleet"]:
            self._ttfts.append(seen["fleet"]["latency"]["ttft"].get("p50", 0.0))
        self._last = seen

    def _head(self, seen: Seen) -> "RenderableType":
        from rich.panel import Panel
        from rich.text import Text

        health, fleet, costs = seen["health"], seen["fleet"], seen["costs"]
        line = Text()
        if health:
            colour = {"healthy": "green", "degraded": "yellow"}.get(health["status"], "red")
            line.append(f"{health['status']}", f"bold {colour}")
            line.append(f"  up {timedelta(seconds=int(health['uptime_seconds']))}")
            line.append(f"  errors {health['metrics_summary']['error_rate_percentage']:.1f} %")
            line.append(f"  streams {health['metrics_summary']['active_streams']}")
        if costs:
            line.append(f"  cost ${costs['total_cost_usd']:,.4f}")
        if fleet:
            rate, total = fleet["throughput"], fleet["summary"]
            line.append(f"\nrequests {total['total_requests']:,}, {total['active_requests']:,} active, ")
            line.append(f"{rate['requests_per_second']:,.1f}/s   tokens/s in {rate['input_tokens_per_second']:,.0f} ")
            line.append(
                f"({rate['cached_tokens_per_second']:,.0f} cached), out {rate['output_tokens_per_second']:,.0f}"
            )
        if len(self._rates) > 1:
            line.append(f"\ntokens/s {_line(self._rates)} {self._rates[-1]:,.0f}", "cyan")
            line.append(f"   TTFT {_line(self._ttfts)} {self._ttfts[-1]:,.1f} ms", "magenta")
        return Panel(line, title=f"FakeAI at {self._url}", title_align="left", border_style="green")


def _made(seen: Seen) -> int:
    return sum(model["tokens"]["completion"] for model in (seen.get("models") or {}).values())


def _latencies(fleet: Seen) -> "Table":
    table = _table("Latency, ms", "Average", "p50", "p90", "p99")
    for name, title in (("ttft", "TTFT"), ("itl", "ITL"), ("queue", "Queue"), ("prefill", "Prefill"),
                        ("decode", "Decode"), ("total", "Whole request")):  # fmt: skip
        said = fleet["latency"].get(name) or {}
        table.add_row(title, *(f"{said[key]:,.1f}" if key in said else "-" for key in ("avg", "p50", "p90", "p99")))
    return table


def _paths(said: Seen) -> "Table | None":
    rows = []
    for path, calls in said["requests"].items():
        if not is_look(path):
            took, errors = said["latency"].get(path, {}), said["errors"].get(path, {})
            times = [f"{took[key] * 1000:,.1f}" if key in took else "-" for key in ("p50", "p99")]
            cells = (path, f"{calls['total']:,}", f"{calls['rate']:.1f}", f"{errors.get('total', 0):,}", *times)
            rows.append((calls["rate"], cells))
    return _rows(_table("Path", "Calls", "/s", "Errors", "p50 ms", "p99 ms"), rows)


def _models(said: Seen) -> "Table | None":
    rows = []
    for name, model in said.items():
        tokens, ttft, itl = model["tokens"], model["ttft"], model["itl"]
        cells = (
            name,
            f"{model['request_count']:,}",
            str(model["active_requests"]),
            f"{tokens['prompt']:,}",
            f"{tokens['cached']:,}",
            f"{tokens['completion']:,}",
            f"{ttft['p50']:,.1f}" if "p50" in ttft else "-",
            f"{itl['p50']:,.1f}" if "p50" in itl else "-",
            f"{model['errors']['count']:,}",
        )
        rows.append((model["active_requests"] * 1e9 + model["request_count"], cells))
    columns = ("Model", "Requests", "Active", "Prompt", "Cached", "Made", "TTFT ms", "ITL ms", "Errors")
    return _rows(_table(*columns), rows)


def _workers(said: Seen) -> "Table | None":
    rows = []
    for name, worker in said["smart_router"]["workers"].items():
        total = worker["capacity_blocks"] or 1
        busy = worker["active_requests"] + worker["waiting_requests"]
        cells = (
            name,
            str(worker["active_requests"]),
            str(worker["waiting_requests"]),
            f"{worker['total_requests']:,}",
            f"{worker['tokens_processed']:,}",
            _bar(worker["used_blocks"] / total),
            f"{worker['cached_blocks']:,} of {worker['capacity_blocks']:,}",
        )
        rows.append((busy, cells))
    return _rows(_table("Worker", "Running", "Waiting", "Requests", "Tokens", "KV held", "Blocks kept"), rows)


def _gpus(said: Seen) -> "Table | None":
    rows = []
    for name, gpu in said.items():
        cells = (
            name.replace("_", " "),
            gpu["name"],
            _bar(gpu["gpu_utilization_pct"] / 100),
            f"{gpu['tensor_active_pct']:.0f} %",
            _bar(gpu["memory_used_mib"] / gpu["memory_total_mib"]),
            f"{gpu['power_usage_w']:.0f} W",
            f"{gpu['temperature_c']} °C",
        )
        rows.append((gpu["gpu_utilization_pct"], cells))
    return _rows(_table("GPU", "Name", "Busy", "Tensor", "Memory", "Power", "Heat"), rows)


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(columns):
        left = number == 0 or name in ("Name", "Busy", "Memory", "KV held")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    return table


def _rows(table: "Table", rows: Sequence[tuple[float, Sequence[Any]]]) -> "Table | None":
    """*table* with its rows as they came, or with those of the highest numbers when they are many."""
    if not rows:
        return None
    shown = rows if len(rows) <= MOST else sorted(rows, key=lambda row: -row[0])[:MOST]
    for _, cells in shown:
        table.add_row(*cells)
    if len(shown) < len(rows):
        table.add_row(f"... and {len(rows) - len(shown)} more", style="dim")
    return table


def _bar(part: float) -> "Text":
    """A share as a bar and in percent."""
    from rich.text import Text

    filled = round(min(max(part, 0.0), 1.0) * 10)
    colour = "red" if part >= FULL else "yellow" if part >= BUSY else "green"
    return Text.assemble(("█" * filled, colour), ("░" * (10 - filled), "dim"), f" {part * 100:.0f} %")


def _line(values: Sequence[float]) -> str:
    """How *values* went, a character each."""
    most = max(values) or 1.0
    return "".join(
        BARS[min(int(value / most * len(BARS)), len(BARS) - 1)] for value in list(values)[-REMEMBERED // 2 :]
    )
