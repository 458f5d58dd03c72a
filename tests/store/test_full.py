"""Where there is no room, or nothing can be kept at all."""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from fakeai.app import create_store
from fakeai.runtime.store import Change, Full, Store, Unusable
from tests.store.conftest import Redis
from tests.store.places import ROOT, Place


async def fill_up(store: Store) -> int:
    """Write until there is no room; the number of documents written."""
    for number in range(100_000):
        data = {"text": "x" * 20_000}
        try:
            assert await store.write(Change("a", f"{number}", data, 0), Change("b", f"{number}", data, 0), clear=["c"])
        except Full:
            return number
    raise AssertionError("it never got full")


async def whole(store: Store, number: int) -> None:
    """All that was written is there, and nothing of what was not."""
    names = [f"{n}" for n in range(number)]
    assert [record.id for record in await store.page("a", 100_000)] == names
    assert [record.id for record in await store.page("b", 100_000)] == names
    assert await store.read("blob") == b"abc"


@pytest.mark.parametrize("kind", ["sqlite-memory", "sqlite-directory"])
def test_a_full_database_refuses_and_goes_on(kind: str, tmp_path: Path) -> None:
    async def scenario(store: Any) -> None:
        await store.append("blob", b"abc")
        store._db.execute("PRAGMA max_page_count = 300")
        number = await fill_up(store)
        assert number > 5
        await store.write(Change("c", "x", {}))
        with pytest.raises(Full):
            await store.write(Change("a", "big", {"text": "x" * 2_000_000}), clear=["c"])
        assert await store.get("c", "x")
        await whole(store, number)
        assert await store.write(Change("a", "0", None), Change("b", "0", None))  # makes room
        assert await store.write(Change("a", "0", {"text": "y" * 20_000}, 0))

    Place(f"sqlite:{tmp_path}" if kind == "sqlite-directory" else None).run(scenario)


LIMITED = """
    import errno, resource
    print(await store.append("blob", b"abc"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, resource.RLIM_INFINITY))
    number = 0
    try:
        while True:
            data = {"text": "x" * 20_000}
            await store.write(Change("a", f"{number}", data, 0), Change("b", f"{number}", data, 0))
            number += 1
    except Full:
        print(number)
    try:
        await store.append("blob", b"x" * 5_000_000)
    except Full:
        print("full")
    print((await store.read("blob")).decode(), len(await store.page("a", 100_000)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(await store.append("blob", b""), await store.write(Change("c", "x", {})))
"""


def test_a_file_that_may_not_grow_is_full(tmp_path: Path) -> None:
    """A limit of the system on the size of files stands for a disk without room."""
    place = Place(f"sqlite:{tmp_path}")
    process = place.process(LIMITED)
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    three, number, full, after, room = printed.splitlines()
    assert (three, full, after, room) == ("3", "full", f"abc {number}", "3 True")
    assert int(number) > 5
    place.run(lambda store: whole(store, int(number)))


def test_a_redis_without_memory_refuses_and_goes_on(redis: Redis) -> None:
    async def scenario(store: Any) -> None:
        await store.append("blob", b"abc")
        await store.write(Change("c", "x", {}))
        used = (await store._client.info("memory"))["used_memory"]
        await store._client.config_set("maxmemory", used + 3_000_000)
        try:
            await store.write(Change("c", "x", None))
            number = await fill_up(store)
            assert number > 5
            await store._client.config_set("maxmemory", 1)
            with pytest.raises(Full):
                await store.append("blob", b"x")
            with pytest.raises(Full):
                await store.write(Change("a", "0", None), Change("a", "new", {}), clear=["b"])
        finally:
            await store._client.config_set("maxmemory", 0)
        await whole(store, number)
        assert await store.append("blob", b"def") == 6

    redis.place().run(scenario)


def test_a_lost_redis_is_said_and_found_again(redis: Redis) -> None:
    async def scenario(store: Store) -> None:
        await store.write(Change("a", "x", {}))
        redis.stop()
        try:
            for call in (
                store.get("a", "x"),
                store.page("a", 1),
                store.add("c"),
                store.append("b", b""),
                store.write(),
            ):
                with pytest.raises(Unusable, match=r"unix://.*redis.sock: "):
                    await asyncio.wait_for(call, 30)
        finally:
            redis.start()
        assert await store.get("a", "x")
        assert await store.add("c") == 1

    redis.place().run(scenario)


def test_a_read_survives_one_lost_connection(redis: Redis) -> None:
    async def scenario(store: Any) -> None:
        await store.write(Change("a", "x", {}))
        gets = store._client.hget

        async def lost_once(*args: Any) -> Any:
            from redis.exceptions import ConnectionError

            store._client.hget = gets
            raise ConnectionError("lost")

        store._client.hget = lost_once
        assert await store.get("a", "x")

    redis.place().run(scenario)


def refusal(address: str) -> str:
    async def scenario() -> None:
        store = create_store(address)
        try:
            await store.open()
        finally:
            await store.close()

    with pytest.raises(Unusable) as raised:
        asyncio.run(scenario())
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert refusal(f"sqlite:{file}") == f"{file}: nothing can be kept there: Not a directory"
    assert refusal("sqlite:/proc/fakeai") == "/proc/fakeai: nothing can be kept there: No such file or directory"
    text = tmp_path / "text"
    text.mkdir()
    (text / "fakeai.sqlite").write_text("no database\n" * 100)
    assert refusal(f"sqlite:{text}") == f"{text}: nothing can be kept there: file is not a database"
    assert (text / "fakeai.sqlite").read_text() == "no database\n" * 100
    other = tmp_path / "other"
    other.mkdir()
    with sqlite3.connect(other / "fakeai.sqlite") as db:
        db.execute("CREATE TABLE somebody (else_s TEXT)")
    db.close()
    assert refusal(f"sqlite:{other}") == f"{other}/fakeai.sqlite: a database, but not one of FakeAI"
    assert re.fullmatch(r"redis://localhost:1/0: .*[Cc]onnect.*", refusal("redis://me:secret@localhost:1/0?prefix=p"))
    assert refusal("redis://localhost/0?nonsense=1").startswith("redis://localhost/0: ")


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    place = Place(f"sqlite:{tmp_path}/data")

    async def nothing(store: Store) -> None: ...

    place.run(nothing)
    folder = tmp_path / "data"
    folder.chmod(0o555)
    (folder / "fakeai.sqlite").chmod(0o444)
    code = "import os, sys; from tests.store.test_full import refusal; os.geteuid() or os.setuid(65534)"
    code += "; print(refusal(sys.argv[1]))"
    for above in (tmp_path, *tmp_path.parents):
        if above == Path(gettempdir()):
            break
        above.chmod(0o755)
    try:
        ran = subprocess.run([sys.executable, "-c", code, f"sqlite:{folder}"], cwd=ROOT, capture_output=True, text=True)
    finally:
        folder.chmod(0o755)
    assert ran.stdout == f"{folder}: nothing can be kept there: attempt to write a readonly database\n", ran.stderr


def test_a_missing_client_for_redis_is_said(tmp_path: Path) -> None:
    (tmp_path / "redis.py").write_text("raise ImportError\n")
    code = "from tests.store.test_full import refusal; print(refusal('redis://localhost/0'))"
    path = os.pathsep.join([str(tmp_path), *sys.path])
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert ran.stdout == "redis://localhost/0: the package redis is missing: pip install 'fakeai[redis]'\n", ran.stderr
