"""Skills and their versions."""

import base64
import io
import re
import struct
import zipfile
import zlib
from typing import Any

import pytest

from tests.inprocess import EDGE, EPOCH, Answer, Client, run

MANIFEST = b"---\nname: %s\ndescription: Say hello.\n---\n\nSay hello.\n"
FILES = {"greet/SKILL.md": MANIFEST % b"greeting", "greet/scripts/hello.py": b"print('Hello.')\n"}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def send(client: Client, path: str, *files: tuple[str, bytes], name: str = "files[]", **fields: str) -> Answer:
    """Post a form with files that share one name."""
    parts = [f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in fields.items()]  # fmt: skip
    for file, data in files:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    body = b"".join(parts) + f"--{EDGE}--\r\n".encode()
    return await client.post(path, body, headers={"content-type": f"multipart/form-data; boundary={EDGE}"})


async def create(client: Client, files: dict[str, bytes] = FILES) -> dict[str, Any]:
    answer = await send(client, "/v1/skills", *files.items())
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json
    return found


def test_a_skill_is_kept_and_comes_back_as_a_zip_however_it_was_sent() -> None:
    async def scenario(client: Client) -> None:
        data = zipped(FILES)
        text = base64.b64encode(data).decode()
        backwards = zipped(dict(reversed(FILES.items())), zipfile.ZIP_STORED)
        answers = [
            await send(client, "/v1/skills", *FILES.items()),
            await send(client, "/v1/skills", ("greet.zip", data), name="files"),
            await send(client, "/v1/skills", ("blob", backwards)),
            await client.post("/v1/skills", {"files": text}),
            await client.post("/v1/skills", {"files": [text]}),
            await client.post("/v1/skills", {"files": f"data:application/zip;base64,{text}"}),
        ]
        contents = set()
        for answer in answers:
            made = answer.json
            assert re.fullmatch("skill_[0-9a-f]{32}", made["id"])
            assert made == {
                "id": made["id"], "object": "skill", "name": "greeting", "description": "Say hello.",
                "created_at": int(EPOCH), "default_version": "1", "latest_version": "1",
            }  # fmt: skip
            assert (await client.get(f"/v1/skills/{made['id']}")).json == made
            content = await client.get(f"/v1/skills/{made['id']}/content")
            assert content.headers["content-type"] == "application/zip"
            assert content.headers["content-disposition"] == 'attachment; filename="greeting.zip"'
            assert (await client.get(f"/v1/skills/{made['id']}/versions/1/content")).body == content.body
            contents.add(content.body)
        assert len(contents) == 1
        assert unzipped(contents.pop()) == FILES
        ids = [answer.json["id"] for answer in answers]
        page = (await client.get("/v1/skills?limit=4")).json
        assert [skill["id"] for skill in page["data"]] == ids[:1:-1]
        assert page["has_more"]
        assert client.blobs == len(ids)

    run(scenario)


def test_versions_are_numbered_and_one_of_them_is_the_default() -> None:
    async def scenario(client: Client) -> None:
        skill = await create(client)
        path = f"/v1/skills/{skill['id']}"
        second = (await send(client, f"{path}/versions", ("b/SKILL.md", MANIFEST % b"second"))).json
        assert re.fullmatch("skillver_[0-9a-f]{32}", second["id"])
        assert second == {
            "id": second["id"], "object": "skill.version", "skill_id": skill["id"], "version": "2",
            "name": "second", "description": "Say hello.", "created_at": int(EPOCH),
        }  # fmt: skip
        assert (await client.get(path)).json == {**skill, "latest_version": "2"}
        third = (await send(client, f"{path}/versions", ("c/SKILL.md", MANIFEST % b"third"), default="true")).json
        assert (await client.get(path)).json == {
            **skill, "name": "third", "latest_version": "3", "default_version": "3",
        }  # fmt: skip
        assert unzipped((await client.get(f"{path}/content")).body) == {"c/SKILL.md": MANIFEST % b"third"}
        assert unzipped((await client.get(f"{path}/versions/1/content")).body) == FILES
        back = await client.post(path, {"default_version": "1"})
        assert back.json == {**skill, "latest_version": "3"}
        assert unzipped((await client.get(f"{path}/content")).body) == FILES
        page = (await client.get(f"{path}/versions?limit=2")).json
        assert ([one["version"] for one in page["data"]], page["has_more"]) == (["3", "2"], True)
        page = (await client.get(f"{path}/versions?order=asc&after={second['id']}")).json
        assert page["data"] == [third]

        missing = await client.post(path, {"default_version": "9"})
        assert (missing.status, missing.error["message"]) == (404, "Skill version '9' not found.")
        for answer in (await client.get(f"{path}/versions/9"), await client.get(f"{path}/versions/9/content")):
            assert (answer.status, answer.error["message"]) == (404, "Skill version '9' not found.")

    run(scenario)


