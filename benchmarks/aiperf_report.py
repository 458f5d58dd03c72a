"""The report of several runs of AIPerf: as Markdown, as pictures, and against an earlier one."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

TABLES = (
    ("Time to first token, ms", "ttft_ms", ("avg", "p50", "p90", "p99")),
    ("Time between tokens (ITL; its mean is the TPOT), ms", "itl_ms", ("avg", "p50", "p90", "p99")),
    ("Request latency, ms", "latency_ms", ("avg", "p50", "p90", "p99")),
    ("Prompts, tokens", "prompt_tokens", ("avg", "min", "p50", "p90", "p99", "max")),
    ("Answers, tokens", "output_tokens", ("avg", "min", "p50", "p90", "p99", "max")),
)
RATES = {
    "requests_per_second": "requests/s",
    "prompt_tokens_per_second": "prompt tokens/s",
    "output_tokens_per_second": "output tokens/s",
}
COMPARED = (("ttft_ms", "p50"), ("ttft_ms", "p99"), ("itl_ms", "p50"), ("itl_ms", "p99"))


def markdown(report: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> str:
    """*report* as Markdown; beside it how it differs from the report *before*."""
    return "\n".join(_lines(report, before)) + "\n"


def _lines(report: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[str]:
    runs = report["runs"]
    yield "# AIPerf"
    yield ""
    yield f"{report['server']}, {report['at']}; prompts of {report['prompt']} tokens, answers of {report['answer']}."
    yield ""
    rows = [
        [*_named(run), str(run["requests"]), str(run["errors"]), *(_n(run[rate]) for rate in RATES)] for run in runs
    ]
    yield from _table(["Model", "Concurrency", "Requests", "Errors", *RATES.values()], rows)
    for title, key, shown in TABLES:
        yield ""
        yield f"## {title}"
        yield ""
        rows = [[*_named(run), *(_n(run[key].get(each)) for each in shown)] for run in runs]
        yield from _table(["Model", "Concurrency", *shown], rows)
    if len({run["model"] for run in runs}) > 1:
        yield ""
        yield "## Models compared"
        yield ""
        rows = list(_compared(runs))
        yield from _table(["Concurrency", "", *(dict.fromkeys(run["model"] for run in runs))], rows)
    if before:
        yield ""
        yield f"## Against {before['at']}"
        yield ""
        rows = list(_changes(runs, before["runs"]))
        heads = [f"{key.removesuffix('_ms').upper()} {each}" for key, each in COMPARED]
        yield from _table(["Model", "Concurrency", *heads, "requests/s"], rows)


def _compared(runs: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """For each concurrency and figure, every model's; the best one stands in bold."""
    models = list(dict.fromkeys(run["model"] for run in runs))
    found = {(run["concurrency"], run["model"]): run for run in runs}
    for concurrency in dict.fromkeys(run["concurrency"] for run in runs):
        here = [found.get((concurrency, model)) for model in models]
        for key, each in COMPARED:
            values = [None if run is None else run[key].get(each) for run in here]
            yield [str(concurrency), f"{key.removesuffix('_ms').upper()} {each}", *_marked(values, min)]
        rates = [None if run is None else run["output_tokens_per_second"] for run in here]
        yield [str(concurrency), "output tokens/s", *_marked(rates, max)]


def _marked(values: Sequence[float | None], best: Any) -> list[str]:
    known = [value for value in values if value is not None]
    return [f"**{_n(value)}**" if known and value == best(known) else _n(value) for value in values]


def _changes(runs: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """How much each run differs from the one of the same model and concurrency before."""
    old = {(run["model"], run["concurrency"]): run for run in before}
    for run in runs:
        was = old.get((run["model"], run["concurrency"]))
        if was:
            pairs = [(run[key].get(each), was[key].get(each)) for key, each in COMPARED]
            pairs.append((run["requests_per_second"], was["requests_per_second"]))
            yield [*_named(run), *(f"{new / old - 1:+.1%}" if new and old else "" for new, old in pairs)]


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """A picture of each figure against the concurrency, a line for each model; none without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return []
    made = []
    models: dict[str, list[Mapping[str, Any]]] = {}
    for run in report["runs"]:
        models.setdefault(run["model"], []).append(run)
    for key, title in (("ttft_ms", "TTFT, ms"), ("itl_ms", "ITL, ms"), ("output_tokens_per_second", "output tokens/s")):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.add_subplot()
        for model, runs in models.items():
            across = [run["concurrency"] for run in runs]
            if key in RATES:
                axes.plot(across, [run[key] for run in runs], marker="o", label=model)
                continue
            (line,) = axes.plot(across, [run[key].get("p50") for run in runs], marker="o", label=f"{model} p50")
            axes.plot(across, [run[key].get("p99") for run in runs], marker="^", linestyle=":", color=line.get_color(),
                      label=f"{model} p99")  # fmt: skip
        axes.set(title=title, xlabel="concurrency", ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
        path = folder / f"{key.removesuffix('_ms')}.png"
        figure.savefig(path, dpi=120)
        made.append(path)
    return made


def _named(run: Mapping[str, Any]) -> list[str]:
    return [run["model"], str(run["concurrency"])]


def _n(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}" if value < 1000 else f"{value:,.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
