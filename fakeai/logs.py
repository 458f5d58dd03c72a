"""Where the log goes and how its lines look. With a format given, each call that was answered is a line of it, too."""

import json
import logging
import logging.handlers
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

PLAIN = "%(levelname)s %(message)s"


class JsonLines(logging.Formatter):
    """Each record as a JSON object in a line; the `fields` of a record stand beside its message."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {
            "time": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if fields is not None:
            line |= fields
            line["message"] = f"{fields['method']} {fields['path']} {fields['status']}"
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class _Handing(logging.handlers.QueueHandler):
    """Hands records on as they are, for a thread that writes them."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


def configure(level: str) -> None:
    """Write the log as text."""
    logging.basicConfig(level=level.upper(), format=PLAIN)


@contextmanager
def written(form: str | None) -> Iterator[None]:
    """While it lasts, the log is written by a thread, in the form `json` or `text`; without one, all stays as it is."""
    if form is None:
        yield
        return
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(JsonLines() if form == "json" else logging.Formatter(PLAIN))
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    root, access = logging.getLogger(), logging.getLogger("fakeai.access")
    before, root.handlers = root.handlers, [_Handing(records)]
    level = access.level
    access.setLevel(logging.INFO)
    listener = logging.handlers.QueueListener(records, writer)
    listener.start()
    try:
        yield
    finally:
        listener.stop()
        root.handlers = before
        access.setLevel(level)
