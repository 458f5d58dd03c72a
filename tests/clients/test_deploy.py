"""What `deploy/` has works: promtool takes it, and a real Prometheus finds what rules and dashboards ask for."""

import json
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clients.prometheus import PROMETHEUS, PROMTOOL, READY_WITHIN, ask, scraping
from tests.inprocess import ROOT
from tests.process import Server, running

DEPLOY = ROOT / "deploy"
CONFIG = DEPLOY / "prometheus" / "prometheus.yml"
RULES = DEPLOY / "prometheus" / "rules.yml"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
LIMIT = re.compile(r" [<>] [\d.]+$")  # how an alert's expression ends
MACHINE = ("--ttft", "30:0", "--itl", "2:0", "--dcgm-gpu-count", "4", "--kv-cache-workers", "2")
CHAT = "/v1/chat/completions"
EXPECTED = {"FakeAIFails", "FakeAIStreamsAreCut"}  # alerts that the clients of `loaded` raise
HISTORY = 12  # scrapes, one a second, before anything is asked

needs_prometheus = pytest.mark.skipif(
    PROMETHEUS is None or PROMTOOL is None, reason="prometheus is not installed (Debian package prometheus)"
)


@needs_prometheus
@pytest.mark.parametrize(
    "command",
    [("check", "config", CONFIG), ("check", "rules", RULES), ("test", "rules", RULES.with_name("rules.test.yml"))],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_promtool_takes_what_prometheus_is_told(command: tuple[Any, ...]) -> None:
    ran = subprocess.run([str(PROMTOOL), *map(str, command)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def expressions() -> dict[str, str]:
    """What rules and dashboards ask, by what they are called."""
    found = {}
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            name = rule.get("alert") or rule["record"]
            found[f"rules.yml: {name}"] = LIMIT.sub("", rule["expr"]) if "alert" in rule else rule["expr"]
            assert "alert" not in rule or LIMIT.search(rule["expr"]), rule
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", ()):
                said = target["expr"].replace("$__rate_interval", "10s")
                found[f"{file.name}: {panel['title']} {target['refId']}"] = re.sub(
                    r"\$(model|endpoint|worker|gpu)\b", ".*", said
                )
    return found


def variables() -> list[str]:
    """The metric and the label of each choice of a dashboard."""
    lists = [json.loads(file.read_text())["templating"]["list"] for file in DASHBOARDS]
    return [each["definition"] for every in lists for each in every if each["type"] == "query"]


@contextmanager
def loaded(server: Server) -> Iterator[None]:
    """While it lasts, clients ask for answers, streams, and what fails; some leave."""
    over = threading.Event()

    def ask_for(content: str, seconds: float | None = None, fault: str | None = None, **more: Any) -> None:
        body = {"model": "gpt-4o", "max_tokens": 50, "messages": [{"role": "user", "content": content}], **more}
        headers = {"content-type": "application/json", **({"x-fakeai-fault": fault} if fault else {})}
        request = urllib.request.Request(f"{server.address}{CHAT}", json.dumps(body).encode(), headers)
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:
            answer.read(1 if seconds is not None else -1)
            if seconds is not None:
                over.wait(seconds)

    def client(number: int) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            long = f"Explain point {turn % 3} of caching to reader {number}. " * 30
            ask_for(long)
            ask_for(long, stream=True, model="openai/gpt-oss-20b")
            ask_for("Hi", seconds=0.02, stream=True, max_tokens=500, ignore_eos=True)
            ask_for("Hi", fault="internal_error")
            ask_for("Hi", fault="rate_limit")
            over.wait(0.1)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def configured(directory: Path, port: int) -> Path:
    """The configuration as it is, but that it scrapes *port* of this machine every second."""
    for file in CONFIG.parent.glob("*.yml"):
        shutil.copy(file, directory)
    config = directory / CONFIG.name
    text = CONFIG.read_text().replace("fakeai:8000", f"127.0.0.1:{port}")
    config.write_text(text.replace("_interval: 5s", "_interval: 1s"))
    return config


@needs_prometheus
def test_every_expression_of_rules_and_dashboards_has_a_series_under_load(tmp_path: Path) -> None:
    with (
        running(ROOT, *MACHINE) as server,
        loaded(server),
        scraping(configured(tmp_path, server.port), tmp_path) as prometheus,
    ):
        end = time.monotonic() + READY_WITHIN
        for job in ("fakeai", "dynamo", "dcgm"):
            while not _scrapes(prometheus, job) >= HISTORY:
                assert time.monotonic() < end + HISTORY, ask(prometheus, "targets")
                time.sleep(0.5)
        asked = expressions()
        assert len(asked) > 80
        found = {name: ask(prometheus, "query", query=query)["result"] for name, query in asked.items()}
        assert {name: asked[name] for name, result in found.items() if not result} == {}
        nothing = [name for name, result in found.items() if all(each["value"][1] == "NaN" for each in result)]
        assert nothing == []
        for definition in variables():
            metric, label = re.fullmatch(r"label_values\((\S+), (\w+)\)", definition).groups()  # type: ignore[union-attr]
            assert ask(prometheus, f"label/{label}/values", **{"match[]": metric}), definition
        rules = ask(prometheus, "rules")["groups"]
        assert [rule["name"] for group in rules for rule in group["rules"] if rule["health"] != "ok"] == []
        while not _alerts(prometheus) >= EXPECTED:
            assert time.monotonic() < end + READY_WITHIN, _alerts(prometheus)
            time.sleep(0.5)


def _alerts(prometheus: str) -> set[str]:
    """Those that fire, or will when it stays so for a minute or two."""
    return {each["labels"]["alertname"] for each in ask(prometheus, "alerts")["alerts"]}


def _scrapes(prometheus: str, job: str) -> int:
    found = ask(prometheus, "query", query=f'up{{job="{job}"}}[1m]')["result"]
    return sum(value == "1" for _, value in found[0]["values"]) if found else 0
