"""Say again what is said."""

from typing import Any

from fakeai.runtime.answer import Talk
from fakeai.runtime.call import Call
from fakeai.runtime.schemas import Validator
from fakeai.runtime.socket import Socket


def talk(call: Call, query: dict[str, Any], messages: Validator, room: str) -> Talk:
    """Enter *room*."""

    async def again(socket: Socket) -> None:
        while message := await socket.receive():
            await socket.send(f"{room}: {message!s}")

    return Talk(again)
