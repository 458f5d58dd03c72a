"""What several schemas together ask of one value.

A shape is a set of parts of one schema document that all hold at once: a schema with all that it refers to and all of
its `allOf`, and of `anyOf` and the like the branch that was taken. It is worked out when it is first needed; as there
are only so many sets of parts, a schema that refers to itself has only so many shapes.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from ..words import singular
from .keywords import (
    dict_of,
    fixed_of,
    limits,
    list_of,
    refused_names,
    refused_values,
    same,
    strings,
    type_of,
    types_of,
    values_of,
)
from .kinds import PART, SPANS, TEXTS, known, sample
from .patterns import Pattern
from .references import References

HIGHEST = 24  # objects and lists in one another that a shape without end is counted as


class Document:
    """A schema with all the shapes of its parts that were needed so far."""

    def __init__(self, root: Any) -> None:
        self.root_schema = root
        self.references = References(root)
        self._shapes: dict[Any, Shape] = {}
        self._made: dict[tuple[int, str], Any] = {}
        self.root = self.shape((root,))

    @property
    def size(self) -> int:
        """How many shapes there are."""
        return len(self._shapes)

    def shape(self, parts: Iterable[Any], taken: frozenset[Any] = frozenset()) -> "Shape":
        """The shape of *parts*, in which the choices *taken* are settled."""
        whole = self._closure(parts)
        key = frozenset(map(id, whole)), taken
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = Shape(self, whole, taken)
        return found

    def made(self, part: dict[str, Any], word: str, schema: Any) -> Any:
        """*schema*, which stands for the keyword *word* of *part*: the same object each time."""
        return self._made.setdefault((id(part), word), schema)

    def _closure(self, parts: Iterable[Any]) -> list[Any]:
        """*parts* with all that they refer to and with the parts of their `allOf`."""
        whole: list[Any] = []
        seen: set[int] = set()
        todo = list(parts)[::-1]
        while todo:
            part = todo.pop()
            if part is True or part is None or id(part) in seen:
                continue
            seen.add(id(part))
            whole.append(part)
            if isinstance(part, dict):
                below = list(list_of(part.get("allOf")))
                for word in ("$ref", "$dynamicRef", "$recursiveRef"):
                    if isinstance(part.get(word), str):
                        below.append(self.references.find(part[word]))
                todo += reversed(below)
        return whole


class Field:
    """A property (or an item) by its *name*: its *shape*, and which texts and numbers suit the name."""

    __slots__ = ("name", "required", "sample", "shape", "span", "text", "words")

    def __init__(self, name: str, shape: "Shape", required: bool = True) -> None:
        self.name, self.shape, self.required = name, shape, required
        self.words = tuple(part.lower() for part in PART.findall(name))
        self.text = known(self.words, TEXTS)
        self.span = known(self.words, SPANS)
        self.sample = sample(shape.description)

    def item(self, shape: "Shape") -> "Field":
        """The items of this, when it is a list."""
        return Field("_".join((*self.words[:-1], singular(self.words[-1]))) if self.words else "", shape, True)


class Shape:
    """What *parts* together ask for. *values*, if any, are the only ones; *choices* are to be settled first."""

    def __init__(self, document: Document, parts: list[Any], taken: frozenset[Any]) -> None:
        self.document, self.taken = document, taken
        self.parts = [part for part in parts if isinstance(part, dict)]
        values = values_of(self.parts)
        self.types = types_of(self.parts, values is not None)
        if values is not None:
            refused = refused_values(self.parts)
            values = [value for value in values if _is_of(value, self.types)]
            values = [value for value in values if not any(same(value, other) for other in refused)]
        self.values = values
        self.never = not self.types or values == [] or any(part is False for part in parts)
        self.choices = self._choices()
        self._fits: dict[int, bool] = {}
        self._items: dict[int, Shape] = {}
        self._merged: dict[int, Shape] = {}
        self.bounds: Any = None  # what `numbers` keeps of this

    @cached_property
    def least_length(self) -> int:
        return int(max([0, *limits(self.parts, "minLength")]))

    @cached_property
    def most_length(self) -> int | None:
        most = min(limits(self.parts, "maxLength"), default=None)
        return None if most is None else int(most)

    @cached_property
    def patterns(self) -> list[Pattern]:
        return [Pattern(text) for text in strings(self.parts, "pattern")]

    @cached_property
    def format(self) -> str | None:
        return next(iter(strings(self.parts, "format")), None)

    @cached_property
    def is_plain_text(self) -> bool:
        """Whether any text will do."""
        return not self.patterns and self.format is None and self.least_length == 0 and self.most_length is None

    @cached_property
    def default(self) -> Any:
        return next((part["default"] for part in self.parts if "default" in part), None)

    @cached_property
    def examples(self) -> list[Any]:
        """The values that the schema gives as examples."""
        several = [value for part in self.parts for value in list_of(part.get("examples"))]
        return several + [part["example"] for part in self.parts if "example" in part]

    @cached_property
    def description(self) -> str:
        return " ".join(strings(self.parts, "description"))

    @cached_property
    def title(self) -> str:
        return next(iter(strings(self.parts, "title")), "")

    @cached_property
    def called(self) -> tuple[str, ...]:
        """The words of its title and of what refers to it."""
        named = [*strings(self.parts, "title"), *(name.rpartition("/")[2] for name in strings(self.parts, "$ref"))]
        return tuple(word.lower() for name in named for word in PART.findall(name))

    @cached_property
    def least_items(self) -> int:
        return int(max([0, *limits(self.parts, "minItems")]))

    @cached_property
    def most_items(self) -> float | None:
        return min(limits(self.parts, "maxItems"), default=None)

    @cached_property
    def unique(self) -> bool:
        return any(part.get("uniqueItems") is True for part in self.parts)

    @cached_property
    def least_properties(self) -> int:
        return int(max([0, *limits(self.parts, "minProperties")]))

    @cached_property
    def most_properties(self) -> float | None:
        return min(limits(self.parts, "maxProperties"), default=None)

    @cached_property
    def required(self) -> list[str]:
        return list(dict.fromkeys(name for part in self.parts for name in list_of(part.get("required"))))

    @cached_property
    def forbidden(self) -> set[str]:
        """Properties that must not be there."""
        return refused_names(self.parts)

    @cached_property
    def has_names(self) -> bool:
        """Whether the schemas name properties."""
        return any(part.get("properties") for part in self.parts)

    def _choices(self) -> list[tuple[Any, list[Any]]]:
        """The choices that are left, each with its key and the parts that its branches add."""
        left: list[tuple[Any, list[Any]]] = []
        for part in self.parts:
            for word in ("anyOf", "oneOf"):
                if isinstance(part.get(word), list) and part[word]:
                    left.append(((id(part), word), part[word]))
            if "if" in part and ("then" in part or "else" in part):
                yes = {"allOf": [part["if"], part.get("then", True)]}
                no = {"allOf": [{"not": part["if"]}, part.get("else", True)]}
                branches = self.document.made(part, "if", [yes, no])
                left.append(((id(part), "if"), branches))
            for word in ("dependentSchemas", "dependencies"):
                for name, schema in (part.get(word) or {}).items() if isinstance(part.get(word), dict) else ():
                    if isinstance(schema, dict):
                        with_it = {"allOf": [{"required": [name]}, schema]}
                        without = {"properties": {name: False}}
                        branches = self.document.made(part, f"{word} {name}", [with_it, without])
                        left.append(((id(part), word, name), branches))
        return [(key, branches) for key, branches in left if key not in self.taken]

    @cached_property
    def branches(self) -> list["Shape"]:
        """The branches of the first choice, each by itself."""
        return [self.document.shape((branch,)) for branch in self.choices[0][1]]

    def taking(self, at: int) -> "Shape":
        """What becomes of this with the branch *at* of its first choice."""
        shape = self._merged.get(at)
        if shape is None:
            key, branches = self.choices[0]
            shape = self._merged[at] = self.document.shape([*self.parts, branches[at]], self.taken | {key})
        return shape

    @cached_property
    def fields(self) -> list[Field]:
        """The properties that have names, in their order; those that must not be there are left out."""
        names = dict.fromkeys(name for part in self.parts for name in dict_of(part.get("properties")))
        required = frozenset(self.required)
        fields = []
        for name in (*names, *(name for name in self.required if name not in names)):
            shape = self.member(name)
            if name in required or not (shape.never or name in self.forbidden):
                fields.append(Field(name, shape, name in required))
        return fields

    def member(self, name: str) -> "Shape":
        """What the property *name* must be."""
        parts: list[Any] = []
        for part in self.parts:
            known = False
            if name in dict_of(part.get("properties")):
                parts.append(part["properties"][name])
                known = True
            for pattern, schema in dict_of(part.get("patternProperties")).items():
                if Pattern(pattern).matches(name):
                    parts.append(schema)
                    known = True
            if not known and "additionalProperties" in part:
                parts.append(part["additionalProperties"])
            if not known and part.get("unevaluatedProperties") is False and not self._is_named(name):
                parts.append(False)
        return self.document.shape(parts)

    def _is_named(self, name: str) -> bool:
        return any(
            name in dict_of(part.get("properties")) or part.get("additionalProperties", False) is not False
            for part in self.parts
        )

    @cached_property
    def name_patterns(self) -> list[str]:
        """The patterns of names that properties may have."""
        return [pattern for part in self.parts for pattern in dict_of(part.get("patternProperties"))]

    @cached_property
    def name_shape(self) -> "Shape":
        """What the names of properties must be."""
        return self.document.shape(part["propertyNames"] for part in self.parts if "propertyNames" in part)

    @cached_property
    def has_free_names(self) -> bool:
        """Whether the schemas speak of properties whose names they do not say."""
        return any(
            isinstance(part.get("additionalProperties"), dict) or dict_of(part.get("patternProperties"))
            for part in self.parts
        )

    def needs(self, name: str) -> list[str]:
        """The properties that must be there when *name* is."""
        found: list[str] = []
        for part in self.parts:
            for word in ("dependentRequired", "dependencies"):
                found += list_of(dict_of(part.get(word)).get(name))
        return found

    @cached_property
    def fixed_items(self) -> int:
        """How many items have schemas of their own."""
        return max([len(fixed_of(part)) for part in self.parts], default=0)

    def item(self, at: int) -> "Shape":
        """What the item *at* of a list must be."""
        at = min(at, self.fixed_items)
        shape = self._items.get(at)
        if shape is None:
            parts = []
            for part in self.parts:
                fixed = fixed_of(part)
                rest = part.get("additionalItems", True) if isinstance(part.get("items"), list) else part.get("items")
                parts.append(fixed[at] if at < len(fixed) else rest)
            shape = self._items[at] = self.document.shape(parts)
        return shape

    @cached_property
    def contained(self) -> list[tuple["Shape", int]]:
        """What some items must be beside what all must be, and how many."""
        found = []
        for part in self.parts:
            if "contains" in part:
                least = part.get("minContains", 1)
                item = self.item(self.fixed_items)
                found.append((self.document.shape([*item.parts, part["contains"]], item.taken), int(least)))
        return found

    @cached_property
    def height(self) -> int:
        """How many objects and lists the flattest value has in one another, as far as that is seen."""
        return next((level for level in range(HIGHEST) if self.fits(level)), HIGHEST)

    def fits(self, level: int) -> bool:
        """Whether there is a value with at most *level* objects and lists in one another.

        Each choice is looked at by itself: a schema has more combinations of branches than anybody can try.
        """
        if self.never or level < 0:
            return False
        known = self._fits.get(level)
        if known is None:
            self._fits[level] = False  # while it is being worked out; a value within itself is higher
            known = self._fits[level] = self._work_out(level)
        return known

    def _work_out(self, level: int) -> bool:
        if self.values is not None:
            return True
        for _, branches in self.choices:
            if not any(self.document.shape((branch,)).fits(level) for branch in branches):
                return False
        if any(type not in ("object", "array") for type in self.types):
            return True
        if "array" in self.types:
            size = max(self.least_items, 1 if self.contained else 0)
            if all(self.item(at).fits(level - 1) for at in range(min(size, self.fixed_items + 1))):
                return True
        if "object" in self.types:
            return all(field.shape.fits(level - 1) for field in self.fields if field.required)
        return False


def _is_of(value: Any, types: list[str]) -> bool:
    """Whether *value* is of one of *types*."""
    type = type_of(value)
    return type in types or (type == "integer" and "number" in types)
