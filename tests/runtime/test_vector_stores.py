"""Vector stores: their files, batches and searches."""

import asyncio
import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.app import create_app
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.resources.search.parsing import LARGEST_XML
from fakeai.runtime.store import Change
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT, STEADY, Client, run

DAY = 86_400
STORES = "/v1/vector_stores"
DOCUMENTS = {
    "returns.md": "# Returns\n\nA customer may return unworn shoes within thirty days. The refund goes to the card "
    "that paid for them. Sale items are exchanged for store credit only.",
    "shipping.txt": "Parcels leave the warehouse each morning. Delivery to islands takes a week longer, and customs "
    "may ask for papers. Tracking numbers arrive by mail.",
    "volcano.md": "The volcano on the northern island erupted in spring. Lava reached the sea within two days, and "
    "ash closed three airports.",
    "server.py": "def start(port: int) -> None:\n    '''Listen on a socket and accept connections.'''\n    "
    "listen(port)\n",
    "名前.txt": "東京は日本の首都であり、世界最大の都市圏の一つです。",
}


PDF = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    b"<</Length 39>>stream\nBT /F 12 Tf 20 100 Td (Hello PDF) Tj ET\nendstream",
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
)


def pdf() -> bytes:
    """A document of the objects PDF."""
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(PDF, 1):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return made + end % (table, len(made))


