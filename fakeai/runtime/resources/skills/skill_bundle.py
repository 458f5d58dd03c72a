"""The files of a skill: read from a form or a zip, checked, and written as one zip."""

import base64
import binascii
import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from ...forms import File
from .skill_manifest import Manifest, read_manifest

MOST_FILES = 500
LARGEST_ZIP = 52_428_800  # bytes
LARGEST_FILE = 26_214_400  # bytes
LARGEST_BUNDLE = 104_857_600  # bytes of all files
LARGEST_DIRECTORY = 1_048_576  # bytes of a zip's list of its files
LONGEST_PATH = 512  # characters
MANIFEST = "skill.md"  # in any case of letters
NOISE = "__MACOSX"  # a folder that a Mac adds to its zips
DRIVE = re.compile(r"[A-Za-z]:")  # how absolute paths begin elsewhere
DATE = (1980, 1, 1, 0, 0, 0)  # of every file of a zip that is written
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"  # how the end of a zip begins, and what stands before that of a large one
END_SIZE, END_64_SIZE = 22, 20  # bytes


@dataclass(frozen=True)
class Bundle:
    """What a skill consists of: *data* is a zip of its files, *manifest* what its SKILL.md says of it."""

    manifest: Manifest
    data: bytes


async def read(call: Call, given: Any) -> Bundle:
    """The bundle that `files` of a request brings: files of a form, one zip of a form, or one zip in base64.

    Raises:
        ApiError: 400, it is none.
    """
    parts = given if isinstance(given, list) else [given]
    if len(parts) == 1 and isinstance(parts[0], str):
        files = await _unpacked(_decoded(parts[0]))
    elif any(not isinstance(part, File) for part in parts):
        raise _refused("each of several files must be a part of a form with a filename; in JSON, send one zip")
    elif len(parts) == 1 and await _is_zip(call, parts[0]):
        _expect_zip_of(parts[0].size)
        files = await _unpacked(await call.world.store.read(parts[0].blob))
    else:
        files = await _gathered(call, parts)
    manifest = read_manifest(files[_manifest_of(files)])
    return Bundle(manifest, await _packed(files))


async def _is_zip(call: Call, file: File) -> bool:
    return file.name.lower().endswith(".zip") or await call.world.store.read(file.blob, 0, 4) == b"PK\x03\x04"


def _expect_zip_of(size: int) -> None:
    if size > LARGEST_ZIP:
        raise _refused(f"a zip has at most {LARGEST_ZIP} bytes")


async def _gathered(call: Call, parts: list[File]) -> dict[str, bytes]:
    """The files of a form by their paths."""
    if len(parts) > MOST_FILES:
        raise _refused(f"a skill has at most {MOST_FILES} files")
    left = LARGEST_BUNDLE
    files: dict[str, bytes] = {}
    for part in parts:
        path = _path(part.name, files)
        left = _room(path, part.size, left)
        files[path] = await call.world.store.read(part.blob)
    return files


async def _unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip by their paths."""
    _expect_zip_of(len(data))
    _expect_small_directory(data)
    files: dict[str, bytes] = {}
    left = LARGEST_BUNDLE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [entry for entry in archive.infolist() if _counts(entry)]
            if len(members) > MOST_FILES:
                raise _refused(f"a skill has at most {MOST_FILES} files")
            for entry in members:
                path = _path(entry.filename, files)
                left = _room(path, entry.file_size, left)
                files[path] = archive.read(entry)
                await give_way()
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _refused(f"the zip cannot be read: {error}") from None
    return files


def _counts(entry: zipfile.ZipInfo) -> bool:
    """Whether *entry* is a file that is taken.

    Raises:
        ApiError: 400, it is one that no zip of a skill has.
    """
    if entry.is_dir() or entry.filename.startswith(f"{NOISE}/"):
        return False
    if entry.flag_bits & 1 or entry.compress_type not in METHODS or stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(f"'{entry.filename}' is encrypted, a link, or compressed otherwise than by deflate")
    return True


def _expect_small_directory(data: bytes) -> None:
    """See that listing the files of the zip *data* needs little, before anything of it is read."""
    at = data.rfind(END, max(0, len(data) - END_SIZE - 65_535))
    if at < 0 or len(data) < at + END_SIZE:
        raise _refused("it is no zip, or one that breaks off")
    (size,) = struct.unpack_from("<I", data, at + 12)
    if size > LARGEST_DIRECTORY or data[max(0, at - END_64_SIZE) : at].startswith(END_64):
        raise _refused(f"a skill has at most {MOST_FILES} files")


def _room(name: str, size: int, left: int) -> int:
    """How many of the *left* bytes are left after a file of *size* bytes."""
    if size > LARGEST_FILE:
        raise _refused(f"'{name}' has {size} bytes; a file has at most {LARGEST_FILE}")
    if size > left:
        raise _refused(f"all files together have at most {LARGEST_BUNDLE} bytes")
    return left - size


def _path(name: str, files: dict[str, bytes]) -> str:
    """The path *name* of a file, which is not among *files*."""
    path = name.removeprefix("./")
    if "\\" in path or not path.isprintable() or len(path) > LONGEST_PATH:
        raise _refused(f"{name!r} is not a path of printable characters with / between its steps")
    if DRIVE.match(path) or any(step in ("", ".", "..") for step in path.split("/")):
        raise _refused(f"'{name}' leads out of the skill's folder")
    if path in files:
        raise _refused(f"'{name}' is there twice")
    return path


def _manifest_of(files: dict[str, bytes]) -> str:
    """The path of the one SKILL.md, at the top of *files* or of the one folder that holds them all."""
    found = [path for path in files if path.rpartition("/")[2].lower() == MANIFEST]
    if len(found) != 1:
        raise _refused(f"there must be exactly one SKILL.md, and there are {len(found)}")
    folder, slash, _ = found[0].rpartition("/")
    if "/" in folder or any(not path.startswith(folder + slash) for path in files):
        raise _refused("SKILL.md must stand at the top of the one folder that holds all files")
    return found[0]


async def _packed(files: dict[str, bytes]) -> bytes:
    """A zip of *files*: the same bytes whatever order and dates they came with, and whoever's zlib it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, DATE)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path])
            await give_way()
    return out.getvalue()


def _decoded(text: str) -> bytes:
    """The bytes of a zip in base64, which may be a data URL."""
    try:
        return base64.b64decode(re.sub(r"^data:[^,]{0,100};base64,", "", text), validate=True)
    except (binascii.Error, ValueError):
        raise _refused("in JSON, a skill is one zip in base64") from None


def _refused(why: str) -> ApiError:
    return ApiError(400, f"Invalid skill: {why}.", code="invalid_skill", param="files")
