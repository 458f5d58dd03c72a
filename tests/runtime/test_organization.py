"""The administration of an organization: every family lives, and every answer fits OpenAI's document."""

import hashlib
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
        if ("/organization/" not in text and "/projects/" not in text) or path.name.endswith(".overlay.yaml"):
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
            noun: (await admin.post(path, body))["id"]
            for noun, (path, body) in MADE.items()
            if f"{{{noun}}}" in str(family)
        }

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
        if named := [key for key in ("user_id", "group_id", "role_id") if key in family.least]:
            missing = {**filled(family.least), **dict.fromkeys(named, "nobody")}
            assert (await admin.refused("POST", path, missing))[0] == 404
            await admin.post(path, filled(family.least))
            status, message = await admin.refused("POST", path, filled(family.least))
            assert (status, message.endswith("already.")) == (400, True)

    check(scenario)


def test_an_organization_has_its_first_things() -> None:
    async def scenario(admin: Admin) -> None:
        assert await admin.ids(f"{BASE}/users") == ["user-owner"]
        assert (await admin.get(PROJECT)) == {
            "id": "proj_default", "object": "organization.project", "name": "Default project", "status": "active",
            "created_at": int(EPOCH), "archived_at": None,
        }  # fmt: skip
        assert await admin.ids(f"{BASE}/projects") == ["proj_default"]
        assert await admin.ids(f"{PROJECT}/users") == ["user-owner"]
        assert await admin.ids(f"{BASE}/roles") == ["role-api-organization-owner", READER]
        assert len(await admin.ids("/v1/projects/proj_default/roles")) == 3
        for kind in ("invites", "groups", "admin_api_keys", "certificates", "spend_alerts", "audit_logs"):
            assert (await admin.get(f"{BASE}/{kind}"))["data"] == []
        second = (await admin.post(f"{BASE}/projects", {"name": "Second"}))["id"]
        assert await admin.ids(f"{BASE}/projects?limit=1&after=proj_default") == [second]
        assert await admin.ids(f"{BASE}/projects/{second}/users") == []
        assert (await admin.refused("GET", f"{BASE}/projects/proj_x/users"))[0] == 404

    check(scenario)


def test_predefined_roles_cannot_be_changed() -> None:
    async def scenario(admin: Admin) -> None:
        message = f"The role '{READER}' is predefined and cannot be changed."
        for method, body in (("POST", {"description": "x"}), ("DELETE", None)):
            assert await admin.refused(method, f"{BASE}/roles/{READER}", body) == (400, message)

    check(scenario)


def test_a_project_has_a_rate_limit_for_each_model() -> None:
    async def scenario(admin: Admin) -> None:
        models = [model["id"] for model in (await admin.get("/v1/models"))["data"]]
        listed = await admin.get(f"{PROJECT}/rate_limits?limit=100")
        assert [limit["id"] for limit in listed["data"]] == [f"rl-{model}" for model in models[:100]]
        assert listed["has_more"]
        one = f"{PROJECT}/rate_limits/rl-openai/gpt-oss-120b"
        changed = await admin.post(one, {"max_requests_per_1_minute": 7, "max_requests_per_1_day": 9})
        assert changed == {
            "object": "project.rate_limit", "id": "rl-openai/gpt-oss-120b", "model": "openai/gpt-oss-120b",
            "max_requests_per_1_minute": 7, "max_tokens_per_1_minute": 2_000_000, "max_requests_per_1_day": 9,
        }  # fmt: skip
        after = f"{PROJECT}/rate_limits?limit=1&after=rl-{models[models.index('openai/gpt-oss-120b') - 1]}"
        assert [changed] == (await admin.get(after))["data"]
        assert (await admin.refused("POST", f"{PROJECT}/rate_limits/rl-none", {}))[0] == 404

    check(scenario)


SINGLES: dict[str, tuple[dict[str, Any] | None, dict[str, Any], dict[str, Any]]] = {
    "spend_limit": (
        None,
        {"threshold_amount": 100, "currency": "USD", "interval": "month"},
        {"threshold_amount": 100, "enforcement": {"status": "inactive"}},
    ),
    "model_permissions": (
        {"mode": "deny_list", "model_ids": []},
        {"mode": "allow_list", "model_ids": ["o3"]},
        {"mode": "allow_list", "model_ids": ["o3"]},
    ),
    "data_retention": ({"type": "organization_default"}, {"retention_type": "none"}, {"type": "none"}),
    "hosted_tool_permissions": (
        {"mcp": {"enabled": True}, "web_search": {"enabled": True}},
        {"mcp": {"enabled": False}},
        {"mcp": {"enabled": False}, "web_search": {"enabled": True}},
    ),
}


