"""A file of 512 MB goes in and comes out of a real server that never holds it in memory."""

import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.inprocess import EDGE, ROOT
from tests.process import running

SIZE = 512 * 1024 * 1024 - 512
PIECE = bytes(range(256)) * 4096
MOST_MEMORY = 200 * 1024 * 1024


def content() -> Iterator[bytes]:
    left = SIZE
    while left:
        piece = PIECE[:left]
        left -= len(piece)
        yield piece


def body(head: bytes, tail: bytes) -> Iterator[bytes]:
    yield head
    yield from content()
    yield tail


def test_512_mb_in_200_mb() -> None:
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--{EDGE}\r\n'
        'Content-Disposition: form-data; name="file"; filename="large.jsonl"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{EDGE}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(head) + SIZE + len(tail)),
    }
    with running(ROOT) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        client.request("POST", "/v1/files", body(head, tail), headers)
        made = json.loads(client.getresponse().read())
        assert made["bytes"] == SIZE
        client.request("GET", f"/v1/files/{made['id']}/content")
        answer, md5 = client.getresponse(), hashlib.md5()
        while piece := answer.read(len(PIECE)):
            md5.update(piece)
        expected = hashlib.md5()
        for piece in content():
            expected.update(piece)
        assert md5.hexdigest() == expected.hexdigest()
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        assert int(found[1]) * 1024 < MOST_MEMORY, found[1]
        client.request("DELETE", f"/v1/files/{made['id']}")
        assert json.loads(client.getresponse().read())["deleted"]
        client.close()
