"""Compare a folder of specs, with its corrections and overlays applied, with the document it was imported from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import compile

from fakeai_generator import overlay
from fakeai_generator.importer import SCHEMA_CHILD, SCHEMA_LIST, SCHEMA_MAP, SCHEMA_VALUES
from fakeai_generator.plan import CORRECTIONS
from fakeai_generator.references import unescape
from fakeai_generator.source import Document, Map, Sequence, SpecError, read

METHODS = ("get", "put", "post", "delete", "patch")
MISSING: Any = object()
LONGEST_VALUE = 80

Place = tuple[str | int, ...]


@dataclass
class Drift:
    """Differences as sentences: those *explained* by a correction, counted by its reason, and all others."""

    operations: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)


def drift(upstream: dict[str, Any], folder: Path) -> Drift:
    """How the specs in *folder* differ from the document *upstream*.

    Raises:
        SpecError: a spec or an overlay cannot be read or applied.
    """
    mistakes: list[str] = []
    found = Drift()
    seen: set[tuple[str, str]] = set()
    wanted = _operations(upstream)
    components = (upstream.get("components") or {}).get("schemas") or {}
    known = {name: structure(schema) for name, schema in components.items()}
    sentences: dict[str, None] = {}
    explained: set[Place] = set()
    corrections = read(folder, Path(CORRECTIONS), mistakes) if (folder / CORRECTIONS).exists() else None
    for file in sorted(folder.glob("*.yaml")):
        if file.name == "api.yaml" or file.name.endswith(".overlay.yaml"):
            continue
        spec = read(folder, Path(file.name), mistakes)
        if spec.data is None:
            continue
        reasons = _mended(spec, corrections)
        beside = folder / f"{file.stem}.overlay.yaml"
        if beside.exists() and beside.name != CORRECTIONS:
            overlay.apply(spec, read(folder, Path(beside.name), mistakes), strict=True)
        pairs: list[tuple[Place, Any, Any]] = []
        for key, operation in _operations(spec.data).items():
            seen.add(key)
            pairs.append((("paths", *reversed(key)), wanted.get(key, MISSING), operation))
        for name, schema in ((spec.data.get("components") or {}).get("schemas") or {}).items():
            pairs.append((("components", "schemas", name), known.get(name, MISSING), structure(schema)))
        for place, was, is_ in pairs:
            for at, sentence in differences(place, was, is_):
                reason = _reason(at, reasons)
                if reason and at in explained:  # a component of several files
                    continue
                if reason:
                    explained.add(at)
                    found.explained[reason] += 1
                else:
                    sentences[f"{_shown(at)}: {sentence}"] = None
    if mistakes:
        raise SpecError(mistakes)
    for method, path in wanted:
        if (method, path) not in seen:
            sentences[f"{method.upper()} {path}: missing"] = None
    found.operations = len(seen)
    found.unexplained = list(sentences)
    return found


def _mended(spec: Document, corrections: Document | None) -> list[tuple[Place, str]]:
    """Apply the corrections to *spec*, one after the other; return where each did something, and its reason."""
    reasons: list[tuple[Place, str]] = []
    if corrections is None or not isinstance(corrections.data, dict):
        return reasons
    for index, action in enumerate(corrections.data.get("actions", ())):
        reason = str(action.get("description", ""))
        matches = compile(action["target"]).find(spec.data)
        if not matches:
            continue
        for match in matches:
            place = _named(spec.data, tuple(match.location))
            merged = isinstance(match.value, dict) and isinstance(action.get("update"), dict)
            reasons += [((*place, word), reason) for word in action["update"]] if merged else [(place, reason)]
        one, actions = Map(), Sequence()
        actions.adopt(action, corrections.mark(("actions", index)))
        one.adopt("actions", actions, (corrections.path, 1))
        overlay.apply(spec, Document(corrections.path, one, spec.mistakes), strict=False)
    return reasons


def _named(data: dict[str, Any], place: Place) -> Place:
    """*place*, with parameters by name instead of number."""
    if len(place) > 4 and place[0] == "paths" and place[3] == "parameters":
        parameter = data["paths"][place[1]][place[2]]["parameters"][place[4]]
        return (*place[:4], f"{parameter['in']} {parameter['name']}", *place[5:])
    return place


def _reason(at: Place, reasons: list[tuple[Place, str]]) -> str:
    """The reason of the last correction that changed *at*, or something that it is part of."""
    for place, reason in reversed(reasons):
        if at[: len(place)] == place or (at == place[:-1] and isinstance(place[-1], int)):
            return reason
    return ""


def _operations(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """What each operation says, by method and path."""
    found = {}
    for path, item in (document.get("paths") or {}).items():
        for method in METHODS:
            if method in (item or {}):
                found[method, path] = _operation(document, item, item[method])
    return found


def _operation(document: dict[str, Any], item: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The structure of one operation: what a client must know of it."""
    said = [_followed(document, p) for p in (*(item.get("parameters") or ()), *(spec.get("parameters") or ()))]
    body = _followed(document, spec.get("requestBody") or {})
    answers = {str(s): _followed(document, answer) for s, answer in (spec.get("responses") or {}).items()}
    parameters = {
        f"{p['in']} {p['name']}": {"required": bool(p.get("required")), "schema": structure(p.get("schema", {}))}
        for p in said
    }
    made: dict[str, Any] = {
        "parameters": parameters,
        "responses": {status: {"content": _content(answer)} for status, answer in answers.items()},
    }
    if body:
        made["requestBody"] = {"required": bool(body.get("required")), "content": _content(body)}
    return made


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    content = holder.get("content") or {}
    return {kind: {"schema": structure((media or {}).get("schema", {}))} for kind, media in content.items()}


