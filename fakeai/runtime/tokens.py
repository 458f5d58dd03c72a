"""Tokens: the one place where text is counted and cut, exactly as an encoding does."""

import asyncio
import re
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

import xxhash

from . import encodings
from .clock import give_way
from .encodings import Encoding

SHORT = 256  # characters; a longer text is remembered by its hash
REMEMBERED_IDS = 1_048_576  # ids that are kept, with one for each text
SLICE, WORDLESS = 8192, 32_768  # characters that are read at once, and in which a word begins
WORD = re.compile("(?<=[A-Za-z]) (?=[A-Za-z])")  # the space before one
REMEMBERED = 65_536  # texts whose counts are kept, at least; at most twice as many


class Tokens:
    """An encoding that loads in a thread, and the counts of texts seen before. *name* is as `encodings.load` has it."""

    def __init__(self, name: str = encodings.DEFAULT) -> None:
        self.name = name
        self._encoding: Encoding | None = None
        self._loading: Future[Encoding] | None = None
        self._counter: Callable[[str], int] = len
        self._counts: dict[str | bytes, int] = {}
        self._older: dict[str | bytes, int] = {}
        self._ids: OrderedDict[str, array[int]] = OrderedDict()
        self._ids_kept = 0

    @property
    def loaded(self) -> bool:
        return self._encoding is not None

    def start_loading(self) -> None:
        """Load the vocabulary in a thread, whose loader holds the interpreter's lock: all else waits for 0.6 s."""
        if self._loading is None:
            self._loading = Future()
            self._loading.set_running_or_notify_cancel()  # a waiter that is cancelled does not cancel the loading
            threading.Thread(target=_load, args=(self.name, self._loading), daemon=True).start()

    async def ready(self) -> None:
        """Wait until the vocabulary is loaded."""
        if self._encoding is None:
            self.start_loading()
            assert self._loading is not None
            self._use(await asyncio.wrap_future(self._loading))

    def _use(self, encoding: Encoding) -> Encoding:
        self._encoding, self._counter = encoding, encoding.count
        return encoding

    def _now(self) -> Encoding:
        """The encoding; whoever did not wait until it is ready lets everything else wait, too."""
        if self._encoding is None:
            self.start_loading()
            assert self._loading is not None
            return self._use(self._loading.result())
        return self._encoding

    def count(self, text: str) -> int:
        """How many tokens *text* has."""
        if self._encoding is None:
            self._now()
        key = text if len(text) < SHORT else xxhash.xxh3_128_digest(text.encode())
        count = self._counts.get(key)
        if count is None:
            count = self._older.get(key) or self._counter(text)
            self._remember(key, count)
        return count

    def read(self, text: str) -> int:
        """How many tokens *text* has, whose `ids` are asked for soon: it is cut once for both."""
        if self._encoding is None:
            self._now()
        key = text if len(text) < SHORT else xxhash.xxh3_128_digest(text.encode())
        count = self._counts.get(key)
        if count is None:
            count = self._older.get(key) or len(self.ids(text))
            self._remember(key, count)
        return count

    def knows(self, text: str) -> bool:
        """Whether the `ids` of *text* are remembered."""
        return text in self._ids

    async def prepare(self, text: str) -> None:
        """Read a long *text*, in slices between which others have a turn, so that it costs nothing later.

        Where no words part it, a thread counts it, and its ids are those of parts of it.
        """
        if len(text) <= SLICE:
            return
        key = xxhash.xxh3_128_digest(text.encode())
        if self.remembered(key) is not None and text in self._ids:
            return
        ends = self._slices(text)
        count = None if ends else await asyncio.to_thread(self._counter, text)
        made, at = array("I"), 0
        for end in ends or (*range(SLICE, len(text), SLICE), len(text)):
            made += array("I", self.encode(text[at:end]))
            at = end
            await give_way()
        self.remember(key, len(made) if count is None else count)
        self._keep(text, made)

    def _slices(self, text: str) -> list[int]:
        """Where a long *text* can be cut so that the parts have its tokens; nothing when it cannot."""
        ends = [0]
        while ends[-1] < len(text):
            end = self.boundary(text, ends[-1] + SLICE)
            if end - ends[-1] > SLICE + WORDLESS:
                return []
            ends.append(end)
        return ends[1:]

    def boundary(self, text: str, start: int) -> int:
        """A place in *text*, from *start* on, where a word begins and no token spans it; its end when none is near."""
        found = WORD.search(text, start, start + WORDLESS) if self._now().by_words else None
        return found.start() if found else len(text)

    def remembered(self, key: bytes) -> int | None:
        """The count that `remember` was given with *key*, which is longer than 16 bytes; None when it is forgotten."""
        count = self._counts.get(key)
        return self._older.get(key) if count is None else count

    def remember(self, key: bytes, count: int) -> None:
        """Keep the count of something that is no text."""
        self._remember(key, count)

    def _remember(self, key: str | bytes, count: int) -> None:
        if len(self._counts) >= REMEMBERED:
            self._counts, self._older = {}, self._counts
        self._counts[key] = count

    def ids(self, text: str) -> "array[int]":
        """The token ids of *text*, as unsigned 32-bit integers; remembered."""
        found = self._ids.get(text)
        return self._keep(text, array("I", self._now().encode(text))) if found is None else found

    def _keep(self, text: str, ids: "array[int]") -> "array[int]":
        replaced = self._ids.pop(text, None)
        if replaced is not None:
            self._ids_kept -= len(replaced) + 1
        self._ids[text] = ids
        self._ids_kept += len(ids) + 1
        while self._ids_kept > REMEMBERED_IDS:
            self._ids_kept -= len(self._ids.popitem(last=False)[1]) + 1
        return ids

    def encode(self, text: str) -> list[int]:
        """The token ids of *text*."""
        return self._now().encode(text)

    def decode(self, ids: list[int]) -> str:
        """The text of *ids*; bytes that are no text become U+FFFD.

        Raises:
            KeyError: an id is not in the vocabulary.
        """
        return self._now().decode(ids)

    def pieces(self, text: str) -> list[str]:
        """The text of each token of *text*, which joined are the text.

        Of a character that spans tokens, the last one has all; a text that has no tokens is one piece.
        """
        return self._now().pieces(text)


def _load(name: str, loading: "Future[Encoding]") -> None:
    try:
        loading.set_result(encodings.load(name))
    except BaseException as error:  # whoever waits for the vocabulary gets it
        loading.set_exception(error)
