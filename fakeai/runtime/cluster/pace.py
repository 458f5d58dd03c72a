"""How long a step of a worker takes: by a model's latency profile, or as Dynamo's mocker says."""

from ..world import World
from .batch import Pace
from .profiles import Profile, Profiles

# Dynamo's mocker: milliseconds of a prefill of t tokens, and of a decode step when the share p of the cache is active.
PREFILL = (4.209989e-07, 1.518344e-02, 16.50142)
DECODE = (-25.74, 54.01, 5.74)
LEAST = 1.0
KV_BYTES = 131_072  # of a token, as a Llama of 8 billion parameters has them: 32 layers, 8 heads of 128, 16 bits


class MockerPace:
    """The polynomials of Dynamo's mocker, whatever the model."""

    def before(self, model: str) -> float:
        return 0.0

    def prefill(self, model: str, tokens: int) -> float:
        square, linear, fixed = PREFILL
        return (square * tokens * tokens + linear * tokens + fixed) / 1000

    def decode(self, model: str, sequences: int, context: int, capacity: int) -> float:
        square, linear, fixed = DECODE
        share = min(context / capacity, 1.0)
        return max(LEAST, square * share * share + linear * share + fixed) / 1000

    def kv_bytes(self, model: str) -> int:
        return KV_BYTES


class ProfilePace:
    """Each model's latency profile on the GPUs of a worker."""

    def __init__(self, world: World) -> None:
        options = world.options
        self._profiles = world.engine(Profiles)
        self._gpu, self._tensor_parallel = options.gpu_model, max(1, options.gpus // options.machine.engines)

    def _of(self, model: str) -> Profile:
        return self._profiles.of(model, self._gpu, self._tensor_parallel)

    def before(self, model: str) -> float:
        hosted = self._of(model).architecture.hosted
        return hosted.ttft if hosted else 0.0

    def prefill(self, model: str, tokens: int) -> float:
        return self._of(model).prefill(tokens) - self.before(model)

    def decode(self, model: str, sequences: int, context: int, capacity: int) -> float:
        return self._of(model).decode(sequences, context)

    def kv_bytes(self, model: str) -> int:
        return int(self._of(model).kv_bytes_per_token)


def pace_of(world: World) -> Pace | None:
    """The pace of the workers of *world*; None when requests do not share steps."""
    if world.options.machine.latency == "mocker":
        return MockerPace()
    if world.options.machine.latency == "profile":
        return ProfilePace(world)
    return None
