"""Timbres: how each voice of the API sounds, as settings of the synthesizer."""

from typing import NamedTuple

import xxhash


class Timbre(NamedTuple):
    """*pitch* is a factor of the synthesizer's own, *size* that of the head: below 1 a larger one, darker vowels.

    *british* is the accent of English that it has.
    """

    pitch: float
    size: float
    british: bool = False


TIMBRES = {
    "alloy": Timbre(0.88, 0.96),
    "ash": Timbre(0.66, 0.86),
    "ballad": Timbre(0.72, 0.88, True),
    "cedar": Timbre(0.62, 0.84),
    "coral": Timbre(1.10, 1.04),
    "echo": Timbre(0.70, 0.87),
    "fable": Timbre(0.80, 0.92, True),
    "marin": Timbre(1.00, 1.00),
    "nova": Timbre(1.15, 1.06),
    "onyx": Timbre(0.56, 0.82),
    "sage": Timbre(1.02, 1.00, True),
    "shimmer": Timbre(1.22, 1.08),
    "verse": Timbre(0.76, 0.90),
}


def timbre(voice: str) -> Timbre:
    """How *voice* sounds; a name that is not known always sounds the same way, too."""
    known = TIMBRES.get(voice)
    if known is not None:
        return known
    number = xxhash.xxh3_64_intdigest(voice.encode())
    return Timbre(0.6 + number % 61 / 100, 0.84 + number // 61 % 25 / 100, number % 2 == 1)
