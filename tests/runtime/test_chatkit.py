"""ChatKit: sessions that end, and the threads that they open."""

from tests.inprocess import EPOCH, Client, run


def session(user: str = "ada", **fields: object) -> dict[str, object]:
    return {"workflow": {"id": "wf_1"}, "user": user, **fields}


def test_a_session_says_its_settings_and_expires() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post("/v1/chatkit/sessions", session())).json
        assert made == {
            "id": made["id"], "object": "chatkit.session", "expires_at": int(EPOCH) + 600, "user": "ada",
            "client_secret": made["client_secret"], "status": "active", "max_requests_per_1_minute": 10,
            "rate_limits": {"max_requests_per_1_minute": 10},
            "workflow": {"id": "wf_1", "version": None, "state_variables": None, "tracing": {"enabled": True}},
            "chatkit_configuration": {
                "automatic_thread_titling": {"enabled": True},
                "file_upload": {"enabled": False, "max_file_size": 512, "max_files": 10},
                "history": {"enabled": True, "recent_threads": None},
            },
        }  # fmt: skip
        assert made["id"].startswith("cksess_")
        assert made["client_secret"].startswith("ek_")
        await client.wait(600)
        late = await client.post(f"/v1/chatkit/sessions/{made['id']}/cancel")
        assert (late.status, late.error["message"]) == (400, "Cannot cancel chatkit session with status 'expired'.")

    run(scenario)


def test_a_cancelled_session_stays_cancelled() -> None:
    async def scenario(client: Client) -> None:
        fields = {"expires_after": {"anchor": "created_at", "seconds": 5}}
        made = (await client.post("/v1/chatkit/sessions", session(**fields))).json
        path = f"/v1/chatkit/sessions/{made['id']}/cancel"
        assert (await client.post(path)).json == {**made, "status": "cancelled"}
        await client.wait(10)
        assert "'cancelled'" in (await client.post(path)).error["message"]
        assert (await client.post("/v1/chatkit/sessions/cksess_none/cancel")).status == 404

    run(scenario)


def test_every_session_opens_a_thread_of_its_user_which_can_be_deleted() -> None:
    async def scenario(client: Client) -> None:
        for user in ("ada", "bob", "ada"):
            await client.post("/v1/chatkit/sessions", session(user))
        assert len((await client.get("/v1/chatkit/threads")).json["data"]) == 3
        first, second = (await client.get("/v1/chatkit/threads?user=ada&order=asc")).json["data"]
        path = f"/v1/chatkit/threads/{first['id']}"
        assert (await client.get(path)).json == first
        assert (first["user"], first["status"], first["title"]) == ("ada", {"type": "active"}, None)
        (item,) = (await client.get(f"{path}/items")).json["data"]
        assert (item["type"], item["thread_id"]) == ("chatkit.assistant_message", first["id"])
        assert item["content"][0]["text"].startswith("H")
        assert (await client.delete(path)).json == {
            "id": first["id"], "object": "chatkit.thread.deleted", "deleted": True,
        }  # fmt: skip
        for answer in (await client.get(path), await client.get(f"{path}/items"), await client.delete(path)):
            assert answer.status == 404
        assert (await client.get("/v1/chatkit/threads?user=ada")).json["data"] == [second]

    run(scenario)
