"""What requests would have cost, by the prices of the catalog."""

from ..catalog import Catalog
from ..cluster.records import ModelRecord
from ..ledger.prices import dollars, text_prices
from .reading import Reading


def cost(reading: Reading, model: str, record: ModelRecord) -> float | None:
    """The US dollars of all tokens of *model* at its usual prices, cached ones at theirs; None when it has none."""
    prices = text_prices(reading.world.engine(Catalog).look_up(model).prices)
    if "input" not in prices:
        return None
    read = (record.prompt_tokens - record.cached_tokens) * prices["input"]
    return dollars(read + record.cached_tokens * prices["cached_input"] + record.made_tokens * prices.get("output", 0))
