"""The command line: serve, simulate, calibrate, generate, import, contract, init, explain, and looks at a server."""

import json
import os
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from . import __version__
from .project import MARKER, Project, builtin, find
from .settings.settings import Settings
from .settings.sources import resolve
from .settings.table import SETTINGS, Setting, SettingError

SECTIONS = {
    "server": "Server",
    "auth": "Authentication",
    "generation": "Timing and text",
    "kv_cache": "KV cache",
    "kv_events": "KV events",
    "router": "Router",
    "scheduler": "Scheduler",
    "rate_limits": "Rate limits",
    "metrics": "Metrics and faults",
    "admin": "Admin API",
    "dcgm": "GPUs",
    "storage": "Storage",
    "security": "Security",
    "features": "Features",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fakeai")
def main() -> None:
    """A server that behaves like the OpenAI API and NVIDIA's inference stack, without a GPU or a model."""


class SettingsCommand(click.Command):
    """A command whose options come from the table of *settings*, shown in its sections after those of its own."""

    def __init__(
        self,
        name: str,
        callback: Callable[..., Any],
        help: str,
        settings: Iterable[Setting] = SETTINGS,
        own: Sequence[click.Parameter] = (),
    ) -> None:
        self._settings = tuple(settings)
        super().__init__(name, callback=callback, params=[*own, *map(_option, self._settings)], help=help)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = {setting.name for setting in self._settings}
        self._section(ctx, formatter, "Options", {str(p.name) for p in self.params} - names)
        for section, title in SECTIONS.items():
            self._section(ctx, formatter, title, {s.name for s in self._settings if s.section == section})

    def _section(self, ctx: click.Context, formatter: click.HelpFormatter, title: str, names: Container[str]) -> None:
        rows = [row for p in self.params if p.name in names and (row := p.get_help_record(ctx))]
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _option(setting: Setting) -> click.Option:
    waits = f" Not built yet: {setting.waits}." if setting.waits else ""
    default = "" if setting.default in (None, ()) else f" [{_shown(setting.default)}]"
    help = f"{setting.help}{waits} {setting.variable}{default}"
    if setting.kind == "flag":
        flags = [f"{flag}/--no-{flag.removeprefix('--')}" for flag in setting.options]
        return click.Option([setting.name, *flags], default=None, help=help)
    kind = {"list": "LIST", "int": "N", "float": "X", "delay": "MS[:%]"}.get(setting.kind, "TEXT")
    return click.Option([setting.name, *setting.options], default=None, metavar=kind, help=help,
                        multiple=setting.kind == "list")  # fmt: skip


def _shown(default: Any) -> str:
    return ",".join(default) if isinstance(default, tuple) else str(default).lower()


def _serve(**flags: Any) -> None:
    from .runtime.store import Unusable
    from .serve import serve

    try:
        project, settings = _project(), _settled(flags)
        if settings["reload"]:
            from . import reloading

            sys.exit(reloading.serve(settings, project, sys.argv[1:]))
        sys.exit(serve(settings, project))
    except (SettingError, Unusable, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from None


def _settled(flags: Mapping[str, Any], defaults: Mapping[str, Any] = MappingProxyType({})) -> Settings:
    given = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in flags.items()}
    return resolve({name: value for name, value in given.items() if value != ""}, os.environ, Path.cwd(), defaults)


for _name in ("serve", "server"):
    main.add_command(
        SettingsCommand(_name, _serve, "Serve the project in the working directory, or the one that comes with FakeAI.")
    )


def _project() -> Project:
    try:
        return find(Path.cwd())
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _simulate(
    trace: Path, model: str, trace_block_size: int, out: Path | None, pictures: Path | None, kind: str, **flags: Any
) -> None:
    from .simulation.command import LATENCY, CannotSimulate, simulate

    try:
        settings = _settled(flags, {"latency": LATENCY})
        for note in settings.notes:
            click.echo(f"Note: {note}", err=True)
        simulate(trace, settings, _project(), model, trace_block_size, out, pictures, kind)
    except (SettingError, CannotSimulate) as error:
        raise click.ClickException(str(error)) from None


MACHINE = ("kv_cache", "router", "scheduler", "dcgm")  # sections of settings that are of the machine alone
MACHINES = ("config_file", "seed", "ttft_ms", "ttft_variance_percent", "itl_ms", "itl_variance_percent")  # and others
main.add_command(
    SettingsCommand(
        "simulate",
        _simulate,
        "Simulate the requests of a TRACE without a server: how long they would take, and what they would cost.",
        [setting for setting in SETTINGS if setting.section in MACHINE or setting.name in MACHINES],
        [
            click.Argument(["trace"], type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            click.Option(["--model"], default="openai/gpt-oss-120b", help="Of all requests. [openai/gpt-oss-120b]"),
            click.Option(["--trace-block-size"], type=click.IntRange(1), default=512, metavar="N",
                         help="Tokens that each of the trace's hash_ids names. [512]"),
            click.Option(["--json", "out"], type=click.Path(dir_okay=False, path_type=Path),
                         help="Write the report here, too."),
            click.Option(["--plots", "pictures"], type=click.Path(file_okay=False, path_type=Path),
                         help="Draw pictures into this folder; needs fakeai[plots]."),
            click.Option(["--plot-format", "kind"], type=click.Choice(["png", "svg"]), default="png",
                         help="Their form. [png]"),
        ],
    )
)  # fmt: skip


@main.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--client",
    type=click.Path(exists=True, path_type=Path),
    help="What AIPerf measures of `fakeai serve --ttft MS:0` here: what is more is the client's own time.",
)
@click.option("--client-ttft", default=0.0, metavar="MS", help="The TTFT of that server. [0]")
@click.option("--output", "-o", "out", default="profile.yaml", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write. [profile.yaml]")  # fmt: skip
def calibrate(results: tuple[Path, ...], client: Path | None, client_ttft: float, out: Path) -> None:
    """Fit a latency to what AIPerf measured of a real server, for serve --profile.

    RESULTS are folders that AIPerf wrote (--artifact-dir), or files in them: one for each run. Several concurrencies
    and lengths of prompts tell more.
    """
    from .calibration import command

    try:
        command.calibrate(results, client, client_ttft, out)
    except command.CannotCalibrate as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when generated/ is not up to date.")
@click.option("--watch", is_flag=True, help="Generate again whenever a spec or behavior changes.")
def generate(check: bool, watch: bool) -> None:
    """Write the route layer of this project from its specs and behaviors."""
    import fakeai_generator as generator

    from .terminal import progress

    project = _project()
    writable = project.own or project.root == Path.cwd()

    def once() -> bool:
        try:
            with progress.share("Generating") as done:
                files = generator.generate(project.root, builtin() / "behaviors", done)
        except generator.SpecError as error:
            click.echo(error, err=True)
            count = f"{len(error.mistakes)} mistake{'s' if len(error.mistakes) > 1 else ''}"
            click.echo(f"{count}; nothing is written.", err=True)
            return False
        if check or not writable:
            old = generator.stale(project.generated, files)
            for name in old:
                click.echo(f"generated/{name} is not up to date", err=True)
            if not old:
                here = "" if writable else f"There is no {MARKER} here; FakeAI's own project is used. "
                click.echo(f"{here}{len(files)} generated files are up to date.")
            return not old
        changed = generator.write(project.generated, files)
        click.echo(f"{project.name}: {len(files)} files, {len(changed)} changed.")
        return True

    good = once()
    if not watch:
        sys.exit(0 if good else 1)
    from watchfiles import watch as changes

    folders = [folder for folder in (project.root / "specs", project.root / "behaviors") if folder.is_dir()]
    click.echo("Watching specs and behaviors; Ctrl-C stops.")
    for _ in changes(*folders, raise_interrupt=False):
        once()


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder below specs/.")
@click.option("--tag", "tags", multiple=True, help="Import only the operations of this tag; may be repeated.")
def import_(file: Path, into: Path, tags: Iterable[str]) -> None:
    """Make spec files from an OpenAPI 3.0 or 3.1 document: its structure, without its prose."""
    import fakeai_generator as generator

    from .terminal import progress

    try:
        with progress.share("Importing") as done:
            files = generator.import_openapi(file, into, tuple(tags), done)
    except generator.SpecError as error:
        raise click.ClickException(str(error)) from None
    into.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    click.echo(f"{into}: {len(files)} files written.")


@main.command()
@click.option("--upstream", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The OpenAPI document, as it was published.")  # fmt: skip
@click.option("--url", help="Base URL of the server, such as http://localhost:8000/v1; else FakeAI starts one.")
@click.option("--tag", "tags", multiple=True, help="Judge only the operations of this tag; may be repeated.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here, too.")
@click.option("--drift", "drifting", is_flag=True, help="Call nothing: compare the project's specs with the document.")
@click.option("--key", envvar="OPENAI_API_KEY", default="contract", help="API key. OPENAI_API_KEY [contract]")
@click.option("--wait", default=5.0, help="Seconds that what takes time on the server may take. [5]")
def contract(
    upstream: Path, url: str | None, tags: tuple[str, ...], report: Path | None, drifting: bool, key: str, wait: float
) -> None:
    """Call every operation of an OpenAPI document, and say where a server's answers depart from it."""
    from .contract import command

    try:
        if drifting:
            sys.exit(command.compare(upstream, _project(), report))
        sys.exit(command.call(upstream, url, tags, report, key, wait))
    except command.CannotJudge as error:
        raise click.ClickException(str(error)) from None


def _looks(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is told which server to look at."""
    for option in (
        click.option("--key", envvar=("FAKEAI_ADMIN_KEY", "OPENAI_API_KEY"), help="API key, or key of the admin API."),
        click.option("--port", type=int, help="Port of the server on this machine, or on --host."),
        click.option("--host", default="localhost", help="Host of the server. [localhost]"),
        click.option("--url", envvar="FAKEAI_URL", help="URL of the server, instead of both. [http://localhost:8000]"),
    ):
        command = option(command)
    return command


def _server(url: str | None, host: str, port: int | None, key: str | None) -> Any:
    from .terminal.server import Server

    return Server(url or f"http://{host}:{port or os.environ.get('FAKEAI_PORT') or 8000}", key)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_looks
def status(as_json: bool, **where: Any) -> None:
    """Say whether a running server is well, and how it is."""
    from .terminal import looking

    looking.status(_server(**where), as_json)


@main.command()
@click.option("--format", "form", type=click.Choice(["pretty", "json", "prometheus", "csv"]), default="pretty")
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--watch", is_flag=False, flag_value=5.0, type=float, help="Show them again every so many seconds. [5]")
@_looks
def metrics(form: str, watch: float | None, **where: Any) -> None:
    """Show what a running server measures."""
    from .terminal import looking

    looking.metrics(_server(**where), form, watch)


@main.command("cache-stats")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_looks
def cache_stats(as_json: bool, **where: Any) -> None:
    """Show what prompts found in the KV caches of a running server."""
    from .terminal import looking

    looking.cache_stats(_server(**where), as_json)


@main.command()
@click.option("--method", help="Only those of this method.")
@click.option("--path", help="Only those whose path fits the pattern: '/v1/chat/*'.")
@click.option("--status", type=int, help="Only those answered with this status.")
@click.option("--model", help="Only those whose model fits the pattern.")
@click.option("--fault", help="Only those with this kind of fault; any or none.")
@click.option("--contains", help="Only those whose body has this text.")
@click.option("--limit", type=int, default=20, help="The last so many of them. [20]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with bodies and answers.")
@_looks
def requests(as_json: bool, url: str | None, host: str, port: int | None, key: str | None, **filters: Any) -> None:
    """Show the journal of a running server."""
    from .terminal import looking

    looking.requests(_server(url, host, port, key), filters, as_json)


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--retries", default=5, help="Times that a call may be tried again. [5]")
@click.option("--pause", default=0.1, help="Seconds before a retry, where the server names none. [0.1]")
@click.option("--unread", default=30.0, help="Seconds that a stream may stay open without being read. [30]")
@click.option("--strict", is_flag=True, help="Let warnings count.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write it here as JUnit's XML, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_looks
def verdict(
    file: Path | None,
    retries: int,
    pause: float,
    unread: float,
    strict: bool,
    junit: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Judge how clients behaved, by the journal of a running server, or by a FILE of `fakeai requests --json`.

    The exit code is 1 when a rule is broken.
    """
    from .verdict import command
    from .verdict.rules import Limits, judge

    entries, now = command.read_file(file) if file else command.read(_server(**where))
    rulings = judge(entries, Limits(retries, pause, unread, now))
    if junit:
        junit.write_text(command.junit(rulings), encoding="utf-8")
    click.echo(json.dumps(command.as_json(rulings, len(entries))) if as_json else command.text(rulings, len(entries)))
    sys.exit(1 if command.guilty(rulings, strict) else 0)


@main.command()
@click.option("--model", default="gpt-4o", help="Model to talk to. [gpt-4o]")
@click.option("--api-key", help="The same as --key.")
@_looks
def interactive(model: str, api_key: str | None, key: str | None, **where: Any) -> None:
    """Talk to a model of a running server."""
    from .terminal import looking

    looking.interactive(_server(key=api_key or key, **where), model, looking.typed())


@main.command()
@click.option("--once", is_flag=True, help="Print what is to be seen once, and leave.")
@click.option("--every", default=1.0, type=click.FloatRange(0.1), metavar="SECONDS", help="Look so often. [1]")
@_looks
def top(once: bool, every: float, **where: Any) -> None:
    """Watch a running server: requests, latencies, tokens, models, workers, GPUs."""
    from .terminal import top

    top.top(_server(**where), once, every)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", "-o", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the answers here.")
@click.option("--every", default=1.0, type=click.FloatRange(0.05), metavar="SECONDS", help="Look so often. [1]")
@_looks
def batch(file: Path, out: Path | None, every: float, **where: Any) -> None:
    """Have a running server answer the requests of FILE (JSON lines) as a batch."""
    from .terminal import batch

    sys.exit(0 if batch.batch(_server(**where), file, out, every) else 1)


@main.command()
@click.argument("pattern", required=False)
@click.option("--owner", "owned_by", help="Only those of this owner.")
@click.option("--endpoint", "endpoints", help="Only those that serve it: chat, responses, embeddings ...")
@click.option("--takes", "input", help="Only those that take it: text, image, audio, video, file.")
@click.option("--gives", "output", help="Only those that give it.")
@click.option("--reasoning", help="Only those that reason so: none, visible or hidden.")
@click.option("--feature", "features", help="Only those with this feature.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all that is known.")
def models(pattern: str | None, as_json: bool, **filters: str | None) -> None:
    """List the catalog's models, or those whose name has PATTERN in it or fits it ('gpt-4*')."""
    from .terminal import models

    models.models(_project().generated, pattern, filters, as_json)


@main.command()
@click.argument("what", nargs=-1, required=True, metavar="BEHAVIOR|OPERATION|[METHOD] /PATH")
@click.option("--all", "everything", is_flag=True, help="List every operation that uses a behavior.")
def explain(what: tuple[str, ...], everything: bool) -> None:
    """Say what an operation does, stage by stage, or what a behavior is, with the files and lines that say so."""
    from .terminal import explain

    explain.explain(_project(), builtin() / "behaviors", what, everything)


@main.command()
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Make a project of your own: FakeAI's specs to change, a place for behaviors, and a generated route layer."""
    import shutil

    import fakeai_generator as generator

    taken = [name for name in (MARKER, "specs", "behaviors", "generated") if (directory / name).exists()]
    if taken:
        raise click.ClickException(f"{directory / taken[0]} is there already")
    home = builtin()
    (directory / "behaviors").mkdir(parents=True)
    shutil.copytree(home / "specs", directory / "specs")
    name = directory.resolve().name
    title = "# This file makes the folder a FakeAI project. Settings may stand here too."
    marker = f"{title}\n[project]\nname = {_quoted(name)}\n"
    (directory / MARKER).write_text(marker, encoding="utf-8")
    generator.write(directory / "generated", generator.generate(directory, home / "behaviors"))
    click.echo(f"Project {name} is ready. Change its specs, then: cd {directory} && fakeai generate && fakeai serve")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
