"""What requests would have cost, by the prices of the catalog."""

from ..catalog import Catalog
from ..cluster.records import ModelRecord
from .reading import Reading

MILLION = 1_000_000


def cost(reading: Reading, model: str, record: ModelRecord) -> float | None:
    """The US dollars of all tokens of *model*, those found in a cache at their price; None when it has no price."""
    return spent(reading, model, record.prompt_tokens, record.cached_tokens, record.made_tokens)


def spent(reading: Reading, model: str, prompt: int, cached: int, made: int) -> float | None:
    """The US dollars of so many tokens of *model*, of whose *prompt* tokens some were *cached*."""
    prices = reading.world.engine(Catalog).look_up(model).prices
    if prices.input_per_million is None:
        return None
    found = prices.cached_input_per_million
    each = prices.input_per_million if found is None else found
    read = (prompt - cached) * prices.input_per_million + cached * each
    return (read + made * (prices.output_per_million or 0.0)) / MILLION