@pytest.mark.parametrize("name", SINGLES)
def test_what_there_is_one_of_is_set_and_reset(name: str) -> None:
    first, change, then = SINGLES[name]

    async def scenario(admin: Admin) -> None:
        one = f"{PROJECT}/{name}"

        async def begins() -> None:
            if first is None:
                assert (await admin.refused("GET", one))[0] == 404
            else:
                assert first.items() <= (await admin.get(one)).items()

        await begins()
        for _ in range(2):
            assert then.items() <= (await admin.post(one, change)).items()
            assert then.items() <= (await admin.get(one)).items()
        if name in ("spend_limit", "model_permissions"):
            assert (await admin.delete(one))["deleted"] is True
            await begins()
        assert (await admin.refused("GET", f"{BASE}/projects/proj_x/{name}"))[0] == 404
        assert (await admin.refused("POST", f"{BASE}/projects/proj_x/{name}", change))[0] == 404

    check(scenario)


def test_the_organization_has_a_spend_limit_and_a_data_retention_of_its_own() -> None:
    async def scenario(admin: Admin) -> None:
        limit = {"threshold_amount": 1, "currency": "USD", "interval": "month"}
        assert (await admin.post(f"{BASE}/spend_limit", limit))["object"] == "organization.spend_limit"
        assert (await admin.refused("GET", f"{PROJECT}/spend_limit"))[0] == 404
        await admin.delete(f"{BASE}/spend_limit")
        assert await admin.refused("DELETE", f"{BASE}/spend_limit") == (404, "The organization has no spend limit.")
        zero = {"retention_type": "zero_data_retention"}
        assert (await admin.post(f"{BASE}/data_retention", zero))["type"] == "zero_data_retention"
        assert (await admin.get(f"{BASE}/data_retention"))["type"] == "zero_data_retention"

    check(scenario)


def test_an_archived_project_is_hidden_and_closed() -> None:
    async def scenario(admin: Admin) -> None:
        id = (await admin.post(f"{BASE}/projects", {"name": "Old"}))["id"]
        path = f"{BASE}/projects/{id}"
        account = (await admin.post(f"{path}/service_accounts", {"name": "bot"}))["id"]
        await admin.client.wait(60)
        gone = await admin.post(f"{path}/archive")
        assert (gone["status"], gone["archived_at"]) == ("archived", int(EPOCH) + 60)
        closed = (400, f"The project '{id}' is archived and cannot be changed.")
        assert await admin.refused("POST", path, {"name": "x"}) == closed
        assert await admin.refused("POST", f"{path}/service_accounts", {"name": "x"}) == closed
        assert await admin.refused("DELETE", f"{path}/service_accounts/{account}") == closed
        assert await admin.refused("POST", f"{path}/users", {"user_id": "user-owner", "role": "member"}) == closed
        assert await admin.refused("POST", f"{path}/rate_limits/rl-o3", {}) == closed
        assert await admin.refused("POST", f"{path}/archive") == (400, f"The project '{id}' is archived already.")
        assert (await admin.get(path))["status"] == "archived"
        assert await admin.ids(f"{BASE}/projects") == ["proj_default"]
        assert await admin.ids(f"{BASE}/projects?include_archived=true") == ["proj_default", id]

    check(scenario)


def test_an_invitation_expires() -> None:
    async def scenario(admin: Admin) -> None:
        invite = await admin.post(f"{BASE}/invites", {"email": "b@example.com", "role": "reader"})
        assert (invite["status"], invite["projects"], invite["expires_at"]) == ("pending", [], int(EPOCH) + 7 * DAY)
        await admin.client.wait(7 * DAY)
        assert (await admin.get(f"{BASE}/invites/{invite['id']}"))["status"] == "expired"
        wrong = {"email": "b@example.com", "role": "reader", "projects": [{"id": "proj_x", "role": "member"}]}
        assert await admin.refused("POST", f"{BASE}/invites", wrong) == (404, "No project found with id 'proj_x'.")

    check(scenario)


