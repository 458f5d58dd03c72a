"""How long a model takes on which GPUs: the costs of one forward pass, worked out from what the two are made of.

A pass that computes prompts is bound by arithmetic, one that makes tokens by reading memory: all weights that it uses,
and the keys and values of every token that it looks at. What engines reach of a board's peaks is written here once,
and held by tests to what was measured. A model that only its maker serves takes what its maker takes, and one that was
measured takes what was measured, whatever the rest says.
"""

from dataclasses import dataclass
from functools import cached_property

from ..world import World
from .architectures import Architecture, Architectures, Measured
from .boards import MIB, Board, Boards

GPU = "H100-80GB"
# Shares of a board's peaks that engines reach.
ARITHMETIC, ARITHMETIC_OF_EXPERTS = 0.5, 0.35  # of matrices in a large pass, dense or of a mixture of experts
ATTENTION = 0.4  # of arithmetic, in the attention of a prompt
READING, READING_KV = 0.85, 0.7  # of memory bandwidth, for weights and for keys and values
LINKS = 0.7  # of NVLink or PCIe, in an all-reduce
# Seconds.
PASS, PROMPT = 0.2e-3, 2e-3  # what a pass costs besides, and the first one of a prompt: scheduling, tokens in and out
LAUNCHES = 4  # times a layer's overhead in a pass with prompts, which no CUDA graph has recorded
SEQUENCE = 15e-6  # for each sequence of a step: sampling, and text of its token
NVLINK_HOP, PCIE_HOP = 10e-6, 30e-6  # an all-reduce of little
USED_MEMORY, MOST_WEIGHTS = 0.9, 0.8  # shares of memory that an engine takes, and that weights may fill of it
HOSTED_SEQUENCE = 0.005  # of the time between tokens, for each other sequence: a large service hardly feels one more


@dataclass(frozen=True)
class Profile:
    """The costs of the passes of one model on *tp* GPUs.

    *prompt* are seconds of a pass, of each token of a prompt in it, and of each pair of those; *step* those of a pass,
    of each sequence that gets a token from it, and of each token of their contexts. *experts* are the seconds in which
    all experts are read, of which a token uses the share *used*: a larger pass reads more of them.
    """

    model: str
    gpu: Board
    tp: int
    architecture: Architecture
    prompt: tuple[float, float, float]
    step: tuple[float, float, float]
    experts: float
    source: str

    def prefill(self, tokens: float, cached: float = 0) -> float:
        """Seconds of a pass that computes *tokens* of a prompt, of which *cached* more stand before in the cache."""
        fixed, each, pair = self.prompt
        return fixed + self.experts * self.touched(tokens) + each * tokens + pair * tokens * (tokens + 2 * cached)

    def decode(self, sequences: float, kv_tokens: float) -> float:
        """Seconds of a step that makes a token for each of *sequences*, whose contexts are *kv_tokens* in all."""
        fixed, each, kv = self.step
        return fixed + self.experts * self.touched(sequences) + each * sequences + kv * kv_tokens

    def touched(self, tokens: float) -> float:
        """The share of the experts that a pass of *tokens* uses."""
        missed: float = (1.0 - self.used) ** tokens
        return 1.0 - missed

    def read_weights(self, tokens: float) -> float:
        """Bytes of weights that a pass of *tokens* reads, on all GPUs together."""
        return self._dense_bytes + self._routed_bytes * self.touched(tokens)

    @cached_property
    def used(self) -> float:
        return self.architecture.experts_used / self.architecture.experts

    @cached_property
    def _routed_bytes(self) -> float:
        return self.architecture.routed * self.architecture.bits / 8

    @cached_property
    def _dense_bytes(self) -> float:
        return self.weights_bytes - self._routed_bytes

    @cached_property
    def weights_bytes(self) -> float:
        """Of all GPUs together."""
        return self.architecture.weight_bytes

    @cached_property
    def kv_bytes_per_token(self) -> float:
        """Of all GPUs together; each has its heads, or all of them where there are fewer heads than GPUs."""
        return self.architecture.kv_bytes * _copies(self.architecture, self.tp)

    @property
    def layers(self) -> int:
        return self.architecture.layers

    @cached_property
    def token_flops(self) -> float:
        """Operations of one token, without its attention."""
        return 2 * self.architecture.active

    @cached_property
    def attention_flops(self) -> float:
        """Operations of one token that looks at one other."""
        return 4 * self.architecture.full_layers * self.architecture.heads * self.architecture.head_dim

    @cached_property
    def kv_tokens(self) -> int:
        """How many tokens the KV cache of all GPUs holds."""
        free = self.gpu.memory * MIB * self.tp * USED_MEMORY - self.weights_bytes
        return max(0, int(free / self.kv_bytes_per_token))


