"""How a value grows from its shape: which branch, which type, which properties, how many items."""

from typing import Any

from ..words import singular
from . import numbers, texts, wording
from .draws import Draws
from .keywords import TYPES, key_of
from .kinds import SOURCES
from .lexicon import NEGATIVE, NOUNS, POSITIVE
from .moments import dates, times
from .patterns import Pattern
from .shapes import HIGHEST, Field, Shape

DEEP = 5  # objects in one another, from which on only what must be there is
DEEPEST = 60
MOST_ITEMS, MOST_ENTRIES = 4000, 400
UNIQUE_TRIES = 40
LIKES = {"positive": POSITIVE, "negative": NEGATIVE}
DECIDING = frozenset("is has have should must can was are be include with enable enabled use".split())
LISTING = frozenset("list give top name suggest generate write provide show recommend create make".split())
YES = frozenset("success successful valid ok correct complete completed answerable relevant available found".split())


def grow(draws: Draws, field: Field, shape: Shape) -> Any:
    """A value of *shape* for *field*."""
    draws.left -= 1
    if draws.left < draws.least:
        return None
    if shape.values is None and not shape.choices and len(shape.types) == 1:
        return _of_type(draws, field, shape, shape.types[0])
    if shape.values is not None:
        return _chosen(draws, field, shape) if shape.values else None
    while shape.choices:
        shape = _settled(draws, field, shape)
        if shape.never:
            return None
        if shape.values is not None:
            return _chosen(draws, field, shape)
    if draws.depth >= DEEP and shape.height >= HIGHEST:
        return None  # there is no end to it
    return _of_type(draws, field, shape, _type(draws, field, shape))


def _is_scant(draws: Draws) -> bool:
    """Whether only what must be there is to be made."""
    return draws.scant or draws.left <= 0 or draws.depth >= DEEP


def _settled(draws: Draws, field: Field, shape: Shape) -> Shape:
    """*shape* with the branch of its first choice that suits best of those that can be."""
    merged = shape
    for at in _branches(draws, field, shape):
        merged = shape.taking(at)
        if not merged.never:
            break
    return merged


def _branches(draws: Draws, field: Field, shape: Shape) -> list[int]:
    """The branches of the first choice: the one that the prompt speaks of, or any, comes first.

    Null is rare, and preferred where little is to be made.
    """
    branches, order = shape.branches, list(range(len(shape.branches)))
    if len(order) == 1:
        return order
    if _is_scant(draws):
        return sorted(order, key=lambda at: branches[at].height)
    first = draws.chance.below(min(len(order), 65_536))
    order = order[first:] + order[:first]
    spoken = draws.hinted and any(_speaks_of(draws, branch) for branch in branches)
    null_first = (draws.sparing or draws.one_in(6)) and not _is_meant(draws, field)

    def rank(at: int) -> tuple[bool, bool, bool]:
        branch = branches[at]
        is_null = branch.types == ["null"] and not branch.choices
        return (
            branch.never or branch.height >= HIGHEST,
            is_null != null_first,
            (spoken and not is_null and not _speaks_of(draws, branch)),
        )

    return sorted(order, key=rank)


def _is_meant(draws: Draws, field: Field) -> bool:
    """Whether the prompt has a word of the field's name, or something that would be its value."""
    if not draws.hinted:
        return False
    hints = draws.hints
    if not hints.said.isdisjoint(field.words):
        return True
    if not draws.sparing:
        return False
    kind, source = SOURCES.get(field.text or texts.any_text, ("", ""))
    if source and source != "series" and field.shape.types != ["boolean"]:
        return draws.is_left(kind, getattr(hints, source))
    if field.text in (texts.date, texts.date_time, texts.time) and (dates(hints) or times(hints)):
        return True
    if field.shape.values and _mentioned(draws, field, field.shape.values) is not None:
        return True
    return bool(field.span and any(not set(field.span.near).isdisjoint(each.near[:1]) for each in draws.numbers))


