"""`fakeai serve --reload`: what is served changes, and the server is started anew."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

SCRIPT = "rules:\n- answer: {text: %s}\n"


def test_a_changed_script_is_said_after_a_restart_and_ctrl_c_stops_everything(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT % "before", encoding="utf-8")
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", "--reload"]
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("FAKEAI_")}
    with subprocess.Popen(
        [*command, "--script", str(script), "--ttft", "0", "--itl", "0"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            said = []
            for text in ("after", None):
                for line in process.stdout:
                    found = re.match(r"FakeAI \S+ at (http://\S+:\d+) serves ", line)
                    if found:
                        break
                said.append(_asked(found[1]) if found else line)
                if text:
                    script.write_text(SCRIPT % text, encoding="utf-8")
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert said == ["before", "after"]
    assert process.returncode == 0
    assert "Traceback" not in rest


def _asked(address: str) -> str:
    import json

    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}).encode()
    request = urllib.request.Request(f"{address}/v1/chat/completions", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["choices"][0]["message"]["content"])