def schema(name: str) -> Any:
    """A validator of a component of the document as it was imported, null of 3.0 apart."""
    components = yaml.safe_load((ROOT / "specs/openai/vector_stores.yaml").read_text())["components"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


STORE, FILE, BATCH = map(schema, ("VectorStoreObject", "VectorStoreFileObject", "VectorStoreFileBatchObject"))
FOUND, TEXT = map(schema, ("VectorStoreSearchResultsPage", "VectorStoreFileContentResponse"))
LISTS = {"stores": schema("ListVectorStoresResponse"), "files": schema("ListVectorStoreFilesResponse")}


def counts(**said: int) -> dict[str, int]:
    found = {**dict.fromkeys(("in_progress", "completed", "failed", "cancelled"), 0), **said}
    return {**found, "total": sum(found.values())}


async def library(client: Client, **fields: Any) -> tuple[str, dict[str, str]]:
    """A store of DOCUMENTS, all ready, and the ids of its files by name."""
    ids = {name: await client.upload(text.encode(), name, "assistants") for name, text in DOCUMENTS.items()}
    made = (await client.post(STORES, {"name": "library", "file_ids": list(ids.values()), **fields})).json
    await client.wait(1)
    return f"{STORES}/{made['id']}", ids


async def names(client: Client, store: str, query: Any, **fields: Any) -> list[str]:
    answer = await client.post(f"{store}/search", {"query": query, **fields})
    assert answer.status == 200, answer.body
    FOUND.validate(answer.json)
    return [hit["filename"] for hit in answer.json["data"]]


def test_a_store_goes_through_its_life() -> None:
    async def scenario(client: Client) -> None:
        empty = (await client.post(STORES, {})).json
        STORE.validate(empty)
        assert re.fullmatch("vs_[0-9a-f]{32}", empty["id"])
        assert empty == {
            "id": empty["id"], "object": "vector_store", "created_at": int(EPOCH), "name": "", "description": None,
            "usage_bytes": 0, "file_counts": counts(), "status": "completed", "expires_at": None,
            "last_active_at": int(EPOCH), "metadata": {},
        }  # fmt: skip
        file = await client.upload(b"Some text to find.", "a.txt", "assistants")
        policy = {"anchor": "last_active_at", "days": 2}
        full = {
            "name": "n", "description": "d", "file_ids": [file], "metadata": {"k": "v"}, "expires_after": policy,
            "chunking_strategy": {"type": "auto"},
        }  # fmt: skip
        store = (await client.post(STORES, full)).json
        STORE.validate(store)
        path = f"{STORES}/{store['id']}"
        assert (store["status"], store["file_counts"], store["usage_bytes"]) == (
            "in_progress",
            counts(in_progress=1),
            0,
        )
        assert store["expires_at"] == int(EPOCH) + 2 * DAY
        await client.wait(1)
        done = (await client.get(path)).json
        assert (done["status"], done["file_counts"]) == ("completed", counts(completed=1))
        attached = (await client.get(f"{path}/files/{file}")).json
        FILE.validate(attached)
        assert attached == {
            "id": file, "object": "vector_store.file", "usage_bytes": done["usage_bytes"], "created_at": int(EPOCH),
            "vector_store_id": store["id"], "status": "completed", "last_error": None, "attributes": {},
            "chunking_strategy": {"type": "static",
                                  "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}},
        }  # fmt: skip
        assert done["usage_bytes"] > len(b"Some text to find.") + 4 * 256
        changed = (await client.post(path, {"name": "m", "expires_after": None, "metadata": {"a": "b"}})).json
        assert (changed["name"], changed["metadata"], changed["expires_at"]) == ("m", {"a": "b"}, None)
        page = (await client.get(f"{STORES}?limit=1")).json
        LISTS["stores"].validate(page)
        assert ([one["id"] for one in page["data"]], page["has_more"]) == ([store["id"]], True)
        assert (await client.delete(path)).json == {
            "id": store["id"], "object": "vector_store.deleted", "deleted": True,
        }  # fmt: skip
        assert (await client.get(f"/v1/files/{file}")).status == 200
        await client.delete(f"/v1/files/{file}")
        assert client.blobs == 0
        for gone in (
            await client.get(path),
            await client.delete(path),
            await client.post(f"{path}/search", {"query": "x"}),
        ):
            assert (gone.status, gone.error["message"]) == (404, f"No vector store found with id '{store['id']}'.")

    run(scenario)


def test_a_search_finds_the_chunk_that_is_about_it() -> None:
    async def scenario(client: Client) -> None:
        store, ids = await library(client)
        for query, name in (
            ("How can I return shoes and get a refund?", "returns.md"),
            ("when does a parcel arrive on an island", "shipping.txt"),
            ("lava", "volcano.md"),
            ("accept connections on a socket", "server.py"),
            ("日本の首都", "名前.txt"),
        ):
            assert (await names(client, store, query))[0] == name
            assert (await names(client, store, query, ranking_options={"ranker": "none"}))[0] == name
        answer = (await client.post(f"{store}/search", {"query": "refund", "max_num_results": 1})).json
        (hit,) = answer["data"]
        assert hit["content"] == [{"type": "text", "text": DOCUMENTS["returns.md"]}]
        assert (hit["file_id"], hit["attributes"]) == (ids["returns.md"], {})
        assert 0.3 < hit["score"] < 1
        assert {**answer, "data": []} == {
            "object": "vector_store.search_results.page", "search_query": ["refund"], "data": [], "has_more": False,
            "next_page": None,
        }  # fmt: skip
        assert set((await names(client, store, ["lava", "customs"]))[:2]) == {"volcano.md", "shipping.txt"}
        assert await names(client, store, "lava", ranking_options={"score_threshold": 0.3}) == ["volcano.md"]
        rewritten = (await client.post(f"{store}/search", {"query": "What is the lava?", "rewrite_query": True})).json
        assert rewritten["search_query"] == ["lava"]
        assert (await client.get(store)).json["last_active_at"] == int(EPOCH) + 1
        for wrong in ({"query": ""}, {"query": []}, {"query": "a", "max_num_results": 51}):
            assert (await client.post(f"{store}/search", wrong)).status == 400

    run(scenario)


def test_a_vector_of_the_index_is_that_of_the_embeddings_endpoint() -> None:
    async def scenario(client: Client) -> None:
        store, _ = await library(client)
        query = "the refund for shoes"
        body = {"model": "text-embedding-3-large", "dimensions": 256, "input": [query, DOCUMENTS["returns.md"]]}
        a, b = [item["embedding"] for item in (await client.post("/v1/embeddings", body)).json["data"]]
        found = await client.post(f"{store}/search", {"query": query, "ranking_options": {"ranker": "none"}})
        assert found.json["data"][0]["score"] == pytest.approx(sum(x * y for x, y in zip(a, b, strict=True)), abs=1e-5)

    run(scenario)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"type": "eq", "key": "year", "value": 2023}, "b"),
        ({"type": "ne", "key": "year", "value": 2023}, "ac"),
        ({"type": "gt", "key": "year", "value": 2022}, "b"),
        ({"type": "lte", "key": "year", "value": 2022}, "a"),
        ({"type": "in", "key": "lang", "value": ["de", "fr"]}, "ab"),
        ({"type": "nin", "key": "lang", "value": ["de"]}, "bc"),
        ({"type": "eq", "key": "draft", "value": True}, "a"),
        ({"type": "eq", "key": "year", "value": "2023"}, ""),
        ({"type": "and", "filters": [{"type": "gte", "key": "year", "value": 2022},
                                     {"type": "or", "filters": [{"type": "eq", "key": "lang", "value": "fr"}]}]}, "b"),
    ],
    ids=str,
)  # fmt: skip
def test_filters_exclude_files_by_their_attributes(filters: dict[str, Any], expected: str) -> None:
    async def scenario(client: Client) -> None:
        store = f"{STORES}/{(await client.post(STORES, {})).json['id']}"
        said: dict[str, dict[str, Any]] = {
            "a": {"year": 2022, "lang": "de", "draft": True}, "b": {"year": 2023, "lang": "fr"}, "c": {},
        }  # fmt: skip
        for name, attributes in said.items():
            id = await client.upload(f"text of {name}".encode(), name, "assistants")
            await client.post(f"{store}/files", {"file_id": id, "attributes": attributes})
        await client.wait(1)
        assert sorted(await names(client, store, "text", filters=filters)) == sorted(expected)

    run(scenario)