def test_members_follow_the_users_groups_and_roles_that_they_are() -> None:
    async def scenario(admin: Admin) -> None:
        user = (await admin.post(f"{BASE}/users", USER))["id"]
        group = (await admin.post(f"{BASE}/groups", {"name": "Team"}))["id"]
        role = (await admin.post("/v1/projects/proj_default/roles", ROLE))["id"]
        by_email = await admin.post(f"{PROJECT}/users", {"email": "ada@example.com", "role": "member"})
        assert (by_email["id"], by_email["name"]) == (user, "Ada")
        nobody = {"email": "no@example.com", "role": "member"}
        assert (await admin.refused("POST", f"{PROJECT}/users", nobody))[0] == 404
        assert (await admin.refused("POST", f"{PROJECT}/users", {"role": "member"}))[0] == 400
        await admin.post(f"{BASE}/groups/{group}/users", {"user_id": user})
        await admin.post(f"{PROJECT}/groups", {"group_id": group, "role": role})
        roles = f"/v1/projects/proj_default/groups/{group}/roles"
        assert await admin.ids(roles) == [role]
        await admin.post(f"{BASE}/groups/{group}", {"name": "Band"})
        assert (await admin.get(f"{PROJECT}/groups"))["data"][0]["group_name"] == "Band"
        await admin.post(f"/v1/projects/proj_default/roles/{role}", {"role_name": "Seer"})
        assert (await admin.get(f"{roles}/{role}"))["name"] == "Seer"
        await admin.delete(f"/v1/projects/proj_default/roles/{role}")
        assert await admin.ids(roles) == []
        await admin.delete(f"{BASE}/users/{user}")
        assert await admin.ids(f"{PROJECT}/users") == ["user-owner"]
        assert await admin.ids(f"{BASE}/groups/{group}/users") == []
        await admin.delete(f"{BASE}/groups/{group}")
        assert (await admin.get(f"{PROJECT}/groups"))["data"] == []
        for path in (roles, f"{PROJECT}/groups/{group}", f"{BASE}/groups/{group}/users"):
            assert (await admin.refused("GET", path))[0] == 404

    check(scenario)


def test_users_are_found_by_their_emails_and_take_roles_by_id() -> None:
    async def scenario(admin: Admin) -> None:
        ids = [(await admin.post(f"{BASE}/users", {"name": n, "email": f"{n}@example.com"}))["id"] for n in "abc"]
        query = "emails[]=a@example.com&emails[]=c@example.com"
        assert await admin.ids(f"{BASE}/users?{query}") == [ids[0], ids[2]]
        role = (await admin.post(f"{BASE}/roles", ROLE))["id"]
        assert (await admin.post(f"{BASE}/users/{ids[0]}", {"role_id": role}))["role"] == "Watcher"
        assert (await admin.refused("POST", f"{BASE}/users/{ids[0]}", {"role_id": "no"}))[0] == 404

    check(scenario)


def test_the_value_of_a_key_is_told_once_and_kept_as_a_hash() -> None:
    async def scenario(admin: Admin) -> None:
        store = admin.client.app.world.store
        made = await admin.post(f"{BASE}/admin_api_keys", {"name": "k", "expires_in_seconds": 60})
        value = made.pop("value")
        assert value.startswith("sk-admin-")
        assert made["redacted_value"] == f"{value[:8]}...{value[-4:]}"
        assert (made["owner"]["id"], made["expires_at"]) == ("user-owner", int(EPOCH) + 60)
        assert await admin.get(f"{BASE}/admin_api_keys/{made['id']}") == made

        account = await admin.post(f"{PROJECT}/service_accounts", {"name": "bot"})
        first = account["api_key"]
        one = f"{PROJECT}/service_accounts/{account['id']}"
        second = await admin.post(f"{one}/api_keys", {"name": "more", "scopes": ["api.model.read"]})
        keys = (await admin.get(f"{PROJECT}/api_keys?owner_project_access=any"))["data"]
        assert [key["name"] for key in keys] == ["Secret Key", "more"]
        assert keys[0]["owner"]["service_account"]["id"] == account["id"]
        assert await admin.ids(f"{PROJECT}/api_keys?owner_project_access=inactive") == []
        for told, key in ((first, keys[0]), (second, keys[1])):
            assert told["value"].startswith("sk-svcacct-")
            assert "value" not in key
            found = await store.get("api_key_hash", hashlib.sha256(told["value"].encode()).hexdigest())
            assert found is not None
            assert found.data == {
                "resource": "project.api_key", "ids": ["proj_default", key["id"]], "service_account": account["id"],
            }  # fmt: skip
        path = f"{PROJECT}/api_keys/{second['id']}"
        assert await admin.get(path) == keys[1]
        await admin.delete(path)
        assert await admin.ids(f"{PROJECT}/api_keys") == [first["id"]]
        await admin.delete(one)
        assert await admin.ids(f"{PROJECT}/api_keys") == []
        bare = await admin.post(f"{PROJECT}/service_accounts", {"name": "b", "create_service_account_only": True})
        assert (bare["api_key"], bare["role"]) == (None, "none")

    check(scenario)


