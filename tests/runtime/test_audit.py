"""The audit log holds every change that is made through the administration of the organization.

OpenAI's document has types for all of them, and payloads but for those that begin with `tenant.`; what says of a
project how its data is kept and what it may use is a change of the project.
"""

import json
import re
from typing import Any, NamedTuple

from tests.inprocess import ROOT, Client, run
from tests.runtime.test_organization import ALERT, BASE, EMAIL, PEM, PROJECT, READER, ROLE, USER, VIEWER, Admin

PAYLOADS = json.loads((ROOT / "generated" / "openapi.json").read_text())["components"]["schemas"]["AuditLog"]
BILL = {"threshold_amount": 100, "currency": "USD", "interval": "month"}
ALARM = {**ALERT, "notification_channel": EMAIL}
CERTIFICATES = {"certificate_ids": ["{certificate}"]}
ROLES = "/v1/projects/proj_default"
CHECKPOINT = "/v1/fine_tuning/checkpoints/ft:gpt-4o/permissions"
BOT = f"{PROJECT}/service_accounts"


class Step(NamedTuple):
    """One change: what is called with which body, the event that it leaves, and a name for what it makes.

    A `{name}` in a path or a body is what was made under that name.
    """

    path: str
    body: Any
    event: str
    makes: str = ""
    says: dict[str, Any] | None = None


STEPS = [
    Step(f"{BASE}/users", USER, "user.added", "user", {"id": "{user}", "data": {"role": "reader"}}),
    Step(f"{BASE}/users/{{user}}", {"role": "owner"}, "user.updated"),
    Step(f"{BASE}/invites", {"email": "b@example.com", "role": "reader"}, "invite.sent", "invite"),
    Step(f"{BASE}/invites/{{invite}}", None, "invite.deleted"),
    Step(f"{BASE}/groups", {"name": "G"}, "group.created", "group"),
    Step(f"{BASE}/groups/{{group}}", {"name": "H"}, "group.updated"),
    Step(
        f"{BASE}/groups/{{group}}/users", {"user_id": "{user}"}, "tenant.group.member.added",
        says={"id": "{group}", "user_id": "{user}"},
    ),
    Step(f"{BASE}/groups/{{group}}/users/{{user}}", None, "tenant.group.member.removed"),
    Step(f"{BASE}/groups/{{group}}/roles", {"role_id": READER}, "role.assignment.created"),
    Step(f"{BASE}/groups/{{group}}/roles/{READER}", None, "role.assignment.deleted"),
    Step(f"{BASE}/users/{{user}}/roles", {"role_id": READER}, "role.assignment.created"),
    Step(f"{BASE}/users/{{user}}/roles/{READER}", None, "role.assignment.deleted"),
    Step(f"{BASE}/roles", ROLE, "role.created", "role"),
    Step(f"{BASE}/roles/{{role}}", {"role_name": "R"}, "role.updated"),
    Step(f"{BASE}/roles/{{role}}", None, "role.deleted"),
    Step(f"{ROLES}/roles", ROLE, "role.created", "project role"),
    Step(f"{ROLES}/roles/{{project role}}", {"description": "x"}, "role.updated"),
    Step(
        f"{PROJECT}/groups", {"group_id": "{group}", "role": VIEWER}, "tenant.resource_access.updated",
        says={
            "id": "{group}", "principal_id": "{group}", "principal_type": "group", "resource_id": "proj_default",
            "resource_type": "api.project",
        },
    ),
    Step(f"{ROLES}/groups/{{group}}/roles", {"role_id": "{project role}"}, "role.assignment.created"),
    Step(f"{ROLES}/groups/{{group}}/roles/{{project role}}", None, "role.assignment.deleted"),
    Step(f"{PROJECT}/groups/{{group}}", None, "tenant.resource_access.deleted"),
    Step(f"{PROJECT}/users", {"user_id": "{user}", "role": "member"}, "user.added"),
    Step(f"{PROJECT}/users/{{user}}", {"role": "owner"}, "user.updated"),
    Step(f"{ROLES}/users/{{user}}/roles", {"role_id": "{project role}"}, "role.assignment.created"),
    Step(f"{ROLES}/users/{{user}}/roles/{{project role}}", None, "role.assignment.deleted"),
    Step(f"{PROJECT}/users/{{user}}", None, "user.deleted"),
    Step(f"{ROLES}/roles/{{project role}}", None, "role.deleted"),
    Step(f"{BASE}/groups/{{group}}", None, "group.deleted"),
    Step(f"{BASE}/users/{{user}}", None, "user.deleted"),
    Step(BOT, {"name": "bot", "create_service_account_only": True}, "service_account.created", "bot"),
    Step(f"{BOT}/{{bot}}", {"role": "owner"}, "service_account.updated"),
    Step(f"{BOT}/{{bot}}/api_keys", {"name": "k"}, "api_key.created", "key"),
    Step(f"{PROJECT}/api_keys/{{key}}", None, "api_key.deleted", says={"id": "{key}"}),
    Step(f"{BOT}/{{bot}}", None, "service_account.deleted"),
    Step(f"{BASE}/admin_api_keys", {"name": "a"}, "api_key.created", "admin key"),
    Step(f"{BASE}/admin_api_keys/{{admin key}}", None, "api_key.deleted"),
    Step(f"{BASE}/certificates", {"certificate": PEM, "name": "C"}, "certificate.created", "certificate"),
    Step(f"{BASE}/certificates/{{certificate}}", {"name": "D"}, "certificate.updated"),
    Step(f"{BASE}/certificates/activate", CERTIFICATES, "certificates.activated"),
    Step(f"{PROJECT}/certificates/activate", CERTIFICATES, "certificates.activated"),
    Step(f"{PROJECT}/certificates/deactivate", CERTIFICATES, "certificates.deactivated"),
    Step(f"{BASE}/certificates/deactivate", CERTIFICATES, "certificates.deactivated"),
    Step(f"{BASE}/certificates/{{certificate}}", None, "certificate.deleted"),
    Step(
        f"{BASE}/data_retention", {"retention_type": "zero_data_retention"}, "organization.updated",
        says={"id": "org-fakeai", "changes_requested": {"data_retention": "zero_data_retention"}},
    ),
    Step(
        f"{PROJECT}/data_retention", {"retention_type": "zero_data_retention"}, "project.updated",
        says={"id": "proj_default", "changes_requested": {"data_retention": "zero_data_retention"}},
    ),
    Step(f"{PROJECT}/hosted_tool_permissions", {"mcp": {"enabled": False}}, "project.updated"),
    Step(f"{PROJECT}/model_permissions", {"mode": "allow_list", "model_ids": ["gpt-4o"]}, "project.updated"),
    Step(f"{PROJECT}/model_permissions", None, "project.updated"),
    Step(f"{BASE}/spend_limit", BILL, "tenant.billing.overage_limit.updated", says={"id": "org-fakeai", "data": BILL}),
    Step(f"{BASE}/spend_limit", {**BILL, "threshold_amount": 7}, "tenant.billing.overage_limit.updated"),
    Step(f"{BASE}/spend_limit", None, "tenant.billing.overage_limit.updated"),
    Step(f"{PROJECT}/spend_limit", BILL, "tenant.billing.overage_limit.updated"),
    Step(f"{PROJECT}/spend_limit", None, "tenant.billing.overage_limit.updated"),
    Step(f"{BASE}/spend_alerts", ALARM, "tenant.billing.alerts.updated", "alert"),
    Step(f"{BASE}/spend_alerts/{{alert}}", {**ALARM, "threshold_amount": 5}, "tenant.billing.alerts.updated"),
    Step(f"{BASE}/spend_alerts/{{alert}}", None, "tenant.billing.alerts.updated"),
    Step(f"{PROJECT}/spend_alerts", ALARM, "tenant.billing.alerts.updated", "own alert"),
    Step(f"{PROJECT}/spend_alerts/{{own alert}}", {**ALARM, "threshold_amount": 5}, "tenant.billing.alerts.updated"),
    Step(f"{PROJECT}/spend_alerts/{{own alert}}", None, "tenant.billing.alerts.updated"),
    Step(
        CHECKPOINT, {"project_ids": ["proj_default"]}, "checkpoint.permission.created", "permission",
        says={"id": "{permission}", "data": {"project_id": "proj_default"}},
    ),
    Step(f"{CHECKPOINT}/{{permission}}", None, "checkpoint.permission.deleted"),
    Step(f"{PROJECT}/rate_limits/rl-gpt-4o", {"max_requests_per_1_minute": 7}, "rate_limit.updated"),
    Step(f"{BASE}/projects", {"name": "P"}, "project.created", "project"),
    Step(f"{BASE}/projects/{{project}}", {"name": "Q"}, "project.updated"),
    Step(f"{BASE}/projects/{{project}}/archive", None, "project.archived"),
]  # fmt: skip