def _followed(document: dict[str, Any], value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        target: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            target = target[unescape(step)]
        value = target
    return value


def structure(schema: Any) -> Any:
    """*schema* without prose: only the words that say what a value may be."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for word, value in schema.items():
        if word in SCHEMA_CHILD:
            made[word] = structure(value)
        elif word in SCHEMA_LIST:
            made[word] = [structure(item) for item in value or ()]
        elif word in SCHEMA_MAP:
            made[word] = {name: structure(item) for name, item in (value or {}).items()}
        elif word in SCHEMA_VALUES:
            made[word] = value
    return made


def differences(at: Place, was: Any, is_: Any) -> Iterator[tuple[Place, str]]:
    """(place, sentence) of each difference between what upstream says and what the specs say."""
    if was is MISSING:
        yield at, "not in the document"
    elif isinstance(was, dict) and isinstance(is_, dict):
        for key in dict.fromkeys((*was, *is_)):
            if key not in is_:
                yield (*at, key), f"missing, the document says {_short(was[key])}"
            elif key not in was:
                yield (*at, key), f"extra: {_short(is_[key])}"
            else:
                yield from differences((*at, key), was[key], is_[key])
    elif isinstance(was, list) and isinstance(is_, list) and len(was) == len(is_):
        for index, (one, other) in enumerate(zip(was, is_, strict=True)):
            yield from differences((*at, index), one, other)
    elif was != is_ or type(was) is bool is not type(is_):
        yield at, f"{_short(is_)}, the document says {_short(was)}"


def _shown(at: Place) -> str:
    if at[0] == "paths":
        return f"{str(at[2]).upper()} {at[1]}" + "".join(f".{step}" for step in at[3:])
    return ".".join(map(str, at[2:]))


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]} ..."


def text(found: Drift) -> str:
    """The report for people."""
    lines = [f"{found.operations} operations in the specs."]
    if found.explained:
        lines.append("Explained by a correction:")
        lines += [f"  {count:>5} x {reason}" for reason, count in found.explained.most_common()]
    if found.unexplained:
        lines += ["Unexplained:", *(f"  {sentence}" for sentence in found.unexplained)]
    lines.append(f"{len(found.unexplained)} unexplained differences.")
    return "\n".join(lines)


def data(found: Drift) -> dict[str, Any]:
    """The report for machines."""
    return {"operations": found.operations, "explained": dict(found.explained), "unexplained": found.unexplained}
