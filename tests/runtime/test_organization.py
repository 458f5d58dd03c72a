"""The administration of an organization: every family lives, and every answer fits OpenAI's document."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.inprocess import EPOCH, ROOT, Answer, Client, run

DAY = 86_400
BASE = "/v1/organization"
PROJECT = f"{BASE}/projects/proj_default"


@cache
def operations() -> list[tuple[str, re.Pattern[str], Any]]:
    """(method, path, validator of the answer) of each operation of the document, the plainest paths first."""
    found = []
    for path in (ROOT / "specs" / "openai").glob("*.yaml"):
        text = path.read_text()
        if "/organization/" not in text and "/projects/" not in text or path.name.endswith(".overlay.yaml"):
            continue
        spec = yaml.load(text, yaml.CSafeLoader)
        for route, item in spec["paths"].items():
            for method, operation in item.items():
                kind = operation["responses"]["200"]["content"]["application/json"]["schema"]
                validator = jsonschema_rs.validator_for({"allOf": [kind], "components": spec["components"]})
                pattern = re.sub(r"\\\{rate_limit_id\\\}$", ".+", re.escape(route))
                pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", pattern)
                found.append((route.count("{"), method.upper(), re.compile(f"/v1{pattern}"), validator))
    return [tuple(rest) for _, *rest in sorted(found, key=lambda item: item[0])]  # type: ignore[misc]


class Admin:
    """A client whose good answers must fit the document."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        answer = await self.client.call(method, path, body, headers)
        plain = path.partition("?")[0]
        if answer.status == 200:
            check = next((v for m, pattern, v in operations() if m == method and pattern.fullmatch(plain)), None)
            if check is not None:
                problems = [
                    f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in check.iter_errors(answer.json)
                ]
                assert not problems, (method, path, problems)
        return answer

    async def get(self, path: str) -> Any:
        return await self.good("GET", path)

    async def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return await self.good("POST", path, body, headers)

    async def delete(self, path: str) -> Any:
        return await self.good("DELETE", path)

    async def good(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = await self.call(method, path, body, headers)
        assert answer.status == 200, (method, path, answer.body)
        return answer.json

    async def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = await self.call(method, path, body)
        return answer.status, answer.error["message"]

    async def ids(self, path: str) -> list[str]:
        return [row.get("id") or row["group_id"] for row in (await self.get(path))["data"]]

    async def events(self, query: str = "") -> list[tuple[str, Any]]:
        """The audit log, the oldest event first."""
        found = (await self.get(f"{BASE}/audit_logs?limit=100{query}"))["data"]
        return [(event["type"], event[event["type"]]) for event in found[::-1]]


def check(scenario: Callable[[Admin], Awaitable[None]]) -> None:
    run(lambda client: scenario(Admin(client)))


@dataclass
class Family:
    """What is made by *full* or by its part *least*, changed by *change*, and deleted, below *path*."""

    path: str
    least: dict[str, Any]
    full: dict[str, Any]
    change: dict[str, Any] | None = None
    says: dict[str, Any] = field(default_factory=dict)
    needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    lasts: bool = False
    id: str = "id"


ALERT = {"threshold_amount": 0, "currency": "USD", "interval": "month"}
EMAIL = {"type": "email", "recipients": ["a@example.com"]}
ROLE = {"role_name": "Watcher", "permissions": ["api.groups.read"]}
USER = {"name": "Ada", "email": "ada@example.com"}
MADE = {"user": (f"{BASE}/users", USER), "group": (f"{BASE}/groups", {"name": "Team"})}
READER = "role-api-organization-reader"
VIEWER = "role-api-project-viewer"

FAMILIES = {
    "users": Family(f"{BASE}/users", USER, {**USER, "role": "owner"}, {"role": "reader"}, {"role": "reader"}),
    "invites": Family(
        f"{BASE}/invites",
        {"email": "b@example.com", "role": "reader"},
        {"email": "b@example.com", "role": "owner", "projects": [{"id": "proj_default", "role": "member"}]},
    ),
    "admin keys": Family(f"{BASE}/admin_api_keys", {"name": "k"}, {"name": "k", "expires_in_seconds": 60}),
    "projects": Family(
        f"{BASE}/projects",
        {"name": "P"},
        {"name": "P", "residency": "GLOBAL", "external_key_id": "kms"},
        {"name": "Q"},
        {"name": "Q"},
        lasts=True,
    ),
    "service accounts": Family(
        f"{PROJECT}/service_accounts",
        {"name": "bot"},
        {"name": "bot", "create_service_account_only": True},
        {"name": "bot 2", "role": "owner"},
        {"name": "bot 2", "role": "owner"},
    ),
    "project users": Family(
        f"{PROJECT}/users",
        {"user_id": "{user}", "role": "member"},
        {"user_id": "{user}", "email": "ada@example.com", "role": "member"},
        {"role": "owner"},
        {"role": "owner", "name": "Ada", "email": "ada@example.com"},
    ),
    "project groups": Family(
        f"{PROJECT}/groups", {"group_id": "{group}", "role": VIEWER}, {"group_id": "{group}", "role": VIEWER},
        id="group_id",
    ),
    "groups": Family(f"{BASE}/groups", {"name": "G"}, {"name": "G"}, {"name": "H"}, {"name": "H"}),
    "group users": Family(f"{BASE}/groups/{{group}}/users", {"user_id": "{user}"}, {"user_id": "{user}"}, id="user_id"),
    "roles": Family(
        f"{BASE}/roles",
        ROLE,
        {**ROLE, "description": "Looks"},
        {"role_name": "Looker", "permissions": [], "description": None},
        {"name": "Looker", "permissions": []},
    ),
    "project roles": Family(
        "/v1/projects/proj_default/roles", ROLE, {**ROLE, "description": "Looks"}, {"description": "x"},
        {"name": "Watcher", "description": "x", "resource_type": "api.project"},
    ),
    "group roles": Family(f"{BASE}/groups/{{group}}/roles", {"role_id": READER}, {"role_id": READER}, id="role.id"),
    "user roles": Family(f"{BASE}/users/{{user}}/roles", {"role_id": READER}, {"role_id": READER}, id="role.id"),
    "roles of groups in projects": Family(
        "/v1/projects/proj_default/groups/{group}/roles", {"role_id": VIEWER}, {"role_id": VIEWER}, id="role.id",
        needs={f"{PROJECT}/groups": {"group_id": "{group}", "role": "role-api-project-member"}},
    ),
    "roles of users in projects": Family(
        "/v1/projects/proj_default/users/{user}/roles", {"role_id": VIEWER}, {"role_id": VIEWER}, id="role.id",
        needs={f"{PROJECT}/users": {"user_id": "{user}", "role": "member"}},
    ),
    "spend alerts": Family(
        f"{BASE}/spend_alerts",
        {**ALERT, "notification_channel": EMAIL},
        {**ALERT, "notification_channel": {**EMAIL, "subject_prefix": "Money"}},
        {**ALERT, "threshold_amount": 5, "notification_channel": EMAIL},
        {"threshold_amount": 5, "notification_channel": EMAIL},
    ),
    "project spend alerts": Family(
        f"{PROJECT}/spend_alerts",
        {**ALERT, "notification_channel": EMAIL},
        {**ALERT, "notification_channel": {**EMAIL, "subject_prefix": "Money"}},
        {**ALERT, "threshold_amount": 5, "notification_channel": EMAIL},
        {"threshold_amount": 5, "notification_channel": EMAIL},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_lives_from_creation_to_deletion(name: str) -> None:
    family = FAMILIES[name]

    async def scenario(admin: Admin) -> None:
        known = {
            noun: (await admin.post(path, body))["id"] for noun, (path, body) in MADE.items() if noun in str(family)
        }
        if name == "users":
            known = {}

        def filled(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: filled(inner) for key, inner in value.items()}
            return re.sub(r"\{(user|group)\}", lambda m: known[m[1]], value) if isinstance(value, str) else value

        for path, body in family.needs.items():
            await admin.post(filled(path), filled(body))
        path = filled(family.path)
        for _ in range(2 if name == "roles" else 1):
            for body in (family.least, family.full):
                before = await admin.ids(path)
                made = await admin.post(path, filled(body))
                id: Any = made
                for step in family.id.split("."):
                    id = id[step]
                one = f"{path}/{id}"
                found = await admin.get(one)
                shared = {key for key in found if key in made}
                if family.id == "id":
                    assert {key: found[key] for key in shared} == {key: made[key] for key in shared}
                assert sorted(await admin.ids(path)) == sorted([*before, id])
                if family.change is not None:
                    changed = await admin.post(one, family.change)
                    assert {key: changed[key] for key in family.says} == family.says
                    again = await admin.get(one)
                    assert {key: again[key] for key in changed if key in again} == changed
                if not family.lasts:
                    gone = await admin.delete(one)
                    assert gone["deleted"] is True
                    assert gone.get("id", id) == id
                    assert await admin.ids(path) == before
                    for method in ("GET", "DELETE"):
                        assert (await admin.call(method, one)).status == 404
        wrong = f"{path}/nobody"
        assert (await admin.refused("GET", wrong))[0] == 404
        if family.change is not None:
            assert (await admin.refused("POST", wrong, family.change))[0] == 404
        if known:
            assert (
                await admin.refused(
                    "POST", path, {**filled(family.least), "user_id": "no", "group_id": "no", "role_id": "no"}
                )
            )[0] == 404

    check(scenario)
