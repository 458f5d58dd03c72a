"""Serve with a process that is started anew whenever what it serves changes."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from watchfiles import DefaultFilter, run_process

from .project import Project
from .settings.settings import Settings

FLAG, VARIABLE = "--reload", "FAKEAI_RELOAD"
NAMING = ("config_file", "script", "faults", "latency_profile")  # settings that name a file
ENDINGS = (".py", ".json", ".yaml", ".yml", ".toml")


class Served(DefaultFilter):
    """Lets through what changes in files that a server reads at start."""

    def __call__(self, change: object, path: str) -> bool:
        return path.endswith(ENDINGS) and super().__call__(change, path)  # type: ignore[arg-type]  # a Change


def serve(settings: Settings, project: Project, arguments: Sequence[str]) -> int:
    """Run `fakeai` with *arguments*, without --reload, again and again until a signal stops it; the exit code."""
    os.environ[VARIABLE] = "false"
    command = [sys.executable, "-m", "fakeai", *(each for each in arguments if each != FLAG)]
    named = [Path(settings[name]) for name in NAMING if settings[name]]
    watched = [project.generated, project.root / "behaviors", Path(__file__).parent, *named]
    run_process(
        *[path for path in watched if path.exists()],
        target=shlex.join(command),
        target_type="command",
        watch_filter=Served(),
        callback=lambda changes: print(f"Changed: {Path(min(changes)[1]).name}. Starting again.", flush=True),
        sigint_timeout=10,
    )
    return 0