def _speaks_of(draws: Draws, branch: Shape) -> bool:
    """Whether the prompt has a word of those that tell this branch apart."""
    for part in branch.parts:
        named = part.get("$ref") or part.get("title")
        if isinstance(named, str) and named.rpartition("/")[2].lower() in draws.hints.said:
            return True
        for schema in (part.get("properties") or {}).values() if isinstance(part.get("properties"), dict) else ():
            value = schema.get("const") if isinstance(schema, dict) else None
            if value is None and isinstance(schema, dict) and len(schema.get("enum") or ()) == 1:
                value = schema["enum"][0]
            if isinstance(value, str) and value.lower().replace("_", " ") in draws.hints.lower:
                return True
    return False


def _type(draws: Draws, field: Field, shape: Shape) -> str:
    """One of several types."""
    types = shape.types
    if not types:
        return "null"  # nothing is of all types that the schema asks for at once
    if len(types) == len(TYPES) and draws.depth < DEEP and field.span is None:
        return types[0]  # nothing is said of types
    if _is_scant(draws):
        flat = [type for type in types if type not in ("object", "array")]
        return "null" if "null" in types and draws.depth >= DEEP else flat[0] if flat else types[0]
    if len(types) == len(TYPES) or "null" not in types:
        if field.span is not None and field.text is None and {"integer", "number"}.intersection(types):
            return "integer" if "integer" in types and not field.span.decimals else "number"
        return types[0] if len(types) == len(TYPES) or draws.chance.below(3) else draws.pick(types)
    real = [type for type in types if type != "null"]
    if not real or ((draws.sparing or draws.one_in(6)) and not _is_meant(draws, field)):
        return "null"
    return real[0] if len(real) == 1 else draws.pick(real)


def _of_type(draws: Draws, field: Field, shape: Shape, type: str) -> Any:
    if type == "string":
        return wording.text(draws, field, shape)
    if type == "object":
        return _object(draws, field, shape)
    if type == "array":
        return _array(draws, field, shape)
    if type in ("integer", "number"):
        return numbers.number(draws, field, shape, type == "integer")
    return _boolean(draws, field, shape) if type == "boolean" else None


def _boolean(draws: Draws, field: Field, shape: Shape) -> bool:
    words = [word for word in field.words if word not in DECIDING]
    if draws.hinted and not draws.hints.said.isdisjoint(words):
        return draws.hints.said.isdisjoint(("not", "no", "don't", "without", "never"))
    if isinstance(shape.default, bool):
        return shape.default
    return True if not YES.isdisjoint(words) else draws.one_in(2)


def _chosen(draws: Draws, field: Field, shape: Shape) -> Any:
    """The value that the prompt has, the one that it is likely to mean, the default, or any."""
    values: list[Any] = shape.values or [None]
    if len(values) == 1:
        return values[0]
    if draws.hinted:
        found = _mentioned(draws, field, values)
        if found is not None:
            return found
        if any(isinstance(value, str) and value.lower() in LIKES for value in values):
            return _judged(draws, values)
        for each in draws.numbers:
            if each.value in values and not isinstance(each.value, bool):
                return values[values.index(each.value)]
    if shape.default is not None and shape.default in values:
        return shape.default
    real = [value for value in values if value is not None]
    if len(real) < len(values) and _is_scant(draws):
        return None
    return draws.other("enum " + field.name, real) if draws.at else draws.pick(real or values)


def _mentioned(draws: Draws, field: Field, values: list[Any]) -> Any:
    """The longest of *values* that stands in the prompt; of those in a list, one after the other."""
    found: list[tuple[int, int, Any]] = []
    lower = draws.hints.lower
    for value in values:
        if isinstance(value, str) and value:
            for written in dict.fromkeys((value.lower(), value.lower().replace("_", " ").replace("-", " "))):
                at = lower.find(written)
                while at >= 0:
                    end = at + len(written)
                    if not lower[at - 1 : at].isalnum() and not lower[end : end + 1].isalpha():
                        found.append((-len(written), at, value))
                        break
                    at = lower.find(written, at + 1)
    if not found:
        return None
    ordered = [value for *_, value in sorted(found, key=lambda each: each[:2])]
    turn = draws.turn("mentioned " + field.name)
    return ordered[turn % len(ordered)]


