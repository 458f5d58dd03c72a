"""What AIPerf wrote of its runs: each request where it wrote each, else the percentiles of all.

A run is a folder with `profile_export.jsonl`, `profile_export_aiperf.json` or `profile_export_aiperf.csv`, in this
order of preference, or one such file.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

NAMES = ("profile_export.jsonl", "profile_export_aiperf.json", "profile_export_aiperf.csv")
POINTS = ("min", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "max")
AT = (0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100)
MADE_UP = 200  # requests that stand for a run of which only percentiles are known
TTFT, ITL, CONCURRENCY = "Time to First Token (ms)", "Inter Token Latency (ms)", "Effective Concurrency"
PROMPT, ANSWER = "Input Sequence Length (tokens)", "Output Sequence Length (tokens)"


class BadExport(Exception):
    """Results that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One request. Times in seconds; *others* and *ahead* are what was under way when it came.

    *prompt* tokens had to be computed, behind *ahead* of others; *itl* is the mean of *gaps*, and 0 with one token.
    """

    start: float
    end: float
    ttft: float
    itl: float
    prompt: int
    answer: int
    gaps: Sequence[float] = ()
    others: float = 0.0
    ahead: float = 0.0


@dataclass(frozen=True)
class Run:
    """One run of AIPerf: its requests in the order in which they began. *whole*: they are real, one by one."""

    source: Path
    requests: list[Measured] = field(default_factory=list)
    whole: bool = True


def read(paths: Sequence[Path]) -> list[Run]:
    """The runs at *paths*; a folder may have folders of runs in it.

    Raises:
        BadExport: nothing of AIPerf is there, or it has no time to first token.
    """
    files = [file for path in paths for file in _files(path)]
    return [_whole(file) if file.suffix == ".jsonl" else _percentiles(file) for file in files]


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    folders = sorted({file.parent for name in NAMES for file in path.rglob(name)})
    if not folders:
        raise BadExport(f"{path}: there is no {NAMES[0]}, {NAMES[1]} or {NAMES[2]} in it")
    return [next(folder / name for name in NAMES if (folder / name).is_file()) for folder in folders]


def _whole(file: Path) -> Run:
    measured: list[Measured] = []
    number = 0
    try:
        for line in file.read_bytes().splitlines():
            number += 1
            record = orjson.loads(line)
            if record.get("error") or record["metadata"].get("benchmark_phase", "profiling") != "profiling":
                continue
            found = {name: each["value"] for name, each in record["metrics"].items()}
            if "time_to_first_token" in found:
                measured.append(_request(record["metadata"], found))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadExport(f"{file}:{number}: this is not a request as AIPerf exports it ({error!r})") from None
    except OSError as error:
        raise BadExport(f"{file}: cannot be read: {error.strerror}") from None
    if not measured:
        raise BadExport(f"{file}: no request has a time to first token: was AIPerf run with --streaming?")
    return Run(file, list(_under_way(sorted(measured, key=lambda each: each.start))))


def _request(metadata: Mapping[str, Any], found: Mapping[str, Any]) -> Measured:
    connecting = found.get("http_req_connection_overhead", 0.0)  # is the client's, and comes again with the next client
    start = metadata["request_start_ns"] / 1e9
    prompt = found.get("usage_prompt_tokens") or found["input_sequence_length"]
    cached = found.get("usage_prompt_cache_read_tokens") or 0
    return Measured(
        start=start,
        end=metadata["request_end_ns"] / 1e9,
        ttft=max(found["time_to_first_token"] - connecting, 0.001) / 1000,
        itl=found.get("inter_token_latency", 0.0) / 1000,
        prompt=max(prompt - cached, 1),
        answer=int(found.get("output_sequence_length", 1)),
        gaps=[each / 1000 for each in found.get("inter_chunk_latency", ())],
    )


def _under_way(requests: Sequence[Measured]) -> Iterator[Measured]:
    """The same, each with what was under way when it came."""
    open: list[Measured] = []
    for each in requests:
        open = [other for other in open if other.end > each.start]
        ahead = sum([other.prompt for other in open if other.start + other.ttft > each.start])
        yield Measured(
            each.start, each.end, each.ttft, each.itl, each.prompt, each.answer, each.gaps, len(open), ahead
        )  # fmt: skip
        open.append(each)


def _percentiles(file: Path) -> Run:
    """A run of which the percentiles are known: requests that have them, all under way together."""
    try:
        found = _json(file) if file.suffix == ".json" else _csv(file)
        ttft, itl = _quantiles(found["ttft"]), _quantiles(found.get("itl") or dict.fromkeys(POINTS, 0.0))
        prompt, answer = found["prompt"]["avg"], found["answer"]["avg"]
        others = max(found["concurrency"]["avg"] - 1, 0.0)
    except (ValueError, KeyError, TypeError) as error:
        raise BadExport(f"{file}: this is not what AIPerf exports of a run with --streaming ({error!r})") from None
    except OSError as error:
        raise BadExport(f"{file}: cannot be read: {error.strerror}") from None
    requests = [
        Measured(0.0, 0.0, first / 1000, gap / 1000, int(prompt), int(answer), others=others)
        for first, gap in zip(ttft, itl, strict=True)
    ]
    return Run(file, requests, whole=False)


def _json(file: Path) -> dict[str, Any]:
    said = json.loads(file.read_text(encoding="utf-8"))
    return {
        "ttft": said["time_to_first_token"],
        "itl": said.get("inter_token_latency"),
        "prompt": said.get("usage_prompt_tokens") or said["input_sequence_length"],
        "answer": said["output_sequence_length"],
        "concurrency": said.get("effective_concurrency") or {"avg": said["input_config"]["phases"][0]["concurrency"]},
    }


def _csv(file: Path) -> dict[str, Any]:
    rows: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        head: list[str] = []
        for row in csv.reader(lines):
            if row[:2] == ["Metric", "avg"]:
                head = row[1:]
            elif head and len(row) == len(head) + 1:
                rows[row[0]] = {name: float(value) for name, value in zip(head, row[1:], strict=True) if value}
    names = {"ttft": TTFT, "prompt": PROMPT, "answer": ANSWER, "concurrency": CONCURRENCY}
    return {**{name: rows[theirs] for name, theirs in names.items()}, "itl": rows.get(ITL)}


def _quantiles(said: Mapping[str, float]) -> list[float]:
    """`MADE_UP` values with the percentiles of *said*."""
    import numpy as np

    shares = (np.arange(MADE_UP) + 0.5) / MADE_UP * 100
    return [float(each) for each in np.interp(shares, AT, [said[name] for name in POINTS])]
