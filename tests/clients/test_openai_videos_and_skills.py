"""OpenAI's Python SDK makes a video and remixes it, and keeps a skill in versions."""

import io
import zipfile
from time import monotonic, sleep

import av
import pytest
from openai import BadRequestError, NotFoundError, OpenAI

MANIFEST = b"---\nname: greeting\ndescription: Say hello.\n---\n\nSay hello.\n"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # OpenAI ends its own videos in 2026
def test_a_video_from_its_prompt_to_its_deletion(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", _strict_response_validation=True) as client:
        video = client.videos.create(prompt="A cat", model="sora-2", seconds="4", size="1280x720")
        assert (video.status, video.progress) == ("queued", 0)
        with pytest.raises(NotFoundError):
            client.videos.download_content(video.id)
        end = monotonic() + 60
        while video.status != "completed" and monotonic() < end:
            sleep(0.1)
            video = client.videos.retrieve(video.id)
        assert (video.status, video.progress) == ("completed", 100)
        data = client.videos.download_content(video.id).read()
        with av.open(io.BytesIO(data)) as film:
            assert (film.streams.video[0].width, film.duration) == (1280, 4 * av.time_base)
        assert client.videos.download_content(video.id, variant="thumbnail").read()[8:12] == b"WEBP"
        remix = client.videos.remix(video.id, prompt="A dog")
        assert remix.remixed_from_video_id == video.id
        assert client.videos.edit(prompt="A dog", video=("a.mp4", data)).size == "1280x720"
        assert client.videos.extend(prompt="A dog", video=("a.mp4", data), seconds="8").seconds == "12"
        character = client.videos.create_character(name="Mia", video=("a.mp4", data))
        assert client.videos.get_character(character.id or "").name == "Mia"
        assert video.id in {each.id for each in client.videos.list(limit=2)}
        assert client.videos.delete(video.id).deleted


def test_a_skill_in_versions(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", _strict_response_validation=True) as client:
        skill = client.skills.create(files=[("greet/SKILL.md", MANIFEST), ("greet/a.py", b"print()\n")])
        assert (skill.name, skill.default_version) == ("greeting", "1")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("greet/SKILL.md", MANIFEST.replace(b"greeting", b"second"))
        version = client.skills.versions.create(skill.id, files=("greet.zip", out.getvalue()), default=True)
        assert (version.version, client.skills.retrieve(skill.id).name) == ("2", "second")
        with zipfile.ZipFile(io.BytesIO(client.skills.content.retrieve(skill.id).read())) as archive:
            assert archive.namelist() == ["greet/SKILL.md"]
        data = client.skills.versions.content.retrieve("1", skill_id=skill.id).read()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.namelist() == ["greet/SKILL.md", "greet/a.py"]
        assert [each.version for each in client.skills.versions.list(skill.id, limit=1)] == ["2", "1"]
        with pytest.raises(BadRequestError):
            client.skills.versions.delete("2", skill_id=skill.id)
        assert client.skills.update(skill.id, default_version="1").name == "greeting"
        assert client.skills.versions.delete("2", skill_id=skill.id).version == "2"
        assert client.skills.delete(skill.id).deleted
