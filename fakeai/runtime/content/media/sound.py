"""Sound: tones for the tokens of a text, and the formats in which it is delivered."""

import wave
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, cast

from ...chance import Chance
from ...clock import give_way

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream

RATE = 24_000  # samples a second, mono, 16 bits
LOUD = 6_000.0  # the greatest amplitude of a tone, of 32,767
LOWEST, STEPS = 110.0, 18  # hertz; half tones above it from which a tone is drawn
FRAME = 4_800  # samples that are encoded before other calls have a turn

# A playlist would make the decoder open what it names, so only formats that hold their sound themselves are read.
READABLE = {"format_whitelist": "wav,mp3,aac,flac,ogg,mov,mp4,m4a,matroska,webm", "protocol_whitelist": "none"}

# format: media type, container, codec; those that Python writes itself have no container
FORMATS = {
    "mp3": (b"audio/mpeg", "mp3", "libmp3lame"),
    "opus": (b"audio/opus", "ogg", "libopus"),
    "aac": (b"audio/aac", "adts", "aac"),
    "flac": (b"audio/flac", "flac", "flac"),
    "wav": (b"audio/wav", "", ""),
    "pcm": (b"audio/pcm", "", ""),
}


async def tones(chance: Chance, count: int, each: float) -> bytes:
    """*count* tones of *each* seconds, as little-endian PCM: bytes of shape `(2 * RATE * count * each,)`."""
    import numpy as np

    size, made = max(1, round(RATE * each)), bytearray()
    at = np.arange(size) / RATE
    swell = np.sin(np.pi * np.arange(size) / size) * LOUD
    base = LOWEST * 2 ** (chance.below(12) / 12)
    for number in range(count):
        pitch = base * 2 ** (chance.below(STEPS) / 12)
        made += (swell * np.sin(2 * np.pi * pitch * at)).astype("<i2").tobytes()
        if number % 16 == 15:
            await give_way()
    return bytes(made)


async def encode(pcm: bytes, format: str) -> bytes:
    """*pcm* in one of FORMATS. The same sound gives the same bytes."""
    _, container, codec = FORMATS[format]
    if format == "pcm":
        return pcm
    buffer = BytesIO()
    if format == "wav":
        with wave.open(buffer, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframesraw(pcm)
        return buffer.getvalue()
    import av
    from av import AudioResampler

    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact"}) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=RATE, layout="mono"))
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        stream.codec_context.open()
        resampler = AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=RATE, frame_size=stream.codec_context.frame_size
        )
        for frame in _frames(pcm):
            for part in resampler.resample(frame):
                output.mux(stream.encode(part))
            await give_way()
        for part in resampler.resample(None):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def seconds(data: bytes) -> float:
    """How long a recording is.

    Raises:
        ValueError: it has no sound.
    """
    import av

    try:
        with av.open(BytesIO(data), "r", options=READABLE) as file:
            if not file.streams.audio:
                raise ValueError("no audio stream")
            stream = file.streams.audio[0]
            if file.duration:
                return float(file.duration) / av.time_base
            samples = sum(frame.samples for frame in file.decode(stream))
            return samples / stream.rate
    except (av.FFmpegError, OSError, EOFError) as error:
        raise ValueError(str(error)) from None


def _frames(pcm: bytes) -> Iterator["AudioFrame"]:
    import numpy as np
    from av import AudioFrame

    samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
    for start in range(0, samples.shape[1], FRAME):
        frame = AudioFrame.from_ndarray(samples[:, start : start + FRAME], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        yield frame
