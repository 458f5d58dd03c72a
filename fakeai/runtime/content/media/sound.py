"""Sound: the formats in which it is delivered and read, and the tags in them that say what is said."""

import base64
import wave
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from . import telephony

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame, AudioStream
    from numpy.typing import NDArray

RATE = 24_000  # samples a second, mono, 16 bits
FRAME = 4_800  # samples that are encoded at once
TAG = "FAKEAI_MESSAGE"  # the name of a container's tag that has the message of the mark
LOOKED_AT = 600  # seconds of a recording whose samples are looked at
TICK = 0.02  # seconds whose loudness is measured together
FULL = 32_768.0

# A playlist would make the decoder open what it names, so only formats that hold their sound themselves are read.
READABLE = {"format_whitelist": "wav,mp3,aac,flac,ogg,mov,mp4,m4a,matroska,webm", "protocol_whitelist": "none"}

# format: media type, container, codec, bits a second, options; those that Python writes itself have no container
FORMATS: dict[str, tuple[bytes, str, str, int, dict[str, str]]] = {
    "mp3": (b"audio/mpeg", "mp3", "libmp3lame", 64_000, {}),
    "opus": (b"audio/opus", "ogg", "libopus", 48_000, {}),
    "aac": (b"audio/aac", "adts", "aac", 64_000, {"write_id3v2": "1"}),
    "flac": (b"audio/flac", "flac", "flac", 0, {}),
    "wav": (b"audio/wav", "", "", 0, {}),
    "pcm": (b"audio/pcm", "", "", 0, {}),
}
# What is sent in pieces, without a container: bytes a second.
WIRE = {"pcm": 2 * RATE, "pcm16": 2 * RATE, "g711_ulaw": telephony.RATE, "g711_alaw": telephony.RATE}


class Recording(NamedTuple):
    """A recording that was decoded: *seconds* long, *loudness* from 0 to 1 of each TICK of its beginning.

    *lowest* are the lowest bits of its samples where they may have the mark, *tag* what a container says of them.
    """

    seconds: float
    loudness: "NDArray[np.float64]"
    lowest: "NDArray[np.uint8] | None"
    tag: bytes | None


def encoded(pcm: bytes, format: str, message: bytes = b"") -> bytes:
    """*pcm* in one of FORMATS or WIRE, with a tag that has *message* where there can be one.

    The same sound gives the same bytes. It takes about 3 ms for a second of sound: call it in a thread.
    """
    if format in ("g711_ulaw", "g711_alaw"):
        return telephony.encode(pcm, "g711_ulaw" if format == "g711_ulaw" else "g711_alaw", message)
    if format in ("pcm", "pcm16"):
        return pcm
    if format == "wav":
        return wav(pcm)
    import av
    from av import AudioResampler

    _, container, codec, bits, options = FORMATS[format]
    buffer = BytesIO()
    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact", **options}) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=RATE, layout="mono"))
        if message:
            tags: Any = stream.metadata if format == "opus" else output.metadata
            tags[TAG] = base64.b64encode(message).decode()
        if bits:
            stream.codec_context.bit_rate = bits
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        stream.codec_context.open()
        resampler = AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=RATE, frame_size=stream.codec_context.frame_size
        )
        for frame in frames(pcm):
            for part in resampler.resample(frame):
                output.mux(stream.encode(part))
        for part in resampler.resample(None):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def wav(pcm: bytes, rate: int = RATE) -> bytes:
    """*pcm* with the head of a WAV file."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframesraw(pcm)
    return buffer.getvalue()


def resampled(pcm: bytes, rate: int, wanted: int = RATE) -> bytes:
    """*pcm* of *rate* samples a second as one of *wanted*."""
    from av import AudioResampler

    resampler = AudioResampler(format="s16", layout="mono", rate=wanted)
    made = [part for frame in frames(pcm, rate) for part in resampler.resample(frame)]
    made += resampler.resample(None)
    return b"".join(part.to_ndarray().astype("<i2").tobytes() for part in made)


def frames(pcm: bytes, rate: int = RATE) -> Iterator["AudioFrame"]:
    """*pcm* as frames that the encoders take."""
    import numpy as np
    from av import AudioFrame

    samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
    for start in range(0, samples.shape[1], FRAME):
        frame = AudioFrame.from_ndarray(samples[:, start : start + FRAME], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame


def loudness(pcm: bytes) -> "NDArray[np.float64]":
    """The root mean square, from 0 to 1, of each TICK of *pcm*."""
    import numpy as np

    return _loudness(np.frombuffer(pcm, "<i2"), RATE)


def energy(pcm: bytes) -> float:
    """The root mean square of all samples of *pcm*, from 0 (silence) to 1; speech has 0.02 to 0.3."""
    import numpy as np

    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64)
    return float(np.sqrt(np.mean(samples * samples)) / FULL) if samples.size else 0.0


def decoded(data: bytes) -> Recording:
    """What is in the file *data*. It may take a second for a long one: call it in a thread.

    Raises:
        ValueError: it has no sound.
    """
    import av
    import numpy as np
    from av import AudioResampler

    try:
        with av.open(BytesIO(data), "r", options=READABLE) as file:
            if not file.streams.audio:
                raise ValueError("no audio stream")
            stream = file.streams.audio[0]
            tags = {**file.metadata, **stream.metadata}
            exact = stream.codec_context.name in ("pcm_s16le", "flac") and stream.rate == RATE
            resampler = AudioResampler(format="s16", layout="mono", rate=stream.rate)
            parts, size = [], 0
            for frame in file.decode(stream):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray()[0])
                    size += part.samples
                if size > LOOKED_AT * stream.rate:
                    break
            else:
                parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
            samples = np.concatenate(parts) if parts else np.zeros(0, np.int16)
            seconds = samples.size / stream.rate
            if size > LOOKED_AT * stream.rate and file.duration:
                seconds = max(seconds, float(file.duration) / av.time_base)
            lowest = (samples & 1).astype(np.uint8) if exact else None
            return Recording(seconds, _loudness(samples, stream.rate), lowest, _message(tags))
    except (av.FFmpegError, OSError, EOFError) as error:
        raise ValueError(str(error)) from None


def received(data: bytes, format: str) -> Recording:
    """What is in *data*, sound in one of WIRE."""
    import numpy as np

    if format in ("g711_ulaw", "g711_alaw"):
        law: telephony.Law = "g711_ulaw" if format == "g711_ulaw" else "g711_alaw"
        samples, rate = telephony.samples_of(data, law), telephony.RATE
        lowest = (np.frombuffer(data, np.uint8) & 1).astype(np.uint8)
    else:
        samples, rate = np.frombuffer(data[: len(data) // 2 * 2], "<i2"), RATE
        lowest = (samples & 1).astype(np.uint8)
    return Recording(samples.size / rate, _loudness(samples, rate), lowest, None)


def _loudness(samples: "NDArray[np.int16]", rate: int) -> "NDArray[np.float64]":
    import numpy as np

    size = max(1, round(rate * TICK))
    ticks = samples[: samples.size // size * size].reshape(-1, size).astype(np.float32)
    made: NDArray[np.float64] = np.sqrt(np.mean(ticks * ticks, axis=1, dtype=np.float64)) / FULL
    return made


def _message(tags: dict[str, str]) -> bytes | None:
    """The message in the tags of a container."""
    for name, value in tags.items():
        if name.upper() == TAG:
            try:
                return base64.b64decode(value)
            except ValueError:
                return None
    return None
