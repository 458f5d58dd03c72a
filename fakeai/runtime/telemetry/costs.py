"""What requests would have cost, by the prices of the catalog."""

from ..catalog import Catalog
from ..cluster.records import ModelRecord
from ..ledger.prices import dollars, text_prices
from .reading import Reading


def cost(reading: Reading, model: str, record: ModelRecord) -> float | None:
    """The US dollars of all tokens of *model* at its usual prices, cached ones at theirs; None when it has none."""
    return spent(reading, model, record.prompt_tokens, record.cached_tokens, record.made_tokens)


def spent(reading: Reading, model: str, prompt: int, cached: int, made: int) -> float | None:
    """The same of so many tokens, of whose *prompt* tokens some were *cached*."""
    prices = text_prices(reading.world.engine(Catalog).look_up(model).prices)
    if "input" not in prices:
        return None
    read = (prompt - cached) * prices["input"] + cached * prices["cached_input"]
    return dollars(read + made * prices.get("output", 0))
