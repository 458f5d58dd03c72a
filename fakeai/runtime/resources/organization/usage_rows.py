"""The ledger: what was used, as the store has it.

A row stands in the collection `usage/KIND`, KIND being `costs` or a kind of usage such as `completions`: `at` (seconds
since 1970), who used it (`project_id`, `user_id`, `api_key_id`, `model`, ...), and what is summed (`input_tokens`,
`num_model_requests`, ..., or `amount` in US dollars).
"""

from typing import Any

from ...world import World

Row = dict[str, Any]
BATCH = 1_000  # rows that are read at once


async def rows(world: World, kind: str, start: float, end: float) -> list[Row]:
    """The rows of *kind* from *start* up to *end*, in the order they were written."""
    found: list[Row] = []
    place = None
    while records := await world.store.page(f"usage/{kind}", BATCH, after=place):
        found += [record.data for record in records if start <= record.data["at"] < end]
        place = records[-1].place
    return found
