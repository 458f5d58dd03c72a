"""Build hook: a wheel carries the project folders, an editable install reads them in place."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROJECT = ("fakeai.toml", "specs", "behaviors", "generated")


class Hook(BuildHookInterface):
    """Puts the project that FakeAI itself is at `fakeai/_project/` inside the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            for name in PROJECT:
                build_data["force_include"][name] = f"fakeai/_project/{name}"
