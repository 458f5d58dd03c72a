"""The audit log: an event for each change of what a resource's `audit` declares, kept in one write with the change."""

from typing import Any

from ...call import Call
from ...caller import KEY_HASHES
from ...credentials import digest_of, id_of, key_of
from ...store import Change
from .. import given
from ..kinds import Kind, kind_of

LOG = "organization.audit_log"  # the resource that the events are
USER = "organization.user"
PROJECT = "project"

Thing = dict[str, Any]


async def events(
    call: Call, kind: Kind, what: str, ids: tuple[str, ...], thing: Thing, before: Thing | None = None
) -> list[Change]:
    """What a write adds to the log when it has *what* happen to a thing: nothing, when no event of it is declared."""
    declared = kind.audit.get(what)
    if declared is None:
        return []
    said: Thing = {"id": ids[-1]}
    said |= {name: thing.get(field) for name, field in declared.get("says", {}).items()}
    said |= {name: _text(value, kind, ids) for name, value in declared.get("with", {}).items()}
    if "data" in declared:
        said["data"] = {name: thing.get(field) for name, field in declared["data"].items()}
    if "changes" in declared and before is not None:
        said["changes_requested"] = {
            name: thing.get(field)
            for name, field in declared["changes"].items()
            if thing.get(field) != before.get(field)
        }
    return [await event(call, declared["event"], said, _project(kind, ids))]


async def event(call: Call, type: str, said: Thing, project: str | None = None) -> Change:
    """One event of the log, which says *said* and happens now in *project*."""
    kind = kind_of(call.world, LOG)
    log: Thing = {kind.key: call.world.new_id(kind.id), "type": type, "effective_at": int(call.now)}
    log["actor"] = await _actor(call)
    if project is not None:
        record = await call.world.store.get(PROJECT, project)
        log["project"] = {"id": project, "name": str((record.data if record else {}).get("name"))}
    log[type] = {name: value for name, value in said.items() if value is not None}
    return Change(kind.collection(()), log[kind.key], log, revision=0)


def _text(value: str, kind: Kind, ids: tuple[str, ...]) -> str:
    """*value*, in which `{noun}` is the id of the thing or of one that it belongs to."""
    nouns = [*(name.rpartition(".")[2] for name in kind.under), kind.noun]
    return value.format_map(dict(zip(nouns, ids, strict=True)))


def _project(kind: Kind, ids: tuple[str, ...]) -> str | None:
    names = [*kind.under, kind.name]
    return ids[names.index(PROJECT)] if PROJECT in names else None


async def _actor(call: Call) -> Thing:
    """Who calls: the owner of a key that the organization made, else its first user."""
    digest = digest_of(key_of(call))
    known = await call.world.store.get(KEY_HASHES, digest)
    id = known.data["ids"][-1] if known else id_of(digest)
    account = known.data.get("service_account") if known else None
    if account is not None:
        return {"type": "api_key", "api_key": {"id": id, "type": "service_account", "service_account": {"id": account}}}
    owner = given.rows(call.world, kind_of(call.world, USER), ())[0]
    user = {"id": owner["id"], "email": owner["email"]}
    return {"type": "api_key", "api_key": {"id": id, "type": "user", "user": user}}
