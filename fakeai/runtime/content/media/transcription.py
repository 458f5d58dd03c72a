"""Transcriptions and translations: what is said in a recording, in the form that the request asks for."""

import asyncio
import math
import zlib
from typing import Any, NamedTuple

import orjson

from ...answer import Answer, Planned, Reply, Stream
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...errors import ApiError
from ...forms import File
from ...ledger.ledger import Ledger
from ...ledger.rows import TRANSCRIPTIONS, Amounts
from ...sse import Events
from ..generation import UNLIMITED, Limits, generate, writer_for
from ..usage import of_transcript
from . import captions, listening, reading
from .captions import Segment
from .listening import Heard

LARGEST = 26_214_400  # bytes of a recording
SHORTEST = 0.1  # seconds
SPOKEN = 0.3  # seconds that a token takes
AUDIO_TOKENS = 10  # of a second of sound
SIZEABLE = 512  # tokens after which others have a turn
WHISPER, DIARIZES, DETECTS = "whisper-1", "diarize", "gpt-transcribe"
TEXT = (b"content-type", b"text/plain; charset=utf-8")
FORMS = {"json", "text", "srt", "verbose_json", "vtt", "diarized_json"}
NEWER = {"json", "text"}  # forms of the models after whisper
IDENTITY = ("model", "language", "languages", "prompt", "keywords", "temperature")  # what decides what is heard
LANGUAGES = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "it": "italian"}
ENGLISH = "en"
AROUND = '.,!?;:…"()[]“”„«»¿¡'  # signs around a word that are not heard


class Transcript(NamedTuple):
    """What is heard, its sentences and who says them, its tokens and how sure each is."""

    heard: Heard
    text: str
    segments: list[Segment]
    speakers: list[str]
    tokens: list[str]
    logprobs: list[dict[str, Any]] | None


async def transcribe(call: Call, body: dict[str, Any], task: str, timing: Timing = INSTANT) -> Answer:
    """What is said in the file of a form; *task* is transcribe or translate.

    Raises:
        ApiError: 400, the file is no recording, or the model does not answer in that form; 413, it is too large.
    """
    model, form = body["model"], body.get("response_format") or "json"
    _expect_form(model, form)
    file, heard = await _recording(call, body.get("file"))
    key = orjson.dumps([task, file.md5, *(body.get(name) for name in IDENTITY)])
    made = await _transcript(call, body, heard, task, key)
    pace = call.world.chance(key, b"pace")
    spent = _usage(call, model, body.get("prompt") or "", heard.seconds, len(made.tokens))
    book(call, model, spent, heard.seconds)
    if task == "transcribe" and body.get("stream") is True and model != WHISPER:
        events = await _events(
            made, spent, DIARIZES in model, _languages(body, made.text) if model == DETECTS else None
        )
        moments = timing.moments(len(made.tokens), pace)
        return Stream(events, Planned([moments[min(number, len(moments) - 1)] for number in range(len(events))]))
    due = timing.end(len(made.tokens), pace)
    if form == "text":
        return Reply(f"{made.text}\n".encode(), due, content_type=TEXT)
    if form in ("srt", "vtt"):
        written = captions.srt(made.segments) if form == "srt" else captions.vtt(made.segments)
        return Reply(written.encode(), due, content_type=TEXT)
    answer: dict[str, Any] = {"text": made.text}
    seconds = round(heard.seconds, 3)
    if form == "verbose_json":
        code = ENGLISH if task == "translate" else _languages(body, made.text)[0]["code"]
        answer = {"task": task, "language": LANGUAGES.get(code, code), "duration": seconds, **answer}
        answer |= await _details(call, body, made, task, key)
    elif form == "diarized_json":
        parts = [_diarized(segment, number, made.speakers) for number, segment in enumerate(made.segments)]
        answer = {"task": task, "duration": seconds, **answer, "segments": parts}
    if task == "transcribe":
        answer["usage"] = spent
        if model == DETECTS and form == "json":
            answer["languages"] = _languages(body, made.text)
        if made.logprobs is not None and form == "json":
            answer["logprobs"] = made.logprobs
    return call.reply(answer, due)


def _expect_form(model: str, form: str) -> None:
    """See that *model* answers in *form*.

    Raises:
        ApiError: 400, it does not.
    """
    known = FORMS - {"diarized_json"}
    if DIARIZES in model:
        known = NEWER | {"diarized_json"}
    elif model.startswith("gpt-"):
        known = NEWER
    if form not in known:
        raise ApiError(
            400,
            f"response_format '{form}' is not compatible with model '{model}'. "
            f"Use one of these instead: {', '.join(sorted(known))}.",
            code="unsupported_value",
            param="response_format",
        )


async def _recording(call: Call, file: Any) -> tuple[File, Heard]:
    """The file of a form and what is heard in it.

    Raises:
        ApiError: 400, it is no recording, or a very short one; 413, it is too large.
    """
    if not isinstance(file, File):
        raise ApiError(400, "'file' is not a file: send it with a filename.", param="file", code="invalid_type")
    if file.size > LARGEST:
        raise ApiError(413, f"Maximum content size limit ({LARGEST}) exceeded ({file.size} bytes read)")
    data = await call.world.store.read(file.blob, 0, file.size) if file.size else b""
    try:
        heard = await asyncio.to_thread(listening.listen, data)
    except ValueError:
        raise ApiError(
            400,
            "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', "
            "'wav', 'webm']",
            param="file",
        ) from None
    if heard.seconds < SHORTEST:
        message = f"Audio file is too short. Minimum audio length is {SHORTEST} seconds."
        raise ApiError(400, message, param="file", code="audio_too_short")
    return file, heard