def test_attributes_change_what_a_filter_finds_and_a_deleted_file_is_not_found() -> None:
    async def scenario(client: Client) -> None:
        store, ids = await library(client)
        green = {"filters": {"type": "eq", "key": "colour", "value": "green"}}
        assert await names(client, store, "lava", **green) == []
        changed = await client.post(f"{store}/files/{ids['volcano.md']}", {"attributes": {"colour": "green"}})
        FILE.validate(changed.json)
        assert changed.json["attributes"] == {"colour": "green"}
        assert await names(client, store, "lava", **green) == ["volcano.md"]
        await client.delete(f"/v1/files/{ids['volcano.md']}")
        assert "volcano.md" not in await names(client, store, "lava")
        answer = await client.delete(f"{store}/files/{ids['server.py']}")
        assert answer.json == {"id": ids["server.py"], "object": "vector_store.file.deleted", "deleted": True}
        assert "server.py" not in await names(client, store, "socket")
        assert (await client.get(f"/v1/files/{ids['server.py']}")).status == 200
        assert (await client.get(store)).json["file_counts"] == counts(completed=4)
        many = {"attributes": {f"k{n}": n for n in range(17)}}
        assert (await client.post(f"{store}/files/{ids['returns.md']}", many)).status == 400

    run(scenario)


