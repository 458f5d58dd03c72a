"""Skills and their versions."""

import base64
import io
import zipfile

from tests.inprocess import Client, run

SHEET = b"---\nname: greeting\ndescription: Say hello.\n---\n\nSay hello.\n"


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in files.items():
            archive.writestr(path.replace("__", "/"), data)
    return made.getvalue()


def test_a_skill_lives_in_versions() -> None:
    async def scenario(client: Client) -> None:
        first = (await client.form("/v1/skills", files=("SKILL.md", SHEET))).json
        assert (first["name"], first["description"], first["default_version"]) == ("greeting", "Say hello.", "1")
        path = f"/v1/skills/{first['id']}"
        second = base64.b64encode(
            zipped(**{"a__SKILL.md": SHEET.replace(b"hello", b"bye"), "a__run.py": b"x"})
        ).decode()
        version = (await client.post(f"{path}/versions", {"files": second, "default": True})).json
        assert (version["version"], version["description"]) == ("2", "Say bye.")
        skill = (await client.get(path)).json
        assert (skill["default_version"], skill["latest_version"], skill["description"]) == ("2", "2", "Say bye.")
        assert next(v["id"] for v in (await client.get(f"{path}/versions")).json["data"]) == version["id"]
        page = (await client.get(f"{path}/versions?after={version['id']}")).json
        assert [v["version"] for v in page["data"]] == ["1"]
        for place, names in (
            (f"{path}/content", ["a/SKILL.md", "a/run.py"]),
            (f"{path}/versions/1/content", ["SKILL.md"]),
        ):
            got = await client.get(place)
            assert got.headers["content-type"] == "application/zip"
            assert zipfile.ZipFile(io.BytesIO(got.body)).namelist() == names
        assert (await client.delete(f"{path}/versions/2")).error["param"] == "version"
        assert (await client.post(path, {"default_version": "1"})).json["description"] == "Say hello."
        assert (await client.delete(f"{path}/versions/2")).json["version"] == "2"
        assert (await client.get(f"{path}/versions/2")).status == 404
        assert (await client.get(path)).json["latest_version"] == "1"
        assert (await client.delete(path)).json == {"object": "skill.deleted", "deleted": True, "id": first["id"]}
        assert (await client.get(path)).status == 404
        assert client.blobs == 0

    run(scenario)


def test_what_is_no_skill_is_refused() -> None:
    async def scenario(client: Client) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("SKILL.md", SHEET)
            archive.writestr("large", b"\0" * 60_000_000)
        for name, data in (
            ("notes.md", SHEET), ("SKILL.md", b"no front matter"), ("a.zip", b"PK\x03\x04 broken"),
            ("a.zip", zipped(**{"..__SKILL.md": SHEET})), ("a.zip", zipped(**{"__SKILL.md": SHEET})),
            ("a.zip", bomb.getvalue()), ("../SKILL.md", SHEET),
        ):  # fmt: skip
            refused = await client.form("/v1/skills", files=(name, data))
            assert (refused.status, refused.error["code"]) == (400, "invalid_skill"), name
        assert (await client.post("/v1/skills", {"files": "%%%"})).error["code"] == "invalid_skill"
        assert (await client.get("/v1/skills")).json["data"] == []
        assert client.blobs == 0

    run(scenario)
