"""Who may call, for which organization and project, and that projects see nothing of one another."""

import dataclasses
import hashlib
import logging
from typing import Any

import pytest

from fakeai.runtime.options import Options
from tests.inprocess import STEADY, Answer, Client, chat, run

ADMIN, USER = "sk-admin-of-the-house", "sk-user-of-the-house"
LOCKED = dataclasses.replace(STEADY, require_api_key=True, api_keys=frozenset((ADMIN, USER)))
BASE = "/v1/organization"


def bearer(key: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in more.items()}}


async def account(client: Client, project: str, key: str = ADMIN) -> Any:
    """A service account of *project*, with the value of its key."""
    path = f"{BASE}/projects/{project}/service_accounts"
    return (await client.post(path, {"name": "robot"}, headers=bearer(key))).json


async def project_of(client: Client, name: str = "Second") -> str:
    made = await client.post(f"{BASE}/projects", {"name": name}, headers=bearer(ADMIN))
    assert made.status == 200, made.body
    return str(made.json["id"])


def said(answer: Answer) -> tuple[int, str | None, str]:
    return answer.status, answer.error["code"], answer.error["message"]


def test_a_key_that_the_organization_made_works_at_once_until_it_is_deleted() -> None:
    async def scenario(client: Client) -> None:
        made = await account(client, "proj_default")
        key, id = made["api_key"]["value"], made["api_key"]["id"]
        assert (await client.get("/v1/models", headers=bearer(key))).status == 200
        assert (await client.post("/v1/chat/completions", chat(), headers=bearer(key))).status == 200
        path = f"{BASE}/projects/proj_default/api_keys/{id}"
        assert (await client.delete(path, headers=bearer(ADMIN))).status == 200
        message = f"Incorrect API key provided: sk-***{key[-4:]}."
        refused = await client.get("/v1/models", headers=bearer(key))
        assert refused.json == {
            "error": {"message": message, "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}
        }

    run(scenario, LOCKED)


@pytest.mark.parametrize("what", ["account", "project"])
def test_a_key_ends_with_what_it_belongs_to(what: str) -> None:
    async def scenario(client: Client) -> None:
        project = await project_of(client)
        made = await account(client, project)
        key = made["api_key"]["value"]
        assert (await client.get("/v1/models", headers=bearer(key))).status == 200
        if what == "account":
            await client.delete(f"{BASE}/projects/{project}/service_accounts/{made['id']}", headers=bearer(ADMIN))
        else:
            await client.post(f"{BASE}/projects/{project}/archive", headers=bearer(ADMIN))
        assert (await client.get("/v1/models", headers=bearer(key))).status == 401

    run(scenario, LOCKED)


def test_an_admin_key_expires() -> None:
    async def scenario(client: Client) -> None:
        body = {"name": "k", "expires_in_seconds": 60}
        key = (await client.post(f"{BASE}/admin_api_keys", body, headers=bearer(ADMIN))).json["value"]
        assert (await client.get(f"{BASE}/projects", headers=bearer(key))).status == 200
        await client.wait(61)
        assert (await client.get(f"{BASE}/projects", headers=bearer(key))).status == 401

    run(scenario, LOCKED)


def test_admin_keys_administer_and_others_do_the_rest() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get(f"{BASE}/projects", headers=bearer(ADMIN))).status == 200
        assert (await client.get("/v1/models", headers=bearer(USER))).status == 200
        refused = await client.get(f"{BASE}/projects", headers=bearer(USER))
        assert said(refused)[:2] == (403, "missing_scope")
        assert "Missing scopes: api.management.read." in refused.error["message"]
        refused = await client.get("/v1/models", headers=bearer(ADMIN))
        assert "Missing scopes: model.request." in refused.error["message"]
        assert (await client.get(f"{BASE}/projects")).status == 401
        assert (await client.get(f"{BASE}/projects", headers=bearer("sk-admin-" + "0" * 32))).status == 401

    run(scenario, LOCKED)


