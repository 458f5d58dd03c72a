"""Files that settings name: scripts, rules of faults, fitted latencies, folders of documents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .table import SettingError


def folder(path: str | None) -> str | None:
    """The folder of documents at *path*.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    if path is None:
        return None
    if not Path(path).is_dir():
        raise SettingError(f"--rag-documents: there is no folder {path}")
    from ..runtime.resources.search.library import BadLibrary, read

    try:
        read(Path(path))
    except BadLibrary as error:
        raise SettingError(f"--rag-documents: {error}") from None
    return path


def fitted(path: str) -> dict[str, Any]:
    """The latency that the file at *path* says.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    from ..runtime.cluster.fitted import BadProfile, Fitted

    return _read("--profile", path, Fitted.parse, BadProfile)


def script(path: str | None) -> dict[str, Any] | None:
    """The rules of the script at *path*.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    if path is None:
        return None
    from ..runtime.content.scripts import BadScript, parse

    return _read("--script", path, parse, BadScript)


def faults(path: str | None) -> dict[str, Any] | None:
    """The rules of faults at *path*.

    Raises:
        SettingError: there are none, or they cannot be used.
    """
    if path is None:
        return None
    from ..runtime.guards.faults.kinds import BadFault
    from ..runtime.guards.faults.rules import parse

    return _read("--faults", path, parse, BadFault)


def _read(flag: str, path: str, parse: Callable[[Any], object], bad: type[Exception]) -> dict[str, Any]:
    """What the YAML file at *path* says, which *parse* takes or refuses with *bad*."""
    import yaml

    try:
        said: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        parse(said)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"{flag}: {path}: cannot be read: {error}") from None
    except (bad, yaml.YAMLError) as error:
        raise SettingError(f"{flag}: {path}: {' '.join(str(error).split())}") from None
    return said


def kinds(names: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of fault called *names*.

    Raises:
        SettingError: there is no such kind.
    """
    from ..runtime.guards.faults.kinds import KINDS

    for name in names:
        if name not in KINDS:
            raise SettingError(f"--error-injection-types: {name!r} is not one of {', '.join(KINDS)}")
    return names
