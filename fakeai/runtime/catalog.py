"""The models: what each can do, takes and costs, by any of its names, and what an unknown name suggests."""

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from .world import World

Reasoning = Literal["none", "hidden", "visible"]

GUESSED = 4096  # unknown names whose traits are remembered
DATED = re.compile(r"(.+?)-(?:\d{4}-\d{2}-\d{2}|\d{8})")  # gpt-4o-2024-05-13, claude-3-opus-20240229
ENDPOINTS = frozenset(
    "chat responses completions embeddings images speech transcription translation realtime moderation ranking "
    "videos".split()
)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs in US dollars; None where that is not known.

    `batch_factor` is the share of the price that a batch pays, `priority_factor` what priority processing pays.
    """

    input_per_million: float | None = None
    cached_input_per_million: float | None = None
    output_per_million: float | None = None
    audio_input_per_million: float | None = None
    cached_audio_input_per_million: float | None = None
    audio_output_per_million: float | None = None
    image_input_per_million: float | None = None
    cached_image_input_per_million: float | None = None
    image_output_per_million: float | None = None
    characters_per_million: float | None = None
    per_minute: float | None = None  # of sound
    per_second: float | None = None  # of film
    per_image: float | None = None
    per_call: float | None = None
    training_per_million: float | None = None
    batch_factor: float | None = None
    flex_factor: float | None = None
    priority_factor: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model. What is not known of it is None, or empty.

    *reasoning* is `visible` when its text is shown (`reasoning_content`), `hidden` when it is only counted. *efforts*
    are those that it takes, from least to most, and *default_effort* is what it does when nobody says.
    """

    id: str
    created: int = 0
    owned_by: str = "custom"
    known: bool = True  # False: an unknown name, whose traits are guessed
    aliases: tuple[str, ...] = ()
    context_window: int | None = None
    max_output_tokens: int | None = None
    input: frozenset[str] = frozenset({"text"})
    output: frozenset[str] = frozenset({"text"})
    features: frozenset[str] = frozenset()
    reasoning: Reasoning = "none"
    efforts: tuple[str, ...] = ()
    default_effort: str | None = None
    endpoints: frozenset[str] = ENDPOINTS
    tokenizer: str | None = None
    training_cutoff: str | None = None  # a month, 2024-06
    dimensions: int | None = None  # of its embeddings
    prices: Prices = field(default=Prices())

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Model":
        """The model that a row of the catalog describes."""
        said = {name: value for name, value in row.items() if name in FIELDS}
        for name in ("aliases", "efforts"):
            said[name] = tuple(said.get(name, ()))
        for name in ("input", "output", "features", "endpoints"):
            if name in said:
                said[name] = frozenset(said[name])
        if row.get("pricing"):
            said["prices"] = Prices(**row["pricing"])
        return cls(**said)


FIELDS = frozenset(each.name for each in fields(Model)) - {"prices", "known"}

# What a part of an unknown name suggests; the first that fits counts. Names are compared in small letters.
OPENAI_EFFORTS, OSS_EFFORTS = ("minimal", "low", "medium", "high"), ("low", "medium", "high")
GUESSES: tuple[tuple[re.Pattern[str], dict[str, Any]], ...] = tuple(
    (re.compile(pattern), traits)
    for pattern, traits in (
        (r"rerank", {"endpoints": frozenset({"ranking"})}),
        (r"embed|\bbge-|\be5-|\bgte-", {"endpoints": frozenset({"embeddings"}), "output": frozenset({"embedding"})}),
        (r"whisper|transcri|parakeet|canary", {"input": frozenset({"audio"})}),
        (r"\btts\b", {"output": frozenset({"audio"})}),
        (r"dall-e|image|stable-diffusion|\bflux\b", {"output": frozenset({"image"})}),
        (r"gpt-oss", {"reasoning": "visible", "efforts": OSS_EFFORTS, "default_effort": "medium"}),
        (r"deepseek-r\d|qwq|reason(?!ing-?off)|thinking|magistral", {"reasoning": "visible"}),
        (r"gpt-[5-9](?!.*chat)", {"reasoning": "hidden", "efforts": OPENAI_EFFORTS, "default_effort": "medium"}),
        (r"(^|/)o\d\b", {"reasoning": "hidden", "efforts": OSS_EFFORTS, "default_effort": "medium"}),
    )
)


class Catalog:
    """The models of a world: an engine, `world.engine(Catalog)`."""

    def __init__(self, world: World) -> None:
        self.models: dict[str, Model] = {row["id"]: Model.of(row) for row in world.catalog.get("models", [])}
        self._named = {alias: model for model in self.models.values() for alias in model.aliases} | self.models
        self._looked_up = dict(self._named)

    def find(self, name: str) -> Model | None:
        """The model called *name*: by its id or an alias, as a dated snapshot, or tuned (`ft:base:...`); else None."""
        found = self._named.get(name)
        if found is None and name.startswith("ft:"):
            return self.find(name.split(":")[1])
        if found is None and (dated := DATED.fullmatch(name)):
            return self._named.get(dated[1])
        return found

    def look_up(self, name: str) -> Model:
        """The model called *name*; of an unknown one, what its name suggests, without limits."""
        return self._looked_up.get(name) or self._suggested(name)

    def _suggested(self, name: str) -> Model:
        found = self.find(name) or self._guess(name)
        if len(self._looked_up) >= len(self._named) + GUESSED:
            self._looked_up = dict(self._named)
        self._looked_up[name] = found
        return found

    def _guess(self, name: str) -> Model:
        """A model without limits; one that is known by another maker's prefix has the traits of that."""
        if (bare := name.rpartition("/")[2]) != name and (twin := self.find(bare)):
            return replace(twin, id=name, known=False, context_window=None, max_output_tokens=None)
        low = name.lower()
        traits = next((traits for pattern, traits in GUESSES if pattern.search(low)), {})
        return Model(name, known=False, **traits)
