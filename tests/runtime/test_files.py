"""Files and uploads."""

import hashlib
import re

from tests.inprocess import EDGE, EPOCH, Client, form, run

DAY = 86_400


def test_a_file_comes_back_as_it_went() -> None:
    content = bytes(range(256)) * 5_000

    async def scenario(client: Client) -> None:
        made = (await client.form("/v1/files", purpose="batch", file=("a b.jsonl", content))).json
        assert re.fullmatch("file-[0-9a-f]{32}", made["id"])
        assert made == {
            "id": made["id"], "object": "file", "bytes": len(content), "created_at": int(EPOCH),
            "expires_at": int(EPOCH) + 30 * DAY, "filename": "a b.jsonl", "purpose": "batch", "status": "processed",
        }  # fmt: skip
        assert (await client.get(f"/v1/files/{made['id']}")).json == made
        back = await client.get(f"/v1/files/{made['id']}/content")
        assert back.body == content
        assert back.headers["content-type"] == "application/octet-stream"
        assert back.headers["content-length"] == str(len(content))
        assert (await client.delete(f"/v1/files/{made['id']}")).json == {
            "id": made["id"], "object": "file", "deleted": True,
        }  # fmt: skip
        for answer in (
            await client.get(f"/v1/files/{made['id']}"),
            await client.get(f"/v1/files/{made['id']}/content"),
            await client.delete(f"/v1/files/{made['id']}"),
        ):
            assert (answer.status, answer.error["message"]) == (404, f"No such File object: {made['id']}")

    run(scenario)


def test_files_are_listed_in_pages_that_survive_deletions() -> None:
    async def scenario(client: Client) -> None:
        ids = [await client.upload(b"{}", f"{n}.jsonl", "batch" if n % 2 else "fine-tune") for n in range(5)]
        page = (await client.get("/v1/files?limit=2")).json
        assert [file["id"] for file in page["data"]] == ids[:2:-1]
        assert (page["object"], page["has_more"], page["first_id"], page["last_id"]) == ("list", True, ids[4], ids[3])
        await client.delete(f"/v1/files/{ids[3]}")
        page = (await client.get(f"/v1/files?limit=9&after={ids[3]}")).json
        assert ([file["id"] for file in page["data"]], page["has_more"]) == (ids[2::-1], False)
        page = (await client.get("/v1/files?purpose=batch&order=asc")).json
        assert [file["id"] for file in page["data"]] == [ids[1]]
        wrong = await client.get("/v1/files?after=file-x")
        assert (wrong.status, wrong.error["param"]) == (400, "after")
        assert (await client.get("/v1/files?limit=x")).error["message"] == (
            "Invalid type for 'limit': expected an integer, but got a string instead."
        )

    run(scenario)


def test_a_file_is_gone_when_it_expires() -> None:
    async def scenario(client: Client) -> None:
        fields = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
        made = (await client.form("/v1/files", purpose="user_data", file=("a.txt", b"a"), **fields)).json
        assert made["expires_at"] == int(EPOCH) + 3600
        await client.wait(3599)
        assert (await client.get(f"/v1/files/{made['id']}")).status == 200
        await client.wait(1)
        assert (await client.get(f"/v1/files/{made['id']}")).status == 404
        assert (await client.get("/v1/files")).json["data"] == []
        assert client.blobs == 0

    run(scenario)


def test_what_is_no_file_is_refused() -> None:
    async def scenario(client: Client) -> None:
        async def refusal(**fields: str | tuple[str, bytes]) -> tuple[str, str]:
            answer = await client.form("/v1/files", **fields)
            assert answer.status == 400
            return answer.error["param"], answer.error["message"]

        good = ("a.jsonl", b"{}")
        assert await refusal(file=good) == ("purpose", "Missing required parameter: 'purpose'.")
        assert await refusal(purpose="batch") == ("file", "Missing required parameter: 'file'.")
        assert (await refusal(purpose="batch", file="text"))[0] == "file"
        assert (await refusal(purpose="batch", file=("a.jsonl", b"")))[1] == "The file 'a.jsonl' is empty."
        assert (await refusal(purpose="batch", file=("a.txt", b"{}")))[0] == "file"
        assert (await refusal(purpose="batch_output", file=good))[0] == "purpose"
        assert (await client.get("/v1/files")).json["data"] == []
        assert client.blobs == 0

        kind = {"content-type": f"multipart/form-data; boundary={EDGE}"}
        whole = form(purpose="batch", file=good)
        for body, headers in (
            (whole[:-20], kind),
            (b"", kind),
            (b"{}", {"content-type": "application/json"}),
            (whole, {"content-type": "multipart/form-data"}),
        ):
            answer = await client.post("/v1/files", body, headers=headers)
            assert (answer.status, answer.error["type"]) == (400, "invalid_request_error")

    run(scenario)


def test_files_that_only_tools_read_are_not_given_back() -> None:
    async def scenario(client: Client) -> None:
        id = await client.upload(b"text", "a.txt", "assistants")
        answer = await client.get(f"/v1/files/{id}/content")
        assert (answer.status, answer.error["message"]) == (400, "Not allowed to download files of purpose: assistants")

    run(scenario)


def test_an_upload_makes_a_file_of_its_parts() -> None:
    async def scenario(client: Client) -> None:
        body = {"filename": "big.jsonl", "purpose": "batch", "bytes": 12, "mime_type": "text/jsonl"}
        upload = (await client.post("/v1/uploads", body)).json
        assert (upload["status"], upload["expires_at"], upload["file"]) == ("pending", int(EPOCH) + 3600, None)
        path = f"/v1/uploads/{upload['id']}"
        parts = [(await client.form(f"{path}/parts", data=("p", part))).json for part in (b"world!", b"hello ", b"x")]
        assert parts[0] == {
            "id": parts[0]["id"], "object": "upload.part", "created_at": int(EPOCH), "upload_id": upload["id"],
        }  # fmt: skip
        ids = [parts[1]["id"], parts[0]["id"]]
        short = await client.post(f"{path}/complete", {"part_ids": ids[:1]})
        assert (short.status, short.error["param"]) == (400, "part_ids")
        wrong = await client.post(f"{path}/complete", {"part_ids": ids, "md5": "0" * 32})
        assert (wrong.status, wrong.error["param"]) == (400, "md5")
        md5 = hashlib.md5(b"hello world!").hexdigest()
        done = (await client.post(f"{path}/complete", {"part_ids": ids, "md5": md5})).json
        assert (done["status"], done["file"]["bytes"]) == ("completed", 12)
        assert (await client.get(f"/v1/files/{done['file']['id']}/content")).body == b"hello world!"
        for again in ("complete", "cancel"):
            assert (await client.post(f"{path}/{again}", {"part_ids": ids})).status == 400
        await client.delete(f"/v1/files/{done['file']['id']}")
        assert client.blobs == 0

    run(scenario)


def test_an_upload_ends_by_itself_or_when_it_is_cancelled() -> None:
    async def scenario(client: Client) -> None:
        body = {"filename": "big.jsonl", "purpose": "batch", "bytes": 12, "mime_type": "text/jsonl"}
        first, second = [(await client.post("/v1/uploads", body)).json["id"] for _ in range(2)]
        await client.form(f"/v1/uploads/{first}/parts", data=("p", b"part"))
        assert (await client.post(f"/v1/uploads/{first}/cancel")).json["status"] == "cancelled"
        await client.wait(3600)
        late = await client.form(f"/v1/uploads/{second}/parts", data=("p", b"part"))
        assert late.error["message"] == f"Cannot add a part to the upload {second}: it is expired."
        assert client.blobs == 0

    run(scenario)