class Profiles:
    """The profiles of a world: an engine, `world.engine(Profiles)`."""

    def __init__(self, world: World) -> None:
        self._architectures, self._boards = world.engine(Architectures), world.engine(Boards)
        self._made: dict[tuple[str, str, int], Profile] = {}  # by the model's own name: as many as there are rows
        self._named: dict[tuple[str, str, int], Profile] = {}

    def of(self, model: str, gpu: str = GPU, tp: int = 1) -> Profile:
        """The profile of *model* on *tp* GPUs, or on as many more as its weights need.

        Raises:
            NoSuchBoard: the catalog has no such GPU.
        """
        found = self._named.get((model, gpu, tp))
        if found is None:
            made = self._architectures.find(model)
            found = self._made.get((made.id, gpu, tp)) or _profile(made, self._boards.find(gpu), tp)
            if made.id in self._architectures.rows:
                self._made[made.id, gpu, tp] = found
            if len(self._named) >= 4096:
                self._named.clear()
            self._named[model, gpu, tp] = found
        return found

    def forget(self, model: str) -> None:
        """Work out again what *model* is when somebody asks."""
        for key in [key for key in self._named if key[0] == model]:
            del self._named[key]


def profile(world: World, model: str, gpu: str = GPU, tp: int = 1) -> Profile:
    """The profile of *model* on *tp* GPUs, or on as many more as its weights need.

    Raises:
        NoSuchBoard: the catalog has no such GPU.
    """
    return world.engine(Profiles).of(model, gpu, tp)


def _profile(made: Architecture, board: Board, tp: int) -> Profile:
    while made.weight_bytes > MOST_WEIGHTS * board.memory * MIB * tp:
        tp *= 2
    prompt, step, experts, source = _roofline(made, board, tp)
    if made.hosted:
        first, gap, rate = made.hosted.ttft, made.hosted.itl, made.hosted.prefill
        prompt, experts = (first, 1 / rate, 0.0), 0.0
        step = (gap * (1 - HOSTED_SEQUENCE), gap * HOSTED_SEQUENCE, 0.0)
    if found := _measured(made, board, tp):
        prompt, step, experts, source = found.prefill, found.decode, 0.0, found.source
    return Profile(made.id, board, tp, made, prompt, step, experts, source)


def _measured(made: Architecture, board: Board, tp: int) -> Measured | None:
    fits = (each for each in made.measured if each.gpu in (None, board.id) and each.tp in (None, tp))
    return next(fits, None)


def _roofline(
    made: Architecture, board: Board, tp: int
) -> tuple[tuple[float, float, float], tuple[float, float, float], float, str]:
    """The costs of a prompt and of a step, the time to read all experts, and where that comes from."""
    peak = (board.fp8 if made.compute == "fp8" else board.fp16) * tp
    reach = ARITHMETIC if made.experts == 1 else ARITHMETIC_OF_EXPERTS
    reading = board.bandwidth * READING * tp
    routed = made.routed * made.bits / 8
    dense = (made.weight_bytes - routed) / reading
    token = 2 * made.active / (peak * reach)
    hops = shared = 0.0
    if tp > 1:
        link = board.link_bandwidth or board.pcie_bandwidth
        hops = 2 * made.layers * (NVLINK_HOP if board.links else PCIE_HOP)
        shared = all_reduced(made, tp) / (link * LINKS)
    pair = 2 * made.full_layers * made.heads * made.head_dim / (board.fp16 * tp * ATTENTION)
    kv = made.kv_bytes * _copies(made, tp) / (board.bandwidth * READING_KV * tp)
    layers = made.layers * made.overhead
    prompt = (PASS + PROMPT + LAUNCHES * layers + hops + dense, token + shared, pair)
    step = (PASS + layers + hops + dense, SEQUENCE + token + shared, kv)
    return prompt, step, routed / reading, made.source


def all_reduced(made: Architecture, tp: int) -> float:
    """Bytes that each of *tp* GPUs sends for one token: two all-reduces in a layer, of 16 bits, in a ring."""
    return 2 * made.layers * 2 * (tp - 1) / tp * made.hidden * 2


def _copies(made: Architecture, tp: int) -> float:
    """How often the keys and values of a token are kept: GPUs beyond the number of heads have copies."""
    heads = 1 if made.latent else made.kv_heads
    return max(1.0, tp / heads)
