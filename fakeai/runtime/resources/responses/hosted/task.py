"""What a tool is used for, and what comes of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ....call import Call
from ....chance import Chance
from ....tokens import Tokens
from ..items import Item
from ..sayings import Saying

Json = dict[str, Any]


class Task(NamedTuple):
    """The request *body* asks *prompt* about *topic*; *given* are all items that a model reads, in *tokens*.

    *chance* goes on from tool to tool; what several of them must agree on is drawn from *key*.
    """

    call: Call
    body: Json
    given: Sequence[Item]
    prompt: str
    topic: str
    chance: Chance
    tokens: Tokens
    key: bytes

    def saying(self, item: Item, written: Any) -> Saying:
        """*item*, for which the model has *written* something that is not told token by token."""
        text = written if isinstance(written, str) else orjson.dumps(written).decode()
        return Saying(item, max(self.tokens.count(text), 1))

    def told(self, item: Item, written: str) -> Saying:
        """*item*, for which what the model has *written* is told token by token."""
        tokens = self.tokens.pieces(written)
        return Saying(item, len(tokens), tokens)


class Used(NamedTuple):
    """What a tool says in the output, and what the model says of its *result* in the end.

    A citation is a part of the result, and the annotation of it but for its place. When it *waits*, the client has to
    act before the model goes on.
    """

    sayings: Sequence[Saying]
    result: str = ""
    citations: Sequence[tuple[str, Json]] = ()
    waits: bool = False
