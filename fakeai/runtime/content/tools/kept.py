"""What is known of tools, kept from one request to the next."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..structured.instances import Instances
from .grammars import Grammars
from .relevance import Profiles
from .toolbox import Tool

if TYPE_CHECKING:
    from ...world import World


class Kept:
    """What tools are for, what their parameters may be, and the languages of their grammars."""

    def __init__(self, world: "World | None" = None) -> None:
        self.profiles, self.grammars = Profiles(), Grammars()
        self.instances = Instances() if world is None else world.engine(Instances)

    async def ready(self, tools: Iterable[Tool]) -> None:
        """Work out in a thread what the grammars and the parameters of *tools* ask for, where that takes long."""
        for tool in tools:
            if tool.grammar is not None and tool.grammar["syntax"] == "lark":
                await self.grammars.ready(tool.grammar["definition"])
            elif tool.parameters:
                await self.instances.ready(tool.parameters)
