"""Resources: what an API keeps, and the lives that it leads, read from `x-fakeai-resources`."""

from dataclasses import dataclass, field
from typing import Any

from . import examples, schemas
from .behaviors import DEFS, duration
from .names import nearest
from .references import SCHEMAS, escape, properties_in
from .source import Document, Pointer

KEY = "x-fakeai-resources"
NAME = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
CREATED = ("created_at", "created", "added_at")  # properties that say when a thing was made, wherever a schema has them
EPOCH = 1_767_225_600

STATES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
REFUSAL = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "status": {"type": "integer", "minimum": 400, "maximum": 499},
        "message": {"type": "string"},
        "type": {"type": "string"},
        "code": {"type": "string"},
        "param": {"type": "string"},
    },
}
FIELDS = {"type": "object", "additionalProperties": {"type": "string"}}
EVENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["event"],
    "properties": {"event": {"type": "string"}, "says": FIELDS, "with": FIELDS, "data": FIELDS, "changes": FIELDS},
}
REFERENCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["resource"],
    "properties": {"resource": {"type": "string", "pattern": NAME}, "sets": FIELDS},
}
RESOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema"],
    "properties": {
        "schema": {"type": "string"},
        "id": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$"},
        "id_from": {"type": "string"},
        "or_by": FIELDS,
        "of": {"type": "string", "pattern": NAME},
        "follows": {"type": "boolean"},
        "shares": FIELDS,
        "under": {"type": "string", "pattern": NAME},
        "single": {"type": "boolean"},
        "given": {"type": "array", "items": {"type": "object"}},
        "new": {"type": "object"},
        "takes": FIELDS,
        "refers": {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string", "pattern": NAME}, REFERENCE]},
        },
        "adds": {"type": "object", "propertyNames": {"pattern": NAME}, "additionalProperties": {"type": "string"}},
        "locked": {
            "type": "object",
            "additionalProperties": False,
            "required": ["when"],
            "properties": {"when": {"type": "object", "minProperties": 1}, "refusal": REFUSAL},
        },
        "audit": {"type": "object", "additionalProperties": EVENT},
        "ignores": {"type": "array", "items": {"type": "string"}},
        "state": {"type": "string"},
        "initial": {"type": "string"},
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "to"],  # without `after`, the plan of a thing says when
                "properties": {
                    "from": {"type": "string"},
                    "to": {"type": "string"},
                    "after": {"$ref": "#/$defs/duration"},
                },
            },
        },
        "actions": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "to"],
                "properties": {"from": STATES, "to": {"type": "string"}, "refusal": REFUSAL},
            },
        },
        "missing": REFUSAL,
    },
    "dependentRequired": {
        "or_by": ["of"],
        "follows": ["of"],
        "shares": ["follows"],
        "steps": ["initial"],
        "actions": ["initial"],
    },
    "$defs": DEFS,
}
RESOURCES = {"type": "object", "propertyNames": {"pattern": NAME}, "additionalProperties": RESOURCE, "$defs": DEFS}

# What a value of `new` can say besides itself: {$later: 7d}, {$arg: project_id}, {$body: user_id}, {$id: prefix_}.
WORDS = {
    "$later": {"$ref": "#/$defs/duration"},
    "$arg": {"type": "string"},
    "$body": {"type": "string"},
    "$id": {"type": "string"},
}
# What a row of `given` says of itself: what it is below, when not below all; the table whose rows it stands for.
ROWS = ("$under", "$each")
SAMPLES = {"$later": EPOCH, "$arg": "example", "$body": "example", "$id": "example"}


@dataclass(frozen=True)
class Resource:
    """One resource as it was declared, and where."""

    name: str
    said: dict[str, Any]
    document: Document
    at: Pointer


