"""Rows of samples that many families are made of: one for each model, one for all, one for each worker."""

from collections.abc import Callable

from ..cluster.records import ModelRecord
from ..cluster.worker import Worker
from ..distribution import Distribution
from .exposition import Rows, Value, labels
from .reading import Load, Reading

Rowed = Callable[[Reading], Rows]


def by_model(show: Callable[[ModelRecord], Value], name: str = "model", **more: str) -> Rowed:
    """A row for each model, labelled *name*, of what *show* finds in its record; None is left out."""

    def rows(reading: Reading) -> Rows:
        for model, record in reading.models:
            value = show(record)
            if value is not None:
                yield labels(**{name: model}, **more), value

    return rows


def by_load(show: Callable[[Load], int], name: str = "model", **more: str) -> Rowed:
    """A row for each model of what it has under way."""

    def rows(reading: Reading) -> Rows:
        for model, _ in reading.models:
            yield labels(**{name: model}, **more), show(reading.load(model))

    return rows


def by_engine(show: Callable[[ModelRecord], Value]) -> Rowed:
    """A row for each model at each data-parallel rank of the workers, which is an engine to vLLM."""

    def rows(reading: Reading) -> Rows:
        for rank, model, record in reading.engines:
            yield of_engine(model, rank), show(record)

    return rows


def by_engine_load(show: Callable[[Load], int]) -> Rowed:
    """The same of what each model has under way there."""

    def rows(reading: Reading) -> Rows:
        for rank, model, _ in reading.engines:
            yield of_engine(model, rank), show(reading.load(model, rank))

    return rows


def of_engine(model: str, rank: int, **more: str) -> str:
    """The labels of *model* at one rank."""
    return labels(model_name=model, engine=rank, **more)


def of_all(show: Callable[[ModelRecord], int | Distribution], **said: str) -> Rowed:
    """One row for all models together, once there is one."""

    def rows(reading: Reading) -> Rows:
        total, whole = 0, None
        for _, record in reading.models:
            value = show(record)
            if isinstance(value, int):
                total += value
            elif whole is None:
                whole = value.copy()
            else:
                whole.merge(value)
            yield "", None
        if reading.records.models:
            yield labels(**said), total if whole is None else whole

    return rows


def by_worker(show: Callable[[Reading, Worker], float | None], said: Callable[[Reading, Worker], str]) -> Rowed:
    """A row for each worker, labelled as *said*; None is left out."""

    def rows(reading: Reading) -> Rows:
        for worker in reading.fleet.workers:
            value = show(reading, worker)
            if value is not None:
                yield said(reading, worker), value

    return rows
