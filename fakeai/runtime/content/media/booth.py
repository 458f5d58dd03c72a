"""The booth of one world: where texts are said in threads, and the last ones are remembered."""

import asyncio

from ...world import World
from . import sound, utterance
from .utterance import Utterance

REMEMBERED = 8_388_608  # bytes of sound

Said = tuple[str, str, float]  # text, voice, speed


class Booth:
    """Says texts, each once while it is remembered. Get it by `world.engine(Booth)`."""

    def __init__(self, world: World) -> None:
        self._made: dict[Said, Utterance] = {}
        self._size = 0

    async def speak(self, text: str, voice: str, speed: float = 1.0) -> Utterance:
        """*text* as *voice* says it; the loop goes on meanwhile."""
        key = (text, voice, speed)
        made = self._made.pop(key, None)
        if made is None:
            made = await asyncio.to_thread(utterance.speak, text, voice, speed)
            if key in self._made:  # another call has said it meanwhile
                return made
            self._size += len(made.pcm)
        self._made[key] = made
        while self._size > REMEMBERED:
            oldest = self._made.pop(next(iter(self._made)))
            self._size -= len(oldest.pcm)
        return made

    async def say(self, text: str, voice: str, format: str, speed: float = 1.0) -> bytes:
        """The same as the bytes of one of `sound.FORMATS` or `sound.WIRE`."""
        made = await self.speak(text, voice, speed)
        if format in ("pcm", "pcm16"):
            return made.pcm
        return await asyncio.to_thread(sound.encoded, made.pcm, format, made.message.pack())
