"""A response on its way: its events at their moments, until it is complete or cancelled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...cluster.fleet import Served
from ...content.usage import of_realtime
from ...ledger.ledger import Ledger
from ...ledger.rows import COMPLETIONS, Amounts
from .agenda import Errand
from .conversation import Item
from .session import Session
from .sounds import Form, Sound
from .spending import MS_OUT

DELTA = 4  # tokens of sound in one delta: 200 milliseconds

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a response is asked for."""

    modality: str  # text or audio
    form: Form
    format: Json
    voice: str
    most: int | str
    metadata: Any
    in_conversation: bool


@dataclass
class Text:
    """A message of text."""

    tokens: list[str]

    @property
    def size(self) -> int:
        return len(self.tokens)


@dataclass
class Speech:
    """A message of sound with its transcript."""

    tokens: list[str]
    sound: Sound
    spoken: int = 0  # bytes that are sent

    @property
    def size(self) -> int:
        """How many tokens of sound it has."""
        return max(1, round(self.sound.ms / MS_OUT))


@dataclass
class Function:
    """A call of a function, its arguments in tokens."""

    name: str
    tokens: list[str]
    call_id: str

    @property
    def size(self) -> int:
        return len(self.tokens)


Part = Text | Speech | Function


@dataclass
class Response:
    """Its `parts` leave one after the other, token k at `began + due[k]`, after so many that are `thought`."""

    session: Session
    id: str
    wanted: Wanted
    began: float
    heard: Json  # the input side of its usage
    parts: list[Part] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    served: Served | None = None
    thought: int = 0  # tokens that nobody hears
    cut: str = ""  # why it ends before its end: `max_output_tokens` or `content_filter`
    status: str = "in_progress"
    details: Json | None = None
    output: list[Item] = field(default_factory=list)
    errand: Errand | None = None
    text_tokens: int = 0
    audio_tokens: int = 0
    usage: Json | None = None
    _open: tuple[Part, list[str]] | None = None  # the part that is being said, and its tokens that were

    @property
    def shown(self) -> Json:
        """The response as events show it."""
        wanted = self.wanted
        made: Json = {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status,
            "output": [item.shown for item in self.output],
            "output_modalities": [wanted.modality],
            "max_output_tokens": wanted.most,
            "audio": {"output": {"format": wanted.format, "voice": wanted.voice}},
        }
        if wanted.in_conversation:
            made["conversation_id"] = self.session.conversation_id
        if wanted.metadata is not None:
            made["metadata"] = wanted.metadata
        if self.details is not None:
            made["status_details"] = self.details
        if self.usage is not None:
            made["usage"] = self.usage
        return made

    @property
    def sound_left(self) -> float:
        """Seconds that a client has yet to play when the response is done, if it plays all from the beginning."""
        spoken = sum(part.sound.form.ms(part.spoken) for part in self.parts if isinstance(part, Speech)) / 1000
        first = self.began + (self.due[0] if self.due else 0.0)
        return max(0.0, first + spoken - self.session.now)

    def steps(self) -> Iterator[float]:
        """Say everything; gives the moment at which to go on."""
        at = self.thought
        yield self.began + self.due[min(at, len(self.due) - 1)]
        self.text_tokens += self.thought
        for number, part in enumerate(self.parts):
            if number:
                yield self.began + self.due[at]
            self._begin(part)
            say = self._speak(part, at) if isinstance(part, Speech) else self._write(part, at)
            yield from say
            self._end("completed")
            at += part.size
        if self.cut:
            self.finish("incomplete", self.cut)
        else:
            self.finish("completed")

    def cancel(self, reason: str) -> None:
        """End it before its end."""
        if self.served is not None:
            self.served.left_whole(0, self.session.now - self.began)
        if self.errand:
            self.errand.gone = True
        if self._open:
            self._end("incomplete")
        self.finish("cancelled", reason)

    def finish(self, status: str, reason: str | None = None, error: Json | None = None) -> None:
        """Say that it is done."""
        session = self.session
        self.status = status
        if status != "completed":
            self.details = {"type": status}
        if self.details is not None and reason:
            self.details["reason"] = reason
        if self.details is not None and error:
            self.details["error"] = error
        self.usage = of_realtime(self.heard, self.text_tokens, self.audio_tokens)
        self._book()
        session.responses.pop(self.id, None)
        if session.active is self:
            session.active = None
        session.say("response.done", response=self.shown)

    def _book(self) -> None:
        """Note what it used."""
        heard, cached = self.heard, self.heard.get("cached_tokens_details", {})
        used = Amounts(
            1,
            heard["text_tokens"] + heard["audio_tokens"] + heard["image_tokens"],
            heard["cached_tokens"],
            self.text_tokens + self.audio_tokens,
            heard["audio_tokens"],
            cached.get("audio_tokens", 0),
            self.audio_tokens,
            heard["image_tokens"],
            cached.get("image_tokens", 0),
        )
        session = self.session
        session.call.now = session.world.clock.now()
        session.world.engine(Ledger).add(session.call, COMPLETIONS, used, session.settings["model"])

    def _begin(self, part: Part) -> None:
        item = Item({"id": self.session.new_id("item_"), "object": "realtime.item", "status": "in_progress"})
        if isinstance(part, Function):
            item.data |= {"type": "function_call", "name": part.name, "call_id": part.call_id, "arguments": ""}
        else:
            item.data |= {"type": "message", "role": "assistant", "content": []}
        session, before = self.session, self.session.items.last
        self.output.append(item)
        self._open = part, []
        session.say("response.output_item.added", **self._place(), item=item.shown)
        if self.wanted.in_conversation:
            session.items.add(item)
            session.say("conversation.item.added", previous_item_id=before, item=item.shown)
        if isinstance(part, Text):
            session.say("response.content_part.added", **self._content(), part={"type": "text", "text": ""})
        elif isinstance(part, Speech):
            session.say("response.content_part.added", **self._content(), part={"type": "audio", "transcript": ""})

    def _write(self, part: Text | Function, at: int) -> Iterator[float]:
        """Say a token at its moment."""
        assert self._open
        said, session = self._open[1], self.session
        if isinstance(part, Function):
            place = {**self._place(), "item_id": self.output[-1].id, "call_id": part.call_id}
            head = session.head("response.function_call_arguments.delta", **place)
        else:
            head = session.head("response.output_text.delta", **self._content())
        for number, token in enumerate(part.tokens):
            if number:
                yield self.began + self.due[at + number]
            said.append(token)
            self.text_tokens += 1
            session.say_delta(head, token)

    def _speak(self, part: Speech, at: int) -> Iterator[float]:
        """Say a piece of sound when its last token is made, and before it what is said in it."""
        assert self._open
        said, session, whole = self._open[1], self.session, part.sound
        head = session.head("response.output_audio.delta", **self._content())
        transcript = session.head("response.output_audio_transcript.delta", **self._content())
        step, count = whole.form.size(DELTA * MS_OUT), max(1, sum(map(len, part.tokens)))
        letters = 0
        for number, start in enumerate(range(0, len(whole.data), step)):
            last = min((number + 1) * DELTA, part.size) - 1
            if at + last:
                yield self.began + self.due[at + last]
            end = min(start + step, len(whole.data))
            while len(said) < len(part.tokens) and letters * len(whole.data) < end * count:
                token = part.tokens[len(said)]
                letters += len(token)
                said.append(token)
                self.text_tokens += 1
                session.say_delta(transcript, token)
            session.say_sound(head, Sound(whole.form, whole.data[start:end]).encoded)
            self.audio_tokens += last + 1 - number * DELTA
            part.spoken = end

    def _end(self, status: str) -> None:
        """Close the item that is being said."""
        assert self._open
        (part, tokens), self._open = self._open, None
        session, item, text = self.session, self.output[-1], "".join(tokens)
        item.data["status"] = status
        if isinstance(part, Function):
            item.data["arguments"] = text
            place = {**self._place(), "item_id": item.id, "call_id": part.call_id}
            if status == "completed":
                done = {"name": part.name, "arguments": text}
                session.say("response.function_call_arguments.done", **place, **done)
        elif isinstance(part, Text):
            item.data["content"] = [{"type": "output_text", "text": text}]
            session.say("response.output_text.done", **self._content(), text=text)
            session.say("response.content_part.done", **self._content(), part={"type": "text", "text": text})
        else:
            item.data["content"] = [{"type": "output_audio", "transcript": text}]
            item.sounds[0] = Sound(part.sound.form, part.sound.data[: part.spoken])
            session.say("response.output_audio.done", **self._content())
            session.say("response.output_audio_transcript.done", **self._content(), transcript=text)
            session.say("response.content_part.done", **self._content(), part={"type": "audio", "transcript": text})
        if self.wanted.in_conversation and session.items.get(item.id) is item:
            session.say("conversation.item.done", previous_item_id=session.items.before(item), item=item.shown)
        session.say("response.output_item.done", **self._place(), item=item.shown)

    def _place(self) -> Json:
        return {"response_id": self.id, "output_index": len(self.output) - 1}

    def _content(self) -> Json:
        return {**self._place(), "item_id": self.output[-1].id, "content_index": 0}
