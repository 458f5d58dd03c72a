"""What models are made of: the rows of `specs/catalog/latency/`, found by any name that a request may give."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from typing import Any

from ..catalog import Catalog
from ..world import World

DEFAULT = "meta-llama/Llama-3.1-8B-Instruct"  # what a name is taken for that says nothing
SIZES = re.compile(r"(?<![a-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)b(?:-a(\d{1,3}(?:\.\d{1,2})?)b)?(?![a-z0-9])")
SHARED, USED = 0.83, 1.84  # of 8x7b: what there is of 8 x 7 billion, and of 7 billion what a token uses, as in Mixtral


@dataclass(frozen=True, slots=True)
class Hosted:
    """How a model answers that only its maker serves: seconds, and tokens of a prompt in a second."""

    ttft: float
    itl: float
    prefill: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The costs of a pass as somebody measured them, on *tp* GPUs of a model; of all of them when None."""

    prefill: tuple[float, float, float]
    decode: tuple[float, float, float]
    source: str
    gpu: str | None = None
    tp: int | None = None


@dataclass(frozen=True, slots=True)
class Architecture:
    """What one model is made of. Parameters are numbers, not billions."""

    id: str
    source: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    parameters: float
    active: float
    full_layers: int  # whose attention sees the whole context
    latent: int | None = None  # what latent attention keeps of a token in a layer
    experts: int = 1
    experts_used: int = 1
    bits: float = 16
    kv_bits: float = 16
    compute: str = "fp16"
    overhead: float = 20e-6  # seconds that a layer costs besides arithmetic and memory
    hosted: Hosted | None = None
    measured: tuple[Measured, ...] = field(default=())

    @property
    def kv_bytes(self) -> float:
        """Bytes of the keys and values of one token."""
        kept = self.latent or 2 * self.kv_heads * self.head_dim
        return self.full_layers * kept * self.kv_bits / 8

    @property
    def weight_bytes(self) -> float:
        return self.parameters * self.bits / 8

    @property
    def routed(self) -> float:
        """The parameters of experts, of which a token uses some."""
        if self.experts == 1:
            return 0.0
        return (self.parameters - self.active) / (1 - self.experts_used / self.experts)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Architecture":
        """What a row of the catalog says, which is whole."""
        plain = ("id", "source", "layers", "hidden", "heads", "kv_heads", "head_dim", "latent", "experts",
                 "experts_used", "bits", "kv_bits", "compute")  # fmt: skip
        said = {name: row[name] for name in plain if name in row}
        if "overhead" in row:
            said["overhead"] = row["overhead"] * 1e-6
        if "hosted" in row:
            said["hosted"] = Hosted(**row["hosted"])
        return cls(
            **said,
            parameters=row["parameters"] * 1e9,
            active=row.get("active", row["parameters"]) * 1e9,
            full_layers=row.get("full_layers", row["layers"]),
            measured=_measured(row),
        )


class Architectures:
    """The models of a world by name: an engine, `world.engine(Architectures)`."""

    def __init__(self, world: World) -> None:
        rows: dict[str, dict[str, Any]] = {row["id"]: row for row in world.catalog.get("latency", [])}
        whole = {id: row for id, row in rows.items() if "layers" in row}
        self.rows = {id: Architecture.of(row) for id, row in whole.items()}
        for id, row in rows.items():
            if id not in whole:  # measured, and of no known make: as large as its name says
                self.rows[id] = self._sized(id, row)
        self._lower = {id.lower(): id for id in self.rows}
        patterns = [(pattern, id) for id, row in rows.items() for pattern in row.get("match", ())]
        patterns.sort(key=lambda each: -len(each[0].replace("*", "")))  # the pattern that says most counts
        self._patterns = [(re.compile(translate(pattern)), id) for pattern, id in patterns]
        self._catalog = world.engine(Catalog)

    def find(self, name: str) -> Architecture:
        """The model called *name*, by its own name, an alias, a pattern, the size in its name, or as any model is."""
        base = name.split(":")[1] if name.startswith("ft:") and name.count(":") else name
        if adapter := self._catalog.adapters.get(name):
            base = adapter.base
        known = self._catalog.find(base)
        for each in (base, known.id if known else base):
            low = each.lower()
            bare = low.rpartition("/")[2]
            id = self._lower.get(low) or self._lower.get(bare)
            id = id or next((id for pattern, id in self._patterns if pattern.match(bare)), None)
            if id:
                return self.rows[id]
        return self._sized(base, {})

    def _sized(self, name: str, row: Mapping[str, Any]) -> Architecture:
        """A model of which only the name is known, or what *row* says: as the model that is nearest in size."""
        total, active = float(row.get("parameters", 0)) * 1e9, float(row.get("active", 0)) * 1e9
        if not total and (found := SIZES.search(name.lower().rpartition("/")[2])):
            times, billions, part = found.groups()
            total, active = float(billions) * 1e9, float(part or 0) * 1e9
            if times:
                total, active = total * int(times) * SHARED, total * USED
        source = str(row.get("source", ""))
        if not total:
            near = self.rows[DEFAULT]
            return replace(near, id=name, source=source or f"as {near.id}", measured=_measured(row))
        mixed = 0 < active < total
        alike = [each for each in self.rows.values() if not each.hosted and (each.experts > 1) == mixed]
        near = min(alike, key=lambda each: abs(math.log(each.parameters / total)))
        return replace(
            near,
            id=name,
            source=source or f"as {near.id}, with the size in its name",
            parameters=total,
            active=active if mixed else total,
            measured=_measured(row),
        )


def _measured(row: Mapping[str, Any]) -> tuple[Measured, ...]:
    return tuple(
        Measured(tuple(each["prefill"]), tuple(each["decode"]), each["source"], each.get("gpu"), each.get("tp"))
        for each in row.get("measured", ())
    )
