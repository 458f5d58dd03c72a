"""A process that is killed at any moment loses nothing that was acknowledged, and leaves nothing half done."""

import random
import time

from fakeai.runtime.store import Store
from tests.store.places import Place

ROUNDS = 8
WRITE = """
    number = await store.add("next")
    while True:
        data = {"n": number, "filling": "x" * (number * 37 % 5000)}
        both = Change("one", f"{number}", data, 0), Change("two", f"{number}", data, 0)
        replaced = Change("last", "last", data), Change("below/last/it", f"{number}", data)
        assert await store.write(*both, *replaced, clear=["below/last/"])
        print("w", number, flush=True)
        print("b", await store.append("blob", bytes([number % 256]) * (number * 7919 % 300_000)), flush=True)
        number = await store.add("next")
        print("n", number, flush=True)
        if number % 5 == 0:
            await store.append(f"passing-{number}", b"x" * 1000)
            await store.forget(f"passing-{number}")
            print("f", number, flush=True)
"""


def test_killed_at_any_moment_it_loses_nothing_that_was_acknowledged(kept: Place) -> None:
    chance = random.Random(7)
    said: dict[str, list[int]] = {"w": [0], "b": [0], "n": [0], "f": []}
    for _ in range(ROUNDS):
        process = kept.process(WRITE)
        assert process.stdout
        begun = process.stdout.readline()
        time.sleep(chance.random() * 0.15)
        process.kill()
        printed, errors = process.communicate()
        lines = (begun + printed).splitlines(keepends=True)
        assert errors == ""
        for kind, number in (line.split() for line in lines if line.endswith("\n")):
            said[kind].append(int(number))
        kept.run(lambda store: check(store, said))
    assert len(said["w"]) > 5 * ROUNDS


async def check(store: Store, said: dict[str, list[int]]) -> None:
    one, two = await store.page("one", 100_000), await store.page("two", 100_000)
    written = [record.data["n"] for record in one]
    assert written == [record.data["n"] for record in two]
    assert set(said["w"]) - {0} <= set(written)
    assert all(len(record.data["filling"]) == record.data["n"] * 37 % 5000 for record in one)
    last = await store.get("last", "last")
    assert last
    assert last.data["n"] == written[-1]
    assert [record.data for record in await store.page("below/last/it", 10)] == [last.data]
    assert await store.add("next", 0) >= max(said["n"])
    blob = await store.read("blob")
    assert await store.append("blob", b"") == len(blob)
    assert len(blob) >= max(said["b"])
    at = 0
    for number in written:  # each as a whole, but for one that was killed before it could
        size = number * 7919 % 300_000
        if blob[at : at + size] == bytes([number % 256]) * size:
            at += size
    assert at == len(blob)
    for number in said["f"]:
        assert await store.read(f"passing-{number}") == b""


def test_files_that_a_dead_process_left_are_deleted_at_the_next_start(kept: Place) -> None:
    die = """
    import os, signal
    from pathlib import Path
    await store.append("kept", b"abc")
    if sys.argv[1].startswith("sqlite:"):
        Path.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    await store.append("gone", b"x")
    await store.forget("gone")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    kept.process(die).communicate()

    async def scenario(store: Store) -> None:
        assert (await store.read("kept"), await store.read("gone")) == (b"abc", b"")
        assert await store.append("gone", b"") == 0

    kept.run(scenario)
    if kept.folder:
        assert sorted(path.name for path in (kept.folder / "blobs").iterdir()) == ["1", "3"]


def test_what_a_dead_process_wrote_behind_the_end_of_a_blob_is_not_read(kept: Place) -> None:
    async def before(store: Store) -> None:
        await store.append("b", b"abc")

    async def after(store: Store) -> None:
        assert await store.read("b") == b"abc"
        assert await store.read("b", 2, 50) == b"c"
        assert await store.append("b", b"de") == 5
        assert await store.read("b") == b"abcde"

    kept.run(before)
    if kept.folder:
        with (kept.folder / "blobs" / "1").open("ab") as file:
            file.write(b"half of what it was writing")
    kept.run(after)
    if kept.folder:
        assert (kept.folder / "blobs" / "1").read_bytes() == b"abcde"