def _judged(draws: Draws, values: list[Any]) -> Any:
    """Which of *values* the prompt sounds like: positive, negative, or neither."""
    good, bad = len(draws.hints.said & POSITIVE), len(draws.hints.said & NEGATIVE)
    wanted = ("positive",) if good > bad else ("negative",) if bad > good else ("mixed",) if good else ("neutral",)
    for value in values:
        if isinstance(value, str) and value.lower() in wanted:
            return value
    return draws.pick(values)


def _object(draws: Draws, field: Field, shape: Shape) -> dict[str, Any]:
    if draws.depth > DEEPEST:
        return {}
    scant = _is_scant(draws)
    draws.depth += 1
    owner, draws.owner = draws.owner, (*field.words, *shape.called)
    made: dict[str, Any] = {}
    left_out: list[Field] = []
    room: float = shape.most_properties if shape.most_properties is not None else len(shape.fields) + MOST_ENTRIES
    room = room - len(shape.required)
    minimal = not scant and draws.at > 0 and draws.one_in(4)
    for each in shape.fields:
        if not each.required:
            wanted = not scant and not minimal and room > 0 and _is_wanted(draws, each)
            if not wanted:
                left_out.append(each)
                continue
            room -= 1
        made[each.name] = grow(draws, each, each.shape)
    if len(left_out) > 0 or shape.least_properties or not shape.fields:
        _complete(draws, field, shape, made, left_out, scant, room)
    draws.depth -= 1
    draws.owner = owner
    return made


def _is_wanted(draws: Draws, field: Field) -> bool:
    """Whether a property that may be left out is there."""
    if field.shape.height >= HIGHEST:
        return False
    return _is_meant(draws, field) or (not draws.sparing and draws.chance.below(3) > 0)


def _complete(
    draws: Draws, field: Field, shape: Shape, made: dict[str, Any], left_out: list[Field], scant: bool, room: float
) -> None:
    """Add to *made* what its properties need, and as many more as there must be."""
    needed = [name for have in made for name in shape.needs(have)]
    while needed:
        name = needed.pop()
        if name not in made:
            made[name] = grow(draws, Field(name, shape.member(name)), shape.member(name))
            needed += shape.needs(name)
    while len(made) < shape.least_properties and left_out:
        each = left_out.pop(0)
        if each.name not in made and not each.shape.never:
            made[each.name] = grow(draws, each, each.shape)
    wanted = shape.least_properties
    if shape.has_free_names and not scant:
        wanted = int(max(wanted, len(made) + min(0 if shape.has_names else 2, room)))
    if len(made) < wanted:
        _add_entries(draws, field, shape, made, int(wanted))


def _add_entries(draws: Draws, field: Field, shape: Shape, made: dict[str, Any], wanted: int) -> None:
    """Add properties whose names the schema leaves open, until *made* has as many as are *wanted*."""
    patterns, names = shape.name_patterns, shape.name_shape
    known = [] if patterns else [word for word in (*draws.hints.series, *draws.hints.words) if draws.hinted]
    for attempt in range(8 * wanted):
        if len(made) >= min(wanted, MOST_ENTRIES):
            return
        if patterns and attempt < 4 * wanted:
            pattern = patterns[attempt % len(patterns)]
            name = next(iter(_texts_of(pattern, draws)), "")
        elif names.parts:
            name = str(grow(draws, Field("key", names), names))
        else:
            name = known[attempt].lower() if attempt < len(known) else f"{draws.pick(NOUNS)}_{attempt}"
        value = shape.member(name)
        if name in made or value.never or name in shape.forbidden:
            continue
        made[name] = grow(draws, field.item(value), value)


def _texts_of(pattern: str, draws: Draws) -> list[str]:
    found = Pattern(pattern)
    for word in draws.hints.words if draws.hinted else ():
        if found.matches(word) and draws.one_in(2):
            return [word]
    return [text for text, _ in zip(found.texts(draws.chance), range(1), strict=False)]