def test_the_headers_name_the_organization_and_the_project() -> None:
    async def scenario(client: Client) -> None:
        project = await project_of(client)
        key = (await account(client, project))["api_key"]["value"]

        async def ask(key: str, **headers: str) -> tuple[int, str | None]:
            answer = await client.get("/v1/models", headers=bearer(key, **headers))
            return answer.status, None if answer.status == 200 else answer.error["code"]

        assert await ask(USER, openai_organization="org-fakeai") == (200, None)
        assert await ask(USER, openai_organization="org-other") == (401, "invalid_organization")
        assert await ask(USER, openai_project=project) == (200, None)
        assert await ask(USER, openai_project="proj_none") == (401, "invalid_project")
        assert await ask(key, openai_project=project) == (200, None)
        assert await ask(key, openai_project="proj_default") == (401, "mismatched_project")

    run(scenario, LOCKED)


def test_projects_see_nothing_of_one_another() -> None:
    async def scenario(client: Client) -> None:
        project = await project_of(client)
        key = (await account(client, project))["api_key"]["value"]
        mine, theirs = bearer(key), bearer(USER)
        edge = {"content-type": "multipart/form-data; boundary=edge"}
        form = (
            b'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--edge\r\nContent-Disposition: '
            b'form-data; name="file"; filename="a.jsonl"\r\n\r\n{}\r\n--edge--\r\n'
        )
        file = (await client.post("/v1/files", form, headers=mine | edge)).json["id"]
        store = (await client.post("/v1/vector_stores", {"name": "v"}, headers=mine)).json["id"]
        response = (await client.post("/v1/responses", {"model": "m", "input": "hi"}, headers=mine)).json["id"]
        paths = [
            f"/v1/files/{file}", f"/v1/files/{file}/content", f"/v1/vector_stores/{store}", f"/v1/responses/{response}"
        ]  # fmt: skip
        for path in paths:
            assert (await client.get(path, headers=mine)).status == 200, path
            assert (await client.get(path, headers=theirs)).status == 404, path
            assert (await client.get(path, headers=bearer(USER, openai_project=project))).status == 200, path
        for path in ("/v1/files", "/v1/vector_stores"):
            assert (await client.get(path, headers=theirs)).json["data"] == []
            assert len((await client.get(path, headers=mine)).json["data"]) == 1
        follow = {"model": "m", "input": "and?", "previous_response_id": response}
        assert (await client.post("/v1/responses", follow, headers=theirs)).status == 400
        assert (await client.post("/v1/responses", follow, headers=mine)).status == 200

    run(scenario, LOCKED)


def test_a_batch_is_answered_for_the_project_that_began_it() -> None:
    async def scenario(client: Client) -> None:
        project = await project_of(client)
        mine = bearer((await account(client, project))["api_key"]["value"])
        line = b'{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"hi"}]}}'  # noqa: E501
        form = (
            b'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--edge\r\nContent-Disposition: '
            b'form-data; name="file"; filename="a.jsonl"\r\n\r\n' + line + b"\r\n--edge--\r\n"
        )
        edge = {"content-type": "multipart/form-data; boundary=edge"}
        file = (await client.post("/v1/files", form, headers=mine | edge)).json["id"]
        body = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        id = (await client.post("/v1/batches", body, headers=mine)).json["id"]
        assert (await client.get(f"/v1/batches/{id}", headers=bearer(USER))).status == 404
        await client.wait(3600)
        batch = (await client.get(f"/v1/batches/{id}", headers=mine)).json
        assert batch["request_counts"] == {"total": 1, "completed": 1, "failed": 0}
        assert (await client.get(f"/v1/files/{batch['output_file_id']}", headers=bearer(USER))).status == 404

    run(scenario, LOCKED)


