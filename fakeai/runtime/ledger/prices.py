"""What was used costs so much, by the prices of the catalog. Money is whole numbers here, so that parts sum up exactly.

Tokens that a batch or a flexible request uses have a share of the price. What was cached has the price of what was not
when the catalog has none for it; a tier without prices has those of the default.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..catalog import Catalog, Prices
from ..world import World
from . import rows
from .rows import Amounts, Use

DOLLAR = 10**15  # units of money
CENT = DOLLAR // 100
MILLION = 1_000_000
BATCH_SHARE = 0.5  # of the price, where the catalog does not say
SECOND, MINUTE = 1_000, 60_000  # milliseconds
FIELDS = Amounts._fields

# What a line of a bill is about: the amounts that count and those that are taken off, because they have lines of their
# own, and the name of its price.
TOKENS = (
    (
        "input",
        ("input_tokens", "cached_audio_tokens", "cached_image_tokens"),
        ("cached_tokens", "audio_input_tokens", "image_input_tokens"),
        "input",
    ),
    ("cached input", ("cached_tokens",), ("cached_audio_tokens", "cached_image_tokens"), "cached_input"),
    ("output", ("output_tokens",), ("audio_output_tokens", "image_output_tokens"), "output"),
    ("audio input", ("audio_input_tokens",), ("cached_audio_tokens",), "audio_input"),
    ("cached audio input", ("cached_audio_tokens",), (), "cached_audio_input"),
    ("audio output", ("audio_output_tokens",), (), "audio_output"),
    ("image input", ("image_input_tokens",), ("cached_image_tokens",), "image_input"),
    ("cached image input", ("cached_image_tokens",), (), "cached_image_input"),
    ("image output", ("image_output_tokens",), (), "image_output"),
)
# The price that counts where another is missing.
INSTEAD = {
    "cached_input": "input",
    "audio_input": "input",
    "image_input": "input",
    "cached_audio_input": "audio_input",
    "cached_image_input": "image_input",
    "audio_output": "output",
    "image_output": "output",
}
TOOLS = {rows.SESSIONS: "code interpreter", rows.FILE_SEARCHES: "file search", rows.WEB_SEARCHES: "web search"}


class Line(NamedTuple):
    """A line of a bill: *factors* say how much of each amount counts, *price* is units of money for one of it.

    A quantity of it is told in a *unit*, which is so many *each* of what the amounts count.
    """

    item: str
    factors: Sequence[int]
    price: int
    unit: str | None = None
    each: int = 1

    def count(self, amounts: Sequence[int]) -> int:
        """How much of it there is in *amounts*, in what these count."""
        return sum([factor * amount for factor, amount in zip(self.factors, amounts, strict=True) if factor])


def text_prices(prices: Prices, tier: str = rows.DEFAULT, batch: bool = False) -> dict[str, int]:
    """The units of money that a token costs, by what it is: those that have a price."""
    found = {name: _of(prices, name, tier) for name in ("input", "output", *INSTEAD)}
    for name, other in INSTEAD.items():
        if found[name] is None:
            found[name] = found[other]
    share = 1.0
    if batch:
        share = BATCH_SHARE if prices.batch_factor is None else prices.batch_factor
    elif tier == "flex" and prices.flex_factor is not None:
        share = prices.flex_factor
    return {name: _units(price * share, MILLION) for name, price in found.items() if price is not None}


def _of(prices: Prices, name: str, tier: str) -> float | None:
    if tier == "priority":
        found: float | None = getattr(prices, f"priority_{name}_per_million", None)
        if found is not None:
            return found
    found = getattr(prices, f"{name}_per_million")
    return found


class PriceList:
    """What each use costs in one world: an engine."""

    def __init__(self, world: World) -> None:
        self._catalog = world.engine(Catalog)
        self._tools: Mapping[str, dict[str, Any]] = {row["id"]: row for row in world.catalog.get("tools", [])}
        self._known: dict[Use, tuple[Line, ...]] = {}

    def lines(self, use: Use) -> tuple[Line, ...]:
        """The lines of a bill for *use*; none when nothing of it has a price."""
        key = use._replace(project_id="", user_id="", api_key_id="", vector_store_id="", source="")
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._of(key))
        return found

    def weights(self, use: Use) -> tuple[int, ...]:
        """The units of money that one of each amount of *use* costs, as far as it adds to the whole."""
        lines = self.lines(use)
        return tuple([sum([line.price * line.factors[place] for line in lines]) for place in range(len(FIELDS))])

    def cost(self, use: Use, amounts: Sequence[int]) -> int:
        """What *amounts* of *use* cost, in units of money."""
        return sum([line.price * line.count(amounts) for line in self.lines(use)])

    def is_priced(self, model: str) -> bool:
        """Whether the catalog has any price of *model*."""
        return self._catalog.look_up(model).prices != Prices()

    def _of(self, use: Use) -> Iterator[Line]:
        if use.kind in TOOLS:
            if (per_call := self._tools.get(use.kind, {}).get("per_call")) is not None:
                yield Line(TOOLS[use.kind], _factors("calls"), _units(per_call))
            return
        prices = self._catalog.look_up(use.model).prices
        way = "batch " if use.batch else f"{use.service_tier} " if use.service_tier in ("flex", "priority") else ""
        if use.kind == rows.TRAINING:
            if prices.training_per_million is not None:
                each = _units(prices.training_per_million, MILLION)
                yield Line(f"{use.model}, training", _factors("input_tokens"), each, "tokens")
            return
        said = text_prices(prices, use.service_tier, use.batch)
        if use.kind == rows.IMAGES and prices.image_output_per_million is None:
            said = {}
        for name, counted, without, price in TOKENS:
            if price in said:
                yield Line(f"{use.model}, {way}{name}", _factors(counted, without), said[price], "tokens")
        if said:
            return
        if use.kind == rows.IMAGES and (per_image := _per_image(prices.per_image, use)) is not None:
            yield Line(f"{use.model}, {f'{use.quality} {use.size}'.strip()}", _factors("images"), per_image, "images")
        elif use.kind == rows.SPEECHES and prices.per_million_characters is not None:
            each = _units(prices.per_million_characters, MILLION)
            yield Line(f"{use.model}, characters", _factors("characters"), each, "characters")
        elif use.kind == rows.TRANSCRIPTIONS and prices.per_minute is not None:
            each = _units(prices.per_minute, MINUTE)
            yield Line(f"{use.model}, audio", _factors("milliseconds"), each, "duration_seconds", SECOND)
        elif use.kind == rows.VIDEOS and prices.per_second is not None:
            each = _units(prices.per_second, SECOND)
            yield Line(f"{use.model}, video", _factors("milliseconds"), each, "duration_seconds", SECOND)


def _per_image(prices: Mapping[str, float], use: Use) -> int | None:
    for name in (f"{use.quality} {use.size}", use.size):
        if name in prices:
            return _units(prices[name])
    return None


def _factors(counted: str | Sequence[str], without: Sequence[str] = ()) -> tuple[int, ...]:
    factors = [0] * len(FIELDS)
    for name in (counted,) if isinstance(counted, str) else counted:
        factors[FIELDS.index(name)] = 1
    for name in without:
        factors[FIELDS.index(name)] = -1
    return tuple(factors)


def _units(dollars: float, pieces: int = 1) -> int:
    """What one of *pieces* costs, which cost so many *dollars* together."""
    return round(dollars * 10**9) * (DOLLAR // 10**9) // pieces


def dollars(units: int) -> float:
    """Units of money as US dollars."""
    return units / DOLLAR
