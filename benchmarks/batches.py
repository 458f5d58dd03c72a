"""What a line of a batch costs, against the same chat completions made live in one process.

.venv/bin/python benchmarks/batches.py [--lines 50000] [--check]
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, Target, verdict
from fakeai.app import create_app
from fakeai.runtime.options import Delay, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World

EDGE = "edge-of-a-part"
MOST_RATIO = 2.0  # of a line to a live call
MOST_MEMORY = 30.0  # megabytes more than before
MOST_WAIT = 20.0  # milliseconds that another call waits while the batch catches up


class Moving:
    """The machine's time, which can be moved ahead."""

    def __init__(self) -> None:
        self.ahead = 1_767_225_600.0

    def now(self) -> float:
        return self.ahead + perf_counter()

    def monotonic(self) -> float:
        return perf_counter()


def line(number: int) -> bytes:
    question = f"Question {number}: why does a hash table grow before it is full?"
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": question}], "max_tokens": 64}
    return json.dumps(
        {"custom_id": f"request-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}
    ).encode()


async def ask(app: Any, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """What the application answers."""
    sent = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.extend(message.get("body", b""))

    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return bytes(sent)


def resident() -> float:
    """Megabytes of memory that this process holds."""
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1000


async def measure(lines: int) -> list[Target]:
    clock = Moving()
    world = World(Options(ttft=Delay(0.0), itl=Delay(0.0)), clock, store=SqliteStore(None))
    await world.open()
    await world.tokens.ready()
    app = create_app(ROOT, world)
    calls = min(lines, 5_000)
    bodies = [json.dumps(json.loads(line(lines + number))["body"]).encode() for number in range(calls)]
    for body in bodies[:200]:
        await ask(app, "POST", "/v1/chat/completions", body)
    began = process_time()
    for body in bodies:
        await ask(app, "POST", "/v1/chat/completions", body)
    live = (process_time() - began) / calls

    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--{EDGE}\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n'
    form = head.encode() + b"\n".join(map(line, range(lines))) + f"\r\n--{EDGE}--\r\n".encode()
    file = json.loads(await ask(app, "POST", "/v1/files", form, f"multipart/form-data; boundary={EDGE}"))
    del form
    asked = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch = json.loads(await ask(app, "POST", "/v1/batches", json.dumps(asked).encode()))
    clock.ahead += 86_000
    before, most, waits = resident(), 0.0, []
    reading = asyncio.create_task(ask(app, "GET", f"/v1/batches/{batch['id']}"))
    began = process_time()
    while not reading.done():
        waited = perf_counter()
        await asyncio.sleep(0)
        waits.append(perf_counter() - waited)
        if len(waits) % 500 == 0:
            most = max(most, resident())
    cost = (process_time() - began) / lines
    batch = json.loads(await reading)
    assert batch["request_counts"] == {"total": lines, "completed": lines, "failed": 0}, batch
    await world.store.close()
    print(f"{lines} lines: {cost * 1e6:.0f} us of CPU a line, {live * 1e6:.0f} us a live call in process")
    print(f"memory {before:.0f} MB before, at most {most:.0f} MB while it catches up; status {batch['status']}")
    return [
        Target("a line against a live call", cost / live, MOST_RATIO),
        Target("memory for a batch", max(most - before, 0.0), MOST_MEMORY, " MB"),
        Target("longest turn of the loop", max(waits) * 1000, MOST_WAIT, " ms"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    return verdict(asyncio.run(measure(options.lines)), options.check)


if __name__ == "__main__":
    sys.exit(main())