def test_chunks_have_exactly_so_many_tokens() -> None:
    async def scenario(client: Client) -> None:
        from fakeai.runtime.resources.search.chunking import chunks

        tokens = client.app.world.tokens
        text = " ".join(word for _ in range(40) for word in ("queue", "grow", "when", "work", "comes", "fast"))
        assert tokens.count(text) == 240
        spans = await chunks(tokens, text, 100, 50)
        assert [tokens.count(text[a:b]) for a, b in spans] == [100, 100, 100, 90]
        assert [tokens.count(text[b:c]) for (_, c), (b, _) in pairwise(spans)] == [50] * 3
        assert (spans[0][0], spans[-1][1]) == (0, len(text))
        for mixed in (
            "東京は日本の首都であり、" * 200, "🙂👩‍👩‍👧" * 150, "x" * 5000, "a\n\nb.\n/c  d\te" * 300,
            Path(ROOT / "ARCHITECTURE.md").read_text(), Path(ROOT / "fakeai/runtime/tokens.py").read_text(),
        ):  # fmt: skip
            for size, overlap in ((100, 50), (120, 0), (800, 400)):
                spans = await chunks(tokens, mixed, size, overlap)
                assert max(tokens.count(mixed[a:b]) for a, b in spans) <= size
                laps = [tokens.count(mixed[b:c]) for (_, c), (b, _) in pairwise(spans)]
                assert max(laps, default=0) <= overlap
                assert all(b <= c for (_, c), (b, _) in pairwise(spans))
                assert (spans[0][0], spans[-1][1]) == (0, len(mixed))

    run(scenario)


def test_what_cannot_be_parsed_fails_and_says_why() -> None:
    docx = io.BytesIO()
    with zipfile.ZipFile(docx, "w") as archive:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}">'
            "<w:p><w:r><w:t>Hello</w:t></w:r></w:p><w:p><w:r><w:t>there</w:t></w:r></w:p></w:document>",
        )
    bomb, broken = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * LARGEST_XML + b"</a>")
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "abc" * 100)
    at = broken.getvalue().index(b"document.xml") + len("document.xml")
    broken.getbuffer()[at] = 0xFF
    given = {
        "good.docx": (docx.getvalue(), "completed", None),
        "good.pdf": (pdf(), "completed", None),
        "good.txt": ("\ufeffwith a mark".encode("utf-16"), "completed", None),
        "bad.docx": (b"no archive", "failed", "invalid_file"),
        "bad.pdf": (b"no pdf", "failed", "invalid_file"),
        "bad.txt": (b"\xff\xfe\xfd", "failed", "invalid_file"),
        "blank.md": (b" \n", "failed", "invalid_file"),
        "picture.png": (b"\x89PNG\r\n\x1a\n\0", "failed", "unsupported_file"),
        "bomb.docx": (bomb.getvalue(), "failed", "invalid_file"),
        "broken.docx": (broken.getvalue(), "failed", "invalid_file"),
    }

    async def scenario(client: Client) -> None:
        ids = {name: await client.upload(content, name, "assistants") for name, (content, _, _) in given.items()}
        store = f"{STORES}/{(await client.post(STORES, {'file_ids': list(ids.values())})).json['id']}"
        await client.wait(1)
        for name, (_, status, code) in given.items():
            file = (await client.get(f"{store}/files/{ids[name]}")).json
            FILE.validate(file)
            assert (name, file["status"], (file["last_error"] or {}).get("code")) == (name, status, code)
        assert (await client.get(store)).json["file_counts"] == counts(completed=3, failed=7)
        failed = (await client.get(f"{store}/files?filter=failed&limit=3&order=asc")).json
        LISTS["files"].validate(failed)
        assert [file["id"] for file in failed["data"]] == list(ids.values())[3:6]
        assert failed["has_more"]
        text = (await client.get(f"{store}/files/{ids['good.docx']}/content")).json
        TEXT.validate(text)
        assert text["data"] == [{"type": "text", "text": "Hello\nthere"}]
        text = (await client.get(f"{store}/files/{ids['good.pdf']}/content")).json
        assert [piece["text"] for piece in text["data"]] == ["Hello PDF"]
        await client.delete(store)
        for id in ids.values():
            await client.delete(f"/v1/files/{id}")
        assert client.blobs == 0

    run(scenario)


