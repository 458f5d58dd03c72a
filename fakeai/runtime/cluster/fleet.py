"""The simulated workers that answer, as far as their GPUs need to know them."""

from ..world import World
from .activity import Activity
from .profiles import Profile, profile

WORKERS = 4
BLOCK = 16  # tokens
MODEL = "openai/gpt-oss-120b"  # whose weights the GPUs hold


class Fleet:
    """What each worker did, and the KV cache of each: an engine, `world.engine(Fleet)`."""

    def __init__(self, world: World) -> None:
        gpus = world.options.gpus
        self.activities = [Activity() for _ in range(WORKERS)]
        self.block_size = BLOCK
        self.profile: Profile = profile(world, MODEL, world.options.gpu_model, max(1, gpus // WORKERS))
        self.blocks_total = self.profile.kv_tokens // BLOCK
