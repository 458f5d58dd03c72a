"""Processes that ask one another: here, several of them in one loop."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from fakeai.runtime.peers import Heard, Peers, keep, kept


def together(count: int, scenario: Callable[[list[Peers]], Awaitable[None]], folder: Path) -> None:
    async def main() -> None:
        peers = [Peers(folder, number, count, 0.0) for number in range(count)]
        for each in peers:
            each.answers["name"] = _named(each.number)
            await each.open()
        try:
            await scenario(peers)
        finally:
            for each in peers:
                await each.close()

    asyncio.run(main())


def _named(number: int) -> Callable[[bytes], AsyncIterator[bytes]]:
    async def answer(said: bytes) -> AsyncIterator[bytes]:
        if said == b"never":
            await asyncio.get_running_loop().create_future()
        if said == b"fail":
            raise ValueError("it does not know")
        for part in range(3):
            yield b"%d.%d %b" % (number, part, said)
        yield b"x" * 3_000_000

    return answer


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fakeai-peers-") as made:
        yield Path(made)


def test_all_others_answer_in_parts(folder: Path) -> None:
    async def scenario(peers: list[Peers]) -> None:
        heard = await peers[1].ask("name", b"hi")
        large = b"x" * 3_000_000
        assert heard == {
            number: Heard([*(b"%d.%d hi" % (number, part) for part in range(3)), large]) for number in (0, 2)
        }

    together(3, scenario, folder)


def test_who_is_gone_or_late_is_told_apart(folder: Path) -> None:
    async def scenario(peers: list[Peers]) -> None:
        await peers[2].close()
        heard = await peers[0].ask("name", b"never", patience=0.1)
        assert heard == {1: Heard(None, late=True), 2: Heard(None)}

    together(3, scenario, folder)


def test_an_answer_that_fails_is_none_and_is_logged(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(peers: list[Peers]) -> None:
        assert await peers[0].ask("name", b"fail") == {1: Heard(None)}
        assert await peers[0].ask("name", b"hi") != {1: Heard(None)}

    together(2, scenario, folder)
    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == ["it does not know"]


def test_a_folder_may_lie_deep(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)

    async def scenario(peers: list[Peers]) -> None:
        heard = await peers[0].ask("name", b"hi")
        assert heard[1].parts is not None
        assert heard[1].parts[0] == b"1.0 hi"

    together(2, scenario, deep)


def test_steps_come_before_and_after_a_process_listens(folder: Path) -> None:
    async def main() -> list[object]:
        first, second = Peers(folder, 0, 2, 0.0), Peers(folder, 1, 2, 0.0)
        first.answers["name"] = _named(0)
        found: list[object] = []

        async def ask() -> None:
            found.append((await second.ask("name", b"hi"))[0].parts is not None)

        first.before.append(ask)
        first.after.append(ask)
        first.last.append(lambda: found.append("closed"))
        await first.open()
        await first.open()
        await first.close()
        return found

    assert asyncio.run(main()) == [False, True, "closed"]


def test_what_is_kept_is_whole_or_what_it_was(folder: Path) -> None:
    file = folder / "0.counted"
    assert kept(file) == []
    keep(file, [b"a", b"", b"c" * 1000])
    assert kept(file) == [b"a", b"", b"c" * 1000]
    file.write_bytes(file.read_bytes()[:-1])
    assert kept(file) == [b"a", b""]
