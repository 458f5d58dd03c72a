"""Files of examples that models are tuned on: read once, counted, and refused by the line that is wrong."""

from dataclasses import asdict, dataclass
from typing import Any

import orjson

from ...call import Call
from ...clock import give_way
from ..files import files
from ..things import Thing

LEAST = 10  # examples of a file
AT_ONCE = 200  # lines that are read before others have a turn
ROLES = ("system", "user", "assistant", "tool", "function", "developer")
NO_CHAT = ("babbage-002", "davinci-002")  # models that learn from prompts and completions


class Malformed(Exception):
    """An example that teaches nothing; the message says why."""


@dataclass
class Examples:
    """What a file holds, or what is wrong with it: a code and a sentence."""

    count: int = 0
    tokens: int = 0
    problem: tuple[str, str] | None = None

    def facts(self) -> dict[str, Any]:
        return asdict(self)


async def read(call: Call, file: Thing, method: str, model: str) -> Examples:
    """Read the examples of *file* for tuning *model* by *method*: supervised, dpo or reinforcement."""
    found = Examples()
    tokens = call.world.tokens_for(model)
    await tokens.ready()
    number = 0
    async for line in files.lines(call, file):
        number += 1
        if not line.strip():
            continue
        try:
            found.tokens += sum(map(tokens.count, _texts(line, method, model)))
        except Malformed as problem:
            found.problem = ("invalid_file_format", f"Invalid file format. Line {number}: {problem}")
            return found
        found.count += 1
        if number % AT_ONCE == 0:
            await give_way()
    if found.count < LEAST:
        sentence = f"File '{file['id']}' has {found.count} example(s), but must have at least {LEAST}."
        found.problem = ("invalid_n_examples", sentence)
    return found


def _texts(line: bytes, method: str, model: str) -> list[str]:
    """The texts that one example teaches."""
    try:
        example = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"it is not JSON ({error}).") from None
    if not isinstance(example, dict):
        raise Malformed("it is not a JSON object.")
    if method == "dpo":
        said = example.get("input")
        parts = [said.get("messages") if isinstance(said, dict) else None]
        parts += [example.get("preferred_output"), example.get("non_preferred_output")]
        if None in parts:
            raise Malformed("it needs 'input', 'preferred_output' and 'non_preferred_output'.")
        return [text for part in parts for text in _messages(part)]
    if model in NO_CHAT:
        if not all(isinstance(example.get(name), str) for name in ("prompt", "completion")):
            raise Malformed("it needs 'prompt' and 'completion', both texts.")
        return [example["prompt"], example["completion"]]
    texts = _messages(example.get("messages"))
    if method == "supervised" and not any(message["role"] == "assistant" for message in example["messages"]):
        raise Malformed("'messages' has no message of the assistant.")
    return texts


def _messages(messages: Any) -> list[str]:
    if not isinstance(messages, list) or not messages:
        raise Malformed("'messages' is not a list of messages.")
    texts = []
    for i, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise Malformed(f"'messages[{i}].role' is none of {', '.join(ROLES)}.")
        content = message.get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        if content is None and not (message.get("tool_calls") or message.get("function_call")):
            raise Malformed(f"'messages[{i}].content' is missing.")
        if not isinstance(content, str | None):
            raise Malformed(f"'messages[{i}].content' is not a text.")
        texts.append(content or "")
    return texts