def test_a_batch_attaches_files_and_is_cancelled_half_way() -> None:
    async def scenario(client: Client) -> None:
        store = f"{STORES}/{(await client.post(STORES, {})).json['id']}"
        ids = [await client.upload(b"some words " * 180_000, f"{n}.txt", "assistants") for n in range(3)]
        ids.append(await client.upload(b"small", "small.txt", "assistants"))
        files = [{"file_id": ids[3], "attributes": {"n": 1}}, *({"file_id": id} for id in ids[:3])]
        batch = (await client.post(f"{store}/file_batches", {"files": files})).json
        BATCH.validate(batch)
        assert (batch["status"], batch["file_counts"]) == ("in_progress", counts(in_progress=4))
        path = f"{store}/file_batches/{batch['id']}"
        await client.wait(0.6)
        assert (await client.get(path)).json["file_counts"] == counts(completed=1, in_progress=3)
        assert (await client.get(f"{path}/files?filter=completed")).json["data"][0]["attributes"] == {"n": 1}
        ended = (await client.post(f"{path}/cancel")).json
        BATCH.validate(ended)
        assert (ended["status"], ended["file_counts"]) == ("cancelled", counts(completed=1, cancelled=3))
        again = await client.post(path)
        assert (again.status, again.error["message"]) == (
            400, "Cannot cancel vector store file batch with status 'cancelled'.",
        )  # fmt: skip
        await client.wait(60)
        assert (await client.get(store)).json["file_counts"] == counts(completed=1, cancelled=3)
        other = (await client.post(f"{store}/file_batches", {"file_ids": ids[3:], "attributes": {"n": 2}})).json
        assert (await client.post(f"{store}/file_batches/{other['id']}")).json["status"] == "cancelled"
        listed = (await client.get(f"{store}/file_batches?order=asc")).json
        assert [one["id"] for one in listed["data"]] == [batch["id"], other["id"]]
        assert (listed["object"], listed["first_id"], listed["has_more"]) == ("list", batch["id"], False)
        missing = await client.get(f"{store}/file_batches/vsfb_x")
        assert (missing.status, missing.error["message"]) == (404, "No vector store file batch found with id 'vsfb_x'.")
        both = await client.post(f"{store}/file_batches", {"files": files, "file_ids": ids})
        assert both.status == 400

    run(scenario)


def test_an_expired_store_takes_and_finds_nothing() -> None:
    async def scenario(client: Client) -> None:
        store, ids = await library(client, expires_after={"anchor": "last_active_at", "days": 1})
        await client.wait(DAY - 100)
        await names(client, store, "lava")
        moved = (await client.get(store)).json
        assert moved["expires_at"] == moved["last_active_at"] + DAY == int(EPOCH) + 2 * DAY - 99
        await client.wait(DAY)
        gone = (await client.get(store)).json
        assert gone["status"] == "expired"
        id = gone["id"]
        for answer in (
            await client.post(f"{store}/search", {"query": "lava"}),
            await client.post(f"{store}/files", {"file_id": ids["server.py"]}),
            await client.post(f"{store}/file_batches", {"file_ids": [ids["server.py"]]}),
            await client.post(store, {"name": "again"}),
        ):
            assert (answer.status, answer.error["message"]) == (400, f"Vector store '{id}' has expired.")
        assert (await client.delete(store)).status == 200

    run(scenario)


def test_what_a_store_cannot_take_is_refused() -> None:
    async def scenario(client: Client) -> None:
        store = f"{STORES}/{(await client.post(STORES, {})).json['id']}"
        id = await client.upload(b"text", "a.txt", "assistants")

        async def refused(path: str, body: Any) -> tuple[int, str | None]:
            answer = await client.post(path, body)
            return answer.status, answer.error["param"]

        def static(size: int, overlap: int) -> dict[str, Any]:
            said = {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}
            return {"file_id": id, "chunking_strategy": {"type": "static", "static": said}}

        at = "chunking_strategy.static."
        assert await refused(f"{store}/files", {"file_id": "file-x"}) == (404, "file_id")
        assert await refused(STORES, {"file_ids": ["file-x"]}) == (404, "file_ids")
        assert await refused(f"{store}/files", static(100, 51)) == (400, f"{at}chunk_overlap_tokens")
        assert await refused(f"{store}/files", static(99, 0)) == (400, f"{at}max_chunk_size_tokens")
        assert await refused(f"{store}/files", static(4097, 0)) == (400, f"{at}max_chunk_size_tokens")
        assert (await refused(STORES, {"metadata": {"k" * 65: "v"}}))[0] == 400
        assert (await refused(STORES, {"metadata": {str(n): "v" for n in range(17)}}))[0] == 400
        assert await refused(f"{STORES}/vs_x/files", {"file_id": id}) == (404, None)
        missing = await client.get(f"{store}/files/{id}")
        assert missing.error["message"] == f"No file found with id '{id}' in vector store '{store.rpartition('/')[2]}'."
        assert (await client.get(f"{store}/files?after=file-x")).error["param"] == "after"

    run(scenario)


