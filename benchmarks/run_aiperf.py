"""Measure models with NVIDIA's AIPerf, one run for each model and concurrency, and report what came of it.

.venv/bin/python benchmarks/run_aiperf.py [--quick | --all] [--models M ...] [--concurrency N ...] [--url URL]
    [--requests N] [--prompt TOKENS] [--answer TOKENS] [--output DIR] [--against report.json] [-- options of serve]

Without --url it starts a server, with `--latency profile` unless options say more. `report.json`, `report.md`, pictures
(with matplotlib) and AIPerf's own files are in a folder of --output. The exit code is 1 when a request failed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose http.py would hide Python's own
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import aiperf_report
from benchmarks.aiperf import Failed, Run
from benchmarks.measure import ROOT, Server
from fakeai.terminal.progress import bar

MODELS = ("openai/gpt-oss-120b", "openai/gpt-oss-20b", "meta-llama/Llama-3.1-8B-Instruct")
ALL_MODELS = (*MODELS, "deepseek-ai/DeepSeek-R1", "Qwen/Qwen3-32B", "gpt-4o", "gpt-4o-mini")
QUICK, USUAL, ALL = (10,), (10, 50, 100), (1, 10, 50, 100, 250, 500)  # concurrencies
LEAST, EACH = 50, 5  # requests of a run: so many, and so many for each that is under way at a time
PROFILE = ("--latency", "profile")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what *arguments* ask for; the exit code."""
    asked = _asked(arguments)
    models = asked.models or (ALL_MODELS if asked.all else MODELS)
    concurrencies = asked.concurrency or (QUICK if asked.quick else ALL if asked.all else USUAL)
    before = json.loads(asked.against.read_text()) if asked.against else None
    now = datetime.now(UTC)
    folder = (asked.output / now.strftime("%Y-%m-%d_%H-%M-%S")).resolve()
    runs: list[dict[str, Any]] = []
    with (
        nullcontext() if asked.url else Server.fakeai(*(asked.serve or PROFILE), core=None) as server,
        bar("Measuring", len(models) * len(concurrencies)) as more,
    ):
        url = asked.url or f"http://127.0.0.1:{server.port()}"
        for model in models:
            for concurrency in concurrencies:
                requests = asked.requests or max(LEAST, EACH * concurrency)
                seed = len(runs) + 1  # other prompts for each run: none finds those of the one before in a cache
                run = Run(url, model, concurrency, requests, asked.prompt, asked.answer, seed=seed)
                try:
                    found = run.measure(folder / f"{model.replace('/', '_')}-{concurrency}")
                except Failed as error:
                    print(error, file=sys.stderr)
                    return 1
                runs.append({"model": model, "concurrency": concurrency, **found})
                print(_line(runs[-1]), flush=True)
                more(1)
    report = {
        "server": asked.url or f"fakeai serve {' '.join(asked.serve or PROFILE)}",
        "at": now.isoformat(timespec="seconds"),
        "prompt": asked.prompt,
        "answer": asked.answer,
        "runs": runs,
    }
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    (folder / "report.md").write_text(aiperf_report.markdown(report, before))
    if not aiperf_report.draw(report, folder):
        print("No pictures: they need matplotlib (pip install 'fakeai[plots]').")
    print(f"{folder / 'report.md'} and report.json are written.")
    return 1 if any(run["errors"] for run in runs) else 0


def _line(run: dict[str, Any]) -> str:
    ttft, itl = (f"p50 {run[key]['p50']:,.1f} p99 {run[key]['p99']:,.1f} ms" for key in ("ttft_ms", "itl_ms"))
    rate = f"{run['output_tokens_per_second']:,.0f} tokens/s"
    return f"{run['model']} at {run['concurrency']}: TTFT {ttft}, ITL {itl}, {rate}, {run['errors']} errors"


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="one concurrency for each model")
    size.add_argument("--all", action="store_true", help="all models and concurrencies")
    parser.add_argument("--models", nargs="+", metavar="MODEL", help=f"instead of {' '.join(MODELS)}")
    parser.add_argument("--concurrency", nargs="+", type=int, metavar="N", help="requests at a time")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument(
        "--requests", type=int, metavar="N", help=f"of each run [{EACH} x concurrency, at least {LEAST}]"
    )
    parser.add_argument("--prompt", type=int, default=550, metavar="TOKENS", help="of each prompt [550]")
    parser.add_argument("--answer", type=int, default=128, metavar="TOKENS", help="of each answer [128]")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results", help="folder of the reports")
    parser.add_argument("--against", type=Path, metavar="report.json", help="an earlier report to compare with")
    given = list(sys.argv[1:] if arguments is None else arguments)
    at = given.index("--") if "--" in given else len(given)
    asked = parser.parse_args(given[:at])
    asked.serve = given[at + 1 :]
    return asked


if __name__ == "__main__":
    sys.exit(main())
