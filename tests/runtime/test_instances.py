"""Values made for schemas: always valid, out of what the prompt says, the same each time."""

import json
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.structured.hints import Hints
from fakeai.runtime.content.structured.instances import Instances, instance
from fakeai.runtime.content.structured.patterns import Pattern
from fakeai.runtime.content.structured.strict import Place, expect_strict
from tests.inprocess import EPOCH, ROOT
from tests.runtime.made_up_schemas import free, strict_schemas

CALM = settings(
    max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
BATTERY = json.loads((ROOT / "tests" / "runtime" / "schemas" / "battery.json").read_text())
PROMPT = Hints.of("Bob, who is 31, flies from Paris to Oslo on 2026-05-01 for $300", EPOCH)
TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def judge(schema: Any) -> Any:
    return jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)


def thing(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def many(schema: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "array", "items": schema, **fields}


def made(prompt: str, schema: Any, **options: Any) -> Any:
    return instance(schema, Hints.of(prompt, EPOCH), Chance(prompt.encode()), **options)


@CALM
@given(strict_schemas())
def test_whatever_strict_mode_takes_has_an_instance(schema: dict[str, Any]) -> None:
    expect_strict(schema, Place("response_format 'x'", "response_format", None))
    validator = judge(schema)
    for key in (b"1", b"2"):
        value = instance(schema, PROMPT, Chance(key))
        validator.validate(value)
        assert orjson.loads(orjson.dumps(value)) == value


@CALM
@given(free())
def test_what_others_write_has_an_instance_too(schema: Any) -> None:
    for key in (b"1", b"2"):
        judge(schema).validate(instance(schema, PROMPT, Chance(key)))


def test_the_battery_has_a_hundred_schemas() -> None:
    assert len({each["name"] for each in BATTERY}) >= 100


@pytest.mark.parametrize("case", BATTERY, ids=lambda case: str(case["name"]))
def test_schemas_of_the_real_world_have_instances(case: dict[str, Any]) -> None:
    validator, engine, hints = judge(case["schema"]), Instances(), Hints.of(case["prompt"], EPOCH)
    for sparing in (False, True):
        for number in range(10):
            key = b"%d" % number
            value = engine.instance(case["schema"], hints, Chance(key), name=case["name"], sparing=sparing)
            validator.validate(value)
            assert engine.instance(case["schema"], hints, Chance(key), name=case["name"], sparing=sparing) == value


@pytest.mark.parametrize("case", [each for each in BATTERY if each["style"] == "strict"], ids=lambda case: case["name"])
def test_strict_schemas_of_the_battery_pass_the_rules(case: dict[str, Any]) -> None:
    expect_strict(case["schema"], Place("response_format 'x'", "response_format", None))


FEELING = thing(sentiment={"enum": ["positive", "negative", "neutral"]})
DATE = {"type": "string", "format": "date"}
EVENT = {**thing(name=TEXT, date=TEXT, participants=many(TEXT)), "title": "CalendarEvent"}
FLIGHT = thing(origin=TEXT, destination=TEXT, departure_date=DATE, return_date=DATE, passengers=WHOLE)
INVOICE = thing(invoice_number=TEXT, vendor=TEXT, total=NUMBER, currency=TEXT, due=DATE)
PET = {"oneOf": [thing(kind={"const": "dog"}, name=TEXT), thing(kind={"const": "cat"}, name=TEXT)]}
SAID = [
    ("Jason is 25 years old", thing(name=TEXT, age=WHOLE), ["Jason", 25]),
    ("Alice and Bob go to a science fair on Friday.", EVENT, ["Science Fair", "2026-01-02", ["Alice", "Bob"]]),
    ("The weather in Boston, MA in fahrenheit?", thing(location=TEXT, unit={"enum": ["celsius", "fahrenheit"]}),
     ["Boston, MA", "fahrenheit"]),
    ("Add 2 and 40", thing(a=NUMBER, b=NUMBER), [2, 40]),
    ("how can I solve 8x + 7 = -23", thing(final_answer=TEXT), ["x = -3.75"]),
    ("What is 12 * (3 + 4)?", thing(expression=TEXT, result=TEXT), ["12 * (3 + 4)", "84"]),
    ("Flights from Berlin to Lisbon on June 12 for 2 people, back on 2026-06-20", FLIGHT,
     ["Berlin", "Lisbon", "2026-06-12", "2026-06-20", 2]),
    ("Invoice INV-1234 of Acme Corp for $1,250.50, due tomorrow", INVOICE,
     ["INV-1234", "Acme Corp", 1250.5, "USD", "2026-01-02"]),
    ("I love this product!", FEELING, ["positive"]),
    ("This is terrible", FEELING, ["negative"]),
    ("Call me at +1 555 010 9999 or ann@corp.io", thing(phone=TEXT, email=TEXT), ["+1 555 010 9999", "ann@corp.io"]),
    ("Compare apples, pears and plums", thing(items=many(TEXT)), [["apples", "pears", "plums"]]),
    ("Book room B-204", thing(room={"type": "string", "pattern": "^[A-Z]-[0-9]{3}$"}), ["B-204"]),
    ('Set the title to "Blue Mug"', thing(title=TEXT), ["Blue Mug"]),
    ("Wake me at 7:30 am", thing(time={"type": "string", "format": "time"}), ["07:30:00Z"]),
    ("My cat Tom", PET, ["cat", "Tom"]),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "schema", "values"), SAID, ids=lambda value: str(value)[:40])
