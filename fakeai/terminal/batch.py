"""`fakeai batch`: a file of requests as a batch of a running server, with a bar that shows how far it is."""

import json
import threading
from pathlib import Path
from typing import Any

import click

from .progress import bar
from .server import Server

BOUNDARY = "fakeai-batch-file"
ENDS = ("completed", "failed", "expired", "cancelled")


def batch(server: Server, file: Path, out: Path | None, every: float) -> bool:
    """Send *file* as a batch, wait for its end, and write what was answered; whether every line was answered well.

    Raises:
        ClickException: the file is not one of a batch, or the server refuses it.
    """
    data = file.read_bytes()
    endpoint = _endpoint(file, data)
    uploaded = server.send("/v1/files", *_form(file.name, data))
    asked = {"input_file_id": uploaded["id"], "endpoint": endpoint, "completion_window": "24h"}
    found = server.send("/v1/batches", json.dumps(asked).encode())
    path, done = f"/v1/batches/{found['id']}", 0
    with bar(f"{found['id']}", len(data.splitlines())) as more:
        while found["status"] not in ENDS:
            threading.Event().wait(every)
            found = server.get(path)
            over = _over(found)
            more(over - done)
            done = over
    return _end(server, found, out)


def _endpoint(file: Path, data: bytes) -> str:
    try:
        return str(json.loads(data.partition(b"\n")[0])["url"])
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(
            f"{file}:1: a line of a batch is JSON with custom_id, method, url and body"
        ) from None


def _form(name: str, data: bytes) -> tuple[bytes, str]:
    """A multipart form that uploads *data* for a batch, and its media type."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def _over(found: dict[str, Any]) -> int:
    counts = found.get("request_counts") or {}
    return int(counts.get("completed", 0)) + int(counts.get("failed", 0))


def _end(server: Server, found: dict[str, Any], out: Path | None) -> bool:
    counts = found.get("request_counts") or {}
    for error in (found.get("errors") or {}).get("data") or ():
        click.echo(f"line {error.get('line')}: {error.get('message')}", err=True)
    answers = "".join(
        server.text(f"/v1/files/{found[name]}/content")
        for name in ("output_file_id", "error_file_id")
        if found.get(name)
    )
    if out is None:
        click.echo(answers, nl=False)
    else:
        out.write_text(answers, encoding="utf-8")
    told = f"{counts.get('completed', 0)} of {counts.get('total', 0)} lines answered"
    click.echo(f"{found['id']} is {found['status']}: {told}" + (f", written to {out}." if out else "."), err=True)
    return found["status"] == "completed" and not counts.get("failed")
