"""The three forms in which sound travels: 16-bit PCM at 24 kHz, and G.711's two at 8 kHz."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...content.media import sound
from ...errors import ApiError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

FOLD = sound.RATE // 8_000  # samples of PCM for one of G.711


@dataclass(frozen=True)
class Form:
    """One form of sound: samples a second, and bytes of a sample."""

    type: str
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
        Form("audio/pcm", sound.RATE, 2, "mono PCM16 at 24kHz"),
        Form("audio/pcmu", 8_000, 1, "mono G.711 u-law at 8kHz"),
        Form("audio/pcma", 8_000, 1, "mono G.711 a-law at 8kHz"),
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
    return _table(form.type)[np.frombuffer(data, np.uint8)]


def pcm(data: bytes, form: Form) -> bytes:
    """*data* as PCM at 24 kHz."""
    if form.type == "audio/pcm":
        return data
    import numpy as np

    return bytes(np.repeat(samples(data, form), FOLD).astype("<i2").tobytes())


def encode(pcm: bytes, form: Form) -> bytes:
    """PCM at 24 kHz in *form*."""
    if form.type == "audio/pcm":
        return pcm
    import numpy as np

    whole = np.frombuffer(pcm, "<i2")
    folded = whole[: len(whole) // FOLD * FOLD].reshape(-1, FOLD).mean(axis=1)
    table = _table(form.type).astype(np.int32)
    order = np.argsort(table, kind="stable")
    near = np.searchsorted(table[order], folded).clip(0, 255)
    return bytes(order[near].astype(np.uint8).tobytes())


def _table(type: str) -> "Samples":
    """The sample that each byte of G.711 stands for."""
    import numpy as np

    code = np.arange(256)
    if type == "audio/pcmu":
        code = ~code & 0xFF
        size = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
        return np.where(code & 128, -size, size).astype(np.int16)
    code = code ^ 0x55
    step = code >> 4 & 7
    size = np.where(step > 0, ((code & 15) << 4) + 264 << np.maximum(step - 1, 0), ((code & 15) << 4) + 8)
    return np.where(code & 128, size, -size).astype(np.int16)