def test_a_version_is_deleted_with_its_bytes_and_its_number_never_comes_again() -> None:
    async def scenario(client: Client) -> None:
        skill = await create(client)
        path = f"/v1/skills/{skill['id']}"
        kept = await client.delete(f"{path}/versions/1")
        assert (kept.status, kept.error["message"]) == (
            400, f"Version 1 is the default version of the skill '{skill['id']}': make another one that first.",
        )  # fmt: skip
        second = (await send(client, f"{path}/versions", *FILES.items())).json
        gone = await client.delete(f"{path}/versions/2")
        assert gone.json == {"id": second["id"], "object": "skill.version.deleted", "deleted": True, "version": "2"}
        for answer in (await client.get(f"{path}/versions/2"), await client.delete(f"{path}/versions/2")):
            assert (answer.status, answer.error["message"]) == (404, "Skill version '2' not found.")
        assert (await client.get(path)).json == skill
        assert client.blobs == 1
        assert (await send(client, f"{path}/versions", *FILES.items())).json["version"] == "3"
        after = (await client.get(f"{path}/versions?after={second['id']}")).json["data"]
        assert [one["version"] for one in after] == ["1"]

    run(scenario)


def test_a_skill_is_deleted_with_all_its_versions() -> None:
    async def scenario(client: Client) -> None:
        skill = await create(client)
        path = f"/v1/skills/{skill['id']}"
        await send(client, f"{path}/versions", *FILES.items())
        assert client.blobs == 2
        assert (await client.delete(path)).json == {"id": skill["id"], "object": "skill.deleted", "deleted": True}
        assert client.blobs == 0
        for answer in (
            await client.get(path), await client.delete(path), await client.get(f"{path}/content"),
            await client.get(f"{path}/versions"), await client.get(f"{path}/versions/1"),
            await client.post(path, {"default_version": "1"}), await send(client, f"{path}/versions", *FILES.items()),
        ):  # fmt: skip
            assert (answer.status, answer.error["message"]) == (404, f"Skill with id '{skill['id']}' not found.")
        assert client.blobs == 0

    run(scenario)


