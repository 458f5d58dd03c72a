"""Validators for the request schemas that the generator wrote beside a route module."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from .fields import Fields
from .violations import refuse

PREFIX = "#/components/schemas/"


class Validator:
    """One compiled schema."""

    __slots__ = ("_document", "_fields", "_is_valid", "_validator")

    def __init__(self, name: str, schemas: dict[str, Any]) -> None:
        closure = _closure(name, schemas)
        self._document: dict[str, Any] = {"$ref": PREFIX + _escape(name), "components": {"schemas": closure}}
        self._fields: Fields | None = None
        self._validator = jsonschema_rs.Draft202012Validator(self._document)
        self._is_valid = self._validator.is_valid

    @property
    def fields(self) -> Fields:
        """What the schema means by the names and texts of a query or a form."""
        if self._fields is None:
            name = self._document["$ref"].removeprefix(PREFIX).replace("~1", "/").replace("~0", "~")
            root = self._document["components"]["schemas"][name]
            self._fields = Fields({**root, "components": self._document["components"]})
        return self._fields

    def check(self, data: Any) -> None:
        """Pass *data* that fits the schema.

        Raises:
            ApiError: 400 in the words of the API, for the part that fits worst.
        """
        if not self._is_valid(data):
            raise refuse(self._validator.iter_errors(data), self._document)


class Schemas(dict[str, Validator]):
    """The validators of one route module by schema name, each compiled at its first use."""

    def __init__(self, module_file: str) -> None:
        super().__init__()
        self._file = Path(module_file).with_suffix(".schemas.json")
        self._schemas: dict[str, Any] = {}

    def __missing__(self, name: str) -> Validator:
        self._schemas = self._schemas or orjson.loads(self._file.read_bytes())
        self[name] = Validator(name, self._schemas)
        return self[name]


def _closure(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that *name* needs. A validator of a whole document would compile all of it."""
    needed: dict[str, Any] = {}
    todo = [name]
    while todo:
        name = todo.pop()
        if name in needed:
            continue
        needed[name] = schemas[name]
        values: list[Any] = [schemas[name]]
        while values:
            value = values.pop()
            if isinstance(value, dict):
                reference = value.get("$ref")
                if isinstance(reference, str):
                    todo.append(reference.removeprefix(PREFIX).replace("~1", "/").replace("~0", "~"))
                values.extend(value.values())
            elif isinstance(value, list):
                values.extend(value)
    return needed


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
