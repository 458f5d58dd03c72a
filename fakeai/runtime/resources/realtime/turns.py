"""Whose turn it is: where speech begins and ends in what a session hears, by the energy of the sound."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sounds import Samples

FRAME = 20  # milliseconds that are loud or quiet as a whole
ONSET = 3  # loud frames in a row that begin a turn: a click is none
FLOOR, RANGE = -72.0, 48.0  # decibels of full scale where the threshold 0 lies, and from there to 1
PREFIX = 300  # milliseconds before the first loud frame that belong to a turn, where nobody says

# semantic_vad: how long a pause must be after a finished sentence, and after an unfinished one, in milliseconds.
PATIENCE = {"low": (1000, 8000), "medium": (600, 4000), "auto": (600, 4000), "high": (300, 2000)}


@dataclass(frozen=True)
class Started:
    """A turn began: *at* milliseconds after the first sound, with what was padded before it."""

    at: int


@dataclass(frozen=True)
class Paused:
    """Somebody paused who may have finished a sentence. Whoever knows that it is none sets `Ear.patience`."""

    at: int


@dataclass(frozen=True)
class Stopped:
    """A turn ended: *at* milliseconds after the first sound, with the silence that ended it."""

    at: int


Happening = Started | Paused | Stopped


def loudness(threshold: float) -> float:
    """The root mean square, of 32,768, from which a frame is loud: 0.5 is -48 decibels, which is quiet speech."""
    return 32_768 * 10 ** ((FLOOR + RANGE * threshold) / 20)


class Ear:
    """Detects turns as a session's `turn_detection` says. Positions are milliseconds after the first sound."""

    def __init__(self, detection: dict[str, Any], rate: int, at: float) -> None:
        self._loud = loudness(detection.get("threshold", 0.5))
        self._prefix = detection.get("prefix_padding_ms", PREFIX)
        self._soon, self._late = PATIENCE.get(detection.get("eagerness", ""), (0, 0))
        self.is_semantic = detection["type"] == "semantic_vad"
        self._silence = self._soon if self.is_semantic else detection.get("silence_duration_ms", 500)
        self.patience = self._silence
        self._size = rate * FRAME // 1000  # samples of a frame
        self._rest: Samples | None = None
        self._at = at  # the end of the last whole frame
        self._run = self._quiet = 0  # milliseconds, so far, of loud frames before a turn, of quiet ones in it
        self.floor = at  # where the last turn ended: a turn does not begin before
        self.is_speaking = False

    def wait_longer(self) -> None:
        """Let the pause be longer: the sentence is not finished."""
        self.patience = self._late

    def listen(self, samples: "Samples") -> Iterator[Happening]:
        """What happens in *samples*, which follow those before."""
        import numpy as np

        if self._rest is not None and len(self._rest):
            samples = np.concatenate((self._rest, samples))
        whole = len(samples) // self._size * self._size
        self._rest = samples[whole:]
        frames = samples[:whole].reshape(-1, self._size).astype(np.float32)
        loud = (np.einsum("ij,ij->i", frames, frames) >= self._size * self._loud**2).tolist()
        for is_loud in loud:
            self._at += FRAME
            yield from self._step(is_loud)

    def _step(self, is_loud: bool) -> Iterator[Happening]:
        if not self.is_speaking:
            self._run = self._run + FRAME if is_loud else 0
            if self._run == ONSET * FRAME:
                self.is_speaking, self._quiet, self.patience = True, 0, self._silence
                yield Started(max(math.ceil(self.floor), int(self._at - self._run - self._prefix), 0))
            return
        self._quiet = 0 if is_loud else self._quiet + FRAME
        if is_loud:
            self.patience = self._silence
            return
        if self.is_semantic and self._soon <= self._quiet < self._soon + FRAME:
            yield Paused(int(self._at))
        if self._quiet >= self.patience:
            self.is_speaking, self._run, self.floor = False, 0, self._at
            yield Stopped(int(self._at))

    def rest(self) -> None:
        """Forget the turn that goes on: what was heard is committed or cleared."""
        self.is_speaking, self._run, self.floor = False, 0, self._at
