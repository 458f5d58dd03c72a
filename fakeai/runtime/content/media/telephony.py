"""G.711, as telephones speak: samples of eight bits at 8,000 a second, by the μ-law and the A-law."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Law = Literal["g711_ulaw", "g711_alaw"]

RATE = 8_000
FACTOR = 3  # samples of 24,000 a second for one of a telephone
BIAS, CLIP = 132, 32_635  # of the μ-law
TAPS = 49  # of the filter that takes away what a telephone cannot carry


def encode(pcm: bytes, law: Law, message: bytes = b"") -> bytes:
    """Little-endian samples of 16 bits at 24,000 a second, as a telephone carries them.

    The lowest bits are the mark of *message*, if there is one and it fits.
    """
    import numpy as np

    from . import watermark

    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    if not samples.size:
        return b""
    low = np.convolve(samples, _filter(), "same")[::FACTOR]
    whole = np.clip(np.rint(low), -32_768, 32_767).astype(np.int32)
    codes = _to_ulaw(whole) if law == "g711_ulaw" else _to_alaw(whole)
    if message and codes.size >= watermark.least(message):
        codes = ((codes & 0xFE) | watermark.bits(message, codes.size)).astype(np.uint8)
    return codes.tobytes()


def decode(data: bytes, law: Law) -> bytes:
    """What `encode` made, as little-endian samples of 16 bits at 24,000 a second."""
    import numpy as np

    samples = samples_of(data, law).astype(np.float64)
    if not samples.size:
        return b""
    spread = np.zeros(samples.size * FACTOR)
    spread[::FACTOR] = samples * FACTOR
    high = np.convolve(spread, _filter(), "same")
    return np.clip(np.rint(high), -32_768, 32_767).astype("<i2").tobytes()


def samples_of(data: bytes, law: Law) -> "NDArray[np.int16]":
    """The samples of 16 bits, 8,000 a second, that *data* stands for."""
    import numpy as np

    every = np.arange(256)
    table = _from_ulaw(every) if law == "g711_ulaw" else _from_alaw(every)
    return table[np.frombuffer(data, np.uint8)].astype(np.int16)


def _filter() -> "NDArray[np.float64]":
    """A low pass at 3,600 hertz for samples of 24,000 a second."""
    import numpy as np

    at = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(2 * 3_600 / (RATE * FACTOR) * at) * np.hamming(TAPS)
    made: NDArray[np.float64] = taps / taps.sum()
    return made


def _to_ulaw(samples: "NDArray[np.int32]") -> "NDArray[np.uint8]":
    import numpy as np

    sign = np.where(samples < 0, 0x80, 0)
    size = np.minimum(np.abs(samples), CLIP) + BIAS
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    made: NDArray[np.uint8] = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8)
    return made


def _from_ulaw(codes: "NDArray[np.int64]") -> "NDArray[np.int64]":
    import numpy as np

    plain = ~codes & 0xFF
    size = (((plain & 0x0F) << 3) + BIAS << ((plain >> 4) & 7)) - BIAS
    return np.where(plain & 0x80, -size, size)


def _to_alaw(samples: "NDArray[np.int32]") -> "NDArray[np.uint8]":
    import numpy as np

    sign = np.where(samples >= 0, 0x80, 0)
    size = np.minimum(np.where(samples >= 0, samples, -samples - 1), 32_767)
    exponent = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 7, 0)
    mantissa = (size >> np.where(exponent > 0, exponent + 3, 4)) & 0x0F
    made: NDArray[np.uint8] = ((sign | exponent << 4 | mantissa) ^ 0x55).astype(np.uint8)
    return made


def _from_alaw(codes: "NDArray[np.int64]") -> "NDArray[np.int64]":
    import numpy as np

    plain = codes ^ 0x55
    exponent, mantissa = (plain >> 4) & 7, plain & 0x0F
    size = np.where(exponent > 0, (mantissa * 16 + 264) << np.maximum(exponent - 1, 0), mantissa * 16 + 8)
    return np.where(plain & 0x80, size, -size)
