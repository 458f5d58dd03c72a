"""NVIDIA's own hashing, radix tree and router. Run in .venv-oracle; each line in is [function, arguments] as JSON, each
line out its answer."""

import asyncio
import json
import sys
from typing import Any

from dynamo.llm import RadixTree, SelectionService, compute_block_hash_for_seq

MODEL = "some-model"


class Oracle:
    """What can be asked."""

    def __init__(self) -> None:
        self.service: Any = None
        self.ranks = 1

    async def own_hashes(self, tokens: list[int], size: int, adapter: str | None = None) -> list[int]:
        return compute_block_hash_for_seq(tokens, size, lora_name=adapter)

    async def grow(self, events: list[Any], prompts: list[list[int]]) -> list[list[list[int]]]:
        """After each event, (worker, rank, score) of each of the *prompts*, which are own hashes."""
        tree, answers = RadixTree(), []
        for number, (worker, rank, data) in enumerate(events):
            try:
                tree.apply_event(worker, json.dumps({"event_id": number, "data": data, "dp_rank": rank}).encode())
            except RuntimeError as error:  # a parent or a block is missing
                if "Failed to find" not in str(error):
                    raise
            found = [tree.find_matches(prompt).scores for prompt in prompts]
            answers.append([[[*who, score] for who, score in sorted(scores.items())] for scores in found])
        return answers

    async def start(self, endpoints: list[str], replays: list[str], block_size: int, ranks: int = 1) -> None:
        """Begin a router over the workers 0, 1, ... whose KV events come from *endpoints*.

        Each worker has *ranks*, whose endpoints follow each other. Of several, none is asked for what was missed.
        """
        self.service = SelectionService(indexer_threads=1)
        self.ranks = ranks
        for number in range(len(endpoints) // ranks):
            own = dict(enumerate(endpoints[number * ranks : (number + 1) * ranks]))
            record = await self.service.upsert_worker(
                {
                    "worker_id": number,
                    "model_name": MODEL,
                    "endpoint": f"http://127.0.0.1:{9000 + number}",
                    "block_size": block_size,
                    "kv_events_endpoints": own,
                    "replay_endpoint": replays[number] if ranks == 1 else None,
                    "max_num_batched_tokens": 8192,
                    "total_kv_blocks": 100_000,
                    "data_parallel_size": ranks,
                    "data_parallel_start_rank": 0,
                }
            )
            assert record["lifecycle"] == "schedulable", record

    async def overlaps(self, tokens: list[int]) -> list[int]:
        """How many of the first blocks of *tokens* each rank of each worker has."""
        found = await self.service.overlap_scores({"model_name": MODEL, "token_ids": tokens})
        return [each["device_blocks"] for each in sorted(found["workers"], key=self.place)]

    def place(self, found: dict[str, Any]) -> int:
        """The number of a rank among those of all workers."""
        number: int = found["worker_id"] * self.ranks + found["dp_rank"]
        return number

    async def hear(self, marker: list[int], workers: list[int], patience: int = 10_000) -> list[int]:
        """Wait until the block *marker* was heard of from all *workers*; those that were silent."""
        for _ in range(patience):
            found = await self.overlaps(marker)
            if all(found[worker] for worker in workers):
                return []
            await asyncio.sleep(0.001)
        return [worker for worker in workers if not found[worker]]

    async def note(self, prefilled: list[str], grown: list[str], over: list[str]) -> None:
        """What happened to reservations since."""
        for name in prefilled:
            await self.service.prefill_complete(name)
        for name in grown:
            self.service.add_output_block(name)
        for name in over:
            await self.service.free_reservation(name)

    async def decide(self, prompts: list[list[int]], names: list[str], adapters: list[str]) -> list[Any]:
        """For each prompt, the worker, and the prompt tokens and blocks that each would have, and its requests."""
        answers = []
        for name, tokens, adapter in zip(names, prompts, adapters, strict=True):
            prompt = {"model_name": MODEL, "token_ids": tokens, "lora_name": adapter or None}
            loads = await self.loads(prompt)
            chosen = await self.service.select({**prompt, "selection_id": name})
            answers.append({"worker": self.place(chosen), "loads": loads})
        return answers

    async def loads(self, prompt: dict[str, Any]) -> list[list[int]]:
        """What each would have with *prompt*: prompt tokens to compute, blocks, and requests without it."""
        return [
            [load["potential_prefill_tokens"], load["potential_decode_blocks"], load["active_requests"]]
            for load in sorted(await self.service.potential_loads(prompt), key=self.place)
        ]

    async def reserve(self, tokens: list[int], name: str, worker: int, adapter: str) -> list[Any]:
        """Book *tokens* at *worker*; the tokens that it has to compute, and the blocks' sequence hashes."""
        prompt = {"model_name": MODEL, "token_ids": tokens, "selection_id": name, "lora_name": adapter or None}
        if self.ranks > 1:  # only this books at a rank, and it wants to know how much
            id, rank = divmod(worker, self.ranks)
            others = (await self.loads({"model_name": MODEL, "token_ids": [1]}))[worker][0] - 1
            computes = (await self.loads(prompt))[worker][0] - others
            said = {"worker_id": id, "dp_rank": rank, "effective_prefill_tokens": computes}
            await self.service.create_reservation({**prompt, **said})
            return [computes, None]
        booked = await self.service.select_and_reserve({**prompt, "allowed_worker_ids": [worker]})
        assert booked["worker_id"] == worker, booked
        return [booked["effective_prefill_tokens"], [each % (1 << 64) for each in booked["sequence_hashes"]]]

    async def stop(self) -> None:
        await self.service.shutdown_async()


async def main() -> None:
    oracle = Oracle()
    for line in iter(sys.stdin.readline, ""):
        function, arguments = json.loads(line)
        answer = await getattr(oracle, function)(**arguments)
        print(json.dumps(answer), flush=True)


asyncio.run(main())
