"""What it costs to say something: CPU of a route function from a call to its answer, beside Python's own json.

    .venv/bin/python benchmarks/content.py [--quick] [--check]

The yardstick reads the body of the request and writes that of the answer with the standard library's `json`. Prompts
are new each time, unless they are said to be repeated; there are no delays. The last figure is how long a stream of
4,000 tokens that are all due at once holds the loop.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load import BODY
from benchmarks.measure import CLIENT_CORE, ROOT, Target, spread, verdict
from fakeai.app import create_app
from fakeai.runtime.call import Call
from fakeai.runtime.content.generation import Limits, Writer, generate
from fakeai.runtime.options import Delay, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World

SYSTEM = "You are a patient teacher who answers in a few plain sentences."
SHORT = (
    "Question %08d: why does a hash table have to grow before it is full, and how does it keep the average cost low?"
)
TOKENS, STREAMED = 64, 4000  # of an answer; of the one that is streamed
WORDS = (
    "consider a warehouse where parcels arrive at random moments and leave in batches when the truck at its dock is "
    "full some are fragile and others heavy while people who load them work two shifts with a break near noon because "
    "every hour of waiting costs money nobody wants to see that number grow although there may be good reasons for it"
).split()
CHINESE = (
    "数据库索引是一种数据结构它像书的目录一样让系统不必扫描整张表就能找到所需的行然而每次写入都要更新而且会占用空间"
)
CODE = "    for item in items:\n        total += price[item] * (1 - discount)\n    return round(total, 2)\n\n\n"

Ask = Callable[[int], str]


def english(size: int) -> Ask:
    """Prompts of about *size* tokens, in sentences."""

    def ask(number: int) -> str:
        said = [WORDS[(number * 7 + at * (number % 5 + 1)) % len(WORDS)] for at in range(size)]
        said[11::12] = [f"{word}." for word in said[11::12]]
        return f"Case {number}: {' '.join(said)}"

    return ask


CASES: tuple[tuple[str, Ask, float], ...] = (  # with how many times the yardstick they should cost at most
    ("500 tokens, English", english(500), 20),
    ("500 tokens, code", lambda n: f"Look at this, number {n}.\n\n{CODE * 20}"[:1900], 32),
    ("500 tokens, Chinese", lambda n: f"第{n}个问题：{CHINESE * 12}"[:640], 20),
    ("80 tokens, English", english(80), 16),
    ("a list", lambda n: f"List 5 ideas for birthday party number {n}", 24),
    ("a sum", lambda n: f"What is {n} + 17?", 24),
    ("a program", lambda n: f"Write a Python function that adds {n} to a number", 24),
    ("a translation", lambda n: f"Translate to French: good morning, where is train {n}?", 24),
    ("a summary", lambda n: f"Summarize this text in 2 sentences:\n\n{english(250)(n)}", 64),
    ("a question about a context", lambda n: f"Context:\n{english(300)(n)}.\n\nQuestion: Who waits?\nAnswer:", 40),
)


def body(prompt: str) -> bytes:
    """A request for an answer to *prompt*."""
    messages = [{"role": "user", "content": prompt}]
    return json.dumps({"model": "gpt-4o", "max_tokens": TOKENS, "messages": messages}, ensure_ascii=False).encode()


def requests(ask: Ask) -> Iterator[bytes]:
    """Bodies whose prompts are new."""
    return (body(ask(number)) for number in count(1))


class Talker:
    """The route function of chat completions, called without a server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._app = create_app(ROOT, world)
        self._target, self._args, _ = self._app.table.find("POST", "/v1/chat/completions", b"")

    def made(self, asked: bytes) -> Any:
        """What the route function returns."""
        call = Call(self.world, "POST", "/v1/chat/completions", self._args, b"", [], asked)
        try:
            self._app.answer(self._target, call).send(None)
        except StopIteration as done:
            return done.value
        raise RuntimeError("it waits for something")

    def answer(self, asked: bytes) -> bytes:
        """The body of the answer."""
        reply = self.made(asked)
        if reply.status != 200:
            raise RuntimeError(f"the answer is {reply.body!r}")
        return bytes(reply.body)


