"""What `fakeai calibrate` does: read AIPerf's results, fit a latency, hold it to them, write it."""

from collections.abc import Sequence
from pathlib import Path

import click

from . import check, exports, profile
from .fit import levels_of, unknown

HEAD = f"{'':28}{'mean':>18}{'p50':>18}{'p90':>18}{'p99':>18}"


class CannotCalibrate(Exception):
    """Why nothing is fitted."""


def calibrate(results: Sequence[Path], client: Path | None, client_ttft: float, out: Path) -> None:
    """Fit a latency to *results*, write it to *out*, and print what it gives back of them.

    *client* are results of a server whose TTFT is known: *client_ttft* milliseconds.

    Raises:
        CannotCalibrate: the results cannot be used.
    """
    try:
        runs = exports.read(results)
        own = [
            max(each.ttft - client_ttft / 1000, 0.0)
            for run in exports.read([client] if client else [])
            for each in run.requests
        ]
    except exports.BadExport as error:
        raise CannotCalibrate(str(error)) from None
    latency, compared = check.fitted(runs, own)
    notes = unknown(levels_of(runs))
    requests = sum(len(run.requests) for run in runs if run.whole)
    source = f"{requests} requests" if requests else "percentiles"
    comments = [f"Fitted by `fakeai calibrate` to {source} of {len(runs)} run{'s' if len(runs) > 1 else ''} of AIPerf."]
    out.write_text(profile.text(latency, [*comments, *notes]), encoding="utf-8")
    click.echo("milliseconds, measured / simulated with what was fitted")
    click.echo(HEAD)
    for each in compared:
        name = f"{len(each.run.requests)} requests" if each.run.whole else "percentiles"
        for what, pairs in (("TTFT", each.ttft), ("ITL", each.itl)):
            if pairs:
                shown = (f"{real * 1000:.2f} / {made * 1000:.2f}" for real, made in pairs)
                click.echo(f"{what + ' of ' + name:28}" + "".join(f"{cell:>18}" for cell in shown))
    for note in notes:
        click.echo(f"Note: {note}")
    click.echo(f"{out} is written: fakeai serve --latency profile --profile {out}")