def _array(draws: Draws, field: Field, shape: Shape) -> list[Any]:
    if draws.depth > DEEPEST:
        return []
    made: list[Any] = []
    contained = shape.contained
    must = sum(count for _, count in contained)
    size = _size(draws, field, shape, must)
    draws.depth += 1
    at_before = draws.at
    seen: set[bytes] = set()
    for at in range(size):
        item = shape.item(at)
        if item.never:
            break
        draws.at = at + 1
        for one, count in contained:
            if at >= size - must and count > 0:
                item = one
        each = field.item(item)
        value = grow(draws, each, item)
        if shape.unique:
            for attempt in range(UNIQUE_TRIES):
                key = key_of(value)
                if key not in seen:
                    break
                value = _another(draws, each, item, attempt)
            else:
                if len(made) >= max(shape.least_items, must):
                    break
            seen.add(key)
        made.append(value)
    draws.at = at_before
    draws.depth -= 1
    return made


def _another(draws: Draws, field: Field, item: Shape, attempt: int) -> Any:
    """Another value, for a list whose items must differ."""
    if item.values and len(item.values) > attempt:
        return item.values[attempt]
    hinted = draws.hinted
    draws.hinted = hinted and attempt < 3
    value = grow(draws, field, item)
    draws.hinted = hinted
    if attempt > 4 and isinstance(value, str) and item.format is None and not item.patterns:
        value = f"{value} {attempt}"
        if item.most_length is not None:
            value = value[-int(item.most_length) :]
    return value


def _asked(draws: Draws, field: Field) -> int | None:
    """How many of these things the prompt asks for."""
    for count, noun in draws.hints.counts:
        if noun in field.words or singular(noun) in field.words:
            return count
    counts = draws.hints.counts
    if counts and not LISTING.isdisjoint(draws.hints.said) and draws.turn("count") == 0:
        return counts[0][0]
    return None


def _size(draws: Draws, field: Field, shape: Shape, must: int) -> int:
    """How many items a list has: as many as the prompt asks for or lists, else two or three."""
    least = max(shape.least_items, must, shape.fixed_items if shape.least_items == 0 and not _is_scant(draws) else 0)
    most = shape.most_items if shape.most_items is not None else MOST_ITEMS
    least = min(least, MOST_ITEMS)
    if _is_scant(draws):
        return int(max(shape.least_items, must)) if shape.least_items < MOST_ITEMS else MOST_ITEMS
    wanted = 1 if draws.sparing else 3 - draws.depth // 2 if draws.depth > 1 else 2 + draws.chance.below(2)
    item = shape.item(shape.fixed_items)
    if item.values is not None and not shape.fixed_items:
        mentioned = [value for value in item.values if isinstance(value, str) and value.lower() in draws.hints.said]
        wanted = len(mentioned) or 1 + draws.chance.below(min(3, max(1, len(item.values))))
    elif draws.hinted and draws.depth <= 2 and not shape.fixed_items:
        hints = draws.hints
        listed = field.text is not None and field.text.__name__ in ("thing", "person", "city", "place", "ticker")
        _, source = SOURCES.get(field.item(item).text or texts.any_text, ("", ""))
        found = getattr(hints, source) if source else ()
        if found and source != "series" and (draws.depth < 2 or len(found) > 1):
            wanted = len(found)
        elif hints.series and (listed or (field.text is None and item.types == ["string"])):
            wanted = len(hints.series)
        elif item.types[:1] in (["integer"], ["number"]) and len(draws.numbers) > 1:
            wanted = len(draws.numbers)
        else:
            wanted = _asked(draws, field) or wanted
    if item.height >= HIGHEST:
        wanted = 0
    if shape.fixed_items and item.never:
        most = min(most, shape.fixed_items)
    if shape.fixed_items:
        wanted = shape.fixed_items
    if item.never and not shape.fixed_items:
        wanted = 0
    return int(max(least, min(wanted, most)))
