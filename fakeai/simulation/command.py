"""What `fakeai simulate` does: read a trace, simulate it, say what came of it."""

import gc
import json
from dataclasses import replace
from pathlib import Path

import click

from ..project import Project
from ..runtime.catalog import Catalog
from ..runtime.clock import FixedClock, RealClock
from ..runtime.store.sqlite import SqliteStore
from ..runtime.world import World
from ..settings.settings import Settings
from ..terminal.progress import bar
from . import plots, trace
from .replay import replay
from .report import report, text

LATENCY = "profile"  # where nobody says another: requests that share nothing would not be worth simulating


class CannotSimulate(Exception):
    """Why a trace is not simulated."""


def simulate(
    file: Path,
    settings: Settings,
    project: Project,
    model: str,
    trace_block: int,
    out: Path | None,
    pictures: Path | None,
    kind: str,
) -> None:
    """Simulate the trace in *file*, whose hash ids name *trace_block* tokens each, and print the report.

    Raises:
        CannotSimulate: the trace or a setting cannot be used, or pictures are asked for and cannot be drawn.
    """
    options = settings.runtime()
    block = options.machine.block_size
    if trace_block % block:
        raise CannotSimulate(f"--trace-block-size {trace_block} is not a multiple of --kv-cache-block-size {block}")
    try:
        sessions = trace.read(file)
        if pictures:
            plots.check()
    except (trace.BadTrace, plots.NoPlots) as error:
        raise CannotSimulate(str(error)) from None
    if not options.machine.model:
        options = replace(options, machine=replace(options.machine, model=model))
    world = World(options, FixedClock(0.0), project.generated, store=SqliteStore(None))
    gc.collect()
    gc.freeze()  # what was read stays to the end: nobody need look whether it is garbage
    gc.set_threshold(50_000, 20, 100)
    clock = RealClock()
    began = clock.monotonic()
    with bar("Simulating", sum(len(turns) for turns in sessions)) as progress:
        fleet, tally = replay(world, sessions, model, trace_block, progress)
    took = clock.monotonic() - began
    known = world.engine(Catalog).look_up(model)
    said = report(fleet, tally, model, options, known.prices)
    click.echo(text(said), nl=False)
    times = said["seconds"] / took
    click.echo(
        f"Simulated in {took:.1f} s: {len(tally) / took:,.0f} requests a second, {times:,.0f} times real time.",
        err=True,
    )
    if out:
        out.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    if pictures:
        for path in plots.draw(tally, fleet.blocks_total, pictures, kind):
            click.echo(f"{path} is drawn.", err=True)
