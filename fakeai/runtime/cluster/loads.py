"""What a slice of a worker's work asks of each of its GPUs: how busy its parts are, what it moves, what power it wants.

Work is counted from tokens against the board's peaks, so that a prompt shows busy tensor cores and an answer busy
memory. The shares of power are ours, set so that a board that computes prompts draws some 90 % of its limit and one
that makes tokens some 60 %, as serving engines are seen to do.
"""

from dataclasses import dataclass

from .activity import SLICE, Slice
from .boards import Board
from .profiles import Profile, all_reduced

INTENSITIES = {"low": 0.5, "medium": 1.0, "high": 1.5}  # how much work a token is
# Shares of the power between idle and the limit that a busy part takes.
CLOCKED, TENSOR_POWER, MEMORY_POWER = 0.2, 1.3, 0.45
# Shares of multiprocessors with a warp, and of warps that there could be, in passes with prompts and without.
PROMPT_SMS, STEP_SMS, PROMPT_WARPS, STEP_WARPS = 0.95, 0.75, 0.35, 0.2
ELEMENTWISE = 200  # operations on each activation of a layer besides matrices: norms, positions, gates, softmax
IN_FLOAT = 0.5  # of these, the share in 32 bits
IN_INTEGERS = 0.1  # and for each of them, operations on integers: addresses
LAUNCH, ANSWER = 65_536, 4_096  # bytes to a GPU for a pass, its commands and block tables, and back from it
TOKEN = 4  # bytes of a token's number


@dataclass(slots=True)  # not frozen, which would double the time to make one
class Load:
    """One GPU in one slice: shares of its parts from 0 to 1, bytes in a second, and the power it wants.

    *demand* is a share of the power between idle and the limit: more than 1 cannot be had.
    """

    engine: float = 0.0
    sm: float = 0.0
    occupancy: float = 0.0
    tensor: float = 0.0
    memory: float = 0.0
    fp16: float = 0.0
    fp32: float = 0.0
    integer: float = 0.0
    demand: float = 0.0
    links: float = 0.0  # bytes/s by NVLink, as many out as in
    sent: float = 0.0  # bytes/s by PCIe
    received: float = 0.0


REST = Load()


class Work:
    """Turns the slices of workers that serve one model into loads of their GPUs."""

    def __init__(self, profile: Profile, board: Board, intensity: str) -> None:
        made, ways = profile.architecture, profile.tp
        self._profile, self._ways = profile, ways
        scale = INTENSITIES[intensity] / ways / SLICE
        peak = board.fp8 if made.compute == "fp8" else board.fp16
        self._token, self._look = profile.token_flops * scale / peak, profile.attention_flops * scale / peak
        self._byte = scale / board.bandwidth
        elementwise = made.layers * made.hidden * ELEMENTWISE * scale
        self._fp32 = elementwise * IN_FLOAT / board.fp32
        self._fp16 = elementwise * (1 - IN_FLOAT) / (2 * board.fp32)
        self._integer = elementwise * IN_INTEGERS / board.fp32
        self._most = max(self._fp16, self._fp32, self._integer)
        traffic = all_reduced(made, ways) / SLICE if ways > 1 else 0.0
        self._links, self._bus = (traffic, 0.0) if board.links else (0.0, traffic)

    def load(self, done: Slice) -> Load:
        """What one of the GPUs did in a slice."""
        profile, tokens = self._profile, done.prompt_tokens + done.made_tokens
        busy = done.prefill + done.decode
        fit = 1 / SLICE if busy <= SLICE else 1 / busy  # several workers may share a GPU
        prefill, decode = done.prefill * fit, done.decode * fit
        steps = done.steps
        read = (steps * profile.read_weights(tokens / steps) if steps else 0.0) + (
            done.read_tokens + tokens
        ) * profile.kv_bytes_per_token
        tensor = min(1.0, self._token * tokens + self._look * done.read_tokens)
        memory = min(1.0, self._byte * read)
        control = self._bus * tokens
        busy = prefill + decode
        elements = tokens if tokens * self._most < 1 else 1 / self._most
        return Load(
            busy,
            PROMPT_SMS * prefill + STEP_SMS * decode,
            PROMPT_WARPS * prefill + STEP_WARPS * decode,
            tensor,
            memory,
            self._fp16 * elements,
            self._fp32 * elements,
            self._integer * elements,
            CLOCKED * busy + TENSOR_POWER * tensor + MEMORY_POWER * memory,
            self._links * tokens,
            control + (TOKEN * done.made_tokens + ANSWER * steps) / SLICE,
            control + (TOKEN * done.prompt_tokens + LAUNCH * steps) / SLICE,
        )
