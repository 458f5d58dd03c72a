"""Usage: how many tokens were read and said, as each kind of endpoint tells it.

Chat and text completions print it as JSON; all others have it as a part of what they answer.
"""

from collections.abc import Sequence
from typing import Any

from .said import Said

USAGE = (
    b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,'
    b'"prompt_tokens_details":{"cached_tokens":%d,"audio_tokens":%d},'
    b'"completion_tokens_details":{"reasoning_tokens":%d,"audio_tokens":%d,'
    b'"accepted_prediction_tokens":%d,"rejected_prediction_tokens":%d}%b}'
)


def usage(prompt: int, completion: int, cached: int = 0) -> bytes:
    """The usage of an answer that is text and nothing else; *cached* tokens of the prompt were computed before."""
    return USAGE % (prompt, completion, prompt + completion, cached, 0, 0, 0, 0, 0, b"")


def usage_of(prompt: int, answers: Sequence[Said], cached: int = 0, audio: int = 0, heard: int = 0) -> bytes:
    """The usage of *answers*, with *audio* tokens of sound: rejected tokens of a prediction were made, too, and count.

    Of the prompt, *cached* tokens were computed before, and *heard* ones are sound.
    Beside OpenAI's details, reasoning and predictions stand in the usage itself, when there are any.
    """
    reasoning = sum([said.reasoning.size for said in answers])
    accepted = sum([said.accepted for said in answers])
    rejected = sum([said.rejected for said in answers])
    made = sum([said.size for said in answers]) + rejected + audio
    flat = b',"reasoning_tokens":%d' % reasoning if reasoning else b""
    if accepted or rejected:
        flat += b',"accepted_prediction_tokens":%d,"rejected_prediction_tokens":%d' % (accepted, rejected)
    return USAGE % (prompt, made, prompt + made, cached, heard, reasoning, audio, accepted, rejected, flat)


def of_response(asked: int, said: int, thought: int = 0, cached: int = 0) -> dict[str, Any]:
    """The usage of a response: *thought* tokens are among those *said*, *cached* ones among those *asked*."""
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": asked + said,
    }


def of_run(prompt: int, completion: int, thought: int) -> dict[str, Any]:
    """The usage of a run or a step: the details are not in the document, but in what the API answers."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_token_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }


def of_reading(used: int) -> dict[str, Any]:
    """The usage of what only reads: embeddings, rankings."""
    return {"prompt_tokens": used, "total_tokens": used}


def of_pooling(used: int) -> dict[str, Any]:
    """The usage of what only reads, as vLLM tells it."""
    return {**of_reading(used), "completion_tokens": 0, "prompt_tokens_details": None}


def of_speech(read: int, made: int) -> dict[str, Any]:
    """The usage of a text that was said aloud."""
    return {"input_tokens": read, "output_tokens": made, "total_tokens": read + made}


def of_transcript(read: int, heard: int, made: int) -> dict[str, Any]:
    """The usage of a transcript: *read* tokens of its prompt, *heard* ones of sound."""
    return {
        "type": "tokens",
        "input_tokens": heard + read,
        "input_token_details": {"text_tokens": read, "audio_tokens": heard},
        "output_tokens": made,
        "total_tokens": heard + read + made,
    }


def of_images(read: int, seen: int, made: int) -> dict[str, Any]:
    """The usage of pictures: *read* tokens of the prompt, *seen* ones of pictures that were sent."""
    return {
        "input_tokens": read + seen,
        "input_tokens_details": {"text_tokens": read, "image_tokens": seen},
        "output_tokens": made,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
        "total_tokens": read + seen + made,
    }


def of_realtime(heard: dict[str, Any], text: int, audio: int) -> dict[str, Any]:
    """The usage of a realtime response with the input *heard* that said so many tokens of text and sound."""
    taken = heard["text_tokens"] + heard["image_tokens"] + heard["audio_tokens"]
    return {
        "total_tokens": taken + text + audio,
        "input_tokens": taken,
        "output_tokens": text + audio,
        "input_token_details": heard,
        "output_token_details": {"text_tokens": text, "audio_tokens": audio},
    }
