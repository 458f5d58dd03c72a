"""The server's description of itself: its OpenAPI document, and the pages that show it without any other host."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .answer import JSON, Header, Reply
from .call import Call
from .errors import ApiError
from .world import World

ASSETS = Path(__file__).parent.parent / "assets"
OPENAPI = "openapi.json"
NOT_MODIFIED = 304
TYPES = {  # of the files that pages load; whatever else lies beside them is text
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
TEXT = "text/plain; charset=utf-8"

# A browser then lets the pages speak to this server only, whatever a document or a script asks for.
POLICY: Header = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src blob:; base-uri 'none'",
)


def openapi(call: Call) -> Reply:
    """The OpenAPI document of the project that is served.

    Raises:
        ApiError: 404, the project has none.
    """
    return _reply(call, call.world.engine(Files).document())


def asset(call: Call, name: str) -> Reply:
    """The page, or the file of a page, that is called *name* in fakeai/assets.

    Raises:
        ApiError: 404, there is none.
    """
    return _reply(call, call.world.engine(Files).asset(name))


@dataclass(frozen=True)
class File:
    """A file in memory, with the headers that go with it."""

    body: bytes
    content_type: Header
    etag: bytes
    headers: tuple[Header, ...]


class Files:
    """What was read so far: each file once, so that a document that is written later does not mix with this server."""

    def __init__(self, world: World) -> None:
        self._data = world.data
        self._names = {path.relative_to(ASSETS).as_posix(): path for path in ASSETS.rglob("*") if path.is_file()}
        self._read: dict[Path, File] = {}

    def document(self) -> File | None:
        """The project's OpenAPI document."""
        path = self._data / OPENAPI if self._data else None
        return self._file(path, JSON) if path and (path in self._read or path.is_file()) else None

    def asset(self, name: str) -> File | None:
        """One of our own files; a name is looked up and never made into a path."""
        path = self._names.get(name)
        return self._file(path, (b"content-type", TYPES.get(path.suffix, TEXT).encode())) if path else None

    def _file(self, path: Path, content_type: Header) -> File:
        found = self._read.get(path)
        if found is None:
            body = path.read_bytes()
            etag = b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode()
            headers: tuple[Header, ...] = ((b"etag", etag), (b"cache-control", b"no-cache"))
            if path.suffix == ".html":
                headers += (POLICY,)
            found = self._read[path] = File(body, content_type, etag, headers)
        return found


def _reply(call: Call, file: File | None) -> Reply:
    """*file*, or that the client has it already."""
    if file is None:
        raise ApiError(404, f"Invalid URL ({call.method} {call.path}).")
    known = [tag.strip().removeprefix(b"W/") for tag in (call.header(b"if-none-match") or b"").split(b",")]
    if file.etag in known or b"*" in known:
        return Reply(b"", status=NOT_MODIFIED, headers=file.headers)
    return Reply(file.body, content_type=file.content_type, headers=file.headers)
