"""OpenAI's Agents SDK in a voice session: it calls a tool, says the answer aloud, and is interrupted."""

import json
import os
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / ".venv-frameworks"
PROGRAM = Path(__file__).parent / "frameworks" / "voice_agents.py"


def test_a_voice_agent_calls_a_tool_says_what_it_found_and_is_interrupted(server: str) -> None:
    python = HOME / "bin" / "python"
    if not python.is_file():
        pytest.skip("the Agents SDK is not installed: its environment is .venv-frameworks")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["OPENAI_AGENTS_DISABLE_TRACING"] = "1"
    ran = subprocess.run([python, PROGRAM, server], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert (found["errors"], found["interrupted"]) == (0, True)
    assert found["results"] == [["get_weather", '{"city": "Paris", "degrees": 31}']]
    assert "31" in found["said"][0]