def test_a_file_that_is_attached_again_is_worked_on_again() -> None:
    async def scenario(client: Client) -> None:
        store = f"{STORES}/{(await client.post(STORES, {})).json['id']}"
        id = await client.upload(b"word " * 300, "a.txt", "assistants")
        await client.post(f"{store}/files", {"file_id": id})
        await client.wait(1)
        once = (await client.get(store)).json
        small = {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}}
        await client.post(f"{store}/files", {"file_id": id, "chunking_strategy": small})
        assert (await client.get(store)).json["file_counts"] == counts(in_progress=1)
        assert await names(client, store, "word") == []
        await client.wait(1)
        twice = (await client.get(store)).json
        assert (once["file_counts"], twice["file_counts"]) == (counts(completed=1), counts(completed=1))
        assert twice["usage_bytes"] > once["usage_bytes"]
        assert len(await names(client, store, "word")) > 1
        await client.delete(f"{store}/files/{id}")
        assert (await client.get(store)).json["usage_bytes"] == 0
        assert client.blobs == 1

    run(scenario)


def test_two_processes_on_one_store_agree(tmp_path: Path) -> None:
    async def main() -> None:
        worlds = [World(STEADY, VirtualClock(EPOCH), store=SqliteStore(tmp_path)) for _ in range(2)]
        for world in worlds:
            await world.open()
            await world.tokens.ready()
        one, two = (Client(create_app(ROOT, world)) for world in worlds)
        store, ids = await library(one)
        first, second = await asyncio.gather(one.get(store), two.get(store))
        assert first.json == second.json
        assert first.json["file_counts"] == counts(completed=5)
        assert one.blobs == 3 * len(ids)
        assert await names(one, store, "lava") == await names(two, store, "lava")
        await two.delete(f"{store}/files/{ids['volcano.md']}")
        assert "volcano.md" not in await names(one, store, "lava")
        await one.delete(store)
        assert one.blobs == len(ids)
        for world in worlds:
            await world.store.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def test_a_store_takes_ten_thousand_files_and_no_more() -> None:
    async def scenario(client: Client) -> None:
        store = f"{STORES}/{(await client.post(STORES, {})).json['id']}"
        world = client.app.world
        ids = [f"file-{n}" for n in range(10_001)]
        shape = (await client.get(f"/v1/files/{await client.upload(b'text', 'a.txt', 'assistants')}")).json
        for id in ids:
            await world.store.write(Change("file", id, {**shape, "id": id, "_parts": [], "_type": "text/plain"}))
        for start in range(0, 10_000, 2_000):
            batch = await client.post(f"{store}/file_batches", {"file_ids": ids[start : start + 2_000]})
            assert batch.json["file_counts"] == counts(in_progress=2_000)
        more = await client.post(f"{store}/files", {"file_id": ids[-1]})
        assert (more.status, more.error["message"]) == (400, "A vector store has at most 10000 files.")
        assert (await client.get(store)).json["file_counts"] == counts(in_progress=10_000)
        cancelled = await client.post(f"{store}/file_batches/{batch.json['id']}/cancel")
        assert cancelled.json["file_counts"] == counts(cancelled=2_000)

    run(scenario)