async def _transcript(call: Call, body: dict[str, Any], heard: Heard, task: str, key: bytes) -> Transcript:
    """What is *heard*; where the sound does not say it, a text that is as long as somebody speaks."""
    engine = await writer_for(call.world, body["model"])
    if heard.text is None or (task == "translate" and not _is_english(heard.text)):
        text = ""
        if heard.turns:
            most = min(UNLIMITED, max(1, round(heard.voiced / SPOKEN)))
            limits = Limits(most, 0, (), True, "")
            text = str(generate(engine, body.get("prompt") or "", call.world.chance(b"transcription", key), limits))
            await give_way()
        heard = heard.filled(text.strip())
    text = heard.text or ""
    segments = captions.segments(heard)
    names = body.get("known_speaker_names") or ()
    speakers = captions.speakers(segments, heard, names, call.world.chance(key, b"speakers"))
    tokens = engine.tokens.pieces(text)
    await give_way()
    logprobs = _logprobs(tokens, call, key) if "logprobs" in (body.get("include") or ()) else None
    return Transcript(heard, text, segments, speakers, tokens, logprobs)


def _usage(call: Call, model: str, prompt: str, seconds: float, made: int) -> dict[str, Any]:
    """What whisper counts in seconds, and the others in tokens."""
    if model == WHISPER:
        return {"type": "duration", "seconds": math.ceil(seconds)}
    heard, read = max(1, math.ceil(round(seconds * AUDIO_TOKENS, 3))), call.world.tokens_for(model).count(prompt)
    return of_transcript(read, heard, made)


def book(call: Call, model: str, spent: dict[str, Any], seconds: float) -> None:
    """Note what was *spent* on so many *seconds* of sound."""
    heard = (spent.get("input_token_details") or {}).get("audio_tokens", 0)
    used = Amounts(
        1,
        spent.get("input_tokens", 0),
        output_tokens=spent.get("output_tokens", 0),
        audio_input_tokens=heard,
        milliseconds=math.ceil(seconds) * 1000,
    )
    call.world.engine(Ledger).add(call, TRANSCRIPTIONS, used, model)


async def _details(call: Call, body: dict[str, Any], made: Transcript, task: str, key: bytes) -> dict[str, Any]:
    """What a verbose answer says of times."""
    wanted = body.get("timestamp_granularities") or ["segment"]
    details: dict[str, Any] = {}
    if "segment" in wanted:
        encode, doubt = call.world.tokens_for(body["model"]).encode, call.world.chance(key, b"doubt")
        heat = body.get("temperature") or 0.0
        details["segments"] = []
        for number, segment in enumerate(made.segments):
            raw = segment.text.encode()
            details["segments"].append({
                "id": number, "seek": int(segment.start // 30 * 3000), "start": segment.start, "end": segment.end,
                "text": segment.text, "tokens": encode(segment.text), "temperature": heat,
                "avg_logprob": -round(0.1 + doubt.below(3000) / 10_000, 4),
                "compression_ratio": round(len(raw) / len(zlib.compress(raw)), 4),
                "no_speech_prob": round(0.001 + doubt.below(400) / 10_000, 4),
            })  # fmt: skip
            await give_way()
    if "word" in wanted and task == "transcribe":
        details["words"] = [
            {"word": word.text.strip(AROUND) or word.text, "start": round(word.start, 2), "end": round(word.end, 2)}
            for word in made.heard.words
        ]
    return details


def _diarized(segment: Segment, number: int, speakers: list[str]) -> dict[str, Any]:
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{number:03d}",
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": speakers[number],
    }


def _logprobs(tokens: list[str], call: Call, key: bytes) -> list[dict[str, Any]]:
    """How sure each token is."""
    drawn = call.world.chance(key, b"logprobs").spread(len(tokens))
    return [
        {"token": token, "logprob": round(-0.2 * abs(draw) ** 3, 6), "bytes": list(token.encode())}
        for token, draw in zip(tokens, drawn, strict=True)
    ]


async def _events(
    made: Transcript, spent: dict[str, Any], diarized: bool, languages: list[dict[str, str]] | None
) -> Events:
    """A delta for each token and the whole at the end; before that the segments, where speakers are told apart."""
    events = Events()
    for number, token in enumerate(made.tokens):
        delta: dict[str, Any] = {"type": "transcript.text.delta", "delta": token}
        if made.logprobs is not None:
            delta["logprobs"] = [made.logprobs[number]]
        events.add(delta)
        if number % SIZEABLE == SIZEABLE - 1:
            await give_way()
    for number, segment in enumerate(made.segments if diarized else ()):
        events.add(_diarized(segment, number, made.speakers))
    done: dict[str, Any] = {"type": "transcript.text.done", "text": made.text}
    if made.logprobs is not None:
        done["logprobs"] = made.logprobs
    done["usage"] = spent
    if languages is not None:
        done["languages"] = languages
    events.add(done)
    return events


def _languages(body: dict[str, Any], text: str) -> list[dict[str, str]]:
    """The languages of what is heard: those that the request says, or the one that *text* is in."""
    known = body.get("languages") or [body.get("language") or reading.language(text)[:2]]
    return [{"code": known[0]}]


def _is_english(text: str) -> bool:
    return reading.language(text).startswith(ENGLISH) and sum(map(str.isascii, text)) >= 0.9 * len(text)
