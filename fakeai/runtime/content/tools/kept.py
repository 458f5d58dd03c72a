"""What is known of tools, kept from one request to the next."""

from typing import TYPE_CHECKING

from ..structured.instances import Instances
from .grammars import Grammars
from .relevance import Profiles

if TYPE_CHECKING:
    from ...world import World


class Kept:
    """What tools are for, what their parameters may be, and the languages of their grammars."""

    def __init__(self, world: "World | None" = None) -> None:
        self.profiles, self.grammars = Profiles(), Grammars()
        self.instances = Instances() if world is None else world.engine(Instances)
