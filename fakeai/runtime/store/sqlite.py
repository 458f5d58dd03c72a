"""A store in SQLite: in memory, or in a directory that several processes may share.

The database holds documents, counters and the sizes of blobs; the bytes of a blob are a file, so that they need no
memory. A file may be longer than its blob: a process that died while it wrote acknowledged none of what is behind the
recorded size. SQLite is called in the loop's own thread, where a read takes some microseconds.
"""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from . import Change, Full, Record, Unusable

FILE = "fakeai.sqlite"
BLOBS = "blobs"
VERSION = 1  # of the schema, in `PRAGMA user_version`
SCHEMA = (
    """CREATE TABLE documents (
        place INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, id TEXT NOT NULL,
        revision INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (collection, id))""",
    "CREATE INDEX documents_in_order ON documents (collection, place)",
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    # a blob's number names its file, and is never given twice
    "CREATE TABLE blobs (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)
PATIENCE = 10.0  # seconds that a write waits for those of other processes
MOST = 2**63 - 1  # greatest place

GET = "SELECT id, data, place, revision FROM documents WHERE collection = ? AND id = ?"
PAGE = """SELECT id, data, place, revision FROM documents INDEXED BY documents_in_order
    WHERE collection = ? AND place > ? ORDER BY place LIMIT ?"""
PAGE_BACK = """SELECT id, data, place, revision FROM documents INDEXED BY documents_in_order
    WHERE collection = ? AND place < ? ORDER BY place DESC LIMIT ?"""
CREATE = "INSERT INTO documents (collection, id, revision, data) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING"
REPLACE = "UPDATE documents SET data = ?, revision = revision + 1 WHERE collection = ? AND id = ? AND revision = ?"
PUT = """INSERT INTO documents (collection, id, revision, data) VALUES (?, ?, 1, ?)
    ON CONFLICT (collection, id) DO UPDATE SET data = excluded.data, revision = revision + 1"""
DELETE = "DELETE FROM documents WHERE collection = ? AND id = ?"
CLEAR = "DELETE FROM documents WHERE collection BETWEEN ?1 AND ?1 || char(1114111)"  # the greatest character
ADD = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"

# A full disk by the names that SQLite and the system give it: also no room for the index of the write-ahead log, a
# quota, a limit on the size of files.
NO_ROOM_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
NO_ROOM_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SqliteStore:
    """A store below *directory*, or one that ends with its process."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._connection: sqlite3.Connection | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection, "the store is not open"
        return self._connection

    async def open(self) -> None:
        try:
            if self._directory:
                (self._directory / BLOBS).mkdir(parents=True, exist_ok=True)
            self._connection = _connect(self._directory)
            if self._directory:
                self._sweep(self._directory / BLOBS)
        except (OSError, sqlite3.Error, Full) as error:
            await self.close()
            raise Unusable(f"{self._directory}: nothing can be kept there: {_reason(error)}") from None

    async def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._temporary:
            self._temporary.cleanup()
            self._temporary = None

    async def clear(self) -> None:
        with self._writing() as db:
            numbers = [number for (number,) in db.execute("SELECT number FROM blobs")]
            for table in ("documents", "counters", "blobs", "sqlite_sequence"):
                db.execute(f"DELETE FROM {table}")
            for number in numbers:  # before another process gives the number again
                self._file(number).unlink(missing_ok=True)

    async def get(self, collection: str, id: str) -> Record | None:
        row = self._db.execute(GET, (collection, id)).fetchone()
        return _record(row) if row else None

    async def page(
        self, collection: str, limit: int, *, after: int | None = None, descending: bool = False
    ) -> list[Record]:
        query, start = (PAGE_BACK, MOST) if descending else (PAGE, 0)
        rows = self._db.execute(query, (collection, start if after is None else after, limit))
        return [_record(row) for row in rows]

    async def write(self, *changes: Change, clear: Sequence[str] = ()) -> bool:
        try:
            with self._writing() as db:
                for prefix in clear:
                    db.execute(CLEAR, (prefix,))
                for change in changes:
                    _make(change, db)
        except _Stale:
            return False
        return True

    async def add(self, counter: str, step: int = 1) -> int:
        with self._writing() as db:
            db.execute(ADD, (counter, step))
            value: int = db.execute("SELECT value FROM counters WHERE name = ?", (counter,)).fetchone()[0]
        return value

    async def append(self, blob: str, data: bytes) -> int:
        with self._writing() as db:
            number, size = _blob(blob, db) or (None, 0)
            mode = "wb" if number is None else "r+b"
            if number is None:
                number = db.execute("INSERT INTO blobs (name, size) VALUES (?, 0)", (blob,)).lastrowid
            with open(self._file(number), mode) as file:
                file.truncate(size)
                file.seek(size)
                file.write(data)
            size += len(data)
            db.execute("UPDATE blobs SET size = ? WHERE number = ?", (size, number))
        return size

    async def read(self, blob: str, start: int = 0, size: int = -1) -> bytes:
        number, whole = _blob(blob, self._db) or (None, 0)
        left = max(whole - start, 0)
        size = left if size < 0 else min(size, left)
        if number is None or size == 0:
            return b""
        try:
            with open(self._file(number), "rb") as file:
                file.seek(start)
                return file.read(size)
        except FileNotFoundError:  # another process has just deleted it
            return b""

    async def forget(self, *blobs: str) -> None:
        with self._writing() as db:
            found = [row[0] for row in (_blob(blob, db) for blob in blobs) if row]
            db.executemany("DELETE FROM blobs WHERE number = ?", [(number,) for number in found])
        for number in found:
            self._file(number).unlink(missing_ok=True)

    def _file(self, number: int | None) -> Path:
        if self._directory:
            return self._directory / BLOBS / str(number)
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="fakeai-")
        return Path(self._temporary.name, str(number))

    def _sweep(self, folder: Path) -> None:
        """Delete files whose blobs are gone: a process died before it could."""
        with self._writing() as db:  # nobody else is about to make one
            known = {str(number) for (number,) in db.execute("SELECT number FROM blobs")}
            for name in os.listdir(folder):
                if name.isdigit() and name not in known:
                    (folder / name).unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, the only one of all processes.

        Raises:
            Full: there was no room; nothing happened.
        """
        db = self._db
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if _is_full(error):
                raise Full(_reason(error)) from error
            raise


class _Stale(Exception):
    """A document does not have the revision that a change expects."""


def _make(change: Change, db: sqlite3.Connection) -> None:
    """Do what *change* says.

    Raises:
        _Stale: the document has another revision.
    """
    key, revision = (change.collection, change.id), change.revision
    if change.data is None:
        if revision is not None:
            row = db.execute(GET, key).fetchone()
            if (row[3] if row else 0) != revision:
                raise _Stale
        db.execute(DELETE, key)
        return
    data = orjson.dumps(change.data)
    if revision is None:
        db.execute(PUT, (*key, data))
    elif revision == 0:
        if db.execute(CREATE, (*key, data)).rowcount == 0:
            raise _Stale
    elif db.execute(REPLACE, (data, *key, revision)).rowcount == 0:
        raise _Stale


def _record(row: tuple[str, bytes, int, int]) -> Record:
    return Record(row[0], orjson.loads(row[1]), row[2], row[3])


def _blob(name: str, db: sqlite3.Connection) -> tuple[int, int] | None:
    """Number and size of a blob."""
    row: tuple[int, int] | None = db.execute("SELECT number, size FROM blobs WHERE name = ?", (name,)).fetchone()
    return row


def _connect(directory: Path | None) -> sqlite3.Connection:
    """A connection to the database, which has our schema then.

    Raises:
        Unusable: it is somebody else's, or of a later version.
    """
    file = directory / FILE if directory else ":memory:"
    db = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        if _version(db, file) == 0:
            db.execute("BEGIN IMMEDIATE")
            if _version(db, file) == 0:  # no other process made it meanwhile
                if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise Unusable(f"{file}: a database, but not one of FakeAI")
                for statement in SCHEMA:
                    db.execute(statement)
            db.execute("COMMIT")
        _write_ahead(db)
        db.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        db.close()
        raise
    return db


def _write_ahead(db: sqlite3.Connection) -> None:
    """Have SQLite keep a write-ahead log; it does not wait for other processes that begin to at the same moment."""
    for left in reversed(range(100)):
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not left:
                raise
            db.execute("BEGIN IMMEDIATE")  # waits for them
            db.execute("COMMIT")


def _version(db: sqlite3.Connection, file: object) -> int:
    """The version of the schema; 0 when there is none.

    Raises:
        Unusable: it is one to come.
    """
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise Unusable(f"{file}: written by a later version of FakeAI (format {version}; this one knows {VERSION})")
    return version


def _is_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in NO_ROOM_CODES
    return isinstance(error, OSError) and error.errno in NO_ROOM_ERRORS


def _reason(error: BaseException) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