def test_without_required_keys_a_made_key_still_selects_its_project() -> None:
    async def scenario(client: Client) -> None:
        project = (await client.post(f"{BASE}/projects", {"name": "Second"})).json["id"]
        key = (await account(client, project, "anything"))["api_key"]["value"]
        store = (await client.post("/v1/vector_stores", {"name": "v"}, headers=bearer(key))).json["id"]
        assert (await client.get(f"/v1/vector_stores/{store}")).status == 404
        assert (await client.get(f"/v1/vector_stores/{store}", headers=bearer(key))).status == 200
        assert (await client.get(f"{BASE}/projects/{project}", headers=bearer(key))).status == 200

    run(scenario)


def test_any_key_is_good_but_for_one_that_nobody_made() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/v1/models", headers=bearer("whatever"))).status == 200
        assert (await client.get(f"{BASE}/projects", headers=bearer("whatever"))).status == 200
        assert (await client.get("/v1/models", headers=bearer("sk-svcacct-" + "0" * 32))).status == 401

    run(scenario, dataclasses.replace(STEADY, require_api_key=True))


def test_a_key_is_known_by_its_hash_and_the_hash_is_no_key() -> None:
    digest = hashlib.sha256(USER.encode()).hexdigest()

    async def scenario(client: Client) -> None:
        assert (await client.get("/v1/models", headers=bearer(USER))).status == 200
        for wrong in (digest, f"sha256:{digest}", USER + "x"):
            assert (await client.get("/v1/models", headers=bearer(wrong))).status == 401

    run(scenario, dataclasses.replace(STEADY, require_api_key=True, api_keys=frozenset((f"sha256:{digest}",))))


def test_metrics_ask_for_keys_when_told_to() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/dcgm/metrics")).status == 401
        assert (await client.get("/dcgm/metrics", headers=bearer(USER))).status == 200
        assert (await client.get("/dcgm/metrics", headers=bearer(ADMIN))).status == 200

    async def open_to_all(client: Client) -> None:
        assert (await client.get("/dcgm/metrics")).status == 200

    run(scenario, dataclasses.replace(LOCKED, telemetry_keys=True))
    run(open_to_all, LOCKED)


def test_a_websocket_asks_for_keys_too() -> None:
    async def scenario(client: Client) -> None:
        path = "/v1/realtime?model=gpt-realtime"
        async with client.socket(path, headers=bearer("wrong-key")) as peer:
            assert peer.refused
            assert peer.refused.status == 401
        async with client.socket(path, headers=bearer(USER)) as peer:
            assert peer.refused is None

    run(scenario, LOCKED)


def test_no_key_is_told_in_logs_or_answers(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client) -> None:
        made = await account(client, "proj_default")
        key = made["api_key"]["value"]
        seen = [
            (await client.get(f"{BASE}/audit_logs", headers=bearer(ADMIN))).body,
            (await client.get(f"{BASE}/projects/proj_default/api_keys", headers=bearer(ADMIN))).body,
            (await client.get("/dcgm/metrics")).body,
            (await client.get("/v1/models", headers=bearer(key + "0"))).body,
            caplog.text.encode(),
        ]
        for secret in (ADMIN, USER, key):
            assert all(secret.encode() not in body for body in seen)

    with caplog.at_level(logging.DEBUG):
        run(scenario, LOCKED)


def test_options_keep_no_key_that_is_to_be_hashed() -> None:
    from pathlib import Path

    from fakeai.settings.sources import resolve

    settings = resolve({"api_keys": f"{USER},{ADMIN}", "hash_api_keys": True}, {}, Path())
    options: Options = settings.runtime()
    hashes = {key: hashlib.sha256(key.encode()).hexdigest() for key in (USER, ADMIN)}
    assert options.api_keys == {f"sha256:{hashes[USER]}", f"sha256-admin:{hashes[ADMIN]}"}
    assert not any(secret in str(settings) + str(options) for secret in (USER, ADMIN))
