"""What `deploy/` says: the compose file, the image and the dashboards fit together and fit FakeAI."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

from tests.process import running

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def instructions(name: str) -> list[str]:
    """What stands behind *name* in the Dockerfile."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def test_dashboards_are_written_from_their_source(update: bool) -> None:
    spec = importlib.util.spec_from_file_location("dashboards", DEPLOY / "grafana" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    files: dict[str, str] = module.files()
    folder = DEPLOY / "grafana" / "dashboards"
    assert sorted(files) == sorted(path.name for path in folder.iterdir())
    for name, text in files.items():
        if update:
            (folder / name).write_text(text)
        assert (folder / name).read_text() == text, f"{name}: run `make docs`"
        panels = json.loads(text)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        taken: set[tuple[int, int]] = set()
        for panel in panels:
            place = panel["gridPos"]
            cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
            assert not cells & taken, panel["title"]
            assert place["x"] + place["w"] <= 24
            taken |= cells


def test_what_the_compose_file_mounts_and_builds_is_there() -> None:
    services = COMPOSE["services"]
    assert list(services) == ["fakeai", "prometheus", "grafana"]
    build = services["fakeai"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).is_dir(), volume
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (DEPLOY / "grafana" / "dashboards" / Path(home).name).is_file()
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    targets = {target for job in scraped for group in job["static_configs"] for target in group["targets"]}
    port = services["fakeai"]["ports"][0].partition(":")[2]
    assert targets == {f"fakeai:{port}"}
    (source,) = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"]
    assert source["url"] == f"http://prometheus:{services['prometheus']['ports'][0].partition(':')[2]}"


def test_the_image_is_made_of_what_is_there_and_of_all_that_a_wheel_needs() -> None:
    copied = [word for line in instructions("COPY") if not line.startswith("--") for word in shlex.split(line)[:-1]]
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert set(copied) == let_in
    assert all((ROOT / name).exists() for name in copied)
    hook = (ROOT / "hatch_build.py").read_text()
    assert {name for name in re.findall(r'"([a-z.]+)"', hook.partition("\n\n\n")[0]) if (ROOT / name).exists()} <= set(
        copied
    )


def test_the_image_has_the_packages_of_every_flag_and_a_place_for_data() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    (install,) = [line for line in instructions("RUN") if line.startswith("pip install")]
    installed = re.findall(r"'\.\[([a-z0-9,-]+)\]'", install)[0].split(",")
    assert sorted(installed) == sorted(extras - {"cjk", "dev", "plots"})
    said = (ROOT / "docs" / "deploy.md").read_text()
    (place,) = set(re.findall(r"-v fakeai:(\S+) fakeai serve", said))
    assert f"install -d -o fakeai {place}" in DOCKERFILE  # else its volume is root's, and nothing can be kept
    assert instructions("WORKDIR")[-1] == str(Path(place).parent)


def test_the_command_of_the_compose_file_serves_and_the_image_finds_it_healthy(tmp_path: Path) -> None:
    command = COMPOSE["services"]["fakeai"]["command"]
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["fakeai"]
    assert command[:3] == ["serve", "--host", "0.0.0.0"]
    with running(tmp_path, *command[1:]) as server:
        health = json.loads(instructions("HEALTHCHECK")[0].partition("CMD ")[2])
        assert health[-1] == "http://localhost:8000"
        check = [sys.executable, "-m", *health[:-1], f"http://localhost:{server.port}"]
        ran = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, f"http://localhost:{server.port} is healthy")
