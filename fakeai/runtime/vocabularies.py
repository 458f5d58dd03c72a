"""Which tokens a model has: the server's, or those that --tokenizer gives it."""

from collections.abc import Callable, Collection

from . import encodings
from .catalog import Catalog
from .tokens import Tokens

BY_CATALOG = (
    "catalog"  # a value of --tokenizer: each model by the encoding that the catalog names, where it is packaged
)
REMEMBERED = 4096  # names of models


class Vocabularies:
    """The encodings of one world. *default* is that of whatever has no other.

    *given* has (model, encoding), or ("", encoding) for all other models; *catalog* gives the world's models.
    """

    def __init__(self, given: Collection[tuple[str, str]], catalog: Callable[[], Catalog]) -> None:
        self._catalog = catalog
        self._given = {model: name for model, name in given if name != BY_CATALOG}
        self._by_catalog = any(name == BY_CATALOG for _, name in given)
        self._tokens: dict[str, Tokens] = {}
        self._of: dict[str, Tokens] = {}
        self.default = self._named(self._given.pop("", encodings.DEFAULT))
        self._is_one = not (self._given or self._by_catalog)

    def start_loading(self) -> None:
        """Load what --tokenizer names; what the catalog names is loaded when a model first needs it."""
        for name in self._given.values():
            self._named(name)
        for tokens in self._tokens.values():
            tokens.start_loading()

    def of(self, model: str) -> Tokens:
        """The tokens of *model*."""
        if self._is_one:
            return self.default
        return self._of.get(model) or self._found(model)

    def _found(self, model: str) -> Tokens:
        if len(self._of) >= REMEMBERED:
            self._of.clear()
        name = self._name(model)
        self._of[model] = found = self.default if name is None else self._named(name)
        return found

    def _name(self, model: str) -> str | None:
        """The encoding of *model*: given by that name or another of its names, else by the catalog."""
        if model in self._given:
            return self._given[model]
        catalog = self._catalog()
        base = catalog.find(model)
        for other, name in self._given.items():
            if base is not None and catalog.find(other) is base:
                return name
        named = catalog.look_up(model).tokenizer if self._by_catalog else None
        return named if named is not None and encodings.SAME.get(named, named) in encodings.packaged() else None

    def _named(self, name: str) -> Tokens:
        name = encodings.SAME.get(name, name)
        found = self._tokens.get(name)
        if found is None:
            found = self._tokens[name] = Tokens(name)
        return found
