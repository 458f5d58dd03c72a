"""The models: what each can do, takes and costs, by any of its names, and what an unknown name suggests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Protocol

from .errors import ApiError
from .options import Options

Reasoning = Literal["none", "hidden", "visible"]

OPENAI = frozenset({"system", "openai", "openai-internal"})  # whom OpenAI names as owners of its models
REMEMBERED = 4096  # names whose models are remembered
ALIKE, LONGEST_NAME = 75, 200  # of 100, from which a name may have been meant; characters of it that are compared
DATED = re.compile(r"(.+?)-(?:\d{4}-\d{2}-\d{2}|\d{8})")  # gpt-4o-2024-05-13, claude-3-opus-20240229
SUFFIXED = re.compile(r"(.+)-(query|passage)")  # of embeddings, as NIM takes it
ENDPOINTS = frozenset(
    "chat responses completions embeddings images speech transcription translation realtime moderation ranking "
    "videos".split()
)
FEATURES = frozenset(
    "streaming tools parallel_tools structured_outputs json_mode predictions web_search computer_use fine_tuning "
    "batch".split()
)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs in US dollars, for a million tokens where the name says nothing else; None: not known.

    `batch_factor` and `flex_factor` are the shares of the price that these ways of processing pay; *per_image* has
    prices by quality and size, `high 1024x1024`.
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
    priority_input_per_million: float | None = None
    priority_cached_input_per_million: float | None = None
    priority_output_per_million: float | None = None
    training_per_million: float | None = None
    per_million_characters: float | None = None
    per_minute: float | None = None  # of sound
    per_second: float | None = None  # of film
    per_image: Mapping[str, float] = field(default_factory=dict)
    batch_factor: float | None = None
    flex_factor: float | None = None


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
    shutdown_date: str | None = None  # a day
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
    prices: Prices = field(default_factory=Prices)

    @property
    def is_openais(self) -> bool:
        """Whether OpenAI serves it: with rules that servers of open models do not have."""
        return self.owned_by in OPENAI and "gpt-oss" not in self.id

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


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter: *base* is the model whose weights it changes, *path* is where it is said to be."""

    name: str
    base: str
    path: str = ""
    created: int = 0


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


class Tables(Protocol):
    """What a world knows of models."""

    options: Options

    @property
    def catalog(self) -> dict[str, Any]:
        """The tables of `specs/catalog/`, by name."""
        ...


class Catalog:
    """The models of a world: an engine, `world.engine(Catalog)`."""

    def __init__(self, world: Tables) -> None:
        self._limits = world.options.context_validation
        self.rows: dict[str, dict[str, Any]] = {row["id"]: row for row in world.catalog.get("models", [])}
        self._named = {alias: row for row in self.rows.values() for alias in row.get("aliases", ())} | self.rows
        self.adapters = {name: Adapter(name, base) for name, base in world.options.adapters}
        self.unloaded: set[str] = set()  # names of adapters that are refused now
        self._models: dict[str, Model] = {}
        self._looked_up: dict[str, Model] = {}

    def find(self, name: str) -> Model | None:
        """The model called *name*: by its id or an alias, as a dated snapshot, or tuned (`ft:base:...`); else None.

        An adapter is as its base model is.
        """
        if self.adapters and (adapter := self.adapters.get(name)):
            return self.find(adapter.base) or self._guess(adapter.base)
        row = self._named.get(name)
        if row is None and name.startswith("ft:"):
            return self.find(name.split(":")[1])
        if row is None and (dated := DATED.fullmatch(name)):
            row = self._named.get(dated[1])
        if row is None and (bare := self.unsuffixed(name)[0]) != name:
            row = self._named.get(bare)
            row = row if row and "embeddings" in row.get("endpoints", ()) else None
        if row is None:
            return None
        model = self._models.get(row["id"])
        if model is None:
            model = self._models[row["id"]] = Model.of(row)
        return model

    def load(self, adapter: "Adapter") -> None:
        """Know *adapter* from now on."""
        self.adapters[adapter.name] = adapter
        self.unloaded.discard(adapter.name)
        self._looked_up.pop(adapter.name, None)

    def unload(self, name: str) -> None:
        """Know the adapter *name* no longer: whoever asks for it is refused."""
        del self.adapters[name]
        self.unloaded.add(name)
        self._looked_up.pop(name, None)

    def unsuffixed(self, name: str) -> tuple[str, str]:
        """*name*, and what its end says that inputs of embeddings are: `query`, `passage` or nothing."""
        found = SUFFIXED.fullmatch(name) if name not in self._named else None
        return (found[1], found[2]) if found else (name, "")

    def look_up(self, name: str) -> Model:
        """The model called *name*, as a request meets it; of an unknown one what its name suggests, without limits.

        With --no-enable-context-validation no model has limits here.
        """
        return self._looked_up.get(name) or self._met(name)

    def _met(self, name: str) -> Model:
        model = self.find(name) or self._guess(name)
        if not self._limits:
            model = replace(model, context_window=None, max_output_tokens=None)
        if len(self._looked_up) >= REMEMBERED:
            self._looked_up.clear()
        self._looked_up[name] = model
        return model

    def _guess(self, name: str) -> Model:
        """A model without limits; one that is known by another maker's prefix has the traits of that."""
        if (bare := name.rpartition("/")[2]) != name and (twin := self.find(bare)):
            return replace(twin, id=name, known=False, context_window=None, max_output_tokens=None)
        low = name.lower()
        traits = next((traits for pattern, traits in GUESSES if pattern.search(low)), {})
        return Model(name, known=False, features=FEATURES, **traits)

    def no_such(self, name: str, param: str | None = None) -> ApiError:
        """What a client sees that asks for a model which is not there, with the name that it may have meant."""
        near = self._nearest(name)
        hint = f" Did you mean '{near}'?" if near else ""
        message = f"The model `{name}` does not exist or you do not have access to it.{hint}"
        return ApiError(404, message, code="model_not_found", param=param)

    def _nearest(self, name: str) -> str | None:
        """The known name that is most like *name*, with its maker's prefix or without."""
        from rapidfuzz import fuzz, process  # loaded at the first unknown name

        asked = name.lower()[:LONGEST_NAME]
        words = {known: known.lower() for known in (*self.rows, *self._named)}
        bare = {known: word.rpartition("/")[2] for known, word in words.items() if "/" in word}
        found = [process.extractOne(asked, names, scorer=fuzz.ratio, score_cutoff=ALIKE) for names in (words, bare)]
        best = max((each for each in found if each), key=lambda each: each[1], default=None)
        return str(best[2]) if best else None
