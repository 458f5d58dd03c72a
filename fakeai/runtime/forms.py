"""Read multipart forms: texts into memory, files into the store while they arrive."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import multipart

from .errors import ApiError
from .store import Store
from .world import World

LARGEST_FILE = 536_870_912  # bytes
LARGEST_TEXT = 16_777_216  # bytes of all fields that are no files
MOST_PARTS = 10_000
PIECE = 1_048_576  # bytes that are gathered before they go to the store


@dataclass
class File:
    """A file of a form: its bytes are the *blob* of the store. Nobody *kept* it until an engine says so."""

    name: str
    content_type: str
    blob: str
    size: int
    md5: str
    kept: bool = False


class Form:
    """The parts of one form, in their order, as they are read."""

    def __init__(self, world: World) -> None:
        self._world, self._store = world, world.store
        self.files: list[File] = []

    async def read(self, content_type: bytes | None, chunks: AsyncIterator[bytes]) -> list[tuple[str, Any]]:
        """Names and values of the form that *chunks* bring: texts, and `File`s.

        Raises:
            ApiError: 400, it is no form, or one that breaks off; 413, it is larger than a form may be.
        """
        kind, options = multipart.parse_options_header((content_type or b"").decode("latin-1"))
        if kind != "multipart/form-data" or not options.get("boundary"):
            shown = (content_type or b"").decode("latin-1") or "none"
            raise ApiError(400, f"Invalid Content-Type header ({shown}), expected multipart/form-data with a boundary.")
        try:
            return await self._parts(
                multipart.PushMultipartParser(options["boundary"], max_segment_count=MOST_PARTS), chunks
            )
        except multipart.ParserLimitReached as error:
            raise ApiError(413, f"The form of your request is too large: {error}.", code="payload_too_large") from None
        except (multipart.MultipartError, UnicodeDecodeError) as error:
            raise ApiError(400, f"The body of your request is not a valid multipart form: {error}.") from None

    async def _parts(
        self, parser: multipart.PushMultipartParser, chunks: AsyncIterator[bytes]
    ) -> list[tuple[str, Any]]:
        values: list[tuple[str, Any]] = []
        part: _Text | _Receiver | None = None
        name, left = "", LARGEST_TEXT
        with parser:
            async for chunk in chunks:
                for event in parser.parse(chunk):
                    if isinstance(event, multipart.MultipartSegment):
                        name = event.name
                        part = self._receiver(event) if event.filename is not None else _Text(left)
                    elif event is None and part is not None:
                        value = await part.end()
                        left -= len(value) if isinstance(value, str) else 0
                        values.append((name, value))
                    elif event is not None and part is not None:
                        await part.take(event)
        return values

    def _receiver(self, segment: multipart.MultipartSegment) -> "_Receiver":
        file = File(
            segment.filename or "", segment.content_type or "application/octet-stream",
            self._world.new_id("blob_"), 0, "",
        )  # fmt: skip
        self.files.append(file)
        return _Receiver(self._store, file)

    async def forget(self) -> None:
        """Delete what was received and nobody kept."""
        await self._store.forget(*(file.blob for file in self.files if not file.kept))


class _Text:
    """A field that is no file. *left* is how many bytes it may have."""

    def __init__(self, left: int) -> None:
        self._left, self._parts = left, bytearray()

    async def take(self, data: bytes) -> None:
        self._parts += data
        if len(self._parts) > self._left:
            raise ApiError(
                413, f"The fields of your form have more than {LARGEST_TEXT} bytes.", code="payload_too_large"
            )

    async def end(self) -> str:
        return self._parts.decode()


class _Receiver:
    """Writes one file into the store."""

    def __init__(self, store: Store, file: File) -> None:
        self._store, self._file = store, file
        self._waiting, self._md5 = bytearray(), hashlib.md5(usedforsecurity=False)

    async def take(self, data: bytes) -> None:
        file = self._file
        file.size += len(data)
        if file.size > LARGEST_FILE:
            raise ApiError(
                413, f"The file '{file.name}' is too large: at most {LARGEST_FILE} bytes.", code="payload_too_large"
            )
        self._md5.update(data)
        self._waiting += data
        if len(self._waiting) >= PIECE:
            await self._flush()

    async def end(self) -> File:
        await self._flush()
        self._file.md5 = self._md5.hexdigest()
        return self._file

    async def _flush(self) -> None:
        if self._waiting:
            await self._store.append(self._file.blob, bytes(self._waiting))
            self._waiting.clear()
