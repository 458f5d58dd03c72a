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
class Events:
    """Where and how KV events are published: ZeroMQ addresses, of which rank r of worker k has port + k * ranks + r."""

    endpoint: str
    replay: str | None = None
    topic: str = ""  # {worker} is the worker's number, {rank} its rank
    form: str = "map"  # or array
    buffer: int = 10_000  # batches of a worker that can be had again


@dataclass(frozen=True)
class Machine:
    """The simulated workers, their router and their caches."""

    latency: str = "constant"  # or per-token, profile, mocker, fitted
    fitted: Mapping[str, Any] | None = None  # the profile of latency fitted, as `cluster/fitted.py` reads it
    seconds_per_prompt_token: float = 0.0  # of latency per-token
    hit_saves: float = 0.8  # share of the TTFT that a prompt wholly in the cache saves, when the latency is constant
    workers: int = 4
    ranks: int = 1  # data-parallel engines of each worker, each with its own cache and batch
    prefill_workers: int = 0  # of them, when prompts are computed apart from answers
    transfer_bandwidth: float = 64e9  # bytes a second, of keys and values from one worker to another
    model: str = ""  # whose blocks have no name in their hashes; any other is an adapter of it, or another model
    cached: bool = True  # prompts are looked up in the workers' caches
    block_size: int = 16  # tokens
    blocks: int = 16_384  # of one worker; 0 is as many as its GPUs have memory for
    sequences: int = 256  # that share a step
    batched_tokens: int = 8192  # computed in a step
    chunked: bool = True  # a prompt may take several steps
    router: str = "kv"
    formula: str = "1.x"
    prefill_load_scale: float = 1.0
    overlap_score_credit: float = 1.0
    overlap_score_credit_decay: float = 0.0
    decode_active_request_weight: float = 0.0
    temperature: float = 0.0
    adapter_slots: int = 4  # LoRA adapters that an engine holds at once
    adapter_rank: int = 16  # the largest that one may have
    seconds_per_adapter: float = 0.1  # to load one
    retention: float = 600.0  # seconds after its last use in which OpenAI's own models find a prompt again
    least_cached: int = 1024  # tokens of a prompt from which OpenAI's own models find it in a cache
    events: Events | None = None

    @property
    def engines(self) -> int:
        """The ranks of all workers."""
        return self.workers * self.ranks


@dataclass(frozen=True)
class RateLimits:
    """How much a key may ask for of one model. A limit that is None is the tier's; quota: tokens in all, or no end."""

    enabled: bool = False
    tier: str = "tier-1"  # of the catalog
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    requests_per_day: int | None = None
    tokens_per_day: int | None = None
    images_per_minute: int | None = None
    batch_queue: int | None = None  # tokens of batches that wait
    quota: int | None = None


@dataclass(frozen=True)
class Security:
    """What a careful server looks at before it answers."""

    abuse: bool = False  # addresses that misbehave are shut out
    input_checks: bool = False  # nesting, headers, compression
    injections: bool = False  # attacks in paths, queries and headers
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded-For is believed
    head_timeout: float | None = 60.0  # seconds in which the head of a request arrives
    body_timeout: float | None = 60.0  # seconds for its body, and one more for every 500 bytes

    @property
    def looks(self) -> bool:
        """Whether anything is looked at."""
        return self.abuse or self.input_checks or self.injections


@dataclass(frozen=True)
class Patience:
    """How long streams wait, in seconds: None is for ever."""

    stream: float | None = None  # from the call to the end
    token: float | None = None  # from one token to the next
    keep_alive: float | None = 15.0  # without a word, then a comment is sent


@dataclass(frozen=True)
class Options:
    """Settings of one world. The command line's names and defaults are in `fakeai/settings/table.py`."""

    seed: int = 0
    ttft: Delay = Delay(0.020, 0.1)
    itl: Delay = Delay(0.005, 0.1)
    patience: Patience = Patience()
    machine: Machine = Machine()
    require_api_key: bool = False
    api_keys: frozenset[str] = frozenset()  # as they are, or `sha256:` and their hash in hexadecimal
    telemetry_keys: bool = False  # metrics are shown to those with a good key alone
    rate_limits: RateLimits = RateLimits()
    security: Security = Security()
    shared: bool = False  # others may write to the store: it is kept, or the server has several processes
    max_request_size: int = 104_857_600
    cors_allowed_origins: tuple[str, ...] = ("*",)
    cors_allow_credentials: bool = True
    secure: bool = False  # served by https
    answers: str = "prose"  # or "echo", or "text:" and what every answer is
    refuse_above: float | None = None  # score of harm from which a prompt is refused; None refuses nothing
    moderate_above: float | None = None  # score of harm from which a request is an error; None lets all pass
    prepend_safety: bool = False  # a chat without a message of the system gets one
    refuse_jailbreaks: bool = False  # needs a `refuse_above`, which may be infinite
    faults: Mapping[str, Any] | None = None  # rules of faults, as `guards/faults/rules.py` reads them
    fault_rate: float = 0.0  # share of calls that fail
    fault_types: tuple[str, ...] = ("internal_error",)
    fault_header: bool = True  # a request may ask for a fault
    admin: bool = False  # /_fakeai answers
    admin_key: str | None = None  # what it asks for; without it, it answers to callers on this machine alone
    journal: int = 0  # of so many requests
    kept: bool = False  # the store outlives the server
    usage_folder: str | None = None  # where what is used is written down
    usage_in_store: bool = False  # or in the store, which several machines share
    script: Mapping[str, Any] | None = None  # rules of answers, as `content/scripts.py` reads them
    strict_models: bool = False
    metrics_hours: int = 24  # that metrics tell apart
    context_validation: bool = True
    adapters: tuple[tuple[str, str], ...] = ()  # (name, base model) of LoRA adapters
    loads_adapters: bool = False  # clients may load and unload them
    tokenizers: tuple[tuple[str, str], ...] = ()  # (model, encoding); for every other model the model is ""
    gpu_model: str = "H100-80GB"  # of the catalog
    gpus: int = 4
    workload_intensity: str = "medium"  # or low, high: how hard a token works the GPUs
    dcgm_names: str = "legacy"  # or 4.5
    dcgm_hostname_label: str = "Hostname"  # or hostname
    dialect: str = "openai"  # or "dynamo" or "nim": whose answers are given where theirs differ
    paints: bool = True  # pictures; without it they have one colour
    image_seconds: int = 3600  # that the address of an image is good
    file_seconds: int | None = None  # that a file is kept whose request does not say; None is for ever
    audio: bool = True  # in chat
    voice: str = "alloy"  # of realtime sessions that name none
    audio_format: str = "mp3"  # of speech whose request names none
    rag_documents: str | None = None  # folder of what retrieval finds; None for the documents that come with FakeAI
