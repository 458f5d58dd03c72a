"""Write the reference pages from the source: `make docs`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fakeai_generator.behaviors as behaviors
import fakeai_generator.catalog as catalog
from fakeai.cli import SECTIONS
from fakeai.settings import SETTINGS, Setting

DOCS = Path(__file__).parent
PLACES = {"method": "stands on `{}`", "body": "wants a JSON body: {}", "path": "wants path parameters: {}"}


def pages() -> dict[str, str]:
    """{file name: text} of every page that is written from the source."""
    return {"settings.md": _settings(), "behaviors.md": _behaviors(), "models.md": _models()}


def _settings() -> str:
    text = (
        "# Settings\n\n"
        "A flag of `fakeai serve` comes before an environment variable, that before the configuration file, that before\n"
        "the default. The file is the one named by `--config-file`, else `fakeai.toml`, `fakeai.yaml`, `fakeai.yml` or\n"
        "`fakeai.json` in the working directory; its keys are the names in small letters without `FAKEAI_`, or the nested\n"
        "form in sections (`[generation]`, `ttft_ms = 20`). `Not built yet` means that the setting is accepted and says so\n"
        "at start, and changes nothing.\n"
    )
    for section, title in SECTIONS.items():
        rows = [_setting(setting) for setting in SETTINGS if setting.section == section]
        text += f"\n## {title}\n\n" + _table(("Flag", "Variable", "Default", "What it does"), rows)
    return text


def _setting(setting: Setting) -> tuple[str, ...]:
    flags = ", ".join(f"`{flag}`" for flag in setting.options)
    variables = ", ".join(f"`{variable}`" for variable in setting.variables)
    default = ",".join(setting.default) if isinstance(setting.default, tuple) else setting.default
    shown = "" if default in (None, "") else f"`{str(default).lower() if setting.kind == 'flag' else default}`"
    waits = f" Not built yet: {setting.waits}." if setting.waits else ""
    return flags, variables, shown, setting.help + waits


def _behaviors() -> str:
    mistakes: list[str] = []
    known = behaviors.load([DOCS.parent / "behaviors"], mistakes)
    assert not mistakes, mistakes
    text = (
        "# Behaviors\n\n"
        "What an operation can be told to do with `x-fakeai` in its spec or overlay. An operation has one behavior of the\n"
        "stage `answer`, named by `use`; others come from `x-fakeai-defaults` and `plus`. Stages run in this order:\n"
        f"{', '.join(behaviors.STAGES)}.\n"
    )
    for stage in behaviors.STAGES:
        for behavior in sorted((b for b in known.values() if b.stage == stage), key=lambda b: b.name):
            text += f"\n## {behavior.name}\n\nStage `{stage}`. {behavior.summary}\n"
            facts = [PLACES[key].format(value) for key, value in behavior.on.items()]
            facts += [f"gives `{behavior.gives}`"] if behavior.gives else []
            facts += [f"takes `{name}`" for name in behavior.takes]
            text += f"It {', '.join([*facts, f'calls `{behavior.calls}`'])}.\n"
            rows = [_parameter(name, schema, behavior) for name, schema in _properties(behavior).items()]
            text += ("\n" + _table(("Parameter", "Kind", "Default", "Meaning"), rows)) if rows else ""
    return text


def _models() -> str:
    mistakes: list[str] = []
    rows = catalog.tables(DOCS.parent, mistakes)["models"]
    assert not mistakes, mistakes
    text = (
        "# Models\n\n"
        "What the server knows of models, from `specs/catalog/models/`. Any other name answers, too: what it can do is\n"
        "guessed from the name (`embed`, `thinking`, `gpt-oss`, `o3` ...), and it has no limits. With `--strict-models` it is\n"
        "refused, and so is a model at an endpoint that it does not serve. A dated name of a known model\n"
        "(`gpt-4o-2031-01-01`) and a tuned one (`ft:gpt-4o:...`) are as the model that they come from.\n\n"
        "A prompt or an answer that is larger than what is written here is refused, as OpenAI refuses it, unless\n"
        "`--no-enable-context-validation` is given. Text that a model thinks is *visible* (`reasoning_content`) or *hidden*,\n"
        "which is only counted. Prices are US dollars for a million tokens in / cached / out. `GET\n"
        "/v1/models/{model}/capabilities` tells all of it. An empty cell is not known, or not what the model does.\n\n"
        "A model of your own is a row in a file of that folder, perhaps `like` one above it; then `fakeai generate`.\n"
    )
    for owner in dict.fromkeys(map(_maker, rows)):
        text += f"\n## {owner}\n\n"
        columns = (
            "Model",
            "Context",
            "Output",
            "Takes",
            "Gives",
            "Reasoning",
            "Efforts",
            "Endpoints",
            "Prices",
            "Cutoff",
        )
        text += _table(columns, [_model(row) for row in rows if _maker(row) == owner])
    return text


def _maker(row: dict[str, Any]) -> str:
    return "openai" if row["owned_by"] in ("system", "openai-internal") else str(row["owned_by"])


def _model(row: dict[str, Any]) -> tuple[str, ...]:
    names = ", ".join(f"`{name}`" for name in (row["id"], *row.get("aliases", ())))
    pricing = row.get("pricing", {})
    prices = [pricing.get(f"{kind}_per_million") for kind in ("input", "cached_input", "output")]
    default = row.get("default_effort")
    efforts = " ".join(f"*{effort}*" if effort == default else effort for effort in row.get("efforts", ()))
    limits = [f"{row[name]:,}" if name in row else "" for name in ("context_window", "max_output_tokens")]
    lists = [" ".join(row.get(name, ())) for name in ("input", "output")]
    reasoning = row.get("reasoning", "none").replace("none", "")
    shown = " / ".join("-" if price is None else f"{price:g}" for price in prices) if any(prices) else ""
    return (
        names,
        *limits,
        *lists,
        reasoning,
        efforts,
        " ".join(row["endpoints"]),
        shown,
        row.get("training_cutoff", ""),
    )


def _properties(behavior: behaviors.Behavior) -> dict[str, dict[str, object]]:
    properties: dict[str, dict[str, object]] = behavior.parameters.get("properties", {})
    return properties


def _parameter(name: str, schema: dict[str, object], behavior: behaviors.Behavior) -> tuple[str, ...]:
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    options = schema.get("enum")
    kind = reference or (", ".join(f"`{o}`" for o in options) if isinstance(options, list) else str(schema.get("type")))
    required = "required" if name in behavior.parameters.get("required", ()) else ""
    default = f"`{schema['default']}`" if "default" in schema else required
    return f"`{name}`", kind, default, str(schema.get("description", ""))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
