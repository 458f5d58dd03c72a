"""The mouth: a process of its own that says sentences with SVOX Pico.

The synthesizer holds the interpreter's lock while it speaks, and what it says depends a little on what its memory held
before. So each text is said by a new process, which this file is when it is run as a script: it reads the request from
its standard input and writes sizes and samples to its standard output.
"""

import importlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

RATE = 16_000  # samples a second that the synthesizer makes
PACKAGE, MODULE = "py_nanotts", "_nanotts"
# The C library gives memory of this size back at once, so that it is empty when the synthesizer asks for it again.
CLEAN = {"MALLOC_MMAP_THRESHOLD_": "131072"}
LONGEST = 120  # seconds after which a mouth that says nothing is given up


def say(sentences: Sequence[str], accent: str, speed: float, pitch: float) -> list[bytes]:
    """The sound of each of *sentences* as little-endian samples of 16 bits, mono.

    *accent* is a language that Pico speaks, *speed* from 0.2 to 5, *pitch* from 0.5 to 2. It waits: call it in
    a thread.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"speech needs the package {PACKAGE}")
    request = {
        "folder": os.path.dirname(found.origin),
        "sentences": sentences,
        "voice": accent,
        "speed": speed,
        "pitch": pitch,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", __file__],
        input=json.dumps(request).encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, **CLEAN},
        timeout=LONGEST,
        check=True,
    )
    said, at = [], 0
    while at < len(done.stdout):
        (size,) = struct.unpack_from("<I", done.stdout, at)
        said.append(done.stdout[at + 4 : at + 4 + size])
        at += 4 + size
    return said


def _speak(request: dict[str, Any]) -> None:
    """Answer one request; the samples of a sentence follow their size in bytes."""
    sys.path.insert(0, request["folder"])
    pico = importlib.import_module(MODULE)
    for sentence in request["sentences"]:
        said = pico.speak(
            text=sentence,
            voice=request["voice"],
            speed=request["speed"],
            pitch=request["pitch"],
            lingware_path=os.path.join(request["folder"], "lang"),
        )
        sys.stdout.buffer.write(struct.pack("<I", len(said)) + said)


if __name__ == "__main__":
    _speak(json.load(sys.stdin.buffer))
