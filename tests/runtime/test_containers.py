"""Containers and their files."""

from tests.inprocess import EPOCH, Client, run


def test_a_container_has_files_and_ends_when_nobody_uses_it() -> None:
    async def scenario(client: Client) -> None:
        uploaded = await client.upload(b"uploaded", "a.txt", "assistants")
        made = (await client.post("/v1/containers", {"name": "room", "file_ids": [uploaded]})).json
        assert made == {
            "id": made["id"], "object": "container", "name": "room", "created_at": int(EPOCH), "status": "running",
            "last_active_at": int(EPOCH), "expires_after": {"anchor": "last_active_at", "minutes": 20},
            "memory_limit": "1g", "network_policy": {"type": "disabled"},
        }  # fmt: skip
        path = f"/v1/containers/{made['id']}"
        await client.wait(600)
        file = (await client.form(f"{path}/files", file=("dir/b.bin", b"\x00sent"))).json
        assert file == {
            "id": file["id"], "object": "container.file", "container_id": made["id"], "created_at": int(EPOCH) + 600,
            "bytes": 5, "path": "/mnt/data/b.bin", "source": "user",
        }  # fmt: skip
        listed = (await client.get(f"{path}/files")).json["data"]
        assert [each["path"] for each in listed] == ["/mnt/data/b.bin", "/mnt/data/a.txt"]
        assert (await client.get(f"{path}/files/{listed[1]['id']}/content")).body == b"uploaded"
        assert (await client.get(f"{path}/files/{file['id']}/content")).body == b"\x00sent"
        assert (await client.delete(f"{path}/files/{file['id']}")).json["deleted"]
        assert (await client.get(f"{path}/files/{file['id']}")).status == 404
        assert (await client.post(f"{path}/files", {})).error["param"] == "file"

        await client.wait(1200)
        assert (await client.get(path)).json["status"] == "expired"
        late = await client.post(f"{path}/files", {"file_id": uploaded})
        assert (late.status, late.error["code"]) == (400, "container_expired")
        assert [c["id"] for c in (await client.get("/v1/containers?name=room")).json["data"]] == [made["id"]]
        assert (await client.get("/v1/containers?name=other")).json["data"] == []
        assert (await client.delete(path)).json == {"id": made["id"], "object": "container.deleted", "deleted": True}
        assert (await client.get(path)).error["message"] == f"Container with id '{made['id']}' not found."
        await client.delete(f"/v1/files/{uploaded}")
        assert client.blobs == 0

    run(scenario)
