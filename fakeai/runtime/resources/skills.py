"""Skills: bundles of files, kept in versions, that come back as a zip."""

import base64
import binascii
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from ..answer import Reply
from ..call import Call
from ..errors import ApiError
from ..forms import File
from . import pages, things
from .things import Thing

SKILL, VERSION = "skill", "skill.version"
SHEET = "SKILL.md"
FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---", re.DOTALL)
LINE = re.compile(r"^(name|description):[ \t]*(.+?)[ \t]*$", re.MULTILINE)
LARGEST = 52_428_800  # bytes of all files of a bundle
MOST_FILES = 500
LONGEST = {"name": 64, "description": 1024}  # characters
DATED = (1980, 1, 1, 0, 0, 0)  # of every file of a zip, so that the same files make the same bytes
LAST, DEFAULT = "_last", "default_version"  # of a skill: the greatest version so far, and the one that is used
BLOB = "_blob"  # of a version: its zip


@dataclass(frozen=True)
class Bundle:
    """The files of a skill by path, and what its sheet says of it."""

    files: dict[str, bytes]
    name: str
    description: str

    def zipped(self) -> bytes:
        """All files in one archive."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.files):
                entry = zipfile.ZipInfo(path, DATED)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, self.files[path])
        return made.getvalue()


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep a skill with its first version.

    Raises:
        ApiError: 400, the files are no skill.
    """
    bundle = await _bundle(call, body["files"])
    values = {"name": bundle.name, "description": bundle.description, DEFAULT: "1", "latest_version": "1", LAST: 1}
    skill = await things.add(call, SKILL, **values)
    await _keep(call, skill["id"], "1", bundle)
    return call.reply(things.shown(skill))


