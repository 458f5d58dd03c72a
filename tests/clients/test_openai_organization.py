"""The administration of an organization, driven by OpenAI's own client for Python."""

from collections.abc import Iterator

import pytest
from openai import NotFoundError, OpenAI

from tests.inprocess import ROOT
from tests.process import running


@pytest.fixture(scope="module")
def client() -> Iterator[OpenAI]:
    with running(ROOT) as server, OpenAI(base_url=server.address + "/v1", api_key="k", admin_api_key="a") as client:
        yield client


def test_a_project_gets_users_groups_roles_and_keys(client: OpenAI) -> None:
    organization = client.admin.organization
    assert [user.role for user in organization.users.list()] == ["owner"]
    project = organization.projects.create(name="Research")
    assert [found.name for found in organization.projects.list()] == ["Default project", "Research"]
    member = organization.projects.users.create(project.id, user_id="user-owner", role="member")
    assert member.email == "owner@example.com"
    group = organization.groups.create(name="Team")
    organization.groups.users.create(group.id, user_id=member.id)
    role = organization.roles.create(role_name="Watcher", permissions=["api.groups.read"])
    assigned = organization.groups.roles.create(group.id, role_id=role.id)
    assert (assigned.group.name, assigned.role.name) == ("Team", "Watcher")
    account = organization.projects.service_accounts.create(project.id, name="bot")
    assert account.api_key is not None
    (key,) = organization.projects.api_keys.list(project.id)
    assert key.id == account.api_key.id
    assert organization.projects.archive(project.id).status == "archived"
    with pytest.raises(NotFoundError):
        organization.groups.retrieve("group_none")
    types = [event.type for event in organization.audit_logs.list()]
    assert types[0] == "project.archived"
    assert len(list(organization.projects.rate_limits.list_rate_limits("proj_default"))) > 50


def test_usage_comes_in_buckets(client: OpenAI) -> None:
    page = client.admin.organization.usage.completions(start_time=1_767_225_600, end_time=1_767_225_600 + 86_400)
    assert [(bucket.start_time, bucket.results) for bucket in page.data] == [(1_767_225_600, [])]
