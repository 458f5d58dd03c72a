"""Where settings come from: flags, the environment, a configuration file."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..runtime.cluster.latency import BATCHED
from ..runtime.guards.callers import hashed
from ..runtime.options import Delay
from .settings import Settings
from .table import SETTINGS, SettingError
from .values import keys, parse

CONFIG_FILES = ("fakeai.toml", "fakeai.yaml", "fakeai.yml", "fakeai.json")
FOREIGN = ("project",)  # tables of fakeai.toml that are not settings


def resolve(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    directory: Path,
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> Settings:
    """Settle every setting: a flag comes before the environment, that before the configuration file.

    *defaults* are those of a command that has others than the server.

    Raises:
        SettingError: a value cannot be used, or the configuration file cannot be read.
    """
    notes: list[str] = []
    sources = [
        {name: (value, _shown(name)) for name, value in flags.items() if value is not None},
        _from_environment(environ, notes),
    ]
    config = next((source["config_file"][0] for source in sources if "config_file" in source), None)
    sources.append(_from_file(config, directory, notes))
    values: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    for setting in SETTINGS:
        found = next(((rank, s[setting.name]) for rank, s in enumerate(sources) if setting.name in s), None)
        default = defaults.get(setting.name, setting.default)
        rank, (value, shown) = found or (len(sources), (default, setting.name))
        values[setting.name] = parse(setting, value, shown)
        ranks[setting.name] = rank
        if found and setting.waits and values[setting.name] is not False:
            notes.append(f"{shown} is accepted but changes nothing yet (not built: {setting.waits}).")
    for name in ("ttft", "itl"):
        milliseconds, variance = values[f"{name}_ms"]
        percent = values[f"{name}_variance_percent"]
        if variance is not None and ranks[f"{name}_ms"] <= ranks[f"{name}_variance_percent"]:
            percent = variance
        values[f"{name}_ms"] = Delay(milliseconds / 1000, percent / 100)
    if values["latency_profile"]:
        if values["latency"] == "profile" or ranks["latency"] == len(sources):
            values["latency"] = "fitted"
            ranks["latency"] = min(ranks["latency"], ranks["latency_profile"])
        else:
            notes.append(f"--profile changes nothing with --latency {values['latency']}.")
    explicit = min(ranks["ttft_ms"], ranks["itl_ms"])
    if values["latency"] in (*BATCHED, "fitted") and explicit < len(sources) and explicit <= ranks["latency"]:
        notes.append(f"--ttft and --itl are in force, not --latency {values['latency']}.")
        values["latency"] = "constant"
    if values["prefill_workers"] >= values["kv_cache_num_workers"] and values["prefill_workers"]:
        raise SettingError("--prefill-workers leaves no worker to answer: it must be less than --kv-cache-num-workers")
    if values["prefill_workers"] and values["latency"] not in BATCHED:
        notes.append("--prefill-workers changes nothing without --latency profile or mocker.")
    if values["api_keys"] and ranks["require_api_key"] == len(sources):
        values["require_api_key"] = True
    if values["hash_api_keys"]:
        values["api_keys"] = tuple(hashed(key) for key in keys(values["api_keys"]))
    if values["error_injection_rate"] and not values["error_injection_enabled"]:
        notes.append("--error-injection-rate changes nothing without --error-injection-enabled.")
    if values["file_storage_path"] and values["file_storage_backend"] != "disk":
        notes.append("--file-storage-path changes nothing without --file-storage-backend disk.")
    return Settings(values, tuple(notes))


def _shown(name: str) -> str:
    return next(s.options[0] for s in SETTINGS if s.name == name)


def _from_environment(environ: Mapping[str, str], notes: list[str]) -> dict[str, tuple[Any, str]]:
    known = {variable: setting for setting in SETTINGS for variable in reversed(setting.variables)}
    found: dict[str, tuple[Any, str]] = {}
    for variable, value in sorted(environ.items()):
        name = variable.upper()
        if not name.startswith("FAKEAI_"):
            continue
        if name not in known:
            notes.append(f"{variable} is not a setting{_nearest(name, known)}")
        elif known[name].name not in found or name == known[name].variable:
            found[known[name].name] = (value, variable)
    return found


def _from_file(path: str | None, directory: Path, notes: list[str]) -> dict[str, tuple[Any, str]]:
    """The settings of the configuration file, flat or in sections, by setting name."""
    file = directory / path if path else next((directory / n for n in CONFIG_FILES if (directory / n).is_file()), None)
    if file is None:
        return {}
    data = _read(file)
    names = {setting.name: setting for setting in SETTINGS}
    nested = {f"{setting.section}.{setting.key}": setting for setting in SETTINGS}
    short = {"ttft": names["ttft_ms"], "itl": names["itl_ms"]}
    found: dict[str, tuple[Any, str]] = {}
    for key, value in _flatten(data):
        if key.split(".")[0] in FOREIGN:
            continue
        setting = names.get(key) or nested.get(key) or short.get(key)
        if setting is None:
            notes.append(f"{file.name}: {key} is not a setting{_nearest(key, [*names, *nested])}")
        else:
            found[setting.name] = (value, f"{file.name}: {key}")
    return found


def _flatten(data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        key = str(key).replace("-", "_").lower()
        if isinstance(value, dict):
            yield from ((f"{key}.{str(inner).replace('-', '_').lower()}", v) for inner, v in value.items())
        else:
            yield key, value


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            return tomllib.loads(text)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"{file}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{file}: {error}") from None
    import yaml

    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)  # all scalars as text: 20:30 is not a number to base 60
    except yaml.YAMLError as error:
        raise SettingError(f"{file}: {' '.join(str(error).split())}") from None
    if data is not None and not isinstance(data, dict):
        raise SettingError(f"{file}: a configuration file is a mapping of settings")
    return data or {}


def _nearest(name: str, good: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, good, n=1)
    return f", did you mean {close[0]}?" if close else "."
