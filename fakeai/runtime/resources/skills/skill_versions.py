"""Versions of a skill: bundles of files that do not change, numbered from 1; no number is given twice."""

from functools import partial
from typing import Any

from ...answer import Content, Reply
from ...call import Call
from ...errors import ApiError
from ...store import Change
from .. import things
from ..kinds import kind_of
from ..things import GONE, Thing
from . import skill_bundle
from .skill_bundle import Bundle

SKILL, VERSION = "skill", "skill.version"
BLOB, SIZE = "_blob", "_size"  # of a version: where its zip is, and how many bytes that has
MADE = "_made"  # of a skill: how many versions it has had
VERSIONS = "_versions"  # of a skill: {number: [id, blob]} of those that are there, the oldest first
PIECE = 1_048_576  # bytes that are written at once


async def create(call: Call, skill_id: str, body: dict[str, Any]) -> Reply:
    """Keep one more version of a skill, which `default` makes the default one.

    Raises:
        ApiError: 404, there is no such skill; 400, the files are none of a skill.
    """
    await things.find(call, SKILL, skill_id)
    bundle = await skill_bundle.read(call, body["files"])
    blob = await keep(call, bundle)
    while True:
        try:
            found = await things.record(call, kind_of(call.world, SKILL), (skill_id,))
        except ApiError:
            await call.world.store.forget(blob)
            raise
        skill = found.data
        version, change = added(call, skill, bundle, blob)
        if body.get("default"):
            point(skill, version)
        if await call.world.store.write(Change(SKILL, skill_id, skill, revision=found.revision), change):
            return call.reply(things.shown(version))


async def keep(call: Call, bundle: Bundle) -> str:
    """The blob in which the zip of *bundle* is kept."""
    blob = call.new_id("blob_")
    for start in range(0, len(bundle.data), PIECE):
        await call.world.store.append(blob, bundle.data[start : start + PIECE])
    return blob


def added(call: Call, skill: Thing, bundle: Bundle, blob: str) -> tuple[Thing, Change]:
    """The next version of *skill*, which is told of it, and the change that keeps that version."""
    kind = kind_of(call.world, VERSION)
    skill[MADE] += 1
    number = skill["latest_version"] = str(skill[MADE])
    version = things.made(
        call,
        kind,
        skill_id=skill["id"],
        version=number,
        name=bundle.manifest.name,
        description=bundle.manifest.description,
        **{BLOB: blob, SIZE: len(bundle.data)},
    )
    skill[VERSIONS][number] = [version["id"], blob]
    return version, Change(kind.collection((skill["id"],)), version["id"], version, revision=0)


def point(skill: Thing, version: Thing) -> None:
    """Make *version* what is meant by *skill* where none is named."""
    skill |= {"default_version": version["version"], **{name: version[name] for name in ("name", "description")}}


async def find(call: Call, skill_id: str, number: str) -> Thing:
    """The version *number* of a skill.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    skill = await things.find(call, SKILL, skill_id)
    expect_version(call, skill, number)
    return await things.find(call, VERSION, skill_id, skill[VERSIONS][number][0])


def expect_version(call: Call, skill: Thing, number: str) -> None:
    """See that *skill* has the version *number*.

    Raises:
        ApiError: 404, it has not.
    """
    if number not in skill[VERSIONS]:
        raise kind_of(call.world, VERSION).not_found(number)


async def retrieve(call: Call, skill_id: str, number: str) -> Reply:
    """The version *number* of a skill.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    return call.reply(things.shown(await find(call, skill_id, number)))


async def delete(call: Call, skill_id: str, number: str) -> Reply:
    """Delete a version and its bytes.

    Raises:
        ApiError: 404, there is no such skill or version; 400, it is the default one.
    """
    store, kind = call.world.store, kind_of(call.world, VERSION)
    while True:
        found = await things.record(call, kind_of(call.world, SKILL), (skill_id,))
        skill = found.data
        expect_version(call, skill, number)
        if number == skill["default_version"]:
            message = f"Version {number} is the default version of the skill '{skill_id}': make another one that first."
            raise ApiError(400, message, param="version")
        id, blob = skill[VERSIONS].pop(number)
        skill["latest_version"] = list(skill[VERSIONS])[-1]
        gone = await things.record(call, kind, (skill_id, id))
        collection = kind.collection((skill_id,))
        if await store.write(
            Change(SKILL, skill_id, skill, revision=found.revision),
            Change(collection, id, None),
            Change(collection + GONE, id, {"place": gone.place}),
        ):
            await store.forget(blob)
            return call.reply({"id": id, "object": "skill.version.deleted", "deleted": True, "version": number})


async def content(call: Call, skill_id: str, number: str) -> Content:
    """The files of a version as a zip.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    version = await find(call, skill_id, number)
    disposition = f'attachment; filename="{version["name"]}.zip"'.encode()
    kind = (b"content-type", b"application/zip")
    return Content(
        version[SIZE], partial(call.world.store.read, version[BLOB]), kind, ((b"content-disposition", disposition),)
    )