PEM = """-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUDg9hlLccM/pTX+XoDGYDh4gwcq4wCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wHhcNMjYxMTIzMTA1MTUzWhcNMzYxMTIw
MTA1MTUzWjAWMRQwEgYDVQQDDAtleGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABAW6m+FsciZmPzLkcy3GLNieoliRDaiFM08oYalFRuutjwJO6IOr
5XsmobF+z+LjguZqp//TXxTbEqwZ8d2/24SjUzBRMB0GA1UdDgQWBBRflFXvZ8Qp
0BfD3MF+sJzrl0yggjAfBgNVHSMEGDAWgBRflFXvZ8Qp0BfD3MF+sJzrl0yggjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCUyWtqVScsDZh8IIkg
3r7pW2vyUL4HJNUoX9u6mTlftwIgHY1M8Us5N6uYoG5eSy3DnR4kWmMxh01I0vCE
43c8A0s=
-----END CERTIFICATE-----
"""


def test_certificates_are_active_in_the_organization_and_in_projects() -> None:
    async def scenario(admin: Admin) -> None:
        base = f"{BASE}/certificates"
        first = await admin.post(base, {"name": "one", "certificate": PEM})
        second = await admin.post(base, {"certificate": PEM})
        assert first == {
            "object": "certificate", "id": first["id"], "name": "one", "created_at": int(EPOCH),
            "certificate_details": {"valid_at": 1_795_431_113, "expires_at": 2_110_791_113},
        }  # fmt: skip
        assert (await admin.get(f"{base}/{first['id']}")) == first
        whole = await admin.get(f"{base}/{first['id']}?include[]=content")
        assert whole["certificate_details"]["content"] == PEM
        assert (await admin.post(f"{base}/{first['id']}", {"name": "uno"}))["name"] == "uno"
        both = {"certificate_ids": [first["id"], second["id"]]}
        on = await admin.post(f"{base}/activate", both)
        assert [row["active"] for row in on["data"]] == [True, True]
        await admin.post(f"{PROJECT}/certificates/activate", {"certificate_ids": [first["id"]]})
        await admin.post(f"{base}/deactivate", both)
        assert [row["active"] for row in (await admin.get(base))["data"]] == [False, False]
        listed = (await admin.get(f"{PROJECT}/certificates?order=asc"))["data"]
        assert [row["active"] for row in listed] == [True, False]
        assert (await admin.refused("DELETE", f"{base}/{first['id']}"))[0] == 400
        await admin.post(f"{PROJECT}/certificates/deactivate", both)
        assert await admin.delete(f"{base}/{first['id']}") == {"object": "certificate.deleted", "id": first["id"]}
        wrong = {"certificate_ids": [second["id"], first["id"]]}
        assert (await admin.refused("POST", f"{base}/activate", wrong))[0] == 404
        assert (await admin.get(base))["data"][0]["active"] is False
        for content in ("", "x", PEM.replace("MII", "MIX", 1), PEM + PEM, PEM[:120] + PEM[-27:]):
            status, message = await admin.refused("POST", base, {"certificate": content})
            assert (status, message.partition(":")[0]) == (400, "The certificate cannot be read")

    check(scenario)


