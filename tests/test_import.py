"""`fakeai import`: structure without prose, from OpenAPI 3.0 and 3.1."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

from fakeai_generator import SpecError, generate, import_openapi

ROOT = Path(__file__).parent.parent
UPSTREAM = Path(os.environ.get("FAKEAI_UPSTREAM") or ROOT.parent / "shared" / "upstream" / "openai.openapi.yaml")

OLD = """
openapi: 3.0.3
info: {title: Pets, version: 2024-01-01, description: Prose.}
servers: [{url: 'https://example.com/api/v3'}]
paths:
  /pets/{id}:
    parameters:
      - {$ref: '#/components/parameters/id'}
      - {name: page, in: query, schema: {type: integer, minimum: 0, exclusiveMinimum: true}}
    get:
      operationId: getPet
      tags: ['../../Pets & Co']
      summary: Prose.
      description: Prose.
      parameters:
        - name: page
          in: query
          description: Prose.
          schema: {type: string, example: Prose., enum: [on, no, 2024-01-01]}
      responses:
        '200': {$ref: '#/components/responses/Pet'}
        default: {description: Prose.}
    post:
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses: {'4XX': {description: Prose.}}
  /class:
    get: {tags: [class], responses: {}}
components:
  parameters:
    id: {name: id, in: path, required: true, description: Prose., schema: {type: string}}
  requestBodies:
    Pet:
      description: Prose.
      content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, example: {a: Prose.}}}
  responses:
    Pet: {description: Prose., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  schemas:
    Pet:
      type: object
      title: Prose.
      description: Prose.
      x-prose: Prose.
      required: [description, title]
      properties:
        description: {type: string, nullable: true, description: Prose.}
        title: {type: string, enum: [a, b], nullable: true}
        owner: {$ref: '#/components/schemas/Owner', nullable: true}
        big: {type: integer, maximum: 123456789012345678901234567890}
        kind:
          oneOf: [{$ref: '#/components/schemas/Owner'}]
          discriminator: {propertyName: kind, mapping: {o: '#/components/schemas/Owner'}, x-prose: Prose.}
        examples: {type: array, items: {type: number, default: 1.5, example: 2}}
    Owner: {type: object, properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Unused: {type: string}
"""


@pytest.fixture
def pets(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "old.yaml").write_text(OLD)
    files = import_openapi(tmp_path / "old.yaml", tmp_path / "specs" / "pets")
    return {path.relative_to(tmp_path).as_posix(): text for path, text in files.items()}


def test_there_is_a_file_for_each_tag_and_names_stay_in_the_folder(pets: dict[str, str]) -> None:
    names = ("UPSTREAM", "api.yaml", "class_.yaml", "pets.yaml", "pets_co.yaml")
    assert sorted(pets) == [f"specs/pets/{name}" for name in names]
    upstream = yaml.safe_load(pets["specs/pets/UPSTREAM"])
    assert upstream == {
        "title": "Pets",
        "version": "2024-01-01",
        "openapi": "3.0.3",
        "sha256": hashlib.sha256(OLD.encode()).hexdigest(),
        "operations": 3,
        "imported": 3,
    }
    assert yaml.safe_load(pets["specs/pets/api.yaml"]) == {"x-fakeai-api": {"bases": ["/api/v3"]}}


def test_no_prose_comes_along(pets: dict[str, str]) -> None:
    assert not any("Prose" in text for text in pets.values())


def test_structure_comes_along_in_the_words_of_3_1(pets: dict[str, str]) -> None:
    spec = yaml.safe_load(pets["specs/pets/pets_co.yaml"])
    assert spec["paths"] == {
        "/pets/{id}": {
            "get": {
                "operationId": "getPet",
                "tags": ["../../Pets & Co"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "string", "enum": ["on", "no", "2024-01-01"]}},
                ],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    },
                    "default": {"description": "Any other answer"},
                },
            }
        }
    }
    assert spec["components"]["schemas"] == {
        "Owner": {
            "type": "object",
            "properties": {"pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}},
        },
        "Pet": {
            "type": "object",
            "required": ["description", "title"],
            "properties": {
                "description": {"type": ["string", "null"]},
                "title": {"type": ["string", "null"], "enum": ["a", "b", None]},
                "owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]},
                "big": {"type": "integer", "maximum": 123456789012345678901234567890},
                "kind": {
                    "oneOf": [{"$ref": "#/components/schemas/Owner"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"o": "#/components/schemas/Owner"}},
                },
                "examples": {"type": "array", "items": {"type": "number", "default": 1.5}},
            },
        },
    }
    untagged = yaml.safe_load(pets["specs/pets/pets.yaml"])["paths"]["/pets/{id}"]["post"]
    assert untagged["operationId"] == "post_pets_id"
    assert untagged["parameters"][1]["schema"] == {"type": "integer", "exclusiveMinimum": 0}
    assert untagged["responses"] == {"4XX": {"description": "4XX answer"}}


def test_what_was_imported_can_be_generated(tmp_path: Path, pets: dict[str, str]) -> None:
    for name, text in pets.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "pets/pets_co.py" in generate(tmp_path, ROOT / "behaviors")


def test_only_the_tags_asked_for(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    files = import_openapi(tmp_path / "old.yaml", tmp_path / "specs", ["class"])
    assert sorted(path.name for path in files) == ["UPSTREAM", "api.yaml", "class_.yaml"]
    with pytest.raises(SpecError, match="no operation has the tag 'Dogs'"):
        import_openapi(tmp_path / "old.yaml", tmp_path / "specs", ["Dogs"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("swagger: '2.0'\n", r"a.yaml:1: not an OpenAPI 3.0 or 3.1 document \(openapi: missing\)"),
        ("openapi: 3.1.0\npaths: [", "a.yaml:3: did not find expected node content"),
        (
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n"
            "        '200': {$ref: '#/components/responses/N'}\n",
            "a.yaml:6: the reference '#/components/responses/N' leads nowhere",
        ),
        (
            "openapi: 3.1.0\ncomponents:\n  schemas:\n    A:\n      $ref: 'b.yaml#/B'\n",
            "a.yaml:5: the reference 'b.yaml#/B' leaves the document's schemas",
        ),
        (
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n"
            "        '200': {$ref: '#/components/responses/A'}\n"
            "components:\n  responses:\n    A: {$ref: '#/components/responses/B'}\n"
            "    B: {$ref: '#/components/responses/A'}\n",
            "a.yaml:10: the reference '#/components/responses/A' leads in a circle",
        ),
        (
            "openapi: 3.1.0\npaths:\n  /a:\n    $ref: b.yaml\n",
            "a.yaml:4: a path that is a reference cannot be imported",
        ),
        ("openapi: 3.1.0\npaths:\n  /a:\n    get: null\n", "a.yaml:4: None is not of type object"),
        (
            "openapi: 3.1.0\ncomponents:\n  schemas:\n    A:\n      properties: 5\n",
            "a.yaml:5: properties is not a mapping",
        ),
    ],
    ids=[
        "swagger 2",
        "not yaml",
        "a reference to nothing",
        "a reference to a file",
        "a circle",
        "a path elsewhere",
        "no operation",
        "no mapping",
    ],
)
def test_what_cannot_be_imported_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SpecError, match=message):
        import_openapi(tmp_path / "a.yaml", tmp_path / "specs")


def imported(folder: Path, document: object, tags: tuple[str, ...] = ()) -> dict[str, dict[str, object]]:
    """The spec files made of *document*, and proof that they can be generated."""
    (folder / "a.json").write_text(json.dumps(document))
    files = import_openapi(folder / "a.json", folder / "specs" / "a", tags)
    (folder / "specs" / "a").mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text)
    generate(folder, ROOT / "behaviors")
    return {path.name: yaml.safe_load(text) for path, text in files.items() if path.suffix == ".yaml"}


def operation_ids(spec: dict[str, object]) -> list[str]:
    paths = spec["paths"]
    assert isinstance(paths, dict)
    return [operation["operationId"] for item in paths.values() for operation in item.values()]


def test_json_is_read_as_json(tmp_path: Path) -> None:
    schema = {"type": "string", "enum": ["\U0001f600", "a/b\t"]}
    response = {"200": {"content": {"application/json": {"schema": schema}}}}
    paths = {"/n": None, "/m": {"get": {"responses": response}}}
    files = imported(tmp_path, {"openapi": "3.1.0", "info": None, "paths": paths})
    made = files["m.yaml"]["paths"]
    assert made == {
        "/m": {"get": {"operationId": "get_m", "responses": {"200": {"description": "OK", **response["200"]}}}}
    }
    for text, message in (
        ('{"openapi": "3.1.0",\n x}', "a.json:2: Expecting property name enclosed in double quotes"),
        ('{"openapi": "\\ud83d"}', "a.json:1: a string has half of a surrogate pair"),
        ('{"openapi": NaN}', "a.json:1: cannot be read: NaN is not JSON"),
        ('{"openapi": "3.1.0", "paths": {"/a": 5}}', "a.json:1: #/paths/~1a: 5 is not of type object"),
    ):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(SpecError, match=message):
            import_openapi(tmp_path / "a.json", tmp_path / "specs")


@pytest.mark.parametrize(
    ("tag", "file"),
    [("3D Models", "tag_3d_models"), ("api", "api_"), ("Table", "table_"), ("catalog", "catalog_"), ("class", "class_"),
     ("Живот", "root"), ("_x", "x")],
)  # fmt: skip
def test_a_tag_makes_a_file_that_generates(tmp_path: Path, tag: str, file: str) -> None:
    files = imported(tmp_path, {"openapi": "3.1.0", "paths": {"/a": {"get": {"tags": [tag], "operationId": "a"}}}})
    assert set(files) == {"api.yaml", f"{file}.yaml"}


def test_operation_ids_are_made_legal_and_stay_apart(tmp_path: Path) -> None:
    ids = ["get pet", "get_pet", "getPet", "3d", "a/b:c", "/"]
    paths = {f"/x/{i}": {"get": {"operationId": id}} for i, id in enumerate(ids)}
    files = imported(tmp_path, {"openapi": "3.1.0", "paths": paths})
    assert operation_ids(files["x.yaml"]) == ["get_pet", "get_pet_2", "getPet_3", "operation_3d", "a_b_c", "operation"]


def test_an_operation_is_found_by_any_of_its_tags(tmp_path: Path) -> None:
    paths = {"/a": {"get": {"tags": ["One", "Two"], "operationId": "a"}, "put": {"tags": ["One"], "operationId": "b"}}}
    files = imported(tmp_path, {"openapi": "3.1.0", "paths": paths}, ("Two",))
    assert set(files) == {"api.yaml", "two.yaml"}
    assert operation_ids(files["two.yaml"]) == ["a"]


def test_components_that_refer_to_components_are_followed(tmp_path: Path) -> None:
    components = {
        "responses": {"A": {"$ref": "#/components/responses/B"}, "B": {"content": {"text/plain": {}}}},
        "parameters": {
            "A": {"$ref": "#/components/parameters/B"},
            "B": {"name": "q", "in": "query", "schema": {"type": "string"}},
        },
    }
    operation = {
        "parameters": [{"$ref": "#/components/parameters/A"}],
        "responses": {"200": {"$ref": "#/components/responses/A"}},
    }
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": operation}}, "components": components}
    assert imported(tmp_path, document)["a.yaml"]["paths"] == {
        "/a": {
            "get": {
                "operationId": "get_a",
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "OK", "content": {"text/plain": {}}}},
            }
        }
    }


@pytest.mark.skipif(not UPSTREAM.is_file(), reason=f"OpenAI's document is not at {UPSTREAM}: set FAKEAI_UPSTREAM")
def test_every_operation_of_openai_generates_with_an_example(tmp_path: Path) -> None:
    folder = tmp_path / "specs" / "openai"
    folder.mkdir(parents=True)
    for name in ("api.yaml", "corrections.overlay.yaml"):
        shutil.copy(ROOT / "specs" / "openai" / name, folder)
    for path, text in import_openapi(UPSTREAM, folder).items():
        path.write_text(text)
    made = generate(tmp_path, ROOT / "behaviors")
    assert made["table.py"].count("    Route(") == 288
    examples = [json.loads(text) for name, text in made.items() if name.endswith(".examples.json")]
    assert sum(len(named) for named in examples) == 288
    bodies = [record["body"] for named in examples for record in named.values()]
    assert not any(body["has_more"] for body in bodies if isinstance(body, dict) and "has_more" in body)
