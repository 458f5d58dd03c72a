"""Utterances: what a voice says, as samples that are marked with their text, and when each word is said."""

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import orjson

from . import mouth, reading, sound, watermark
from .timbres import timbre

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLOWEST, FASTEST = 0.25, 4.0
PAUSE, BREATH = 0.28, 0.12  # seconds after a sentence and after a part of one, at speed 1
QUIET = 200  # the greatest sample of what counts as silence around a sentence
MARGIN = 0.03  # seconds of that silence that are kept
LARGEST = 1_000_000  # bytes of a message that is read
UNSAID = 0.3  # seconds of a sentence that has no sound


class Word(NamedTuple):
    """A word and when it is said: seconds from the beginning."""

    text: str
    start: float
    end: float


class Message(NamedTuple):
    """What a mark says: the text, the second at which each of its sentences ends, and whose voice it is."""

    text: str
    ends: tuple[float, ...]
    voice: str

    def pack(self) -> bytes:
        """The message in few bytes."""
        return zlib.compress(orjson.dumps([self.text, [round(end * 100) for end in self.ends], self.voice]), 9, -15)

    @classmethod
    def unpack(cls, data: bytes) -> "Message | None":
        """The message that `pack` made; None when it made none like that."""
        try:
            text, ends, voice = orjson.loads(zlib.decompressobj(-15).decompress(data, LARGEST))
            return cls(str(text), tuple(int(end) / 100 for end in ends), str(voice))
        except (zlib.error, ValueError, TypeError):
            return None

    def words(self) -> list[Word]:
        """The words of the text; those of a sentence share its time by their lengths."""
        made: list[Word] = []
        start = 0.0
        for sentence, end in zip(reading.sentences(self.text), self.ends, strict=False):
            made += spread(self.text[sentence.start : sentence.end], start, end)
            start = end
        return made


class Utterance(NamedTuple):
    """What is said: *pcm* has little-endian samples of 16 bits, `sound.RATE` a second, mono, with the mark in them."""

    pcm: bytes
    message: Message

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / sound.RATE


def spread(text: str, start: float, end: float) -> list[Word]:
    """The words of *text* from *start* to *end*, each as long as its letters; what follows a mark waits a little."""
    found = text.split()
    weights = [len(word) + 1 + (2 if word[-1] in ",;:." else 0) for word in found]
    total, at, made = sum(weights), 0, []
    for word, weight in zip(found, weights, strict=True):
        began = start + (end - start) * at / total
        at += weight
        made.append(Word(word, began, start + (end - start) * at / total))
    return made


def speak(text: str, voice: str, speed: float = 1.0) -> Utterance:
    """*text* as *voice* says it. It takes about 8 ms for a second of sound and 20 ms besides: call it in a thread."""
    import numpy as np

    speed = min(max(speed, SLOWEST), FASTEST)
    kind = timbre(voice)
    accent = reading.language(text)
    if accent == "en-US" and kind.british:
        accent = "en-GB"
    sentences = reading.sentences(text)
    said = mouth.say([each.spoken for each in sentences], accent, speed / kind.size, kind.pitch / kind.size)
    parts: list[NDArray[np.int16]] = []
    ends: list[float] = []
    size = 0
    for sentence, samples in zip(sentences, said, strict=True):
        heard = _trimmed(np.frombuffer(samples, "<i2"))
        if heard.size:
            sounding = np.frombuffer(sound.resampled(heard.tobytes(), round(mouth.RATE * kind.size)), "<i2")
        else:
            sounding = np.zeros(round(UNSAID * sound.RATE / speed), "<i2")
        pause = PAUSE if text[sentence.start : sentence.end].rstrip()[-1:] in ".!?…。！？" else BREATH
        rest = np.zeros(round(pause * sound.RATE / speed), "<i2")
        parts += [sounding, rest]
        size += sounding.size + rest.size
        ends.append(size / sound.RATE)
    message = Message(text, tuple(round(end, 2) for end in ends), voice)
    packed = message.pack()
    whole = max(size, watermark.least(packed))
    samples_made = np.zeros(whole, "<i2")
    if parts:
        np.concatenate(parts, out=samples_made[:size])
    marked = (samples_made & ~1) | watermark.bits(packed, whole)
    return Utterance(marked.astype("<i2").tobytes(), message)


def say(text: str, voice: str, format: str, speed: float = 1.0) -> bytes:
    """*text* as *voice* says it, in one of `sound.FORMATS` or of `sound.WIRE`. Call it in a thread."""
    utterance = speak(text, voice, speed)
    return sound.encoded(utterance.pcm, format, utterance.message.pack())


def slices(data: bytes, format: str, milliseconds: int = 200) -> Iterator[bytes]:
    """*data*, sound in one of `sound.WIRE`, in pieces of *milliseconds*; the last one may be shorter."""
    size = sound.WIRE[format] * milliseconds // 1000
    size -= size % 2
    for start in range(0, len(data), size):
        yield data[start : start + size]


def _trimmed(samples: "NDArray[np.int16]") -> "NDArray[np.int16]":
    """*samples* without the silence around them."""
    import numpy as np

    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    if not loud.size:
        return samples[:0]
    margin = round(MARGIN * mouth.RATE)
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]
