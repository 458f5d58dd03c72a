"""Skills: bundles of instructions and files in versions, one of which is the default."""

from typing import Any

from ...answer import Content, Reply
from ...call import Call
from ...store import Change
from .. import things
from ..kinds import kind_of
from ..things import Thing
from . import skill_bundle, skill_versions
from .skill_versions import MADE, SKILL, VERSIONS


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep a skill, as its first version.

    Raises:
        ApiError: 400, the files are none of a skill.
    """
    bundle = await skill_bundle.read(call, body["files"])
    skill = things.made(call, kind_of(call.world, SKILL), **{MADE: 0, VERSIONS: {}})
    version, change = skill_versions.added(call, skill, bundle, await skill_versions.keep(call, bundle))
    skill_versions.point(skill, version)
    await call.world.store.write(Change(SKILL, skill["id"], skill), change)
    return call.reply(things.shown(skill))


async def update(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Make another version the default one.

    Raises:
        ApiError: 404, there is no such skill or version.
    """
    version = await skill_versions.find(call, id, body["default_version"])

    def point(skill: Thing) -> None:
        skill_versions.expect_version(call, skill, version["version"])
        skill_versions.point(skill, version)

    return call.reply(things.shown(await things.change(call, SKILL, id, by=point)))


async def delete(call: Call, id: str) -> Reply:
    """Delete a skill with all its versions and their bytes.

    Raises:
        ApiError: 404, there is no such skill.
    """
    skill = await things.remove(call, SKILL, id)
    await call.world.store.forget(*(blob for _, blob in skill[VERSIONS].values()))
    return call.reply({"id": id, "object": "skill.deleted", "deleted": True})


async def content(call: Call, id: str) -> Content:
    """The files of the default version as a zip.

    Raises:
        ApiError: 404, there is no such skill.
    """
    skill = await things.find(call, SKILL, id)
    return await skill_versions.content(call, id, skill["default_version"])
