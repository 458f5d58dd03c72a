"""The sound that a client sends, until it is committed."""

from typing import Any

from .sounds import Form, Sound, form_of
from .turns import Ear

KEPT = 31_000.0  # milliseconds that are kept while nobody speaks: more than the longest idle timeout
LARGEST = 64 * 1024 * 1024  # bytes


class InputBuffer:
    """Sound with its place in the session: milliseconds after the first that was ever appended."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.start = 0.0  # of what is held
        self.item_id: str | None = None  # of the item that the turn that goes on will be
        self.turn = 0.0  # where that turn began
        self._data = bytearray()
        self.form: Form = form_of(settings["format"])
        self.ear = self._ear(settings)

    def _ear(self, settings: dict[str, Any]) -> Ear | None:
        detection = settings.get("turn_detection")
        return Ear(detection, self.form.rate, self.end) if detection else None

    @property
    def end(self) -> float:
        return self.start + self.form.ms(len(self._data))

    @property
    def ms(self) -> float:
        """How much is held, in milliseconds."""
        return self.form.ms(len(self._data))

    def __len__(self) -> int:
        return len(self._data)

    def set_up(self, settings: dict[str, Any]) -> None:
        """Hear as *settings* say from here on; what is held in another form is gone."""
        form = form_of(settings["format"])
        if form != self.form:
            self.clear()
            self.form = form
        self.item_id = None
        self.ear = self._ear(settings)

    def append(self, data: bytes) -> None:
        self._data += data

    def clear(self) -> None:
        """Forget what is held."""
        self.start, self._data, self.item_id = self.end, bytearray(), None
        if self.ear:
            self.ear.rest()

    def look(self, start: float, end: float) -> Sound:
        """The sound from *start* to *end*."""
        first, last = self.form.size(max(0.0, start - self.start)), self.form.size(max(0.0, end - self.start))
        return Sound(self.form, bytes(self._data[first:last]))

    def take(self, start: float, end: float) -> Sound:
        """The sound from *start* to *end*; what lies before *end* is gone."""
        sound = self.look(start, end)
        gone = self.form.size(max(0.0, end - self.start))
        del self._data[:gone]
        self.start, self.item_id = max(self.start, end), None
        return sound

    def trim(self) -> None:
        """Forget what is too long ago, while nobody speaks."""
        if self.item_id is None and self.ms > 2 * KEPT:
            gone = self.form.size(self.ms - KEPT)
            del self._data[:gone]
            self.start += self.form.ms(gone)