def test_values_are_what_the_prompt_says(prompt: str, schema: Any, values: Any) -> None:
    assert list(made(prompt, schema).values()) == values


def test_as_many_things_are_made_as_the_prompt_asks_for() -> None:
    schema = thing(recipes=many(thing(title=TEXT, minutes=WHOLE)))
    recipes = made("Give me five recipes with tomatoes", schema)["recipes"]
    assert len(recipes) == 5
    assert len({each["title"] for each in recipes}) == 5


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        ("Return JSON with keys name, age and email for Bob who is 41", ["name", "age", "email"]),
        ('Answer in json like {"city": "string", "temp": 1.5, "tags": ["a"]}', ["city", "temp", "tags"]),
        ('Reply as json: {"verdict": "yes|no", "why": ...}', ["verdict", "why"]),
        ('Give json with a "colors" key', ["colors"]),
        ("Something as json", ["topic", "summary", "answer"]),
    ],
)
def test_an_object_without_a_schema_is_as_the_prompt_describes_it(prompt: str, keys: list[str]) -> None:
    assert list(made(prompt, None)) == keys


def test_an_object_without_a_schema_has_the_types_of_the_example() -> None:
    value = made(
        'As json: {"city": "string", "temp": 1.5, "tags": ["a"], "open": true} about Rome at 21.5 degrees', None
    )
    assert value["city"] == "Rome"
    assert [type(each) for each in value.values()] == [str, float, list, bool]


def test_what_may_be_left_out_is_sometimes_there() -> None:
    schema = {"type": "object", "properties": dict.fromkeys("abcdef", TEXT)}
    sizes = {len(instance(schema, PROMPT, Chance(b"%d" % number))) for number in range(50)}
    assert min(sizes) < 3
    assert max(sizes) == 6
    assert all(instance(schema, PROMPT, Chance(b"%d" % number), sparing=True) == {} for number in range(9))


def test_what_refers_to_itself_comes_to_an_end() -> None:
    node = {**thing(value=TEXT, left={"$ref": "#"}, right={"$ref": "#"}), "required": ["value"]}
    tree = {"$defs": {"t": {"anyOf": [{"type": "null"}, thing(a={"$ref": "#/$defs/t"}, b={"$ref": "#/$defs/t"})]}},
            **thing(root={"$ref": "#/$defs/t"})}  # fmt: skip
    for schema in (node, tree):
        for number in range(30):
            value = instance(schema, PROMPT, Chance(b"%d" % number))
            judge(schema).validate(value)
            assert len(orjson.dumps(value)) < 20_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"]},
        {"type": "array", "minItems": 10**9},
        {"type": "string", "minLength": 10**9},
        {"type": "object", "minProperties": 10**9},
        {"allOf": [{"$ref": "#"}]},
        {"$ref": "http://127.0.0.1:9/never/asked"},
        {"type": "string", "pattern": "^(a|a)*b(?=c)$", "minLength": 60},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": 5, "properties": [1], "required": "x", "enum": "abc", "items": 3, "anyOf": {}},
        False,
        [],
    ],
    ids=str,
)
def test_what_nothing_satisfies_gets_something_of_a_sensible_size(schema: Any) -> None:
    assert len(orjson.dumps(instance(schema, PROMPT, Chance(b"1")))) < 1_000_000


def test_a_schema_of_many_alternatives_does_not_multiply_them() -> None:
    parts = [{"anyOf": [{"properties": {f"p{a}_{b}": TEXT}} for b in range(6)]} for a in range(30)]
    engine = Instances()
    for number in range(5):
        judge({"type": "object", "allOf": parts}).validate(
            engine.instance({"type": "object", "allOf": parts}, PROMPT, Chance(b"%d" % number))
        )


def test_an_engine_keeps_few_schemas() -> None:
    engine = Instances()
    for number in range(250):
        assert engine.instance({"const": number}, PROMPT, Chance(b"1")) == number
    assert len(engine._kept) == 100


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (r"^[A-Z]{3}-\d{4}$", 0, None),
        (r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z\d]{8,}$", 0, None),
        (r"^[a-z]+-[a-z]+$", 20, 20),
        (r"foo|bar", 10, 12),
        (r"^\p{Lu}\p{L}*$", 4, None),
        (r"^(\d{3})-\1$", 0, None),
        ("^(?!admin)[a-z]{3,8}$", 0, None),
        (r"^[^\s@]+@[^\s@]+\.[a-z]{2,}$", 0, 12),
        (r"[^\x00-\x7f]", 0, None),
        ("^[\u4e00-\u9fa5]+$", 2, 4),
    ],
)
def test_texts_match_their_pattern(pattern: str, least: int, most: int | None) -> None:
    schema = {"type": "string", "pattern": pattern, "minLength": least}
    validator = judge(schema if most is None else {**schema, "maxLength": most})
    texts = [text for text, _ in zip(Pattern(pattern).texts(Chance(b"1"), least, most), range(3), strict=False)]
    assert texts
    for text in texts:
        validator.validate(text)


@pytest.mark.parametrize("schema", [{"allOf": [TEXT, WHOLE]}, {"type": "integer", "minimum": 1e308}, {"not": {}}])
def test_what_nothing_sensible_satisfies_still_gives_json(schema: dict[str, Any]) -> None:
    for made in (instance(schema, PROMPT, Chance(b"1")), instance(thing(a=schema), PROMPT, Chance(b"1"))):
        assert orjson.loads(orjson.dumps(made)) == made