def writing() -> dict[str, re.Pattern[str]]:
    """`METHOD path` of each operation that changes the organization, and what paths it has."""
    paths = json.loads((ROOT / "generated" / "openapi.json").read_text())["paths"]
    return {
        f"{method.upper()} {path}": re.compile(f"{method.upper()} " + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
        for path, item in paths.items()
        if path.startswith((f"{BASE}/", "/v1/projects/"))
        for method in item
        if method in ("post", "put", "patch", "delete")
    }


def test_every_change_leaves_an_event() -> None:
    made: dict[str, str] = {}
    patterns = writing()
    left = set(patterns)

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return re.sub(r"\{([\w ]+)\}", lambda m: made[m[1]], value) if isinstance(value, str) else value

    async def scenario(client: Client) -> None:
        admin = Admin(client)
        for step in STEPS:
            method = "POST" if step.body is not None or step.path.endswith("/archive") else "DELETE"
            path = filled(step.path)
            before = len(await admin.events())
            answer = await admin.good(method, path, filled(step.body))
            if step.makes:
                made[step.makes] = (answer if "id" in answer else answer["data"][0])["id"]
            new = (await admin.events())[before:]
            assert step.event in [type for type, _ in new], (step, new)
            for type, said in new:
                assert type == step.event or type in ("role.assignment.created", "certificates.deactivated"), (
                    step,
                    new,
                )
                expected = PAYLOADS["properties"].get(type)
                assert expected is None or set(said) <= set(expected["properties"]), (step, said)
            if step.says is not None:
                assert dict(new)[step.event] == filled(step.says)
            names = [name for name, pattern in patterns.items() if pattern.fullmatch(f"{method} {path}")]
            if names:
                left.discard(min(names, key=lambda name: name.count("{")))
        assert left == set()

    run(scenario)
