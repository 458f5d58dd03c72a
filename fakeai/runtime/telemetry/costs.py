"""What requests would have cost, by the prices of the catalog."""

from ..catalog import Catalog
from ..cluster.records import ModelRecord
from .reading import Reading

MILLION = 1_000_000


def cost(reading: Reading, model: str, record: ModelRecord) -> float | None:
    """The US dollars of all tokens of *model*, those found in a cache at their price; None when it has no price."""
    prices = reading.world.engine(Catalog).look_up(model).prices
    if prices.input_per_million is None:
        return None
    cached = prices.cached_input_per_million
    each = prices.input_per_million if cached is None else cached
    spent = (record.prompt_tokens - record.cached_tokens) * prices.input_per_million + record.cached_tokens * each
    return (spent + record.made_tokens * (prices.output_per_million or 0.0)) / MILLION
