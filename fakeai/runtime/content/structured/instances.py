"""Values that are valid against a JSON Schema and use what the prompt says."""

import asyncio
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import xxhash

from ...chance import Chance
from .described import described
from .draws import Draws
from .growth import grow
from .hints import Hints
from .keywords import key_of
from .patterns import PATIENCE
from .shapes import Document, Field

if TYPE_CHECKING:
    from ...world import World

BUDGET = 200  # values, after which an instance has only what it must have
KEPT, MOST_SHAPES = 100, 4000  # schemas that an engine keeps, and shapes of one of them
LONG = 20_000  # bytes of a schema
TRIES, MOST_SPENT = 12, 3000  # values of all tries together


def instance(
    schema: Any, hints: Hints, chance: Chance, budget: int = BUDGET, name: str = "", sparing: bool = False
) -> Any:
    """A value that is valid against *schema*; it has about *budget* values within it, or more if it must.

    *name* is what the schema is called. A *sparing* instance leaves out what may be left out, unless the prompt means
    it, as the arguments of a tool do. Without a schema it is an object as the prompt describes it. A schema that
    nothing satisfies, or nothing of a sensible size, gets a value that comes near.
    """
    return Instances().instance(schema, hints, chance, budget, name, sparing)


class Instances:
    """Makes instances, and keeps what it has worked out of the schemas that were used last."""

    def __init__(self, world: "World | None" = None) -> None:
        self._kept: dict[bytes, _Maker] = {}

    def instance(
        self, schema: Any, hints: Hints, chance: Chance, budget: int = BUDGET, name: str = "", sparing: bool = False
    ) -> Any:
        """As the function of this name."""
        if schema is None:
            schema = described(hints)
        return self._maker(schema).make(hints, chance, budget, name, sparing)

    async def ready(self, schema: Any) -> None:
        """Work out a *schema* in a thread, if that takes long: makes of `instance` what it always takes."""
        key = b"" if schema is None else key_of(schema)
        if len(key) > LONG and xxhash.xxh3_128_digest(key) not in self._kept:
            await asyncio.to_thread(self.instance, schema, Hints(), Chance(b""))

    def _maker(self, schema: Any) -> "_Maker":
        key = xxhash.xxh3_128_digest(key_of(schema))
        maker = self._kept.pop(key, None)
        if maker is None or maker.document.size > MOST_SHAPES:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            maker = _Maker(schema)
        self._kept[key] = maker  # the latest stands last
        return maker


class _Maker:
    """Makes instances of one schema."""

    def __init__(self, schema: Any) -> None:
        self.document = Document(schema)
        self._fields: dict[str, Field] = {}
        self._is_valid = _judge(schema)

    def make(self, hints: Hints, chance: Chance, budget: int, name: str, sparing: bool) -> Any:
        root = self.document.root
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = Field(name or root.title, root)
            field.text = None if root.types != ["string"] else field.text
        first, spent = None, 0
        for attempt in range(TRIES):
            hinted, scant = attempt not in (1, 3, 5, 8, 9), attempt in (2, 3, 7, 9)
            draws = Draws(hints, chance, budget, hinted, scant, sparing)
            made = grow(draws, field, root)
            if self._is_valid is None or self._is_valid(made):
                return made
            if attempt == 0:
                first = made
            spent += budget - draws.left
            if spent > MOST_SPENT:
                break
        return first


def _judge(schema: Any) -> Any:
    """What says whether a value is valid against *schema*; None when that cannot be said."""
    said = str(schema.get("$schema")) if isinstance(schema, dict) else ""
    version: Any = jsonschema_rs.Draft202012Validator
    for number, older in (
        ("draft-04", jsonschema_rs.Draft4Validator),
        ("draft-06", jsonschema_rs.Draft6Validator),
        ("draft-07", jsonschema_rs.Draft7Validator),
        ("2019-09", jsonschema_rs.Draft201909Validator),
    ):
        if number in said:
            version = older
    for one in (version, jsonschema_rs.Draft7Validator):  # a list of `items` is of draft 7, whatever else is said
        try:
            return one(schema, validate_formats=True, offline=True, pattern_options=PATIENCE).is_valid
        except (ValueError, jsonschema_rs.ReferencingError):
            continue
    return None
