"""How long the usage and the costs of a day take to tell, of a million rows.

.venv/bin/python benchmarks/usage.py [--rows N] [--uses N]

Rows are of so many uses (projects, keys, models, tiers), over a day. Each question is asked three times, and the best
CPU time is told, beside that of an empty ledger.
"""

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fakeai.app import create_app
from fakeai.runtime.clock import FixedClock
from fakeai.runtime.ledger.ledger import Ledger
from fakeai.runtime.ledger.rows import COMPLETIONS, Amounts, Use
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import Client

ROOT = Path(__file__).parent.parent
DAY, START = 86_400, 1_767_225_600
MODELS = ("gpt-5", "gpt-5-mini", "gpt-4o", "gpt-4o-mini", "o3", "openai/gpt-oss-120b", "deepseek-v3", "unknown")
BASE = "/v1/organization"
QUESTIONS = {
    "a day": ("usage/completions", ""),
    "a day by model": ("usage/completions", "&group_by[]=model"),
    "a day by all": (
        "usage/completions",
        "".join(f"&group_by[]={name}" for name in ("project_id", "user_id", "api_key_id", "model", "batch")),
    ),
    "hours by project": ("usage/completions", "&bucket_width=1h&group_by[]=project_id"),
    "minutes": ("usage/completions", "&bucket_width=1m&limit=1440"),
    "costs by line": ("costs", "&group_by[]=line_item&group_by[]=project_id"),
}


async def main(rows: int, uses: int) -> None:
    draws = random.Random(0)
    made = [
        Use(COMPLETIONS, f"proj_{n % 8}", f"user-{n % 16}", f"key_{n}", MODELS[n % len(MODELS)], batch=n % 5 == 0)
        for n in range(uses)
    ]
    for count in (0, rows):
        world = World(Options(), FixedClock(START + DAY), store=SqliteStore(None))
        await world.store.open()
        client = Client(create_app(ROOT, world))
        ledger = world.engine(Ledger)
        began = time.process_time()
        for _ in range(count):
            minute = START // 60 + draws.randrange(1440)
            ledger._note(minute, ledger._number(made[draws.randrange(uses)]), Amounts(1, 1000, 200, 100))
        ledger._merge()
        print(
            f"{count:,} rows of {uses:,} uses, {ledger._cells:,} sums of minutes: {time.process_time() - began:.1f} s"
        )
        for name, (path, query) in QUESTIONS.items():
            times = []
            for _ in range(3):
                began = time.process_time()
                answer = await client.get(f"{BASE}/{path}?start_time={START}&end_time={START + DAY}{query}")
                times.append(time.process_time() - began)
                assert answer.status == 200, answer.body
            print(f"  {name}: {min(times) * 1000:.1f} ms, {len(answer.body):,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--uses", type=int, default=200)
    said = parser.parse_args()
    asyncio.run(main(said.rows, said.uses))
