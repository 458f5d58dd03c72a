"""The three forms in which sound travels: 16-bit PCM at 24 kHz, and G.711's two at 8 kHz."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...content.media import sound, telephony
from ...errors import ApiError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Form:
    """One form of sound: its name among `sound.WIRE`, samples a second, and bytes of a sample."""

    type: str
    name: str
    rate: int
    width: int
    said: str

    def size(self, ms: float) -> int:
        """How many bytes *ms* milliseconds have."""
        return round(self.rate * ms / 1000) * self.width

    def ms(self, size: int) -> float:
        """How many milliseconds *size* bytes last."""
        return size / self.width / self.rate * 1000


FORMS = {
    form.type: form
    for form in (
        Form("audio/pcm", "pcm16", sound.RATE, 2, "mono PCM16 at 24kHz"),
        Form("audio/pcmu", "g711_ulaw", telephony.RATE, 1, "mono G.711 u-law at 8kHz"),
        Form("audio/pcma", "g711_alaw", telephony.RATE, 1, "mono G.711 a-law at 8kHz"),
    )
}


def form_of(format: dict[str, Any] | None) -> Form:
    """The form that a session's `format` names."""
    return FORMS[(format or {}).get("type") or "audio/pcm"]


@dataclass
class Sound:
    """A piece of sound in one form."""

    form: Form
    data: bytes

    @property
    def ms(self) -> float:
        return self.form.ms(len(self.data))

    @property
    def encoded(self) -> str:
        """In base64, as events carry it."""
        return b64encode(self.data).decode()


def received(text: str, form: Form, param: str) -> bytes:
    """The sound that a client sent as *text*.

    Raises:
        ApiError: 400, it is no base64 of whole samples.
    """
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or len(data) % form.width:
        raise ApiError(
            400,
            f"Invalid '{param}'. Expected base64-encoded audio bytes ({form.said}), but got an invalid value.",
            code="invalid_value",
            param=param,
        )
    return data


def samples(data: bytes, form: Form) -> "Samples":
    """The samples of *data*, at the rate of its form."""
    import numpy as np

    if form.type == "audio/pcm":
        return np.frombuffer(data, "<i2")
    return telephony.samples_of(data, "g711_ulaw" if form.name == "g711_ulaw" else "g711_alaw")
