"""Find the project that is served or generated: the working directory, the checkout, or the one in the wheel."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

MARKER = "fakeai.toml"
PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Project:
    """A folder with specs, behaviors and generated code. *own* is false for the one that comes with FakeAI."""

    root: Path
    name: str
    own: bool

    @property
    def generated(self) -> Path:
        return self.root / "generated"


def find(directory: Path) -> Project:
    """The project at *directory* when its marker file is there, else the one that comes with FakeAI.

    Raises:
        ValueError: the marker file is not TOML.
    """
    home = builtin()
    root = directory.resolve()
    if root != home and is_project(root):
        return Project(root, _name(root), own=True)
    return Project(home, _name(home), own=False)


def builtin() -> Path:
    """The project that comes with FakeAI: the checkout of an editable install, else the folder in the wheel."""
    checkout = PACKAGE.parent
    return checkout if (checkout / MARKER).is_file() and (checkout / "behaviors").is_dir() else PACKAGE / "_project"


def is_project(directory: Path) -> bool:
    """Whether the marker file, with its table `[project]`, is in *directory*."""
    return (directory / MARKER).is_file() and "project" in read_marker(directory)


def read_marker(directory: Path) -> dict[str, object]:
    """The marker file's content.

    Raises:
        ValueError: it is not TOML.
    """
    try:
        return tomllib.loads((directory / MARKER).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{directory / MARKER}: {error}") from None


def _name(root: Path) -> str:
    table = read_marker(root).get("project")
    return str(table.get("name") or root.name) if isinstance(table, dict) else root.name
