"""What a server was told to be, as far as the machine needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Delay:
    """A simulated duration: *seconds* on average, spread evenly by up to *variance* (0.1 is 10 %) either way."""

    seconds: float
    variance: float = 0.0


@dataclass(frozen=True)
class Options:
    """Settings of one world. The command line's names and defaults are in `fakeai/settings.py`."""

    seed: int = 0
    ttft: Delay = Delay(0.020, 0.1)
    itl: Delay = Delay(0.005, 0.1)
    require_api_key: bool = False
    api_keys: frozenset[str] = frozenset()
    max_request_size: int = 104_857_600
    cors_allowed_origins: tuple[str, ...] = ("*",)
    cors_allow_credentials: bool = True
    secure: bool = False  # served by https
    answers: str = "prose"  # or "echo", or "text:" and what every answer is
    refuse_above: float | None = None  # score of harm from which a prompt is refused; None refuses nothing
    script: Mapping[str, Any] | None = None  # rules of answers, as `content/scripts.py` reads them
    strict_models: bool = False
    context_validation: bool = True
    tokenizers: tuple[tuple[str, str], ...] = ()  # (model, encoding); for every other model the model is ""
    gpu_model: str = "H100-80GB"  # of the catalog
    gpus: int = 4
    workload_intensity: str = "medium"  # or low, high: how hard a token works the GPUs
    dcgm_names: str = "legacy"  # or 4.5
    dcgm_hostname_label: str = "Hostname"  # or hostname
