"""What every store does, whatever it keeps things in."""

import asyncio
import hashlib

import pytest

from fakeai.runtime.store import Change, Record, Store, Unusable
from tests.store.conftest import Redis
from tests.store.places import Place

IDS = ("plain", "mit Umlaut ä", "漢字 🦜", "a/b:c d\n\0e", "", "'; DROP TABLE documents; --", "x" * 2000)


async def fill(store: Store, collection: str, *ids: str) -> None:
    for id in ids:
        assert await store.write(Change(collection, id, {"id": id}, revision=0))


async def ids(store: Store, collection: str) -> list[str]:
    return [record.id for record in await store.page(collection, 1000)]


def test_a_document_is_created_changed_and_deleted(place: Place) -> None:
    async def scenario(store: Store) -> None:
        assert await store.get("file", "f") is None
        data = {"name": "ä\0🦜", "size": 2**53, "parts": [1.5, None, True, {"deep": []}]}
        assert await store.write(Change("file", "f", data, revision=0))
        first = await store.get("file", "f")
        assert first == Record("f", data, place=1, revision=1)
        assert await store.write(Change("file", "f", {"name": "b"}, revision=1))
        assert await store.get("file", "f") == Record("f", {"name": "b"}, place=1, revision=2)
        assert await store.get("files", "f") is None
        assert await store.write(Change("file", "f", None, revision=2))
        assert await store.get("file", "f") is None
        assert await store.page("file", 10) == []
        assert await store.write(Change("file", "f", {}, revision=0))
        again = await store.get("file", "f")
        assert again
        assert (again.revision, again.place > 1) == (1, True)

    place.run(scenario)


