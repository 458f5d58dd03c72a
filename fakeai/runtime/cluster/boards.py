"""The GPUs of the catalog: what one board is, before it does anything."""

from dataclasses import dataclass
from typing import Any, Protocol

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Board:
    """One model of GPU. Clocks in MHz, power in W, temperatures in °C; see `specs/catalog/gpus.yaml`."""

    id: str
    name: str  # as NVML gives it
    architecture: str
    compute_capability: str
    memory: int  # MiB
    bandwidth: float  # bytes/s of its memory
    sms: int
    fp64: float  # peaks in FLOP/s, of dense matrices
    fp32: float
    fp16: float
    fp8: float
    idle_power: float
    least_power: float
    power_limit: float
    most_power: float
    idle_clock: int
    clock: int
    idle_memory_clock: int
    memory_clock: int
    idle_state: int  # the performance state (P0, P8) of a board without work
    links: int  # of NVLink; 0: none
    link_bandwidth: float  # bytes/s that leave one board by all links
    pcie_generation: int
    pcie_width: int
    slowdown: int
    shutdown: int
    memory_limit: int  # °C
    ambient: float
    resistance: float  # K/W
    time: float  # seconds in which the way to a new temperature shrinks to 1/e

    @property
    def pcie_bandwidth(self) -> float:
        """Bytes/s in one direction."""
        return self.pcie_width * 1e9 * 2.0 ** (self.pcie_generation - 3)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Board":
        """The board that a row of the catalog describes."""
        tflops, power, nvlink = row["tflops"], row["power"], row.get("nvlink")
        sm, memory, pcie = row["sm_clock"], row["memory_clock"], row["pcie"]
        return cls(
            **{name: row[name] for name in ("id", "name", "architecture", "compute_capability", "memory", "sms")},
            bandwidth=row["bandwidth"] * 1e9,
            **{name: tflops[name] * 1e12 for name in ("fp64", "fp32", "fp16", "fp8")},
            idle_power=power["idle"],
            least_power=power["min"],
            power_limit=power["default"],
            most_power=power["max"],
            idle_clock=sm["idle"],
            clock=sm["max"],
            idle_memory_clock=memory["idle"],
            memory_clock=memory["max"],
            idle_state=row["idle_state"],
            links=nvlink["links"] if nvlink else 0,
            link_bandwidth=nvlink["bandwidth"] * 1e9 / 2 if nvlink else 0.0,
            pcie_generation=pcie["generation"],
            pcie_width=pcie["width"],
            slowdown=row["temperature"]["slowdown"],
            shutdown=row["temperature"]["shutdown"],
            memory_limit=row["temperature"]["memory"],
            **row["thermal"],
        )


class NoSuchBoard(Exception):
    """A GPU that is not in the catalog; the message names those that are."""


class Tables(Protocol):
    """What has the tables of the catalog."""

    @property
    def catalog(self) -> dict[str, Any]:
        """The tables of `specs/catalog/`, by name."""
        ...


class Boards:
    """The boards of a world by name: an engine, `world.engine(Boards)`."""

    def __init__(self, world: Tables) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self.ids: list[str] = []
        for row in world.catalog.get("gpus", []):
            self.ids.append(row["id"])
            for name in (row["id"], row["name"], *row.get("aliases", ())):
                self._rows[name.lower()] = row

    def find(self, name: str) -> Board:
        """The board called *name*: `H100-80GB`, `h100`, or as NVML calls it.

        Raises:
            NoSuchBoard: there is none.
        """
        row = self._rows.get(name.lower())
        if row is None:
            raise NoSuchBoard(f"there is no GPU {name!r}; the catalog has {', '.join(self.ids)}")
        return Board.of(row)