async def add_version(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Keep another version of a skill, which is used from then on when the body says `default`.

    Raises:
        ApiError: 404, there is no such skill; 400, the files are none.
    """
    await things.find(call, SKILL, id)
    bundle = await _bundle(call, body["files"])

    def count(skill: Thing) -> None:
        skill[LAST] += 1
        skill["latest_version"] = str(skill[LAST])

    skill = await things.change(call, SKILL, id, by=count)
    version = await _keep(call, id, skill["latest_version"], bundle)
    if body.get("default"):
        await _use(call, id, version)
    return call.reply(_shown(version))


async def set_default(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Use a version of a skill.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    version = await things.find(call, VERSION, id, body["default_version"])
    return call.reply(things.shown(await _use(call, id, version)))


async def _use(call: Call, id: str, version: Thing) -> Thing:
    values = {name: version[name] for name in ("name", "description")} | {DEFAULT: version["version"]}
    return await things.change(call, SKILL, id, by=lambda skill: skill.update(values))


async def _keep(call: Call, id: str, number: str, bundle: Bundle) -> Thing:
    """A version, whose number is its id in the store."""
    blob = call.new_id("blob_")
    await call.world.store.append(blob, bundle.zipped())
    values = {"name": bundle.name, "description": bundle.description, "skill_id": id, "version": number, BLOB: blob}
    return await things.add(call, VERSION, id, **{"_id": call.new_id("skillver_"), "id": number, **values})


def _shown(version: Thing) -> Thing:
    return {**things.shown(version), "id": version["_id"]}


async def versions(call: Call, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the versions of a skill.

    Raises:
        ApiError: 404, there is no such skill; 400, a cursor names nothing.
    """
    await things.find(call, SKILL, id)
    found, more = pages.cut([_shown(version) for version in await _all(call, id)], query)
    return call.reply(pages.answer(found, more, shape))


async def _all(call: Call, id: str) -> list[Thing]:
    return (await pages.page(call, VERSION, (id,), {"limit": 2**31, "order": "asc"}))[0]


async def version(call: Call, id: str, number: str) -> Reply:
    """One version of a skill.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(_shown(await things.find(call, VERSION, id, number)))


async def delete(call: Call, id: str) -> Reply:
    """Delete a skill with all its versions.

    Raises:
        ApiError: 404, there is none.
    """
    await things.find(call, SKILL, id)
    blobs = [version[BLOB] for version in await _all(call, id)]
    await things.remove(call, SKILL, id)
    await call.world.store.forget(*blobs)
    return call.reply({"object": "skill.deleted", "deleted": True, "id": id})


async def delete_version(call: Call, id: str, number: str) -> Reply:
    """Delete a version of a skill that is not the one in use.

    Raises:
        ApiError: 404, there is none; 400, it is in use.
    """
    version = await things.find(call, VERSION, id, number)
    skill = await things.find(call, SKILL, id)
    others = [each["version"] for each in await _all(call, id) if each["version"] != number]
    if skill[DEFAULT] == number and others:
        raise ApiError(400, f"Version {number} is the default version: set another one first.", param="version")
    await things.remove(call, VERSION, id, number)
    latest = max(others, key=int, default=number)
    await things.change(call, SKILL, id, by=lambda skill: skill.update(latest_version=latest))
    await call.world.store.forget(version[BLOB])
    return call.reply({"object": "skill.version.deleted", "deleted": True, "id": version["_id"], "version": number})


async def content(call: Call, id: str, number: str | None = None) -> Reply:
    """The files of a version as a zip, of the one in use when there is no *number*.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    skill = await things.find(call, SKILL, id)
    version = await things.find(call, VERSION, id, number or skill[DEFAULT])
    name = f'attachment; filename="{id}-{version["version"]}.zip"'.encode()
    body = await call.world.store.read(version[BLOB])
    return Reply(body, content_type=(b"content-type", b"application/zip"), headers=((b"content-disposition", name),))


async def _bundle(call: Call, sent: Any) -> Bundle:
    """The skill that a request brings: files, one zip, or a zip in base64.

    Raises:
        ApiError: 400, it is none.
    """
    parts = sent if isinstance(sent, list) else [sent]
    files: dict[str, bytes] = {}
    for part in parts:
        if isinstance(part, File):
            if part.size > LARGEST:
                raise _no(f"'{part.name}' has more than {LARGEST} bytes.")
            name, data = part.name, await call.world.store.read(part.blob)
        else:
            name, data = "", _decoded(part)
        if len(parts) == 1 and data[:2] == b"PK":
            files = _unzipped(data)
        else:
            files[_safe(name)] = data
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST:
        raise _no(f"A skill has at most {MOST_FILES} files with {LARGEST} bytes in all.")
    sheets = sorted((path for path in files if path.rpartition("/")[2] == SHEET), key=lambda path: path.count("/"))
    if not sheets:
        raise _no(f"There is no {SHEET} among the files.")
    front = FRONT.match(files[sheets[0]].decode("utf-8", "replace"))
    said = {key: value.strip("\"'") for key, value in LINE.findall(front[1] if front else "")}
    for key, longest in LONGEST.items():
        if not 0 < len(said.get(key, "")) <= longest:
            raise _no(f"{SHEET} needs a '{key}' of at most {longest} characters between two lines of ---.")
    return Bundle(files, said["name"], said["description"])


def _unzipped(data: bytes) -> dict[str, bytes]:
    """The files of a zip that is no larger than it says, and not too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
                raise _no(f"A skill has at most {MOST_FILES} files with {LARGEST} bytes in all.")
            return {_safe(entry.filename): archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _no(f"The zip cannot be read: {error}.") from None
    except ValueError as error:
        raise _no(f"The zip cannot be read: {error}.") from None


def _safe(path: str) -> str:
    """*path*, which leads to no other place than below the skill."""
    clean = path.replace("\\", "/")
    if not clean or clean.startswith("/") or "\0" in clean or {"", ".", ".."} & set(clean.split("/")):
        raise _no(f"'{path}' is not a path below the skill.")
    return clean


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(str(text).encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _no("A file in JSON is a zip in base64.") from None


def _no(message: str) -> ApiError:
    return ApiError(400, message, param="files", code="invalid_skill")