GOOD = MANIFEST % b"good"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a/README.md": b"x"}, "there must be exactly one SKILL.md, and there are 0"),
        ({"a/SKILL.md": GOOD, "a/b/skill.md": GOOD}, "there must be exactly one SKILL.md, and there are 2"),
        ({"a/b/SKILL.md": GOOD}, "SKILL.md must stand at the top of the one folder that holds all files"),
        ({"a/SKILL.md": GOOD, "b/c.py": b""}, "SKILL.md must stand at the top of the one folder that holds all files"),
        ({"a/SKILL.md": GOOD, "/etc/passwd": b"x"}, "'/etc/passwd' leads out of the skill's folder"),
        ({"a/SKILL.md": GOOD, "a/../../b": b"x"}, "'a/../../b' leads out of the skill's folder"),
        ({"a/SKILL.md": GOOD, "C:/b": b"x"}, "'C:/b' leads out of the skill's folder"),
        ({"a/SKILL.md": GOOD, "a/\nb": b"x"}, "'a/\\nb' is not a path of printable characters"),
        ({"a/SKILL.md": GOOD, "a/b" * 200: b"x"}, "is not a path of printable characters with / between its steps"),
        ({"a/SKILL.md": GOOD, **{f"a/{n}": b"" for n in range(500)}}, "a skill has at most 500 files"),
        ({"a/SKILL.md": GOOD, "a/b": bytes(26_214_401)}, "'a/b' has 26214401 bytes; a file has at most 26214400"),
    ],
)  # fmt: skip
def test_a_bundle_that_is_no_skill_is_refused(files: dict[str, bytes], why: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await send(client, "/v1/skills", ("a.zip", zipped(files)))
        assert (answer.status, answer.error["param"]) == (400, "files")
        assert why in answer.error["message"]
        assert (await client.get("/v1/skills")).json["data"] == []
        assert client.blobs == 0

    run(scenario)


def test_a_zip_that_is_broken_or_swells_is_refused() -> None:
    whole = zipped(FILES)
    encrypted = bytearray(whole)
    at = whole.index(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    lies = whole.replace(struct.pack("<I", zlib.crc32(FILES["greet/SKILL.md"])), b"abcd")
    crowd = whole[:-22] + whole[-22:-10] + struct.pack("<I", 2**24) + whole[-6:]
    swollen = zipped({"a/SKILL.md": GOOD, **{f"a/{n}": bytes(25_000_000) for n in range(5)}})
    assert len(swollen) < 200_000
    bzipped = zipped(FILES, zipfile.ZIP_BZIP2)

    async def scenario(client: Client) -> None:
        for data in (b"", b"PK\x03\x04", whole[:-30], whole[40:], bytes(encrypted), lies, crowd, swollen, bzipped):
            answer = await send(client, "/v1/skills", ("a.zip", data))
            assert (answer.status, answer.error["code"]) == (400, "invalid_skill"), data[:9]
        for text in ("", "_", "QUJD", ["QUJD", "QUJD"], []):
            answer = await client.post("/v1/skills", {"files": text})
            assert (answer.status, answer.error["param"]) == (400, "files")
        twice = await send(client, "/v1/skills", ("a/SKILL.md", GOOD), ("a/SKILL.md", GOOD))
        assert twice.error["message"] == "Invalid skill: 'a/SKILL.md' is there twice."
        assert client.blobs == 0

    run(scenario)


def test_what_a_mac_adds_to_a_zip_is_left_out() -> None:
    async def scenario(client: Client) -> None:
        data = zipped({**FILES, "__MACOSX/greet/._SKILL.md": b"x", "greet/": b""})
        made = (await send(client, "/v1/skills", ("a.zip", data))).json
        assert unzipped((await client.get(f"/v1/skills/{made['id']}/content")).body) == FILES

    run(scenario)


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        ("---\nname: a-1\ndescription: One.\n---", ("a-1", "One.")),
        ('\ufeff---\r\ndescription: "One: \\"two\\""\r\nname: \'a\'\r\n---\r\n', ("a", 'One: "two"')),
        ("---\nname: a # short\nlicense: MIT\ndescription: >-\n  One\n\n  two.\n---\n", ("a", "One two.")),
        ("---\nname: a\ndescription: One.\nmetadata:\n  name: b\n---\n", ("a", "One.")),
        ("---\nname: a\ndescription: One\n  two: three.\n---", ("a", "One two: three.")),
        ("name: a\ndescription: One.\n", "it does not begin with ---"),
        ("---\nname: a\ndescription: One.\n", "its front matter does not end with ---"),
        ("---\ndescription: One.\n---", "its name must have 1 to 64 small letters, digits and single hyphens"),
        ("---\nname: A b\ndescription: One.\n---", "('A b')"),
        ("---\nname: " + "a" * 65 + "\ndescription: One.\n---", "its name must have 1 to 64"),
        ("---\nname: a\n---", "its description must have 1 to 1024 characters, and it has 0"),
        ("---\nname: a\ndescription: " + "a" * 1025 + "\n---", "and it has 1025"),
        ("---\nname: a\ndescription: 'it''s'\n---", ("a", "it's")),
        ("\udcff", "it is not UTF-8"),
    ],
)  # fmt: skip
def test_the_front_matter_names_and_describes_a_skill(matter: str, said: Any) -> None:
    async def scenario(client: Client) -> None:
        answer = await send(client, "/v1/skills", ("SKILL.md", matter.encode(errors="surrogateescape")))
        if isinstance(said, tuple):
            assert (answer.json["name"], answer.json["description"]) == said
        else:
            assert answer.status == 400
            assert said in answer.error["message"]

    run(scenario)
