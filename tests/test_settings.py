"""Settings: every promised name works, the nearest source wins, and nothing is ignored in silence."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeai.cli import main
from fakeai.runtime.options import Delay
from fakeai.settings.sources import resolve
from fakeai.settings.table import SETTINGS, SettingError

# Flags and variables of the original README and command line, with what they set.
FLAGS = """--host --port --debug --ttft --itl --require-api-key --api-keys --api-key --kv-cache-enabled
--rate-limit-enabled --config-file --http2 --ssl-certfile --ssl-keyfile --response-delay --random-delay --max-variance
--enable-rate-limiting --rate-limit-tier --rate-limit-rpm --rate-limit-tpm --enable-kv-cache --kv-cache-block-size
--kv-cache-workers --kv-cache-num-workers --kv-overlap-weight --enable-moderation --moderation-threshold
--enable-refusals --enable-safety --enable-safety-features --enable-jailbreak-detection --enable-security --security
--hash-api-keys --enable-input-validation --enable-injection-detection --enable-abuse-detection --max-request-size
--cors-allowed-origins --enable-audio --default-voice --default-audio-format --enable-context-validation
--strict-token-counting""".split()
VARIABLES = """HOST PORT DEBUG REQUIRE_API_KEY API_KEYS HASH_API_KEYS TTFT_MS TTFT_VARIANCE_PERCENT ITL_MS
ITL_VARIANCE_PERCENT KV_CACHE_ENABLED KV_CACHE_BLOCK_SIZE KV_CACHE_NUM_WORKERS KV_OVERLAP_WEIGHT RATE_LIMIT_ENABLED
RATE_LIMIT_TIER RATE_LIMIT_RPM RATE_LIMIT_TPM ERROR_INJECTION_ENABLED ERROR_INJECTION_RATE ERROR_INJECTION_TYPES
ENABLE_ABUSE_DETECTION ENABLE_INPUT_VALIDATION CORS_ALLOWED_ORIGINS CORS_ALLOW_CREDENTIALS DCGM_GPU_MODEL
DCGM_GPU_COUNT DCGM_WORKLOAD_INTENSITY""".split()
NESTED = """SERVER__HOST AUTH__API_KEYS RATE_LIMITS__ENABLED RATE_LIMITS__RPM_OVERRIDE KV_CACHE__OVERLAP_WEIGHT
GENERATION__TTFT_MS METRICS__ERROR_INJECTION_RATE STORAGE__FILE_STORAGE_PATH SECURITY__MAX_REQUEST_SIZE
FEATURES__ENABLE_AUDIO""".split()


def test_every_promised_flag_and_variable_is_there() -> None:
    flags = {flag for setting in SETTINGS for flag in setting.options}
    assert set(FLAGS) <= flags
    variables = {variable for setting in SETTINGS for variable in setting.variables}
    assert {f"FAKEAI_{name}" for name in VARIABLES + NESTED} <= variables


def test_names_are_unique() -> None:
    for kind in ("options", "variables"):
        names = [name for setting in SETTINGS for name in getattr(setting, kind)]
        assert sorted(names) == sorted(set(names))
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_documented_defaults(tmp_path: Path) -> None:
    settings = resolve({}, {}, tmp_path)
    assert settings.notes == ()
    assert (settings["host"], settings["port"], settings["debug"]) == ("0.0.0.0", 8000, False)
    assert (settings["ttft_ms"], settings["itl_ms"]) == (Delay(0.02, 0.1), Delay(0.005, 0.1))
    assert (settings["require_api_key"], settings["rate_limit_enabled"]) == (False, False)
    assert (settings["kv_cache_block_size"], settings["kv_cache_num_workers"]) == (16, 4)


def test_debugging_is_a_log_of_every_answer_at_level_debug(tmp_path: Path) -> None:
    def log(**given: str) -> tuple[str, str | None]:
        settings = resolve(given, {}, tmp_path)
        return settings.log_level, settings.log_format

    assert [log(), log(debug="true")] == [("warning", None), ("debug", "text")]
    assert log(debug="true", log_format="json", log_level="error") == ("debug", "json")


def test_a_flag_beats_the_environment_and_that_the_file(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("port = 1\nhost = 'a'\nseed = 1\n[generation]\nttft_ms = '1:1'\n")
    environ = {"FAKEAI_PORT": "2", "FAKEAI_HOST": "b", "FAKEAI_CONFIG_FILE": "my.toml"}
    settings = resolve({"port": "3"}, environ, tmp_path)
    assert (settings["port"], settings["host"], settings["seed"]) == (3, "b", 1)
    assert settings["ttft_ms"] == Delay(0.001, 0.01)
    assert settings.notes == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.toml", "[generation]\nttft_ms = 7\n[server]\nport = 9\n"),
        ("c.yaml", "generation:\n  ttft_ms: 7:10\nport: 9\nunknown_is_named: no\n"),
        ("c.json", '{"ttft": "7", "server": {"port": 9}}'),
    ],
)
def test_configuration_files_may_be_toml_yaml_or_json(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    settings = resolve({"config_file": name}, {}, tmp_path)
    assert (settings["ttft_ms"], settings["port"]) == (Delay(0.007, 0.1), 9)
    assert settings.notes == (("c.yaml: unknown_is_named is not a setting.",) if name == "c.yaml" else ())


def test_the_project_file_is_the_configuration_when_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "fakeai.toml").write_text("itl = '8:0'\n[project]\nname = 'x'\n")
    settings = resolve({}, {}, tmp_path)
    assert (settings["itl_ms"], settings.notes) == (Delay(0.008, 0.0), ())


@pytest.mark.parametrize(
    ("environ", "ttft"),
    [
        ({"FAKEAI_TTFT_MS": "20"}, Delay(0.02, 0.1)),
        ({"FAKEAI_TTFT_MS": "20:5"}, Delay(0.02, 0.05)),
        ({"FAKEAI_TTFT_MS": "20", "FAKEAI_TTFT_VARIANCE_PERCENT": "0"}, Delay(0.02, 0.0)),
        ({"FAKEAI_GENERATION__TTFT_MS": "30.5"}, Delay(0.0305, 0.1)),
        ({"FAKEAI_GENERATION__TTFT_MS": "30", "FAKEAI_TTFT_MS": "40"}, Delay(0.04, 0.1)),
        ({"fakeai_ttft_ms": "0"}, Delay(0.0, 0.1)),
    ],
    ids=str,
)
def test_delays(tmp_path: Path, environ: dict[str, str], ttft: Delay) -> None:
    assert resolve({}, environ, tmp_path)["ttft_ms"] == ttft
    assert resolve({"ttft_ms": "9:3"}, environ, tmp_path)["ttft_ms"] == Delay(0.009, 0.03)


def test_keys_come_from_values_and_files_and_imply_that_they_are_asked_for(tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("# ours\nk1\n\nk2 # Ann's\n")
    settings = resolve({"api_keys": f"k3,{keys}"}, {}, tmp_path)
    assert settings.runtime().api_keys == {"k1", "k2", "k3"}
    assert settings["require_api_key"] is True
    assert resolve({"api_keys": "k", "require_api_key": False}, {}, tmp_path)["require_api_key"] is False
    assert resolve({}, {"FAKEAI_API_KEYS": '["a", "b"]'}, tmp_path)["api_keys"] == ("a", "b")
    assert resolve({"api_keys": "k" * 300}, {}, tmp_path).runtime().api_keys == {"k" * 300}


@pytest.mark.parametrize(("name", "message"), [("empty.txt", "has no key in it"), ("none.txt", "there is no file")])
def test_a_key_file_that_holds_no_key_lets_nobody_in(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty.txt").write_text("# none yet\n\n")
    with pytest.raises(SettingError, match=message):
        resolve({"api_keys": str(tmp_path / name)}, {}, tmp_path).runtime()


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, None),
        ({"data": "here"}, "sqlite:here"),
        ({"store": "sqlite:/there"}, "sqlite:/there"),
        ({"store": "redis://host:6379/1?prefix=x"}, "redis://host:6379/1?prefix=x"),
        ({"file_storage_backend": "disk", "file_storage_path": "here"}, "sqlite:here"),
        ({"file_storage_backend": "Disk", "file_storage_path": "here", "data": "here"}, "sqlite:here"),
        ({"file_storage_backend": "memory", "data": "here"}, "sqlite:here"),
        ({"file_storage_path": "unused"}, None),
    ],
    ids=str,
)
def test_where_things_are_kept(tmp_path: Path, given: dict[str, str], place: str | None) -> None:
    assert resolve(given, {}, tmp_path).place() == place
    assert resolve({}, {f"FAKEAI_{name.upper()}": value for name, value in given.items()}, tmp_path).place() == place
    notes = ("--file-storage-path changes nothing without --file-storage-backend disk.",)
    assert resolve(given, {}, tmp_path).notes == (notes if "file_storage_path" in given and place is None else ())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "a", "store": "redis://b/0"}, "--data and --store name different places to keep things; give one"),
        (
            {"data": "a", "file_storage_backend": "disk", "file_storage_path": "b"},
            "--data and --file-storage-path name",
        ),
        ({"file_storage_backend": "disk"}, "--file-storage-backend disk needs a folder: --file-storage-path"),
        ({"file_storage_backend": "tape"}, "--file-storage-backend: 'tape' is neither memory nor disk"),
        ({"store": "mysql://host"}, "--store: 'mysql://host' is neither redis://HOST:PORT/NUMBER nor sqlite:DIR"),
        ({"store": "sqlite:"}, "--store: 'sqlite:' is neither"),
    ],
    ids=str,
)
def test_two_places_or_none_that_is_known_are_refused(tmp_path: Path, given: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        resolve(given, {}, tmp_path).place()


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"FAKEAI_PORT": "abc"}, "FAKEAI_PORT: 'abc' is not a whole number"),
        ({"FAKEAI_PORT": "70000"}, "FAKEAI_PORT: 70000 is more than 65535"),
        ({"FAKEAI_DEBUG": "maybe"}, "FAKEAI_DEBUG: 'maybe' is neither true nor false"),
        ({"FAKEAI_TTFT_MS": "-1"}, "FAKEAI_TTFT_MS: '-1' is not ms or ms:variance%"),
        ({"FAKEAI_TTFT_MS": "nan"}, "FAKEAI_TTFT_MS: 'nan' is not a number"),
        ({"FAKEAI_ITL_MS": "5:200"}, "FAKEAI_ITL_MS: '5:200' is not ms or ms:variance%"),
        ({"FAKEAI_LOG_LEVEL": "loud"}, "FAKEAI_LOG_LEVEL: 'loud' is not one of debug, info"),
        ({"FAKEAI_API_KEYS": "[1"}, "FAKEAI_API_KEYS: '[1' is not a JSON list"),
        ({"FAKEAI_CONFIG_FILE": "none.toml"}, "none.toml: cannot be read"),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        resolve({}, environ, tmp_path)


def test_switching_off_what_is_not_built_needs_no_note(tmp_path: Path) -> None:
    assert resolve({}, {"FAKEAI_RATE_LIMIT_ENABLED": "false"}, tmp_path).notes == ()
    assert len(resolve({}, {"FAKEAI_USE_LLM_GENERATION": "true"}, tmp_path).notes) == 1


def test_ttft_and_itl_override_a_latency_that_comes_from_no_nearer(tmp_path: Path) -> None:
    profile = resolve({"latency": "profile"}, {"FAKEAI_TTFT_MS": "50"}, tmp_path)
    assert (profile["latency"], profile.notes) == ("profile", ())
    constant = resolve({"latency": "mocker", "itl_ms": "2"}, {}, tmp_path)
    assert constant["latency"] == "constant"
    assert constant.notes == ("--ttft and --itl are in force, not --latency mocker.",)


def test_the_readme_s_variables_of_the_kv_cache_reach_the_machine(tmp_path: Path) -> None:
    machine = (
        resolve(
            {},
            {
                "FAKEAI_KV_CACHE_ENABLED": "true",
                "FAKEAI_KV_CACHE_BLOCK_SIZE": "32",
                "FAKEAI_KV_CACHE_NUM_WORKERS": "8",
                "FAKEAI_KV_OVERLAP_WEIGHT": "0.5",
            },
            tmp_path,
        )
        .runtime()
        .machine
    )
    assert (machine.cached, machine.block_size, machine.workers, machine.prefill_load_scale) == (True, 32, 8, 0.5)


def test_unknown_names_and_unbuilt_engines_are_said_at_start(tmp_path: Path) -> None:
    (tmp_path / "fakeai.toml").write_text("portt = 3\n[generation]\nttft = 3\n")
    notes = resolve({"use_llm_generation": True}, {"FAKEAI_TTFT": "3", "FAKEAI_RATE_LIMIT_RPM": "5"}, tmp_path).notes
    assert notes == (
        "FAKEAI_TTFT is not a setting, did you mean FAKEAI_TTFT_MS?",
        "fakeai.toml: portt is not a setting, did you mean port?",
        "fakeai.toml: generation.ttft is not a setting, did you mean generation.ttft_ms?",
        "--use-llm-generation is accepted but changes nothing yet (not built: text and embeddings by a real model).",
    )


@pytest.mark.parametrize("command", ["serve", "server"])
def test_help_shows_every_setting_and_what_is_not_built(command: str) -> None:
    shown = CliRunner().invoke(main, [command, "--help"], terminal_width=200).output
    for setting in SETTINGS:
        assert setting.options[0] in shown
        assert setting.variable in shown
    flat = " ".join(shown.split())
    assert flat.count("Not built yet:") == sum(bool(setting.waits) for setting in SETTINGS)