def test_a_store_forgets_everything(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await fill(store, "a", "1", "2")
        await fill(store, "b/1", "3")
        await store.add("count", 5)
        await store.append("blob", b"bytes")
        await store.clear()
        assert (await ids(store, "a"), await ids(store, "b/1"), await store.read("blob")) == ([], [], b"")
        assert await store.add("count") == 1
        assert await store.append("blob", b"others") == 6
        await fill(store, "a", "4")
        assert await store.page("a", 10) == [Record("4", {"id": "4"}, place=1, revision=1)]

    place.run(scenario)


def test_a_change_without_a_revision_takes_what_is_there(place: Place) -> None:
    async def scenario(store: Store) -> None:
        for number in (1, 2):
            assert await store.write(Change("a", "x", {"n": number}))
            assert await store.get("a", "x") == Record("x", {"n": number}, place=1, revision=number)
        assert await store.write(Change("a", "x", None), Change("a", "nobody", None))
        assert await store.get("a", "x") is None

    place.run(scenario)


def test_a_wrong_revision_changes_nothing_at_all(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await fill(store, "a", "1", "2")
        await fill(store, "b/1/c", "3")
        assert await store.write(Change("a", "2", {"changed": True}))
        for stale in (
            Change("a", "1", {}, revision=0),
            Change("a", "2", {}, revision=1),
            Change("a", "2", {}, revision=3),
            Change("a", "2", None, revision=1),
            Change("a", "3", {}, revision=1),
            Change("a", "3", None, revision=1),
            Change("a", "1", None, revision=0),
        ):
            other = Change("a", "1", {"half": True}), Change("a", "new", {}, revision=0), Change("a", "1", None)
            assert not await store.write(*other[:2], stale, clear=["b/"])
            assert not await store.write(stale, *other, clear=["b/"])
        assert await store.page("a", 10) == [
            Record("1", {"id": "1"}, place=1, revision=1),
            Record("2", {"changed": True}, place=2, revision=2),
        ]
        assert await ids(store, "b/1/c") == ["3"]

    place.run(scenario)


def test_changes_of_one_write_happen_in_their_order(place: Place) -> None:
    async def scenario(store: Store) -> None:
        assert await store.write(
            Change("a", "x", {"n": 1}, revision=0),
            Change("a", "x", {"n": 2}, revision=1),
            Change("a", "y", {"n": 3}),
            Change("a", "y", None, revision=1),
            Change("a", "y", {"n": 4}, revision=0),
        )
        x, y = await store.page("a", 10)
        assert (x.id, x.data, x.revision) == ("x", {"n": 2}, 2)
        assert (y.id, y.data, y.revision) == ("y", {"n": 4}, 1)
        assert x.place < y.place
        assert not await store.write(Change("a", "x", {}, revision=2), clear=["a"])  # it is gone by then
        assert await store.write(Change("a", "x", {"n": 5}, revision=0), clear=["a"])
        assert [(r.id, r.data, r.revision) for r in await store.page("a", 10)] == [("x", {"n": 5}, 1)]

    place.run(scenario)


def test_pages_in_both_directions(place: Place) -> None:
    async def scenario(store: Store) -> None:
        names = [f"{number * 7 % 25:02}" for number in range(25)]
        for number, name in enumerate(names):
            await fill(store, "a", name)
            await fill(store, "ab" if number % 2 else "", name)
        await store.write(Change("a", names[3], {"changed": True}), Change("a", names[11], None))
        left = names[:11] + names[12:]
        for descending in (False, True):
            found: list[str] = []
            after = None
            while page := await store.page("a", 7, after=after, descending=descending):
                assert len(page) <= 7
                found += [record.id for record in page]
                after = page[-1].place
            assert found == (left[::-1] if descending else left)
        assert [r.id for r in await store.page("a", 1)] == names[:1]
        assert [r.id for r in await store.page("a", 1, descending=True)] == names[-1:]
        assert await store.page("a", 0) == []
        assert await store.page("nothing", 5) == []
        gap = (await store.page("a", 1))[0].place
        assert (await store.page("a", 1, after=gap - 1))[0].id == names[0]

    place.run(scenario)


def test_places_are_not_given_twice(place: Place) -> None:
    async def scenario(store: Store) -> None:
        seen = []
        for number in range(5):
            await fill(store, "a", str(number))
            page = await store.page("a", 1, descending=True)
            seen.append(page[0].place)
            await store.write(Change("a", str(number), None), clear=["a"] if number % 2 else [])
        assert seen == sorted(set(seen))

    place.run(scenario)


def test_clearing_empties_the_collections_below_a_prefix_and_no_others(place: Place) -> None:
    async def scenario(store: Store) -> None:
        names = ["a", "a/1", "a/1/", "a/1/b", "a/1/ü🦜", "a/1/\U0010fffe", "a/10/b", "a/2/b", "b"]
        for name in names:
            await fill(store, name, "x", "y")
        assert await store.write(Change("a", "x", None), clear=["a/1/", "nothing/"])
        assert [name for name in names if await ids(store, name)] == ["a", "a/1", "a/10/b", "a/2/b", "b"]
        assert await ids(store, "a") == ["y"]
        assert await store.write(clear=["a/1", "b"])
        assert [name for name in names if await ids(store, name)] == ["a", "a/2/b"]
        assert await store.write(clear=[""])
        assert [name for name in names if await ids(store, name)] == []

    place.run(scenario)


@pytest.mark.parametrize("id", IDS, ids=range(len(IDS)))
def test_ids_may_be_any_text(place: Place, id: str) -> None:
    async def scenario(store: Store) -> None:
        await fill(store, id, id)
        await fill(store, "all", id, id + "!")
        assert await ids(store, id) == [id]
        assert await ids(store, "all") == [id, id + "!"]
        assert await store.get("all", id) == Record(id, {"id": id}, place=2, revision=1)
        assert await store.append(id, b"1") == 1
        assert await store.read(id) == b"1"
        assert await store.add(id) == 1
        assert await store.write(Change("all", id, None), clear=[id] if id else [])
        assert await ids(store, "all") == [id + "!"]

    place.run(scenario)


def test_counters(place: Place) -> None:
    async def scenario(store: Store) -> None:
        assert [await store.add("a"), await store.add("a", 5), await store.add("b", -2)] == [1, 6, -2]
        assert [await store.add("a", 0), await store.add("c", 0), await store.add("a", 2**52)] == [6, 0, 2**52 + 6]

    place.run(scenario)


def test_fifty_tasks_that_change_one_document_lose_no_change(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.write(Change("a", "x", {"tasks": []}))

        async def change(number: int) -> None:
            while True:
                record = await store.get("a", "x")
                assert record
                await asyncio.sleep(0)
                data = {"tasks": [*record.data["tasks"], number]}
                counted = Change("counted", f"{number}", {}, revision=0)
                if await store.write(Change("a", "x", data, record.revision), counted):
                    return

        await asyncio.gather(*map(change, range(50)))
        record = await store.get("a", "x")
        assert record
        assert sorted(record.data["tasks"]) == list(range(50))
        assert record.revision == 51
        assert len(await store.page("counted", 100)) == 50

    place.run(scenario)


CHANGE_TOGETHER = """
    for number in range(50):
        while True:
            record = await store.get("a", "x")
            counted = Change("a", "x", {"n": record.data["n"] + 1}, record.revision)
            if await store.write(counted, Change("b", f"{sys.argv[2]}-{number}", {}, 0)):
                break
        print(await store.add("c"), await store.append("blob", sys.argv[2].encode() * 1000))
"""


def test_four_processes_that_change_one_document_lose_no_change(kept: Place) -> None:
    async def prepare(store: Store) -> None:
        await store.write(Change("a", "x", {"n": 0}))

    async def check(store: Store) -> None:
        record = await store.get("a", "x")
        assert record
        assert (record.data, record.revision) == ({"n": 200}, 201)
        others = await store.page("b", 1000)
        assert {record.id for record in others} == {f"{p}-{n}" for p in range(4) for n in range(50)}
        assert len({record.place for record in others}) == 200
        blob = await store.read("blob")
        pieces = [blob[at : at + 1000] for at in range(0, len(blob), 1000)]
        assert sorted(pieces) == sorted(b"%d" % p * 1000 for p in range(4) for _ in range(50))

    kept.run(prepare)
    processes = [kept.process(CHANGE_TOGETHER, str(number)) for number in range(4)]
    lines = [line.split() for process in processes for line in finished(process)]
    kept.run(check)
    assert sorted(int(count) for count, _ in lines) == list(range(1, 201))
    assert sorted(int(size) for _, size in lines) == list(range(1000, 200_001, 1000))


def test_eight_processes_that_begin_at_once_agree(kept: Place) -> None:
    processes = [kept.process("    print(await store.add('starts'))") for _ in range(8)]
    assert sorted(int(line) for process in processes for line in finished(process)) == list(range(1, 9))


def finished(process: object) -> list[str]:
    printed, errors = process.communicate(timeout=120)  # type: ignore[attr-defined]
    assert process.returncode == 0, errors  # type: ignore[attr-defined]
    return printed.splitlines()  # type: ignore[no-any-return]


def test_blobs_grow_and_are_read_in_ranges(place: Place) -> None:
    async def scenario(store: Store) -> None:
        assert await store.read("b") == b""
        assert await store.append("b", b"") == 0
        assert await store.append("b", b"0123") == 4
        assert await store.append("b", b"456789") == 10
        assert await store.append("c", b"other") == 5
        assert await store.read("b") == b"0123456789"
        assert await store.read("b", 3) == b"3456789"
        assert await store.read("b", 3, 4) == b"3456"
        assert await store.read("b", 8, 100) == b"89"
        assert [await store.read("b", 10), await store.read("b", 99, 5), await store.read("b", 2, 0)] == [b"", b"", b""]
        await store.forget("b", "nothing")
        await store.forget()
        assert await store.read("b") == b""
        assert await store.read("c") == b"other"
        assert await store.append("b", b"new") == 3
        assert await store.read("b") == b"new"

    place.run(scenario)


def test_a_blob_of_twenty_megabytes(place: Place) -> None:
    pieces = [hashlib.sha256(b"%d" % number).digest() * 10_007 for number in range(63)]
    whole = b"".join(pieces)
    assert len(whole) > 20_000_000

    async def scenario(store: Store) -> None:
        size = 0
        for piece in pieces:
            size += len(piece)
            assert await store.append("big", piece) == size
        assert await store.append("once", whole) == len(whole)
        for blob in ("big", "once"):
            assert await store.read(blob) == whole
            for start, size in ((0, 1), (262_143, 2), (262_144, 262_144), (5_000_001, 9_000_000), (len(whole) - 1, 9)):
                assert await store.read(blob, start, size) == whole[start : start + size]

    place.run(scenario)


def test_everything_is_there_after_closing_and_opening(kept: Place) -> None:
    async def before(store: Store) -> list[Record]:
        await fill(store, "a", "1", "2", "3")
        await store.write(Change("a", "2", {"changed": True}), Change("a", "3", None))
        await store.add("c", 7)
        await store.append("b", b"abc")
        return await store.page("a", 10)

    async def after(store: Store) -> list[Record]:
        assert await store.add("c", 0) == 7
        assert await store.append("b", b"def") == 6
        assert await store.read("b") == b"abcdef"
        found = await store.page("a", 10)
        await fill(store, "a", "4")
        last = (await store.page("a", 1, descending=True))[0]
        assert last.id == "4"
        assert last.place > 3
        return found

    assert kept.run(before) == kept.run(after)


def test_two_places_know_nothing_of_each_other(redis: Redis) -> None:
    async def scenario(store: Store) -> None:
        await fill(store, "a", "x")
        await store.append("b", b"x")
        assert await store.add("c") == 1
        await store.write(clear=[""])

    async def nothing(store: Store) -> None:
        assert (await store.page("a", 9), await store.read("b"), await store.add("c")) == ([], b"", 1)

    one, two = redis.place(), redis.place()
    one.run(scenario)
    two.run(nothing)


def test_a_place_written_by_a_later_version_is_left_alone(kept: Place) -> None:
    address = str(kept.address)

    async def age(store: Store) -> None:
        if address.startswith("sqlite:"):
            store._db.execute("PRAGMA user_version = 2")  # type: ignore[attr-defined]
        else:
            await store._client.set(store._prefix + "version", 2)  # type: ignore[attr-defined]

    kept.run(age)
    with pytest.raises(Unusable, match=r"written by a later version of FakeAI \(format 2; this one knows 1\)"):
        kept.run(age)
