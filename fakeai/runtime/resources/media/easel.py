"""The easel of one world: pictures are painted in a thread, and the last ones are remembered."""

import asyncio
from dataclasses import replace

from ...content.media import drawing
from ...content.media.drawing import Picture
from ...world import World

REMEMBERED = 16_777_216  # bytes of pictures

Painted = tuple[Picture, bytes, int]


class Easel:
    """Paints pictures, each once while it is remembered; two at a time, so that other threads have their turn."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: dict[Painted, list[bytes]] = {}
        self._size = 0
        self._free = asyncio.Semaphore(2)

    async def paint(self, picture: Picture, key: bytes, partial: int = 0) -> list[bytes]:
        """As many *partial* views of *picture* and the whole, as *key* draws them.

        Raises:
            NoImage: a source is none.
        """
        if not self._world.options.paints:
            picture = replace(picture, is_plain=True)
        wanted = (picture, key, partial)
        async with self._free:
            made = self._made.pop(wanted, None)
            if made is None:
                chance = self._world.chance(b"image", key)
                made = await asyncio.to_thread(drawing.draw, picture, chance, partial)
                if picture.sources or wanted in self._made:
                    return made
                self._size += sum(map(len, made))
            self._made[wanted] = made
            while self._size > REMEMBERED:
                self._size -= sum(map(len, self._made.pop(next(iter(self._made)))))
            return made
