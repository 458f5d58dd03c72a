"""Rows as lines of text."""

from collections.abc import Sequence
from typing import Any


def columns(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns as wide as what stands in them; numbers stand on the right."""
    lines = [[str(cell) for cell in line] for line in ([head] if head else []) + list(rows)]
    if not lines:
        return ""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    right = [bool(rows) and all(isinstance(row[at], int) for row in rows) for at in range(len(widths))]
    shown = [
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    ]
    return "\n".join(shown)
