"""The route table."""

import pytest

from fakeai.runtime.routes import Api, Route, Table

PATHS = (
    ("GET", "/models"),
    ("GET", "/models/{model:path}"),
    ("GET", "/models/{model:path}/capabilities"),
    ("GET", "/files/{id}"),
    ("GET", "/files/{id}/content"),
    ("GET", "/files/special"),
    ("POST", "/files/{id}"),
    ("DELETE", "/files/{file_id}"),
    ("POST", "/things"),
    ("POST", "/things?beta=true"),
    ("POST", "/things/{id}?beta=true"),
)
TABLE = Table(
    [Route(method, path, "api", "module", f"{method} {path}") for method, path in PATHS],
    {"api": Api(bases=("/v1", ""))},
    lambda name: type(name, (), {f"{method} {path}": f"{method} {path}" for method, path in PATHS}),
)


@pytest.mark.parametrize("base", ["", "/v1"])
@pytest.mark.parametrize(
    ("method", "path", "query", "function", "args"),
    [
        ("GET", "/models", b"", "GET /models", {}),
        ("GET", "/models/a", b"", "GET /models/{model:path}", {"model": "a"}),
        ("GET", "/models/a/b/c", b"", "GET /models/{model:path}", {"model": "a/b/c"}),
        ("GET", "/models/a/b/capabilities", b"", "GET /models/{model:path}/capabilities", {"model": "a/b"}),
        ("GET", "/models/capabilities", b"", "GET /models/{model:path}", {"model": "capabilities"}),
        ("GET", "/files/1", b"", "GET /files/{id}", {"id": "1"}),
        ("POST", "/files/1", b"", "POST /files/{id}", {"id": "1"}),
        ("GET", "/files/1/content", b"", "GET /files/{id}/content", {"id": "1"}),
        ("GET", "/files/special", b"", "GET /files/special", {}),
        ("GET", "/files/special/content", b"", "GET /files/{id}/content", {"id": "special"}),
        ("DELETE", "/files/1", b"", "DELETE /files/{file_id}", {"file_id": "1"}),
        ("DELETE", "/files/special", b"", "DELETE /files/{file_id}", {"file_id": "special"}),
        ("POST", "/things", b"beta=false", "POST /things", {}),
        ("POST", "/things/7", b"beta=true", "POST /things/{id}?beta=true", {"id": "7"}),
        ("POST", "/things", b"a=b&beta=true", "POST /things?beta=true", {}),
    ],
)
def test_a_path_leads_to_its_function(
    base: str, method: str, path: str, query: bytes, function: str, args: dict[str, str]
) -> None:
    target, values, _ = TABLE.find(method, base + path, query)
    assert target is not None
    assert (target.function, values) == (function, args)


@pytest.mark.parametrize("path", ["", "/", "/model", "/models/", "/models//", "/models/a//b", "/files", "/v2/models"])
def test_other_paths_lead_nowhere(path: str) -> None:
    assert TABLE.find("GET", path, b"") == (None, {}, [])


def test_other_methods_are_told_which_there_are() -> None:
    assert TABLE.find("PUT", "/files/special", b"") == (None, {}, ["DELETE", "GET", "POST"])
