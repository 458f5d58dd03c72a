"""The server's own document and the pages that show it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.inprocess import ROOT, Client, run

ASSETS = ROOT / "fakeai" / "assets"
FILES = sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.is_file())


def test_the_document_is_the_generated_file_byte_for_byte() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/openapi.json")
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.body == (ROOT / "generated" / "openapi.json").read_bytes()

    assert run(scenario) == 0


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/docs/assets/docs.js"])
def test_who_has_it_already_is_told_so_in_no_bytes(path: str) -> None:
    async def scenario(client: Client) -> None:
        tag = (await client.get(path)).headers["etag"]
        assert (await client.get(path)).headers["etag"] == tag
        assert tag.startswith('"')
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            answer = await client.get(path, headers={"if-none-match": known})
            assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
            assert answer.headers["cache-control"] == "no-cache"
            assert "content-length" not in answer.headers
            assert "content-type" not in answer.headers
        for unknown in ('"other"', tag.strip('"'), ""):
            assert (await client.get(path, headers={"if-none-match": unknown})).status == 200

    run(scenario)


def test_every_asset_is_served_with_its_type() -> None:
    async def scenario(client: Client) -> None:
        tags = set()
        for name in FILES:
            answer = await client.get(f"/docs/assets/{name}")
            assert (answer.status, answer.body) == (200, (ASSETS / name).read_bytes()), name
            tags.add(answer.headers["etag"])
            kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "html": "text/html"}
            assert answer.headers["content-type"].split(";")[0] == kind.get(name.rpartition(".")[2], "text/plain")
        assert len(tags) == len(FILES)

    run(scenario)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_page_may_load_nothing_from_elsewhere(path: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get(path)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert b"<title>FakeAI</title>" in answer.body
        assert b"//" not in answer.body

    run(scenario)


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "swagger-ui-dist",
        "../pages.py",
        "../runtime/pages.py",
        "redoc/../docs.js",
        "/etc/passwd",
        "a\0.js",
    ],
)
def test_only_what_lies_there_is_found(name: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.status == 404
        assert answer.error["message"] == f"Invalid URL (GET /docs/assets/{name})."

    run(scenario)


def test_a_head_has_the_headers_of_the_page() -> None:
    async def scenario(client: Client) -> None:
        for path in ("/openapi.json", "/docs", "/docs/assets/docs.js"):
            whole, head = await client.get(path), await client.call("HEAD", path)
            for name in ("etag", "content-type", "content-length", "cache-control"):
                assert head.headers[name] == whole.headers[name]

    run(scenario)


def test_another_site_may_read_the_document() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/openapi.json", headers={"origin": "https://editor.example"})
        assert answer.headers["access-control-allow-origin"] in ("*", "https://editor.example")

    run(scenario)


def test_a_project_of_ones_own_serves_its_own_document(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated", tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    document = tmp_path / "generated" / "openapi.json"
    document.write_text(json.dumps({"openapi": "3.1.0"}))

    async def scenario(client: Client) -> None:
        assert (await client.get("/openapi.json")).json == {"openapi": "3.1.0"}
        document.unlink()
        assert (await client.get("/openapi.json")).json == {"openapi": "3.1.0"}

    run(scenario, root=tmp_path)

    async def without(client: Client) -> None:
        assert (await client.get("/openapi.json")).status == 404

    run(without, root=tmp_path)
