"""Transcriptions and translations: text that is as long as a recording, in the form that the request asks for."""

import math
from typing import Any

import orjson

from ...answer import Answer, Reply, Stream
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...errors import ApiError
from ...forms import File
from ...sse import Events
from ..generation import UNLIMITED, Limits, Text, generate, writer
from . import captions, sound
from .captions import Segment

LARGEST = 26_214_400  # bytes of a recording
SPOKEN = 0.3  # seconds that a token takes
AUDIO_TOKENS = 10  # of a second of sound
WHISPER, DIARIZES, DETECTS = "whisper-1", "diarize", "gpt-transcribe"
TEXT = (b"content-type", b"text/plain; charset=utf-8")
FORMS = {"json", "text", "srt", "verbose_json", "vtt", "diarized_json"}
NEWER = {"json", "text"}  # forms of the models after whisper
IDENTITY = ("model", "language", "languages", "prompt", "keywords", "temperature")  # what decides what is heard


async def transcribe(call: Call, body: dict[str, Any], task: str, timing: Timing = INSTANT) -> Answer:
    """What is said in the file of a form; *task* is transcribe or translate.

    Raises:
        ApiError: 400, the file is no recording, or the model does not answer in that form; 413, it is too large.
    """
    model, form = body["model"], body.get("response_format") or "json"
    _expect_form(model, form)
    file, seconds = await _recording(call, body.get("file"))
    engine = await writer(call.world)
    key = orjson.dumps([task, file.md5, *(body.get(name) for name in IDENTITY)])
    most = min(UNLIMITED, max(1, round(seconds / SPOKEN)))
    prompt = body.get("prompt") or ""
    text = generate(engine, prompt, call.world.chance(b"transcription", key), Limits(most, 0, (), True, ""))
    pace = call.world.chance(key, b"pace")
    spent = _usage(call, model, prompt, seconds, text.size)
    logprobs = _logprobs(text, call, key) if "logprobs" in (body.get("include") or ()) else None
    segments = captions.segments(text.tokens, seconds)
    speakers = captions.speakers(segments, body.get("known_speaker_names") or (), call.world.chance(key, b"speakers"))
    if task == "transcribe" and body.get("stream") is True and model != WHISPER:
        events = _events(text, spent, logprobs, segments, speakers if DIARIZES in model else None)
        if model == DETECTS:
            events[-1] = _detected(events[-1], body)
        moments = timing.moments(text.size, pace)
        return Stream(events, [moments[min(number, len(moments) - 1)] for number in range(len(events))])
    due = timing.end(text.size, pace)
    said = str(text).strip()
    if form == "text":
        return Reply(f"{said}\n".encode(), due, content_type=TEXT)
    if form in ("srt", "vtt"):
        made = captions.srt(segments) if form == "srt" else captions.vtt(segments)
        return Reply(made.encode(), due, content_type=TEXT)
    answer: dict[str, Any] = {"text": said}
    if form == "verbose_json":
        answer = {"task": task, "language": body.get("language") or "english", "duration": seconds, **answer}
        answer |= _details(call, body, text, segments, seconds, task)
    elif form == "diarized_json":
        parts = [_diarized(segment, number, speakers) for number, segment in enumerate(segments)]
        answer = {"task": task, "duration": seconds, **answer, "segments": parts}
    if task == "transcribe":
        answer["usage"] = spent
        if model == DETECTS and form == "json":
            answer["languages"] = _languages(body)
        if logprobs is not None and form == "json":
            answer["logprobs"] = logprobs
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


async def _recording(call: Call, file: Any) -> tuple[File, float]:
    """The file of a form and how many seconds it is long.

    Raises:
        ApiError: 400, it is no recording; 413, it is too large.
    """
    if not isinstance(file, File):
        raise ApiError(400, "'file' is not a file: send it with a filename.", param="file", code="invalid_type")
    if file.size > LARGEST:
        raise ApiError(413, f"Maximum content size limit ({LARGEST}) exceeded ({file.size} bytes read)")
    try:
        length = sound.seconds(await call.world.store.read(file.blob, 0, file.size) if file.size else b"")
    except ValueError:
        raise ApiError(
            400,
            "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', "
            "'wav', 'webm']",
            param="file",
        ) from None
    return file, round(length, 3)


def _usage(call: Call, model: str, prompt: str, seconds: float, made: int) -> dict[str, Any]:
    """What whisper counts in seconds, and the others in tokens."""
    if model == WHISPER:
        return {"type": "duration", "seconds": math.ceil(seconds)}
    heard, read = max(1, math.ceil(seconds * AUDIO_TOKENS)), call.world.tokens.count(prompt)
    return {
        "type": "tokens",
        "input_tokens": heard + read,
        "input_token_details": {"text_tokens": read, "audio_tokens": heard},
        "output_tokens": made,
        "total_tokens": heard + read + made,
    }


def _details(
    call: Call, body: dict[str, Any], text: Text, segments: list[Segment], seconds: float, task: str
) -> dict[str, Any]:
    """What a verbose answer says of times."""
    wanted = body.get("timestamp_granularities") or ["segment"]
    made: dict[str, Any] = {}
    if "segment" in wanted:
        encode, heat = call.world.tokens.encode, body.get("temperature") or 0.0
        made["segments"] = [
            {
                "id": number, "seek": 0, "start": segment.start, "end": segment.end, "text": segment.text,
                "tokens": encode(segment.text), "temperature": heat, "avg_logprob": -0.25, "compression_ratio": 1.5,
                "no_speech_prob": 0.01,
            }
            for number, segment in enumerate(segments)
        ]  # fmt: skip
    if "word" in wanted and task == "transcribe":
        made["words"] = captions.words(str(text), seconds)
    return made


def _diarized(segment: Segment, number: int, speakers: list[str]) -> dict[str, Any]:
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{number:03d}",
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": speakers[number],
    }


def _logprobs(text: Text, call: Call, key: bytes) -> list[dict[str, Any]]:
    """How sure each token is."""
    drawn = call.world.chance(key, b"logprobs").spread(text.size)
    return [
        {"token": token, "logprob": round(-0.2 * abs(draw) ** 3, 6), "bytes": list(token.encode())}
        for token, draw in zip(text.tokens, drawn, strict=True)
    ]


def _events(
    text: Text,
    spent: dict[str, Any],
    logprobs: list[dict[str, Any]] | None,
    segments: list[Segment],
    speakers: list[str] | None,
) -> Events:
    """A delta for each token and the whole at the end; before that the segments, where *speakers* are told apart."""
    events = Events()
    for number, token in enumerate(text.tokens):
        delta: dict[str, Any] = {"type": "transcript.text.delta", "delta": token}
        if logprobs is not None:
            delta["logprobs"] = [logprobs[number]]
        events.add(delta)
    for number, segment in enumerate(segments if speakers is not None else ()):
        events.add(_diarized(segment, number, speakers or []))
    done: dict[str, Any] = {"type": "transcript.text.done", "text": str(text)}
    if logprobs is not None:
        done["logprobs"] = logprobs
    events.add({**done, "usage": spent})
    return events


def _detected(event: bytes, body: dict[str, Any]) -> bytes:
    """The last event with the languages that were heard."""
    data = orjson.loads(event.removeprefix(b"data: "))
    return b"data: %b\n\n" % orjson.dumps({**data, "languages": _languages(body)})


def _languages(body: dict[str, Any]) -> list[dict[str, str]]:
    known = body.get("languages") or [body.get("language") or "en"]
    return [{"code": known[0]}]
