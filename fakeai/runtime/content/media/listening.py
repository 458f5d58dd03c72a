"""What is said in a recording: sound of ours says it itself, in other sound one hears when somebody speaks."""

from typing import NamedTuple

from . import sound, watermark
from .sound import Recording
from .utterance import Message, Word, spread

SPEECH = 0.004  # the loudness from which on it is somebody's voice
BRIDGE = 0.3  # seconds of silence that do not end what somebody says
SHORT = 0.1  # seconds; a shorter noise is nobody's voice
EARLY = 0.02  # seconds that a word may be cut by and is still heard
MISSING = 0.3  # seconds at the end that compressed sound may lack


class Turn(NamedTuple):
    """From when to when one voice speaks."""

    start: float
    end: float
    voice: str


class Heard(NamedTuple):
    """What is said in a recording of *seconds*.

    *text* is None when the sound does not say it itself: then `filled` gives it one, for the *turns* that have sound.
    """

    text: str | None
    words: list[Word]
    turns: list[Turn]
    seconds: float

    @property
    def voiced(self) -> float:
        """How many seconds have somebody's voice."""
        return sum(turn.end - turn.start for turn in self.turns)

    def filled(self, text: str) -> "Heard":
        """The same with *text*, whose words share the time in which somebody speaks."""
        words = spread(text, 0.0, self.voiced)
        return self._replace(
            text=text,
            words=[Word(word, self._moment(start), self._moment(end)) for word, start, end in words],
        )

    def _moment(self, spoken: float) -> float:
        """When so many seconds of speech are over."""
        for turn in self.turns:
            if spoken <= turn.end - turn.start + 1e-6:
                return turn.start + spoken
            spoken -= turn.end - turn.start
        return self.seconds


def listen(data: bytes, format: str = "") -> Heard:
    """What is said in *data*: a file, or sound in one of `sound.WIRE` when *format* is one.

    It takes about 3 ms for a second of sound: call it in a thread.

    Raises:
        ValueError: it has no sound.
    """
    recording = sound.received(data, format) if format else sound.decoded(data)
    words: list[Word] = []
    texts: list[str] = []
    turns: list[Turn] = []
    for turn, message, first, is_whole in _marked(recording):
        last = first + turn.end - turn.start
        said = [word for word in message.words() if word.start >= first - EARLY and word.end <= last + EARLY]
        words += [Word(word, start - first + turn.start, end - first + turn.start) for word, start, end in said]
        texts.append(message.text if is_whole else " ".join(word.text for word in said))
        turns.append(turn)
    if turns:
        return Heard(" ".join(text for text in texts if text), words, turns, recording.seconds)
    spans = voices(recording.loudness.tolist(), recording.seconds)
    return Heard(None, [], [Turn(start, end, "") for start, end in spans], recording.seconds)


def voices(loudness: list[float], seconds: float) -> list[tuple[float, float]]:
    """From when to when somebody speaks, by the *loudness* of each `sound.TICK` of a recording of *seconds*."""
    spans: list[tuple[float, float]] = []
    for number, loud in enumerate(loudness):
        if loud >= SPEECH:
            at = number * sound.TICK
            if spans and at - spans[-1][1] < BRIDGE:
                spans[-1] = (spans[-1][0], at + sound.TICK)
            else:
                spans.append((at, at + sound.TICK))
    known = len(loudness) * sound.TICK
    if spans and seconds - known > 1 and known - spans[-1][1] < 10:
        spans[-1] = (spans[-1][0], seconds)  # a long one, of which the beginning was looked at
    return [span for span in spans if span[1] - span[0] >= SHORT]


def _marked(recording: Recording) -> list[tuple[Turn, Message, float, bool]]:
    """The stretches that say what they are: when and whose, the message, its second at the start, whether all of it."""
    made = []
    if recording.lowest is not None and recording.lowest.size:
        rate = recording.lowest.size / recording.seconds
        for passage in watermark.find(recording.lowest):
            message = Message.unpack(passage.message)
            if message is not None:
                turn = Turn(passage.start / rate, passage.end / rate, message.voice)
                made.append((turn, message, passage.first / rate, passage.is_whole))
    if not made and recording.tag is not None:
        message = Message.unpack(recording.tag)
        if message is not None:
            is_whole = not message.ends or recording.seconds >= message.ends[-1] - MISSING
            made.append((Turn(0.0, recording.seconds, message.voice), message, 0.0, is_whole))
    return made