class Subject:
    """One kind of request: microseconds of each round, and those of the yardstick."""

    def __init__(self, name: str, talker: Talker, bodies: Iterator[bytes], limit: float) -> None:
        self.name, self.limit, self._answer, self._bodies = name, limit, talker.answer, bodies
        self.cost: list[float] = []
        self.yard: list[float] = []

    def round(self, size: int) -> None:
        asked = [next(self._bodies) for _ in range(size)]
        begun = process_time()
        for each in asked:
            answer = self._answer(each)
        self.cost.append((process_time() - begun) / size * 1e6)
        said = json.loads(answer)
        begun = process_time()
        for each in asked:
            json.loads(each)
            json.dumps(said)
        self.yard.append((process_time() - begun) / size * 1e6)

    def __str__(self) -> str:
        best = min(self.cost)
        return f"  {self.name:<32} {best:7.1f} us, {best / min(self.yard):5.1f} times json's {min(self.yard):.1f} us"


async def start() -> Talker:
    """One who answers in a world without delays."""
    world = World(Options(ttft=Delay(0), itl=Delay(0)), store=SqliteStore(None))
    await world.open()
    await world.tokens.ready()
    return Talker(world)


def subjects(talker: Talker) -> list[Subject]:
    """All kinds of requests."""
    short = (BODY % (number, TOKENS, TOKENS, b"false") for number in count(1))
    made = [
        Subject("short, with a system message", talker, short, 14),
        Subject("the same one, repeated", talker, iter(lambda: BODY % (0, TOKENS, TOKENS, b"false"), b""), 7),
        Subject("500 tokens, repeated", talker, iter(lambda: body(english(500)(1)), b""), 7),
    ]
    return made + [Subject(name, talker, requests(ask), limit) for name, ask, limit in CASES]


def said(talker: Talker, rounds: int, size: int) -> list[float]:
    """Microseconds that an answer of TOKENS tokens to a prompt takes that is new, of each round: its content alone."""
    engine = talker.world.engine(Writer)
    taken, number = [], 0
    for _ in range(rounds):
        asked = [SHORT % (number + each) for each in range(size)]
        number += size
        begun = process_time()
        for prompt in asked:
            generate(engine, prompt, talker.world.chance(prompt.encode()), Limits(TOKENS, TOKENS, (), True, ""), SYSTEM)
        taken.append((process_time() - begun) / size * 1e6)
    return taken


def holds(talker: Talker, rounds: int) -> list[float]:
    """Milliseconds in which nothing else has a turn when an answer is streamed whose tokens are all due, of each round.

    They are those in which it is made and written at once, as the server does.
    """
    held = []
    for number in range(rounds + 1):
        asked = BODY % (number, STREAMED, STREAMED, b"true")
        begun = process_time()
        stream = talker.made(asked)
        stream.pieces.write(0, len(stream.schedule))
        held.append((process_time() - begun) * 1e3)
    return held[1:]  # the first one loads what is loaded at first use


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    rounds, size = (4, 50) if options.quick else (12, 200)
    os.sched_setaffinity(0, {CLIENT_CORE})
    talker = asyncio.run(start())
    measured = subjects(talker)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    for _ in range(rounds):
        for subject in measured:
            subject.round(size)
    print(f"CPU of a route function for an answer of {TOKENS} tokens, best of {rounds} rounds")
    print(*measured, sep="\n")
    alone = said(talker, 3 * rounds, size)
    print(f"  the content of a short one alone takes {spread(alone, 'us')}")
    held = holds(talker, rounds)
    print(f"  a stream of {STREAMED} tokens holds the loop for {spread(held, 'ms', 2)}")
    targets = [Target(f"{each.name} : json", min(each.cost) / min(each.yard), each.limit) for each in measured]
    targets.append(Target(f"content of an answer of {TOKENS} tokens", min(alone), 30, " us"))
    targets.append(Target(f"hold of a stream of {STREAMED} tokens", median(held), 2, " ms"))
    return verdict(targets, options.check)


if __name__ == "__main__":
    sys.exit(main())
