"""`fakeai models`: what the catalog of a project knows of models."""

import fnmatch
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from .columns import columns

COLUMNS = ("Model", "Owner", "Context", "Output", "Takes", "Gives", "Reasoning", "Endpoints", "In", "Cached", "Out")
NUMBERS = ("Context", "Output", "In", "Cached", "Out")


def models(generated: Path, pattern: str | None, filters: dict[str, str | None], as_json: bool) -> None:
    """Show the models whose name fits *pattern* or has it in it, and that have what the *filters* say.

    Raises:
        ClickException: nothing was generated in the folder.
    """
    try:
        rows: list[dict[str, Any]] = json.loads((generated / "catalog.json").read_text(encoding="utf-8"))["models"]
    except (FileNotFoundError, KeyError):
        raise click.ClickException(f"{generated} has no catalog of models: run `fakeai generate` first") from None
    found = [row for row in rows if _fits(row, pattern) and _has(row, filters)]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if found:
        _show([_row(row) for row in found])
    click.echo(f"{len(found)} of {len(rows)} models; any other name generates, too.", err=True)


def _fits(row: dict[str, Any], pattern: str | None) -> bool:
    names = [str(name).lower() for name in (row["id"], *row.get("aliases", ()))]
    wanted = (pattern or "*").lower()
    return any(wanted in name or fnmatch.fnmatchcase(name, wanted) for name in names)


def _has(row: dict[str, Any], filters: dict[str, str | None]) -> bool:
    """Whether each filter is, or is among, what the row says; *reasoning* is none where it says nothing."""
    for name, wanted in filters.items():
        said = row.get(name, "none" if name == "reasoning" else ())
        if wanted is not None and wanted not in (said if isinstance(said, list | tuple) else (said,)):
            return False
    return True


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    pricing = row.get("pricing", {})
    prices = [pricing.get(f"{kind}_per_million") for kind in ("input", "cached_input", "output")]
    limits = [row.get(name) for name in ("context_window", "max_output_tokens")]
    return (
        row["id"],
        row["owned_by"],
        *("" if limit is None else f"{limit:,}" for limit in limits),
        " ".join(row.get("input", ())),
        " ".join(row.get("output", ())),
        row.get("reasoning", "none").replace("none", ""),
        " ".join(row["endpoints"]),
        *("" if price is None else f"${price:g}" for price in prices),
    )


def _show(rows: Sequence[tuple[str, ...]]) -> None:
    """A table; on a terminal, cells are folded so that it fits."""
    if not sys.stdout.isatty():
        click.echo(columns(COLUMNS, rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in COLUMNS:
        number = name in NUMBERS
        table.add_column(name, justify="right" if number else "left", no_wrap=number or name == COLUMNS[0])
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)