@dataclass
class Resources:
    """All resources of a project. A name has one declaration."""

    known: dict[str, Resource] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)

    def gather(self, document: Document) -> None:
        """Take up what *document* declares; what is wrong with it is noted."""
        said = document.data.get(KEY) if isinstance(document.data, dict) else None
        if said is None or not schemas.check(document, (KEY,), said, RESOURCES, KEY):
            return
        for name, declared in said.items():
            if name in self.known:
                place = self.known[name].document.path
                document.wrong((KEY, name), f"the resource {name!r} is declared in {place} already")
            else:
                self.known[name] = Resource(name, declared, document, (KEY, name))

    def compiled(self, tables: dict[str, Any]) -> dict[str, Any]:
        """What the runtime needs to know of each resource, by name; what is wrong is noted.

        *tables* are those of the catalog.
        """
        self.tables = tables
        return {name: self._compile(resource) for name, resource in self.known.items()}

    def _compile(self, resource: Resource) -> dict[str, Any]:
        said, document = resource.said, resource.document
        components = (document.data.get("components") or {}).get("schemas") or {}
        if said["schema"] not in components:
            near = nearest(said["schema"], components)
            document.wrong((*resource.at, "schema"), f"there is no schema {said['schema']!r}{near}")
            return {}
        schema = {"$ref": SCHEMAS + escape(said["schema"])}
        names = properties_in(schema, components)
        state = said.get("state", "status")
        named: dict[Pointer, str] = {(word,): said[word] for word in ("under", "of") if word in said}
        named |= {("refers", place): name for place, (name, _) in _references(said).items()}
        named |= {("adds", name): name for name in said.get("adds", {})}
        for where, name in named.items():
            if name not in self.known:
                near = nearest(name, self.known)
                document.wrong((*resource.at, *where), f"there is no resource {name!r}{near}")
        if "initial" in said and state not in names:
            document.wrong((*resource.at, "initial"), f"{said['schema']} has no property {state!r} for its states")
        for where, name in _properties(said):
            if name not in names:
                near = nearest(name, names)
                document.wrong((*resource.at, *where), f"{said['schema']} has no property {name!r}{near}")
        new, words = self._new(resource, schema, components)
        states = _states(said)
        created = [name for name in CREATED if name in names and name not in said.get("new", {})]
        above = self._above(resource)
        kept = {"id", "object", state if "initial" in said else "id", *created, *words}
        made: dict[str, Any] = {
            "id": said.get("id", ""),
            "key": "id" if "id" in names else "_id",
            "id_from": said.get("id_from"),
            "or_by": said.get("or_by", {}),
            "of": said.get("of"),
            "follows": said.get("follows", False),
            "shares": said.get("shares", {}),
            "under": above,
            "loose": any(self.known[name].said.get("follows") for name in above),
            "single": said.get("single", False),
            "given": self._given(resource, schema, components),
            "takes": said.get("takes", {}),
            "refers": _references(said),
            "adds": said.get("adds", {}),
            "locked": {"refusal": {}, **said["locked"]} if "locked" in said else None,
            "audit": said.get("audit", {}),
            "new": {name: value for name, value in new.items() if name not in words},
            "words": words,
            "fields": sorted(names - kept - set(said.get("ignores", ()))),
            "created": created,
            "state": state,
            "initial": said.get("initial"),
            "steps": {
                step["from"]: [step["to"], duration(step["after"])] for step in said.get("steps", ()) if "after" in step
            },
            "actions": said.get("actions", {}),
            "stamps": {name: f"{name}_at" for name in states if f"{name}_at" in names},
            "missing": said.get("missing", {}),
        }
        return made

    def _new(
        self, resource: Resource, schema: dict[str, Any], components: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """An example of the resource as it is when it is made, and the values in it that depend on the call."""
        values, words = {}, {}
        for name, value in resource.said.get("new", {}).items():
            if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WORDS:
                (word, what), = value.items()  # fmt: skip
                schemas.check(
                    resource.document, (*resource.at, "new", name, word), what, {**WORDS[word], "$defs": DEFS}
                )
                words[name] = {word: duration(what) if word == "$later" else what}
                values[name] = SAMPLES[word]
            else:
                values[name] = value
        if "initial" in resource.said:
            values[resource.said.get("state", "status")] = resource.said["initial"]
        try:
            return examples.make(schema, components, bare=True, sure=values), words
        except examples.NoExample as error:
            resource.document.wrong(resource.at, f"no example fits the schema: {error}")
            return {}, words

    def _given(self, resource: Resource, schema: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows that are there from the beginning, whole: what a new one says, and what the row says itself."""
        said = resource.said
        plain = {
            name: value for name, value in said.get("new", {}).items()
            if not (isinstance(value, dict) and set(value) & set(WORDS))
        }  # fmt: skip
        if "initial" in said:
            plain[said.get("state", "status")] = said["initial"]
        made = []
        for i, row in enumerate(said.get("given", ())):
            values = {**plain, **{name: value for name, value in row.items() if name not in ROWS}}
            try:
                whole = examples.make(schema, components, bare=True, sure=values)
            except examples.NoExample as error:
                resource.document.wrong((*resource.at, "given", i), f"no example fits the schema: {error}")
                continue
            if not said.get("single"):
                id = whole.get("id", whole.get(said.get("id_from")))
                if "id" not in whole:
                    whole["_id"] = id
                if id is None or not {"id", said.get("id_from")} & set(row):
                    resource.document.wrong((*resource.at, "given", i), "a row that is given says its id")
            table = row.get("$each")
            if table is not None and table not in self.tables:
                near = nearest(str(table), self.tables)
                resource.document.wrong((*resource.at, "given", i, "$each"), f"there is no table {table!r}{near}")
            made.append({"row": whole, "parents": row.get("$under"), "each": row.get("$each")})
        return made

    def _above(self, resource: Resource) -> list[str]:
        """The names of the resources that this one belongs to, the outermost first."""
        above: list[str] = []
        name = resource.said.get("under")
        while name in self.known and name not in above:
            above.insert(0, name)
            name = self.known[name].said.get("under")
        return above


def _references(said: dict[str, Any]) -> dict[str, tuple[str, dict[str, str]]]:
    """What requests refer to: {place in the body: (resource, {field that it sets: field of that resource})}."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for place, what in said.get("refers", {}).items():
        whole: dict[str, Any] = {"resource": what} if isinstance(what, str) else what
        found[place] = (whole["resource"], whole.get("sets", {}))
    return found


def _properties(said: dict[str, Any]) -> list[tuple[Pointer, str]]:
    """Where a declaration names properties of its schema, and which."""
    found: list[tuple[Pointer, str]] = [(("new", name), name) for name in said.get("new", {})]
    found += [(("shares", name), name) for name in said.get("shares", {})]
    references = _references(said).items()
    found += [(("refers", place, "sets", name), name) for place, (_, sets) in references for name in sets]
    found += [(("takes", name), field) for name, field in said.get("takes", {}).items()]
    found += [(("locked", "when", name), name) for name in said.get("locked", {}).get("when", {})]
    rows = enumerate(said.get("given", ()))
    found += [(("given", i, name), name) for i, row in rows for name in row if name not in ROWS]
    for what, event in said.get("audit", {}).items():
        for part in ("says", "data", "changes"):
            found += [(("audit", what, part, name), field) for name, field in event.get(part, {}).items()]
    return found


def _states(said: dict[str, Any]) -> set[str]:
    """Every state that a resource can be in."""
    steps = [state for step in said.get("steps", ()) for state in (step["from"], step["to"])]
    actions = [state for action in said.get("actions", {}).values() for state in (*action["from"], action["to"])]
    return {*steps, *actions, *([said["initial"]] if "initial" in said else [])}
