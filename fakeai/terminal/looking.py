"""Commands that look at a running server: status, metrics, cache-stats, requests, interactive."""

import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import click

from .columns import columns
from .server import Refused, Server


def status(server: Server, as_json: bool) -> None:
    """Say whether the server is well, and how it is."""
    health, state = server.get("/health"), server.find("/_fakeai/state")
    if as_json:
        click.echo(json.dumps({"health": health, "state": state}))
        return
    click.echo(f"{server.url} is {health['status']}")
    if state is None:
        click.echo("Its admin API is off or wants its key (--key), so there is no more to tell.")
        return
    speed, noted = state["clock"]["speed"], f"{state['requests']}, {state['journal']['entries']} in the journal"
    click.echo(columns((), [
        ("Time", _moment(state["clock"]["now"]) + (f", {speed:g} times as fast" if speed not in (None, 1) else "")),
        ("Up for", _duration(state["uptime"])),
        ("Seed", state["seed"]),
        ("Requests", "no journal" if state["requests"] is None else noted),
        ("Rules of faults", state["faults"]),
        ("Scripted rules", state["script"]["rules"]),
    ]))  # fmt: skip
    click.echo()
    ranked = any(each.get("dp_rank") for each in state["workers"])
    click.echo(columns(
        ("Worker", *(["Rank"] if ranked else []), "Running", "Waiting", "Requests", "Blocks held", "kept", "of"),
        [
            (each["worker"], *([each["dp_rank"]] if ranked else []), each["running"], each["waiting"], each["routed"],
             *each["blocks"].values())
            for each in state["workers"]
        ],
    ))  # fmt: skip


def metrics(server: Server, form: str, watch: float | None) -> None:
    """Show what the server measures."""
    while True:
        if form == "json":
            click.echo(server.text("/metrics"))
        elif form == "prometheus":
            click.echo(server.text("/metrics/prometheus"), nl=False)
        elif form == "csv":
            click.echo(server.text("/metrics/csv"), nl=False)
        else:
            click.echo(columns(("Metric", "Value"), list(_flat(server.get("/metrics")))))
        if watch is None:
            return
        threading.Event().wait(watch)
        click.echo()


def cache_stats(server: Server, as_json: bool) -> None:
    """Show what prompts found in the KV caches."""
    found = server.get("/kv-cache/metrics")
    if as_json:
        click.echo(json.dumps(found))
        return
    cache, router = found["cache_performance"], found["smart_router"]
    hits, misses, tokens = (
        cache[name] for name in ("total_cache_hits", "total_cache_misses", "total_tokens_processed")
    )
    click.echo(columns((), [
        ("Hit rate", f"{cache['cache_hit_rate']:.1f} % of {hits + misses} prompts"),
        ("Tokens reused", f"{cache['cached_tokens_reused']} of {tokens}, {cache['token_reuse_rate']:.1f} %"),
        ("Average prefix", f"{cache['average_prefix_length']:.1f} tokens"),
        ("Router", router["config"].get("router_mode", "kv")),
    ]))  # fmt: skip
    click.echo()
    names = ("total_requests", "active_requests", "cached_blocks", "tokens_processed")
    rows = [(worker, *(told.get(name, "") for name in names)) for worker, told in router["workers"].items()]
    click.echo(columns(("Worker", "Requests", "Active", "Blocks", "Tokens"), rows))


def requests(server: Server, filters: Mapping[str, Any], as_json: bool) -> None:
    """Show the journal."""
    query = urllib.parse.urlencode({name: value for name, value in filters.items() if value is not None})
    found = server.get(f"/_fakeai/requests?{query}")
    if as_json:
        click.echo(json.dumps(found))
        return
    rows = [
        (
            each["number"],
            _moment(each["time"]),
            each["method"],
            each["path"],
            each["model"] or "",
            each["status"] or "-",
            each["fault"] or ("" if each["ended"] == "whole" else each["ended"]),
            "" if each["last"] is None else _duration(each["last"]),
            "" if each["worker"] is None else each["worker"],
            "" if each["cached_tokens"] is None else f"{each['cached_tokens']}/{each['prompt_tokens']}",
        )
        for each in found["requests"]
    ]
    click.echo(columns(("#", "Time", "Method", "Path", "Model", "Status", "Fault", "Took", "Worker", "Cached"), rows))
    if found["count"] > len(rows):
        click.echo(f"... and {found['count'] - len(rows)} before (--limit).")


HELP = """\
/help            this
/models          the models
/metrics         what the server measures
/history         the conversation
/clear           begin a new conversation
/set model NAME  talk to another model
/set stream on|off
/exit, /quit     leave"""


def interactive(server: Server, model: str, lines: Iterable[str]) -> None:
    """Talk to a model: each line is a turn, or a command that begins with a slash."""
    said: list[dict[str, str]] = []
    streams = True
    for line in (line.strip() for line in lines):
        command, *words = line.split()[:3] or [""]
        if command in ("/exit", "/quit"):
            return
        try:
            if not line:
                pass
            elif command == "/help":
                click.echo(HELP)
            elif command == "/models":
                click.echo("\n".join(each["id"] for each in server.get("/v1/models")["data"]))
            elif command == "/metrics":
                metrics(server, "pretty", None)
            elif command == "/history":
                click.echo("\n".join(f"{each['role']}: {each['content']}" for each in said))
            elif command == "/clear":
                said = []
            elif command == "/set" and words[:1] == ["model"] and len(words) == 2:
                model = words[1]
            elif command == "/set" and words[:1] == ["stream"] and words[1:] in (["on"], ["off"]):
                streams = words[1] == "on"
            elif line.startswith("/"):
                click.echo(f"{line} is no command.\n{HELP}")
            else:
                asked = [*said, {"role": "user", "content": line}]
                answer = ""
                for piece in server.words("/v1/chat/completions", {"model": model, "messages": asked}):
                    answer += piece
                    if streams:
                        click.echo(piece, nl=False)
                click.echo("" if streams else answer)
                said = [*asked, {"role": "assistant", "content": answer}]
        except Refused as error:
            click.echo(error.message)


def typed() -> Iterable[str]:
    """The lines that a person types, or that come from a pipe."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    click.echo("/help shows the commands, Ctrl-D leaves.")
    with suppress(ImportError):
        import readline  # noqa: F401  # arrows work while it is loaded
    while True:
        try:
            yield input("> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, Any]]:
    """(dotted name, value) of every leaf of a JSON object."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, json.dumps(value) if isinstance(value, list | bool | None) else value


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 3600:.1f} h"
