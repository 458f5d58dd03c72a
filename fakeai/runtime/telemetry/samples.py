"""Rows of samples that many families are made of: one for each model, one for all, one for each worker."""

from collections.abc import Callable

from ..cluster.records import ModelRecord
from ..cluster.worker import Worker
from ..distribution import Distribution
from .exposition import Rows, Value, labels
from .reading import Load, Reading

Rowed = Callable[[Reading], Rows]


def by_model(show: Callable[[ModelRecord], Value | Distribution | None], name: str = "model", **more: str) -> Rowed:
    """A row for each model, labelled *name*, of what *show* finds in its record; None is left out."""

    def rows(reading: Reading) -> Rows:
        for model, record in reading.models:
            value = show(record)
            if value is not None:
                yield labels(**{name: model}, **more), [value] if isinstance(value, Distribution) else value

    return rows


def by_load(show: Callable[[Load], int], name: str = "model", **more: str) -> Rowed:
    """A row for each model of what it has under way."""

    def rows(reading: Reading) -> Rows:
        for model, _ in reading.models:
            yield labels(**{name: model}, **more), show(reading.load(model))

    return rows


def of_all(show: Callable[[ModelRecord], int | Distribution], **said: str) -> Rowed:
    """One row for all models together, once there is one."""

    def rows(reading: Reading) -> Rows:
        values = [show(record) for _, record in reading.models]
        spread = [value for value in values if isinstance(value, Distribution)]
        if spread:
            yield labels(**said), spread
        elif values:
            yield labels(**said), sum([value for value in values if isinstance(value, int)])

    return rows


def by_worker(show: Callable[[Reading, Worker], float | None], said: Callable[[Worker], str]) -> Rowed:
    """A row for each worker, labelled as *said*; None is left out."""

    def rows(reading: Reading) -> Rows:
        for worker in reading.fleet.workers:
            value = show(reading, worker)
            if value is not None:
                yield said(worker), value

    return rows
