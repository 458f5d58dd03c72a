"""Texts that a schema allows: of its format, its pattern and its length."""

from collections.abc import Callable, Iterator
from datetime import datetime

from . import texts
from .draws import Draws
from .lexicon import NOUNS, SENTENCES
from .shapes import Field, Shape

LONGEST = 10_000  # characters of one text
TRIES = 6  # texts of a pattern


def _clock(draws: Draws, field: Field) -> str:
    return f"{texts.time(draws, field)}:00Z"


def _span(draws: Draws, field: Field) -> str:
    return draws.pick(("PT30M", "PT1H", "PT2H30M", "P1D", "P3D", "P2W"))


def _host(draws: Draws, field: Field) -> str:
    return texts.host(draws, field)


def _ipv6(draws: Draws, field: Field) -> str:
    return f"2001:db8::{1 + draws.chance.below(65_000):x}"


def _pointer(draws: Draws, field: Field) -> str:
    return f"/{texts.slug(draws, field)}"


def _bytes(draws: Draws, field: Field) -> str:
    return "aGVsbG8="


FORMATS: dict[str, Callable[[Draws, Field], str]] = {
    "date": texts.date, "date-time": texts.date_time, "time": _clock, "duration": _span, "email": texts.email,
    "idn-email": texts.email, "hostname": _host, "idn-hostname": _host, "ipv4": texts.ip, "ipv6": _ipv6,
    "uuid": texts.uuid, "uri": texts.url, "uri-reference": texts.url, "iri": texts.url, "iri-reference": texts.url,
    "url": texts.url, "uri-template": texts.url, "json-pointer": _pointer, "relative-json-pointer": lambda *_: "0",
    "regex": lambda *_: "^[a-z]+$", "byte": _bytes, "base64": _bytes, "phone": texts.phone, "password": texts.password,
    "color": lambda *_: "#336699", "uuid4": texts.uuid, "cuid": lambda *_: "cjld2cjxh0000qzrmn831i7rn",
}  # fmt: skip
LONG = (texts.sentence, texts.thought, texts.message, texts.answer)


def text(draws: Draws, field: Field, shape: Shape) -> str:
    """A text for *field* that *shape* allows."""
    if shape.is_plain_text:
        return _said(draws, field)
    for candidate in _candidates(draws, field, shape):
        made = _fitted(draws, field, shape, candidate)
        if made is not None:
            return made
    return _filled(draws, "", shape.least_length, shape.most_length)


def _said(draws: Draws, field: Field) -> str:
    if field.text is not None:
        return field.text(draws, field)
    return texts.any_text(draws, field)


def _candidates(draws: Draws, field: Field, shape: Shape) -> Iterator[str]:
    write = FORMATS.get(shape.format or "")
    if write is not None:
        made = write(draws, field)
        yield made if shape.format != "date-time" or field.text is not texts.birth_date else _born(draws, field)
        yield write(draws, field)
    if isinstance(shape.default, str) and field.text is None and shape.default:
        yield shape.default
    if write is None:
        if field.text is texts.country and shape.most_length is not None and shape.most_length < 4:
            yield texts.country_code(draws, field)
        yield _said(draws, field)
    if shape.patterns:
        if draws.hinted:
            yield from draws.hints.quoted
            yield from draws.hints.identifiers
            yield from draws.hints.tokens
            yield from draws.hints.codes
            yield from draws.hints.names
            yield from (number for number in (f"{each.value}" for each in draws.hints.numbers))
        yield from (example for example in shape.examples if isinstance(example, str))
        if field.sample:
            yield field.sample
        if draws.hinted:
            yield from draws.hints.words
        least, most = shape.least_length, shape.most_length
        for pattern in shape.patterns:
            for at, made in enumerate(pattern.texts(draws.chance, least, most)):
                yield made
                if at == TRIES:
                    break


def _born(draws: Draws, field: Field) -> str:
    day = datetime.fromisoformat(texts.birth_date(draws, field))
    return day.strftime("%Y-%m-%dT00:00:00Z")


def _fitted(draws: Draws, field: Field, shape: Shape, made: str) -> str | None:
    """*made*, cut or lengthened where that may be; None when the schema does not allow it."""
    least, most = shape.least_length, shape.most_length
    if not shape.patterns and (shape.format is None or shape.format not in FORMATS):
        if most is not None and len(made) > most:
            made = _cut(made, int(most), least)
        if len(made) < least:
            made = _filled(draws, made, least, most)
    if len(made) < least or (most is not None and len(made) > most):
        return None
    return made if all(pattern.matches(made) for pattern in shape.patterns) else None


def _cut(made: str, most: int, least: int) -> str:
    """The first words of *made* that have at most *most* characters, if they have at least *least*."""
    short = made[:most]
    if most < len(made) and made[most] != " ":
        short = short.rpartition(" ")[0] or short
    short = short.rstrip(" ,;:-")
    return short if len(short) >= least and short else made[:most]


def _filled(draws: Draws, made: str, least: int, most: float | None) -> str:
    """*made* with words or sentences after it, of at least *least* characters, as far as that is sensible."""
    least = min(least, LONGEST)
    room = (most if most is not None else LONGEST + 200) - least
    while len(made) < least:
        missing = least - len(made)
        more = (
            f"{draws.other('more', SENTENCES)}.".format(draws.hints.topic) if missing > 40 else str(draws.pick(NOUNS))
        )
        made = f"{made} {more}" if made else more
    if len(made) - least > room:
        made = made[: int(most or least)]
        if made.endswith(" "):
            made = made[:-1] + "x"
    return made
