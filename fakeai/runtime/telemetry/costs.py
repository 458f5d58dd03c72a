"""What the tokens of a moment cost, of which the ledger does not know yet."""

from ..catalog import Catalog
from ..ledger.prices import dollars, text_prices
from ..ledger.rows import DEFAULT
from .reading import Reading

Each = tuple[float, float, float]


class TokenPrices:
    """What a token of each model costs in US dollars, looked up once; 0 where there is no price."""

    def __init__(self, reading: Reading) -> None:
        self._catalog = reading.world.engine(Catalog)
        self._each: dict[tuple[str, str, bool], Each] = {}

    def of(self, model: str, tier: str = DEFAULT, batch: bool = False) -> Each:
        """A token of a prompt, one that was found in a cache, and one of an answer."""
        found = self._each.get((model, tier, batch))
        if found is None:
            said = text_prices(self._catalog.look_up(model).prices, tier, batch)
            read, cached, made = (dollars(said.get(name, 0)) for name in ("input", "cached_input", "output"))
            found = self._each[model, tier, batch] = read, cached, made
        return found
