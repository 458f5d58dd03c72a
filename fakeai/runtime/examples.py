"""Answers of operations that nobody annotated: the example that the generator made from their response schema."""

from pathlib import Path
from typing import Any

import orjson

from .answer import Reply


class Examples(dict[str, Reply]):
    """The example answers of one route module by operationId, read at the first use of one."""

    def __init__(self, module_file: str) -> None:
        super().__init__()
        self._file = Path(module_file).with_suffix(".examples.json")

    def __missing__(self, name: str) -> Reply:
        for key, record in orjson.loads(self._file.read_bytes()).items():
            self[key] = _reply(record)
        return self[name]


def _reply(record: dict[str, Any]) -> Reply:
    kind = record["type"]
    if kind is None:
        return Reply(b"", status=record["status"], content_type=(b"content-type", b"text/plain"))
    essence = kind.partition(";")[0].strip().lower()
    is_json = essence == "application/json" or essence.endswith("+json")
    body = orjson.dumps(record["body"]) if is_json else b""
    return Reply(body, status=record["status"], content_type=(b"content-type", kind.encode()))


def answer(example: Reply) -> Reply:
    """The example as it is."""
    return example
