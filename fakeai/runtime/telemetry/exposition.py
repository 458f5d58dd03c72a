"""Metrics as Prometheus reads them: families of samples, in its text format or in OpenMetrics.

prometheus_client's own writer takes 5 us a sample and writes all at once, which is a tenth of a second for a hundred
models; this one takes a tenth of that and lets others have their turn. Tests read it with that library's parsers.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..answer import Header, Reply
from ..call import Call
from ..clock import Clock
from ..distribution import Distribution
from .portions import Portions
from .reading import Reading

TEXT: Header = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
OPENMETRICS: Header = (b"content-type", b"application/openmetrics-text; version=1.0.0; charset=utf-8")
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})

Value = int | float | Distribution | None  # None is no row: others may have a turn
Row = tuple[str, Value]  # labels, as they stand between the braces
Rows = Iterable[Row]


class Buckets:
    """The upper bounds of a histogram's buckets, as numbers and as they are written."""

    def __init__(self, *edges: float) -> None:
        self.edges = edges
        self.short = [f"{edge:.17g}" if edge == int(edge) else repr(edge) for edge in edges]
        self.long = [repr(float(edge)) for edge in edges]


class Family(NamedTuple):
    """The samples of one name. *kind* is one of counter, gauge, histogram and summary; a summary has quantiles."""

    name: str
    kind: str
    help: str
    rows: Callable[[Reading], Rows]
    buckets: Buckets = Buckets()
    labels: str = ""  # their names, for the documentation
    factor: int = 1  # of a summary whose unit is smaller than that of what was counted


def labels(**values: str | int) -> str:
    """Labels as they are written, in order."""
    return ",".join([f'{name}="{str(value).translate(ESCAPES)}"' for name, value in values.items()])


def accepted(call: Call) -> Header | None:
    """The format of metrics that the client likes best; None when it does not ask for one."""
    best, found = 0.0, None
    for part in (call.header(b"accept") or b"").decode("latin-1").lower().split(","):
        kind, *parameters = [each.strip() for each in part.split(";")]
        form = {"text/plain": TEXT, "application/openmetrics-text": OPENMETRICS}.get(kind)
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        weight = float(quality) if quality.replace(".", "", 1).isdigit() else 0.0
        if form and weight > best:
            best, found = weight, form
    return found


async def reply(call: Call, reading: Reading, families: Iterable[Family], form: Header | None = None) -> Reply:
    """An answer with all *families* in the format *form*, or the one that the client likes best."""
    form = form or accepted(call) or TEXT
    return Reply(await write(reading, families, call.world.clock, form is OPENMETRICS), content_type=form)


async def write(reading: Reading, families: Iterable[Family], clock: Clock, openmetrics: bool = False) -> bytes:
    """All *families* in one exposition."""
    portions, parts = Portions(clock), []
    for family in families:
        for text in lines(family, reading, openmetrics):
            parts.append(text)
            await portions.pause()
    if openmetrics:
        parts.append("# EOF\n")
    return "".join(parts).encode()


def lines(family: Family, reading: Reading, openmetrics: bool = False) -> Iterator[str]:
    """The head of *family*, then the samples of each row; nothing when it has no rows."""
    name, kind, is_begun = family.name, family.kind, False
    for said, value in family.rows(reading):
        if value is None:
            yield ""
            continue
        if not is_begun:
            yield _head(family, openmetrics)
            is_begun = True
        if isinstance(value, int | float):
            yield f"{name}{{{said}}} {number(value)}\n" if said else f"{name} {number(value)}\n"
        elif kind == "histogram":
            yield _histogram(family, said, value, openmetrics)
        else:
            yield _summary(name, said, value, family.factor)


def number(value: float) -> str:
    """*value* as it is written."""
    return str(value) if isinstance(value, int) else repr(value)


def _head(family: Family, openmetrics: bool) -> str:
    name, kind = family.name, family.kind
    if openmetrics and kind == "counter":
        name, kind = (name.removesuffix("_total"), kind) if name.endswith("_total") else (name, "unknown")
    return f"# HELP {name} {family.help}\n# TYPE {name} {kind}\n"


def _histogram(family: Family, said: str, value: Distribution, openmetrics: bool) -> str:
    name, buckets, comma = family.name, family.buckets, "," if said else ""
    counts = value.cumulative(buckets.edges)
    written = [
        f'{name}_bucket{{{said}{comma}le="{edge}"}} {count}\n'
        for edge, count in zip(buckets.long if openmetrics else buckets.short, counts, strict=True)
    ]
    written.append(f'{name}_bucket{{{said}{comma}le="+Inf"}} {value.count}\n')
    written.append(_sum_and_count(name, said, value.sum, value.count))
    return "".join(written)


def _summary(name: str, said: str, value: Distribution, factor: int) -> str:
    comma = "," if said else ""
    quantiles = zip((0.5, 0.9, 0.99), value.percentiles((50, 90, 99)), strict=True)
    written = [f'{name}{{{said}{comma}quantile="{share}"}} {number(found * factor)}\n' for share, found in quantiles]
    return "".join([*written, _sum_and_count(name, said, value.sum * factor, value.count)])


def _sum_and_count(name: str, said: str, total: float, count: int) -> str:
    braces = f"{{{said}}}" if said else ""
    return f"{name}_sum{braces} {number(total)}\n{name}_count{braces} {count}\n"
