"""Faults that somebody injects into a GPU: what a board counts of them, and what it reports last."""

from dataclasses import dataclass, field

from .meters import THROTTLES

# What is counted, each by its kind.
COUNTED = (
    "ecc_single",  # errors that were corrected, in the board's memory
    "ecc_double",  # that could not be
    "ecc_single_cache",  # the same in the second cache
    "ecc_double_cache",
    "pcie_replay",
    "nvlink_crc",
    "nvlink_replay",
    "nvlink_recovery",
    "row_remap",  # rows of memory that were replaced because of corrected errors
    "row_remap_uncorrectable",
    "page_single",  # pages that were retired
    "page_double",
)
LASTING = ("cooling", *THROTTLES)  # what goes on for a while
KINDS = ("xid", "row_remap_failure", *COUNTED, *LASTING)
DOUBLE_ECC_XID, NVLINK_XID = 48, 74
FATAL = frozenset({48, 62, 64, 74, 79, 94, 95, 119, 120, 140, 143, 145})  # after which a board wants a reset or a look


class BadFault(ValueError):
    """A fault that cannot be injected; the message says why."""


@dataclass(slots=True)
class Faults:
    """What one board has of faults that do not last."""

    xid: int = 0  # the last one
    xids: dict[int, int] = field(default_factory=dict)  # how many of each
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    remap_pending: bool = False
    remap_failed: bool = False

    @property
    def is_noted(self) -> bool:
        """Whether there ever was one."""
        return self != Faults()

    def note(self, kind: str, value: int) -> None:
        """Count *value* faults of a *kind*, with what follows from them; of `xid`, *value* is the code.

        Raises:
            BadFault: there is no such kind, or no such number of it.
        """
        if kind not in KINDS or kind in LASTING:
            raise BadFault(f"{kind!r} is not one of {', '.join(KINDS)}")
        if value < 1:
            raise BadFault(f"{kind}: {value} is less than 1")
        if kind == "xid":
            self.xid = value
            self.xids[value] = self.xids.get(value, 0) + 1
        elif kind == "row_remap_failure":
            self.remap_failed = True
        else:
            self.counts[kind] += value
        if kind == "ecc_double":  # its row is replaced at the next reset
            self.remap_pending = True
            self.counts["row_remap_uncorrectable"] += 1
            self.note("xid", DOUBLE_ECC_XID)
        elif kind == "nvlink_recovery":
            self.note("xid", NVLINK_XID)

    @property
    def is_ill(self) -> bool:
        """Whether the board is to be reset or looked at."""
        return self.xid in FATAL or self.remap_failed or self.remap_pending
