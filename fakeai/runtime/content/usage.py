"""The usage of chat and text completions: how many tokens were read and said, as JSON."""

from collections.abc import Sequence

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
