"""A bar that shows how far work is, on a terminal; nothing where what is printed goes to a file or a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LENGTH = 1000  # of what is told as a share


@contextmanager
def bar(title: str, length: int) -> Iterator[Callable[[int], None]]:
    """While it lasts, what it gives takes how many more of *length* are done."""
    if not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=length)
        yield lambda more: progress.advance(task, more)


@contextmanager
def share(title: str) -> Iterator[Callable[[float], None]]:
    """While it lasts, what it gives takes which share of the work is done, from 0 to 1."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=LENGTH)
        yield lambda done: progress.update(task, completed=done * LENGTH)
