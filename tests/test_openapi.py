"""The bundled OpenAPI document: valid, whole, and what tools can load."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from openapi_spec_validator import OpenAPIV31SpecValidator

from fakeai_generator import behaviors, plan

ROOT = Path(__file__).parent.parent
DOCUMENT: dict[str, Any] = json.loads((ROOT / "generated" / "openapi.json").read_text())
BUNDLES = sorted((ROOT / "tests" / "generator").glob("*/generated/openapi.json"))
FOREIGN = "is not a 'regex'"  # said of patterns that ECMA-262 has and Python's re has not


def walk(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from walk(part)


@pytest.mark.parametrize("path", [ROOT / "generated" / "openapi.json", *BUNDLES], ids=lambda path: path.parts[-3])
def test_a_bundle_is_valid_openapi(path: Path) -> None:
    errors = [error.message for error in OpenAPIV31SpecValidator(json.loads(path.read_text())).iter_errors()]
    assert [message for message in errors if FOREIGN not in message] == []


def test_every_route_is_in_it_but_variants_of_a_query() -> None:
    spec = importlib.util.spec_from_file_location("table", ROOT / "generated" / "table.py")
    assert spec is not None
    assert spec.loader is not None
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    routes = {
        (route.method.lower(), table.APIS[route.api].bases[0] + route.path.replace(":path}", "}"))
        for route in table.ROUTES
        if "?" not in route.path and route.method != "WEBSOCKET"
    }
    assert {(method, path) for path, item in DOCUMENT["paths"].items() for method in item} == routes
    assert len(routes) > 280


def test_every_operation_has_the_media_types_of_its_spec() -> None:
    """What is asked and answered is what the spec says after its overlays, whatever its schemas are called here."""
    mistakes: list[str] = []
    planned = plan.plan(ROOT, behaviors.load(behaviors.folders(ROOT, ROOT / "behaviors"), mistakes), mistakes)
    assert mistakes == []
    for module, document in zip(planned.modules, planned.documents, strict=True):
        for operation in module.operations:
            if "?" not in operation.path and operation.method != "WEBSOCKET":
                spec = document.data["paths"][operation.path][operation.method.lower()]
                here = DOCUMENT["paths"][module.api.bases[0] + operation.path][operation.method.lower()]
                assert here["operationId"] == operation.id
                assert here["summary"] == operation.summary
                assert media(here.get("requestBody", {})) == media(spec.get("requestBody", {}))
                assert {status: media(each) for status, each in here["responses"].items()} == {
                    status: media(each) for status, each in spec["responses"].items()
                }


def media(holder: dict[str, Any]) -> dict[str, str]:
    """The schema of each media type, as text, with the names that components have in their own files."""
    own = re.compile(r"(#/components/schemas/)openai_[a-z_]+_(?=[A-Z])")
    return {
        kind: own.sub(r"\1", json.dumps(medium.get("schema"))) for kind, medium in holder.get("content", {}).items()
    }


def test_references_resolve_and_every_component_is_referred_to() -> None:
    for path in (ROOT / "generated" / "openapi.json", *BUNDLES):
        document = json.loads(path.read_text())
        used = {part["$ref"] for part in walk(document) if isinstance(part, dict) and isinstance(part.get("$ref"), str)}
        named = {
            f"#/components/{section}/{name}"
            for section, components in document["components"].items()
            for name in components
            if section != "securitySchemes"
        }
        assert used == named, path


def test_nothing_is_left_of_our_annotations() -> None:
    for path in (ROOT / "generated" / "openapi.json", *BUNDLES):
        assert "x-fakeai" not in path.read_text(), path


def test_operation_ids_are_unique_and_tags_described() -> None:
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    described = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert {tag for operation in operations for tag in operation["tags"]} == set(described)
    assert all(described.values())


def test_a_key_can_be_given_where_the_server_may_ask_for_one() -> None:
    assert DOCUMENT["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    for path, item in DOCUMENT["paths"].items():
        for operation in item.values():
            if path.startswith("/v1/") and not path.startswith(("/v1/health/", "/v1/metrics")):
                assert operation["security"] == [{}, {"bearer": []}], path
    assert "security" not in DOCUMENT["paths"]["/health"]["get"]


def test_schemathesis_loads_every_operation() -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    loaded = [found.ok() for found in schema.get_all_operations()]
    assert sum(operation is not None for operation in loaded) == sum(len(item) for item in DOCUMENT["paths"].values())


def test_the_description_names_other_bases() -> None:
    assert re.search(r"below `/v1` is found at the bare host, too", DOCUMENT["info"]["description"])
