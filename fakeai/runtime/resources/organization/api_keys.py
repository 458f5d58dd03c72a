"""Keys that the organization makes: their values are told once, and known afterwards by their hashes alone.

The collection `api_key_hash` has for the SHA-256 of each value, in hexadecimal, what it opens as: {"resource": name,
"ids": the ids of the key, "service_account": id or null}. A hash whose key is gone, expired or in an archived project
opens nothing: look the key up with `things.find`.
"""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...caller import KEY_HASHES, Organization
from ...credentials import digest_of
from ...store import Change
from .. import given, things
from ..kinds import kind_of
from ..things import LEADER, Thing
from .audit import USER

ADMIN = "organization.admin_api_key"
KEY = "project.api_key"
ACCOUNT = "project.service_account"
TOLD = "organization.project.service_account.api_key"  # what a key is called when its value is told


async def create_admin(call: Call, body: dict[str, Any]) -> Reply:
    """An admin key with its value."""
    value = call.world.new_id("sk-admin-")
    lasts = body.get("expires_in_seconds")
    user = given.rows(call.world, kind_of(call.world, USER), ())[0]
    key = await things.add(
        call,
        ADMIN,
        name=body["name"],
        redacted_value=redacted(value),
        expires_at=None if lasts is None else int(call.now) + lasts,
        owner={
            "type": "user",
            "object": USER,
            "id": user["id"],
            "name": user["name"],
            "created_at": user["added_at"],
            "role": user["role"],
        },
    )
    await remember(call, value, ADMIN, [key["id"]])
    return call.reply({**things.shown(key), "value": value})


async def create_account(call: Call, project: str, body: dict[str, Any]) -> Reply:
    """A service account, and the first key of it with its value unless the body wants none.

    Raises:
        ApiError: 404, there is no such project; 400, it is archived.
    """
    bare = body.get("create_service_account_only") is True
    account = await things.add(call, ACCOUNT, project, name=body["name"], role="none" if bare else "member")
    key = None if bare else await _create(call, project, account, "Secret Key")
    return call.reply({**things.shown(account), "api_key": key})


async def create(call: Call, project: str, account: str, body: dict[str, Any]) -> Reply:
    """One more key of a service account, with its value.

    Raises:
        ApiError: 404, there is no such account; 400, its project is archived.
    """
    found = await things.find(call, ACCOUNT, project, account)
    return call.reply(await _create(call, project, found, body.get("name") or "Secret Key", body.get("scopes")))


async def _create(
    call: Call, project: str, account: Thing, name: str, scopes: list[str] | None = None
) -> dict[str, Any]:
    """A key as it is told this once."""
    value = call.world.new_id("sk-svcacct-")
    shown = {field: account[field] for field in ("id", "name", "created_at", "role")}
    key = await things.add(
        call,
        KEY,
        project,
        name=name,
        redacted_value=redacted(value),
        owner={"type": "service_account", "service_account": shown},
        **{LEADER: account["id"], "_scopes": scopes},
    )
    await remember(call, value, KEY, [project, key["id"]], account["id"])
    return {"object": TOLD, "value": value, "name": name, "created_at": key["created_at"], "id": key["id"]}


async def remember(call: Call, value: str, resource: str, ids: list[str], account: str | None = None) -> None:
    """Keep the hash of a key's *value*."""
    digest = digest_of(value)
    opens = {"resource": resource, "ids": ids, "service_account": account}
    await call.world.store.write(Change(KEY_HASHES, digest, opens, revision=0))
    call.world.engine(Organization).count += 1


def redacted(value: str) -> str:
    """What is shown of a key's *value* later."""
    return f"{value[:8]}...{value[-4:]}"
