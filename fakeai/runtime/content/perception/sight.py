"""What a model sees of a conversation beside its words: what is shown last, and the text of the files in it."""

import asyncio
from typing import Any, NamedTuple

import orjson
import xxhash

from ...call import Call
from ...tokens import Tokens
from ...world import World
from ..messages import shown
from . import describing
from .attachments import opened
from .perception import FILES, SEEN, sound_tokens

Message = dict[str, Any]

LONGEST = 100_000  # characters of files that are read again, those of the latest message first
REMEMBERED = 32  # parts of which it is remembered what they show


class Sight(NamedTuple):
    """*messages* with the bytes of files that they name by id, and *digested*, to be counted and to draw from.

    *said* is what is shown last, in a few words, *material* the text of files, *audio* how many tokens are sound.
    """

    messages: list[Message]
    digested: list[Message]
    said: str
    material: str
    audio: int


class Looks:
    """What was seen in parts of prompts, so that a conversation that goes on does not open its files again."""

    def __init__(self, world: World) -> None:
        self._seen: dict[bytes, describing.Look] = {}

    def at(self, part: Message) -> describing.Look:
        """What *part* shows. Call it in a thread.

        Raises:
            ApiError: 400, its bytes are not what they should be.
        """
        key = xxhash.xxh3_128_digest(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        found = self._seen.pop(key, None) or describing.look(part)
        self._seen[key] = found
        while len(self._seen) > REMEMBERED:
            self._seen.pop(next(iter(self._seen)), None)
        return found


async def seen_in_chat(call: Call, tokens: Tokens, model: str, messages: list[Message]) -> Sight | None:
    """What is in the *messages* of a chat; None when they are text alone. What takes long is done in threads.

    Raises:
        ApiError: 400 or 404, a part is not what it should be, or a file is not there.
    """
    if not any(_shows(message.get("content")) for message in messages):
        return None
    read, digested = await opened(call, tokens, model, messages, lambda number: f"messages[{number}]")
    said, material = await look(call.world, read)
    audio = sum(sound_tokens(tokens, model, message.get("content")) for message in digested)
    return Sight(read, digested, said, material, audio)


async def look(world: World, messages: list[Message]) -> tuple[str, str]:
    """What the last message of a user shows, in a few words, and the text of the files in all of them.

    Raises:
        ApiError: 400, a part's bytes are not what they should be.
    """
    looks = world.engine(Looks)
    first = shown(messages)
    said = "" if first is None else (await asyncio.to_thread(looks.at, first)).said
    texts, left = [], LONGEST
    for message in reversed(messages):
        if message.get("role") == "user" and type(message.get("content")) is list:
            for part in message["content"]:
                if left > 0 and isinstance(part, dict) and part.get("type") in FILES:
                    text = (await asyncio.to_thread(looks.at, part)).text.strip()[:left]
                    texts += [text] if text else []
                    left -= len(text)
    return said, "\n\n".join(texts)


def _shows(content: Any) -> bool:
    return type(content) is list and any(type(part) is dict and part.get("type") in SEEN for part in content)