def test_the_audit_log_says_what_was_changed() -> None:
    async def scenario(admin: Admin) -> None:
        id = (await admin.post(f"{BASE}/projects", {"name": "P"}))["id"]
        path = f"{BASE}/projects/{id}"
        await admin.post(path, {"name": "Q"})
        await admin.client.wait(10)
        account = await admin.post(f"{path}/service_accounts", {"name": "bot"})
        group = (await admin.post(f"{BASE}/groups", {"name": "G"}))["id"]
        await admin.post(f"{BASE}/groups/{group}/roles", {"role_id": READER})
        await admin.post(f"{path}/archive")
        assert await admin.events() == [
            ("project.created", {"id": id, "data": {"name": "P", "title": "P"}}),
            ("project.updated", {"id": id, "changes_requested": {"title": "Q"}}),
            ("service_account.created", {"id": account["id"], "data": {"role": "member"}}),
            ("api_key.created", {"id": account["api_key"]["id"], "data": {}}),
            ("group.created", {"id": group, "data": {"group_name": "G"}}),
            ("role.assignment.created", {
                "id": READER, "principal_id": group, "principal_type": "group", "resource_type": "api.organization",
            }),
            ("project.archived", {"id": id}),
        ]  # fmt: skip
        assert len(await admin.events(f"&project_ids[]={id}")) == 5
        assert [name for name, _ in await admin.events(f"&resource_ids[]={group}")] == ["group.created"]
        assert len(await admin.events("&event_types[]=project.created&event_types[]=project.archived")) == 2
        assert len(await admin.events(f"&effective_at[gt]={int(EPOCH)}")) == 5
        assert len(await admin.events(f"&effective_at[lt]={int(EPOCH) + 10}&effective_at[gte]={int(EPOCH)}")) == 2
        assert (await admin.call("GET", f"{BASE}/audit_logs?event_types[]=nonsense")).status == 400
        page = await admin.get(f"{BASE}/audit_logs?limit=2")
        assert (page["data"][0]["type"], page["has_more"]) == ("project.archived", True)
        assert page["data"][0]["actor"]["api_key"]["user"] == {"id": "user-owner", "email": "owner@example.com"}
        assert page["data"][0]["project"] == {"id": id, "name": "Q"}

        headers = {"authorization": f"Bearer {account['api_key']['value']}"}
        await admin.post(f"{BASE}/groups", {"name": "H"}, headers)
        by = await admin.get(f"{BASE}/audit_logs?actor_ids[]={account['id']}")
        assert [event["actor"]["api_key"]["id"] for event in by["data"]] == [account["api_key"]["id"]]
        assert await admin.events("&actor_emails[]=no@example.com") == []

    check(scenario)


def test_usage_is_told_in_buckets() -> None:
    async def scenario(admin: Admin) -> None:
        start, base = int(EPOCH), f"{BASE}/usage/completions"
        page = await admin.get(f"{base}?start_time={start + 5}&end_time={start + 10 * DAY}")
        assert page["data"][0] == {
            "object": "bucket", "start_time": start, "end_time": start + DAY, "results": [],
        }  # fmt: skip
        assert (len(page["data"]), page["has_more"]) == (7, True)
        rest = await admin.get(f"{base}?start_time={start + 5}&end_time={start + 10 * DAY}&page={page['next_page']}")
        assert [bucket["start_time"] for bucket in rest["data"]] == [start + n * DAY for n in (7, 8, 9)]
        assert (rest["has_more"], rest["next_page"]) == (False, None)
        assert (await admin.get(f"{base}?start_time={start}"))["data"] == []
        narrow = await admin.get(f"{base}?start_time={start}&end_time={start + 150}&bucket_width=1m&limit=1440")
        assert [b["end_time"] - b["start_time"] for b in narrow["data"]] == [60, 60, 30]
        for wrong, param in (
            ("", "start_time"),
            ("?start_time=x", "start_time"),
            (f"?start_time={start}&end_time={start}", "end_time"),
            (f"?start_time={start}&limit=32", "limit"),
            (f"?start_time={start}&bucket_width=1w", "bucket_width"),
            (f"?start_time={start}&group_by[]=weather", "group_by[0]"),
            (f"?start_time={start}&page=x", "page"),
        ):
            answer = await admin.call("GET", base + wrong)
            assert (answer.status, answer.error["param"]) == (400, param)
        kinds = [path.rpartition("/")[2] for path in TOLD]
        assert len(kinds) == 11
        for path in TOLD:
            assert (await admin.get(f"/v1{path}?start_time={start - DAY}"))["data"][0]["results"] == []

    check(scenario)


TOLD = list(yaml.safe_load((ROOT / "specs" / "openai" / "usage.yaml").read_text())["paths"])
