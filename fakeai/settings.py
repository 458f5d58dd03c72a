"""Every setting: its flag, its environment variables, its default, and what it does."""

import difflib
import ipaddress
import math
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .runtime.cluster.latency import BATCHED
from .runtime.cluster.router import FORMULAS, MODES
from .runtime.dialects import DIALECTS
from .runtime.encodings import problem_of
from .runtime.guards.callers import hashed
from .runtime.options import Delay, Events, Machine, Options, Patience, RateLimits, Security
from .runtime.vocabularies import BY_CATALOG

MODELS = "text and embeddings by a real model"


class SettingError(Exception):
    """A setting that cannot be used; the message names it and says why."""


@dataclass(frozen=True)
class Setting:
    """One setting. *waits* names the engine that will use it and does not exist yet."""

    section: str
    key: str
    kind: str  # of PARSERS
    default: Any
    help: str
    flags: tuple[str, ...] = ()
    env: str = ""
    waits: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def name(self) -> str:
        """Its name in a configuration file and in code, unique among all settings."""
        return self.variable.removeprefix("FAKEAI_").lower()

    @property
    def variable(self) -> str:
        return self.env or f"FAKEAI_{self.key.upper()}"

    @property
    def variables(self) -> tuple[str, ...]:
        """Its environment variables: the flat name and the nested one."""
        nested = f"FAKEAI_{self.section.upper()}__{self.key.upper()}"
        return (self.variable, nested) if self.section != "server" or self.key in NESTED_SERVER else (self.variable,)

    @property
    def options(self) -> tuple[str, ...]:
        return self.flags or (f"--{self.name.replace('_', '-')}",)


NESTED_SERVER = ("host", "port", "debug", "workers", "reload", "log_level")
S = Setting

SETTINGS: tuple[Setting, ...] = (
    S("server", "config_file", "text", None, "TOML or YAML file with settings."),
    S("server", "host", "text", "0.0.0.0", "Address to listen on."),
    S("server", "port", "int", 8000, "Port to listen on; 0 picks a free one.", least=0, most=65535),
    S("server", "debug", "flag", False, "Log every request."),
    S("server", "seed", "int", 0, "Seed of everything that looks random.", least=0),
    S("server", "fixed_clock", "text", None, "Show clients this moment (2026-01-01T00:00:00Z) for ever; streams keep their pace."),
    S("server", "speed", "float", 1.0, "How many times as fast as real time simulated time passes: streams, batches, everything.", least=0.001, most=1000000),
    S("server", "ssl_certfile", "text", None, "Certificate for https."),
    S("server", "ssl_keyfile", "text", None, "Private key for https."),
    S("server", "http2", "flag", False, "Speak HTTP/2 beside HTTP/1.1. Needs pip install fakeai[http2]."),
    S("server", "workers", "int", 1, "Number of processes that answer as one server.", least=1),
    S("server", "reload", "flag", False, "Restart when the project, its generated code or a file that settings name changes."),
    S("server", "log_level", "level", "warning", "debug, info, warning, error or critical."),
    S("auth", "require_api_key", "flag", False, "Refuse calls without a good API key; on when keys are given."),
    S("auth", "api_keys", "list", (), "Good API keys, separated by commas, or files with one key a line.", ("--api-keys", "--api-key")),
    S("auth", "hash_api_keys", "flag", False, "Keep keys as SHA-256 alone, in memory too; a key may be given as sha256:HASH."),
    S("auth", "telemetry_keys", "flag", False, "Show metrics to calls with a good API key alone."),
    S("generation", "ttft_ms", "delay", "20", "Time to first token in ms, or ms:variance%, e.g. 20:10.", ("--ttft", "--ttft-ms")),
    S("generation", "ttft_variance_percent", "float", 10.0, "Variance of the time to first token in percent.", least=0, most=100),
    S("generation", "itl_ms", "delay", "5", "Time between tokens in ms, or ms:variance%, e.g. 5:10.", ("--itl", "--itl-ms")),
    S("generation", "itl_variance_percent", "float", 10.0, "Variance of the time between tokens in percent.", least=0, most=100),
    S("generation", "answers", "answers", "prose", "What answers say: prose, echo (the prompt itself), or text:TEXT."),
    S("generation", "script", "text", None, "YAML file of rules that say what the model says to which request."),
    S("generation", "response_delay", "float", 0.0, "Seconds that each answer takes longer, as part of its TTFT; with latency constant or per-token.", least=0),
    S("generation", "random_delay", "flag", True, "Vary that delay."),
    S("generation", "max_variance", "float", 0.3, "By how much of it at most: 0.3 is 30 % either way.", least=0, most=1),
    S("generation", "use_llm_generation", "flag", False, "Write text with a small model.", waits=MODELS),
    S("generation", "llm_model_name", "text", "distilgpt2", "The small model.", waits=MODELS),
    S("generation", "llm_use_gpu", "flag", True, "Run the small model on a GPU.", waits=MODELS),
    S("generation", "use_semantic_embeddings", "flag", False, "Make embeddings with a model.", waits=MODELS),
    S("generation", "embedding_model", "text", "all-MiniLM-L6-v2", "The embedding model.", waits=MODELS),
    S("generation", "embedding_use_gpu", "flag", True, "Run the embedding model on a GPU.", waits=MODELS),
    S("generation", "generate_actual_images", "flag", True, "Paint images; without this they have one colour, which costs less."),
    S("generation", "tokenizer", "list", (), "Encoding that counts and cuts text: o200k_base without one, cl100k_base, llama3, qwen3, a tokenizer.json, or catalog (each model's own, where it is packaged). MODEL=ENCODING is for one model; may be repeated."),
    S("generation", "dialect", "dialect", "openai", "Whose way of saying things is followed where they differ: openai, dynamo or nim. It decides errors, GET /health, GET /v1/models and /v1/rerank."),
    S("generation", "rag_documents", "text", None, "Folder of the documents that /rag/api/prompt finds (.md, .txt, .jsonl), instead of those that come with FakeAI."),
    S("generation", "strict_models", "flag", False, "Refuse models that are not in the catalog, and endpoints that a model does not serve."),
    S("kv_cache", "enabled", "flag", True, "Look prompts up in the workers' KV caches.", ("--kv-cache-enabled", "--enable-kv-cache"), "FAKEAI_KV_CACHE_ENABLED"),
    S("kv_cache", "block_size", "int", 16, "Tokens in a block.", (), "FAKEAI_KV_CACHE_BLOCK_SIZE", "", 1, 1024),
    S("kv_cache", "blocks", "int", 0, "Blocks in the cache of a worker; 0 is as many as its GPUs have memory for.", (), "FAKEAI_KV_CACHE_BLOCKS", "", 0),
    S("kv_cache", "num_workers", "int", 4, "Simulated workers.", ("--kv-cache-num-workers", "--kv-cache-workers"), "FAKEAI_KV_CACHE_NUM_WORKERS", "", 1, 1024),
    S("kv_cache", "ttft_saving", "float", 0.8, "Share of the TTFT that a prompt wholly in the cache saves when the latency is constant.", (), "FAKEAI_KV_CACHE_TTFT_SAVING", "", 0, 1),
    S("kv_cache", "overlap_weight", "float", 1.0, "Weight of the prompt that a worker would compute, less what it has cached, in its cost: Dynamo's prefill_load_scale.", (), "FAKEAI_KV_OVERLAP_WEIGHT", "", 0),
    S("kv_cache", "load_balance_weight", "float", 0.0, "Weight of a worker's requests in its cost: Dynamo's decode_active_request_weight.", (), "FAKEAI_KV_LOAD_BALANCE_WEIGHT", "", 0),
    S("kv_events", "endpoint", "text", None, "ZeroMQ address at which the workers' KV events are published, as vLLM does: tcp://*:5557, where worker k has port 5557 + k; a host's name is connected to. Needs pip install fakeai[kv-events].", ("--kv-events",), "FAKEAI_KV_EVENTS"),
    S("kv_events", "replay", "text", None, "Address of the sockets that send missed KV events again: tcp://*:6557, where worker k has port 6557 + k.", (), "FAKEAI_KV_EVENTS_REPLAY"),
    S("kv_events", "topic", "text", "", "Topic of KV events; {worker} in it becomes the worker's number.", (), "FAKEAI_KV_EVENTS_TOPIC"),
    S("kv_events", "form", "events", "map", "How a KV event is written: map, or array as in older versions of vLLM.", (), "FAKEAI_KV_EVENTS_FORM"),
    S("kv_events", "buffer", "int", 10_000, "KV events of a worker that are kept to be sent again.", (), "FAKEAI_KV_EVENTS_BUFFER", "", 1),
    S("router", "mode", "router", "kv", "Router: kv, round-robin, random, power-of-two or least-loaded.", (), "FAKEAI_ROUTER_MODE"),
    S("router", "formula", "formula", "1.x", "Cost of the kv router, by Dynamo's version: 1.x, 0.4 or 0.1.", (), "FAKEAI_ROUTER_FORMULA"),
    S("router", "temperature", "float", 0.0, "Softness of the kv router's choice; at 0 the cheapest worker is taken.", (), "FAKEAI_ROUTER_TEMPERATURE", "", 0),
    S("router", "overlap_score_credit", "float", 1.0, "Blocks of prefill that a cached block saves in a worker's cost.", (), "FAKEAI_ROUTER_OVERLAP_SCORE_CREDIT", "", 0),
    S("router", "overlap_score_credit_decay", "float", 0.0, "How fast that credit falls with a worker's waiting prefill.", (), "FAKEAI_ROUTER_OVERLAP_SCORE_CREDIT_DECAY", "", 0),
    S("scheduler", "latency", "latency", "constant", "Latency: constant (TTFT and ITL), per-token (TTFT by the prompt), profile (of the model on its GPUs) or mocker (Dynamo's). With the last two, requests share the steps of their worker."),
    S("scheduler", "latency_profile", "text", None, "File of a latency that `fakeai calibrate` fitted to a real server; it stands in for the profiles of the catalog.", ("--profile", "--latency-profile")),
    S("scheduler", "ttft_per_prompt_token_ms", "float", 0.1, "Milliseconds that each prompt token which is not cached adds to the TTFT, with latency per-token.", least=0),
    S("scheduler", "max_num_seqs", "int", 256, "Answers that share a step of a worker.", least=1),
    S("scheduler", "max_num_batched_tokens", "int", 8192, "Tokens that a worker computes in one step.", least=1),
    S("scheduler", "prefill_workers", "int", 0, "Of the workers, those that only compute prompts, for the others to answer (disaggregated serving); with latency profile or mocker.", least=0),
    S("scheduler", "kv_transfer_bandwidth", "float", 64.0, "GB a second of keys and values from a prefill worker to another.", least=0.001),
    S("scheduler", "served_model", "text", "", "Base model of the workers, whose blocks are hashed without a name; every other model is hashed as a LoRA adapter of it.", ("--served-model", "--served-model-name")),
    S("scheduler", "chunked_prefill", "flag", True, "Let a prompt take several steps."),
    S("admin", "enabled", "flag", True, "Answer at /_fakeai, when bound to this machine alone or with a key.", ("--admin-enabled", "--admin"), "FAKEAI_ADMIN_ENABLED"),
    S("admin", "key", "text", None, "Key that the admin API at /_fakeai asks for.", (), "FAKEAI_ADMIN_KEY"),
    S("admin", "journal", "int", None, "Requests that the journal keeps; 0 keeps none, the default is 256 where the admin API is on.", (), "FAKEAI_JOURNAL", least=0, most=100_000),
    S("rate_limits", "enabled", "flag", False, "Limit requests and tokens per key and model.", ("--rate-limit-enabled", "--enable-rate-limiting"), "FAKEAI_RATE_LIMIT_ENABLED"),
    S("rate_limits", "tier", "tier", "tier-1", "free or tier-1 to tier-5.", (), "FAKEAI_RATE_LIMIT_TIER"),
    S("rate_limits", "rpm_override", "int", None, "Requests per minute, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_RPM", least=1),
    S("rate_limits", "tpm_override", "int", None, "Tokens per minute, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_TPM", least=1),
    S("rate_limits", "rpd_override", "int", None, "Requests per day, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_RPD", least=1),
    S("rate_limits", "tpd_override", "int", None, "Tokens per day, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_TPD", least=1),
    S("rate_limits", "ipm_override", "int", None, "Images per minute, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_IPM", least=1),
    S("rate_limits", "batch_queue", "int", None, "Tokens of a model that may wait in batches, whatever the tier says.", (), "FAKEAI_RATE_LIMIT_BATCH_QUEUE", least=1),
    S("rate_limits", "quota", "int", None, "Tokens that a key may use of a model in all; after that its calls are refused with insufficient_quota.", (), "FAKEAI_RATE_LIMIT_QUOTA", least=1),
    S("metrics", "error_injection_enabled", "flag", False, "Let a share of calls fail."),
    S("metrics", "faults", "text", None, "YAML file of rules that say which calls fail, and how."),
    S("metrics", "error_injection_rate", "float", 0.0, "Share of calls that fail, by the seed; with --error-injection-enabled.", least=0, most=1),
    S("metrics", "error_injection_types", "list", ("internal_error", "service_unavailable", "gateway_timeout", "rate_limit_quota"), "Kinds of failure, one of which each has: those of docs/faults.md."),
    S("metrics", "error_injection_header", "flag", True, "Let a request ask for a fault with the header x-fakeai-fault."),
    S("metrics", "enable_metrics", "flag", True, "Metrics are collected in any case."),
    S("metrics", "enable_prometheus", "flag", False, "Metrics are served to Prometheus in any case."),
    S("metrics", "metrics_retention_hours", "int", 24, "Hours that /metrics/multi-dimensional tells apart.", least=1, most=168),
    S("dcgm", "gpu_model", "text", "H100-80GB", "Simulated GPU: A100-40GB, A100-80GB, H100-80GB, H200-141GB, B100-192GB, B200-180GB, GB200-186GB, L40S-48GB, or another of the catalog.", (), "FAKEAI_DCGM_GPU_MODEL"),
    S("dcgm", "gpu_count", "int", 4, "Number of simulated GPUs, shared out evenly among the workers.", (), "FAKEAI_DCGM_GPU_COUNT", least=1, most=1024),
    S("dcgm", "workload_intensity", "intensity", "medium", "How hard a request works the GPUs: low (half), medium, or high (half as hard again).", (), "FAKEAI_DCGM_WORKLOAD_INTENSITY"),
    S("dcgm", "names", "dcgm_names", "legacy", "Names of DCGM's metrics: legacy, or those of DCGM 4.5.", (), "FAKEAI_DCGM_NAMES"),
    S("dcgm", "hostname_label", "host_label", "Hostname", "How their label for the host is written: Hostname, or hostname as dcgm-exporter does since May 2026.", (), "FAKEAI_DCGM_HOSTNAME_LABEL"),
    S("storage", "data", "text", None, "Folder that keeps what clients store; without one it ends with the server."),
    S("storage", "store", "text", None, "Where to keep it instead: redis://host:6379/0 (?prefix=name), shared by servers, or sqlite:DIR."),
    S("storage", "file_storage_backend", "backend", "memory", "memory or disk."),
    S("storage", "file_storage_path", "text", None, "Folder that the backend disk keeps it in: --data by its older name."),
    S("storage", "file_cleanup_enabled", "flag", False, "Let files that name no end of their own end after --file-retention-hours. Expired files go in any case."),
    S("storage", "file_retention_hours", "int", 24, "Hours that such files are kept.", least=1, most=168),
    S("storage", "image_storage_backend", "text", "memory", "memory or disk, as for files."),
    S("storage", "image_storage_path", "text", None, "Folder that the backend disk keeps images in; the one of files, when there are both."),
    S("storage", "image_retention_hours", "int", 1, "Hours that the address of an image is good.", least=1, most=168),
    S("security", "enable_security", "flag", False, "Switch on input validation, injection detection and abuse detection.", ("--enable-security", "--security")),
    S("security", "enable_input_validation", "flag", False, "Refuse bodies that are compressed or nested too deeply, and headers that are too large."),
    S("security", "enable_injection_detection", "flag", False, "Refuse attacks in paths, queries and headers; what a prompt says is never looked at."),
    S("security", "max_request_size", "int", 104_857_600, "Largest body in bytes.", least=1024, most=104_857_600),
    S("security", "enable_abuse_detection", "flag", False, "Ban addresses that try keys, ignore limits or attack."),
    S("security", "abuse_cleanup_interval", "int", 3600, "Taken, and changes nothing: bans end by themselves."),
    S("security", "header_timeout", "float", 60.0, "Seconds in which the head of a request arrives; 0 waits for ever.", least=0),
    S("security", "body_timeout", "float", 60.0, "Seconds in which its body arrives, and one more for every 500 bytes of it; 0 waits for ever.", least=0),
    S("security", "trusted_proxies", "list", (), "Addresses or networks of proxies whose X-Forwarded-For is believed; nobody's is without this."),
    S("security", "cors_allowed_origins", "list", ("*",), "Origins that browsers may call from."),
    S("security", "cors_allow_credentials", "flag", True, "Let browsers send credentials."),
    S("features", "enable_prompt_caching", "flag", True, "Prompt caching of OpenAI's own models."),
    S("features", "cache_ttl_seconds", "int", 600, "Seconds after its last use in which OpenAI's own models find a prompt in a cache; prompt_cache_retention 24h is longer.", least=0),
    S("features", "min_tokens_for_cache", "int", 1024, "Tokens from which OpenAI's own models find a prompt in a cache, in steps of 128.", least=0),
    S("features", "enable_moderation", "flag", False, "Answer prompts that moderations flag with an error (invalid_prompt), from --moderation-threshold on; /v1/moderations is served in any case."),
    S("features", "moderation_threshold", "float", 0.5, "Score of harm, as moderations tell it, from which a prompt is refused or an error.", least=0, most=1),
    S("features", "enable_refusals", "flag", False, "Refuse prompts that ask for harm."),
    S("features", "enable_safety_features", "flag", False, "The same by its older name: refuse prompts that ask for harm.", ("--enable-safety-features", "--enable-safety")),
    S("features", "enable_jailbreak_detection", "flag", False, "Refuse prompts that try to free a model of its rules."),
    S("features", "prepend_safety_message", "flag", False, "Begin chats that have no system message with one about safety, which counts as part of the prompt."),
    S("features", "enable_audio", "flag", True, "Take and give audio in chat."),
    S("features", "default_voice", "text", "alloy", "Voice of Realtime sessions that name none."),
    S("features", "default_audio_format", "sound", "mp3", "Format of speech where the request names none: mp3, opus, aac, flac, wav or pcm."),
    S("features", "enable_context_validation", "flag", True, "Refuse prompts and answers beyond what a model of the catalog takes."),
    S("features", "strict_token_counting", "flag", False, "Taken, and changes nothing: tokens are always counted exactly."),
    S("features", "stream_timeout_seconds", "float", None, "Seconds after which a stream ends with an error event; without it never.", least=0.001),
    S("features", "stream_token_timeout_seconds", "float", None, "Seconds without a token after which it does; without it never.", least=0.001),
    S("features", "stream_keepalive_enabled", "flag", True, "Send a comment in streams that are silent."),
    S("features", "stream_keepalive_interval_seconds", "float", 15.0, "After so many seconds of silence.", least=0.001),
)  # fmt: skip

JOURNAL = 256  # requests that it keeps when nothing is said
LEVELS = ("debug", "info", "warning", "error", "critical")
TIERS = ("free", "tier-1", "tier-2", "tier-3", "tier-4", "tier-5")
CONFIG_FILES = ("fakeai.toml", "fakeai.yaml", "fakeai.yml", "fakeai.json")
STORES = ("sqlite:", "redis://", "rediss://", "unix://")  # how a store's URL begins
FOREIGN = ("project",)  # tables of fakeai.toml that are not settings


@dataclass(frozen=True)
class Settings:
    """The values in force, by setting name; *notes* are sentences that the user should see at start."""

    values: Mapping[str, Any]
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def place(self) -> str | None:
        """Where clients' documents and files are kept: `sqlite:DIR`, a URL of Redis, or None for memory.

        Raises:
            SettingError: two different places, or none that is known.
        """
        places: dict[str, str] = {}
        if self["data"]:
            places["--data"] = f"sqlite:{self['data']}"
        if self["store"]:
            if not self["store"].startswith(STORES) or self["store"] in STORES:
                raise SettingError(f"--store: {self['store']!r} is neither redis://HOST:PORT/NUMBER nor sqlite:DIR")
            places["--store"] = self["store"]
        if self["file_storage_backend"] == "disk":
            if not self["file_storage_path"]:
                raise SettingError("--file-storage-backend disk needs a folder: --file-storage-path")
            places["--file-storage-path"] = f"sqlite:{self['file_storage_path']}"
        if self["image_storage_backend"] == "disk":
            folder = self["image_storage_path"] or self["file_storage_path"]
            if not folder:
                raise SettingError("--image-storage-backend disk needs a folder: --image-storage-path")
            places["--image-storage-path"] = f"sqlite:{folder}"
        if len(set(places.values())) > 1:
            raise SettingError(f"{' and '.join(places)} name different places to keep things; give one")
        return next(iter(places.values()), None)

    @property
    def administered(self) -> bool:
        """Whether the admin API answers: to callers on this machine, or to those who have its key."""
        local = self["host"] == "localhost" or self["host"] == "::1" or self["host"].startswith("127.")
        return bool(self["admin_enabled"] and (local or self["admin_key"]))

    def _journal(self) -> int:
        most = self["journal"]
        return (JOURNAL if self.administered else 0) if most is None else int(most)

    def runtime(self) -> Options:
        """What the machine needs to know of them."""
        keys = frozenset(_keys(self["api_keys"]))
        refuses = self["enable_refusals"] or self["enable_safety_features"]
        jailbreaks = self["enable_jailbreak_detection"]
        return Options(
            seed=self["seed"],
            ttft=self._ttft(),
            itl=self["itl_ms"],
            patience=self._patience(),
            machine=self._machine(),
            require_api_key=self["require_api_key"],
            api_keys=keys,
            rate_limits=self._rate_limits(),
            security=self._security(),
            telemetry_keys=self["telemetry_keys"],
            shared=self["workers"] > 1 or self.place() is not None,
            max_request_size=self["max_request_size"],
            cors_allowed_origins=self["cors_allowed_origins"],
            cors_allow_credentials=self["cors_allow_credentials"],
            secure=self["ssl_certfile"] is not None,
            answers=self["answers"],
            refuse_above=self["moderation_threshold"] if refuses else math.inf if jailbreaks else None,
            moderate_above=self["moderation_threshold"] if self["enable_moderation"] else None,
            prepend_safety=self["prepend_safety_message"],
            refuse_jailbreaks=jailbreaks,
            script=_script(self["script"]),
            admin=self.administered,
            admin_key=self["admin_key"],
            journal=self._journal(),
            kept=self.place() is not None,
            faults=_faults(self["faults"]),
            fault_rate=self["error_injection_rate"] if self["error_injection_enabled"] else 0.0,
            fault_types=_kinds(self["error_injection_types"]),
            fault_header=self["error_injection_header"],
            strict_models=self["strict_models"],
            metrics_hours=self["metrics_retention_hours"],
            context_validation=self["enable_context_validation"],
            tokenizers=tuple(_tokenizers(self["tokenizer"])),
            gpu_model=self["dcgm_gpu_model"],
            gpus=self["dcgm_gpu_count"],
            workload_intensity=self["dcgm_workload_intensity"],
            dcgm_names=self["dcgm_names"],
            dcgm_hostname_label=self["dcgm_hostname_label"],
            dialect=self["dialect"],
            paints=self["generate_actual_images"],
            image_seconds=self["image_retention_hours"] * 3600,
            file_seconds=self["file_retention_hours"] * 3600 if self["file_cleanup_enabled"] else None,
            audio=self["enable_audio"],
            voice=self["default_voice"],
            audio_format=self["default_audio_format"],
            rag_documents=_folder(self["rag_documents"]),
        )

    def _ttft(self) -> Delay:
        """The time to the first token, with what the answer is delayed in addition; both vary by themselves."""
        ttft: Delay = self["ttft_ms"]
        more = self["response_delay"]
        if not more:
            return ttft
        spread = ttft.seconds * ttft.variance + (more * self["max_variance"] if self["random_delay"] else 0.0)
        return Delay(ttft.seconds + more, spread / (ttft.seconds + more))

    def _patience(self) -> Patience:
        kept = self["stream_keepalive_interval_seconds"] if self["stream_keepalive_enabled"] else None
        return Patience(self["stream_timeout_seconds"], self["stream_token_timeout_seconds"], kept)

    def _security(self) -> Security:
        every = self["enable_security"]
        for network in self["trusted_proxies"]:
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError:
                raise SettingError(f"--trusted-proxies: {network!r} is no address or network") from None
        return Security(
            abuse=every or self["enable_abuse_detection"],
            input_checks=every or self["enable_input_validation"],
            injections=every or self["enable_injection_detection"],
            trusted_proxies=tuple(self["trusted_proxies"]),
            head_timeout=self["header_timeout"] or None,
            body_timeout=self["body_timeout"] or None,
        )

    def _rate_limits(self) -> RateLimits:
        return RateLimits(
            enabled=self["rate_limit_enabled"],
            tier=self["rate_limit_tier"],
            requests_per_minute=self["rate_limit_rpm"],
            tokens_per_minute=self["rate_limit_tpm"],
            requests_per_day=self["rate_limit_rpd"],
            tokens_per_day=self["rate_limit_tpd"],
            images_per_minute=self["rate_limit_ipm"],
            batch_queue=self["rate_limit_batch_queue"],
            quota=self["rate_limit_quota"],
        )

    def _machine(self) -> Machine:
        latency = self["latency"]
        return Machine(
            latency=latency,
            fitted=_fitted(self["latency_profile"]) if latency == "fitted" else None,
            seconds_per_prompt_token=self["ttft_per_prompt_token_ms"] / 1000 if latency == "per-token" else 0.0,
            hit_saves=self["kv_cache_ttft_saving"] if latency == "constant" else 0.0,
            workers=self["kv_cache_num_workers"],
            prefill_workers=self["prefill_workers"],
            transfer_bandwidth=self["kv_transfer_bandwidth"] * 1e9,
            model=self["served_model"],
            cached=self["kv_cache_enabled"],
            block_size=self["kv_cache_block_size"],
            blocks=self["kv_cache_blocks"],
            sequences=self["max_num_seqs"],
            batched_tokens=self["max_num_batched_tokens"],
            chunked=self["chunked_prefill"],
            router=self["router_mode"],
            formula=self["router_formula"],
            prefill_load_scale=self["kv_overlap_weight"],
            overlap_score_credit=self["router_overlap_score_credit"],
            overlap_score_credit_decay=self["router_overlap_score_credit_decay"],
            decode_active_request_weight=self["kv_load_balance_weight"],
            temperature=self["router_temperature"],
            retention=self["cache_ttl_seconds"],
            least_cached=self["min_tokens_for_cache"] if self["enable_prompt_caching"] else sys.maxsize,
            events=self._events(),
        )

    def _events(self) -> Events | None:
        """Where KV events go.

        Raises:
            SettingError: they cannot be published.
        """
        if not self["kv_events"]:
            return None
        if self["workers"] > 1:
            raise SettingError(
                "--kv-events: one process has the workers whose events are published; --workers is 1 then"
            )
        if any(find_spec(name) is None for name in ("zmq", "msgpack")):
            raise SettingError("--kv-events needs ZeroMQ and MessagePack: pip install 'fakeai[kv-events]'")
        return Events(
            self["kv_events"],
            self["kv_events_replay"],
            self["kv_events_topic"],
            self["kv_events_form"],
            self["kv_events_buffer"],
        )


def _folder(path: str | None) -> str | None:
    """The folder of documents at *path*.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    if path is None:
        return None
    if not Path(path).is_dir():
        raise SettingError(f"--rag-documents: there is no folder {path}")
    from .runtime.resources.search.library import BadLibrary, read

    try:
        read(Path(path))
    except BadLibrary as error:
        raise SettingError(f"--rag-documents: {error}") from None
    return path


def _fitted(path: str) -> dict[str, Any]:
    """The latency that the file at *path* says.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    import yaml

    from .runtime.cluster.fitted import BadProfile, Fitted

    try:
        said: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        Fitted.parse(said)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"--profile: {path}: cannot be read: {error}") from None
    except (BadProfile, yaml.YAMLError) as error:
        raise SettingError(f"--profile: {path}: {' '.join(str(error).split())}") from None
    return said


def _script(path: str | None) -> dict[str, Any] | None:
    """The rules of the script at *path*.

    Raises:
        SettingError: there is none, or it cannot be used.
    """
    if path is None:
        return None
    import yaml

    from .runtime.content.scripts import BadScript, parse

    try:
        script: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        parse(script)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"--script: {path}: cannot be read: {error}") from None
    except (BadScript, yaml.YAMLError) as error:
        raise SettingError(f"--script: {path}: {' '.join(str(error).split())}") from None
    return script


def _faults(path: str | None) -> dict[str, Any] | None:
    """The rules of faults at *path*.

    Raises:
        SettingError: there are none, or they cannot be used.
    """
    if path is None:
        return None
    import yaml

    from .runtime.guards.faults.kinds import BadFault
    from .runtime.guards.faults.rules import parse

    try:
        rules: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        parse(rules)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"--faults: {path}: cannot be read: {error}") from None
    except (BadFault, yaml.YAMLError) as error:
        raise SettingError(f"--faults: {path}: {' '.join(str(error).split())}") from None
    return rules


def _kinds(names: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of fault called *names*.

    Raises:
        SettingError: there is no such kind.
    """
    from .runtime.guards.faults.kinds import KINDS

    for name in names:
        if name not in KINDS:
            raise SettingError(f"--error-injection-types: {name!r} is not one of {', '.join(KINDS)}")
    return names


def resolve(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    directory: Path,
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> Settings:
    """Settle every setting: a flag comes before the environment, that before the configuration file.

    *defaults* are those of a command that has others than the server.

    Raises:
        SettingError: a value cannot be used, or the configuration file cannot be read.
    """
    notes: list[str] = []
    sources = [
        {name: (value, _shown(name)) for name, value in flags.items() if value is not None},
        _from_environment(environ, notes),
    ]
    config = next((source["config_file"][0] for source in sources if "config_file" in source), None)
    sources.append(_from_file(config, directory, notes))
    values: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    for setting in SETTINGS:
        found = next(((rank, s[setting.name]) for rank, s in enumerate(sources) if setting.name in s), None)
        default = defaults.get(setting.name, setting.default)
        rank, (value, shown) = found or (len(sources), (default, setting.name))
        values[setting.name] = _parse(setting, value, shown)
        ranks[setting.name] = rank
        if found and setting.waits and values[setting.name] is not False:
            notes.append(f"{shown} is accepted but changes nothing yet (not built: {setting.waits}).")
    for name in ("ttft", "itl"):
        milliseconds, variance = values[f"{name}_ms"]
        percent = values[f"{name}_variance_percent"]
        if variance is not None and ranks[f"{name}_ms"] <= ranks[f"{name}_variance_percent"]:
            percent = variance
        values[f"{name}_ms"] = Delay(milliseconds / 1000, percent / 100)
    if values["latency_profile"]:
        if values["latency"] == "profile" or ranks["latency"] == len(sources):
            values["latency"] = "fitted"
            ranks["latency"] = min(ranks["latency"], ranks["latency_profile"])
        else:
            notes.append(f"--profile changes nothing with --latency {values['latency']}.")
    explicit = min(ranks["ttft_ms"], ranks["itl_ms"])
    if values["latency"] in (*BATCHED, "fitted") and explicit < len(sources) and explicit <= ranks["latency"]:
        notes.append(f"--ttft and --itl are in force, not --latency {values['latency']}.")
        values["latency"] = "constant"
    if values["prefill_workers"] >= values["kv_cache_num_workers"] and values["prefill_workers"]:
        raise SettingError("--prefill-workers leaves no worker to answer: it must be less than --kv-cache-num-workers")
    if values["prefill_workers"] and values["latency"] not in BATCHED:
        notes.append("--prefill-workers changes nothing without --latency profile or mocker.")
    if values["api_keys"] and ranks["require_api_key"] == len(sources):
        values["require_api_key"] = True
    if values["hash_api_keys"]:
        values["api_keys"] = tuple(hashed(key) for key in _keys(values["api_keys"]))
    if values["error_injection_rate"] and not values["error_injection_enabled"]:
        notes.append("--error-injection-rate changes nothing without --error-injection-enabled.")
    if values["file_storage_path"] and values["file_storage_backend"] != "disk":
        notes.append("--file-storage-path changes nothing without --file-storage-backend disk.")
    return Settings(values, tuple(notes))


def _shown(name: str) -> str:
    return next(s.options[0] for s in SETTINGS if s.name == name)


def _from_environment(environ: Mapping[str, str], notes: list[str]) -> dict[str, tuple[Any, str]]:
    known = {variable: setting for setting in SETTINGS for variable in reversed(setting.variables)}
    found: dict[str, tuple[Any, str]] = {}
    for variable, value in sorted(environ.items()):
        name = variable.upper()
        if not name.startswith("FAKEAI_"):
            continue
        if name not in known:
            notes.append(f"{variable} is not a setting{_nearest(name, known)}")
        elif known[name].name not in found or name == known[name].variable:
            found[known[name].name] = (value, variable)
    return found


def _from_file(path: str | None, directory: Path, notes: list[str]) -> dict[str, tuple[Any, str]]:
    """The settings of the configuration file, flat or in sections, by setting name."""
    file = directory / path if path else next((directory / n for n in CONFIG_FILES if (directory / n).is_file()), None)
    if file is None:
        return {}
    data = _read(file)
    names = {setting.name: setting for setting in SETTINGS}
    nested = {f"{setting.section}.{setting.key}": setting for setting in SETTINGS}
    short = {"ttft": names["ttft_ms"], "itl": names["itl_ms"]}
    found: dict[str, tuple[Any, str]] = {}
    for key, value in _flatten(data):
        if key.split(".")[0] in FOREIGN:
            continue
        setting = names.get(key) or nested.get(key) or short.get(key)
        if setting is None:
            notes.append(f"{file.name}: {key} is not a setting{_nearest(key, [*names, *nested])}")
        else:
            found[setting.name] = (value, f"{file.name}: {key}")
    return found


def _flatten(data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        key = str(key).replace("-", "_").lower()
        if isinstance(value, dict):
            yield from ((f"{key}.{str(inner).replace('-', '_').lower()}", v) for inner, v in value.items())
        else:
            yield key, value


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            return tomllib.loads(text)
    except (OSError, UnicodeError) as error:
        raise SettingError(f"{file}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{file}: {error}") from None
    import yaml

    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)  # all scalars as text: 20:30 is not a number to base 60
    except yaml.YAMLError as error:
        raise SettingError(f"{file}: {' '.join(str(error).split())}") from None
    if data is not None and not isinstance(data, dict):
        raise SettingError(f"{file}: a configuration file is a mapping of settings")
    return data or {}


def _parse(setting: Setting, value: Any, shown: str) -> Any:
    if value is None:
        return None
    try:
        parsed = PARSERS[setting.kind](value)
    except ValueError as error:
        raise SettingError(f"{shown}: {error}") from None
    if setting.least is not None and isinstance(parsed, int | float) and parsed < setting.least:
        raise SettingError(f"{shown}: {value} is less than {setting.least:g}")
    if setting.most is not None and isinstance(parsed, int | float) and parsed > setting.most:
        raise SettingError(f"{shown}: {value} is more than {setting.most:g}")
    return parsed


def _flag(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(f"{value!r} is neither true nor false")
    return words[word]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\s*[-+]?\d+\s*", str(value)):
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{value!r} is not a number")
    return number


def _list(value: Any) -> tuple[str, ...]:
    """Values separated by commas, or a JSON list."""
    if isinstance(value, str) and value.strip().startswith("["):
        import json

        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a JSON list") from None
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"{value!r} is not a list")
    return tuple(part for item in items for part in (str(item).strip(),) if part)


def _delay(value: Any) -> tuple[float, float | None]:
    """`20` or `20:10`: milliseconds and, perhaps, variance in percent."""
    number, _, variance = str(value).partition(":")
    milliseconds = _number(number)
    percent = _number(variance.rstrip("%")) if variance else None
    if milliseconds < 0 or not 0 <= (percent or 0) <= 100:
        raise ValueError(f"{value!r} is not ms or ms:variance%, e.g. 20 or 20:10")
    return milliseconds, percent


def _level(value: Any) -> str:
    word = str(value).lower()
    if word not in LEVELS:
        raise ValueError(f"{value!r} is not one of {', '.join(LEVELS)}")
    return word


def _backend(value: Any) -> str:
    word = str(value).lower()
    if word not in ("memory", "disk"):
        raise ValueError(f"{value!r} is neither memory nor disk")
    return word


def _answers(value: Any) -> str:
    text = str(value)
    if text not in ("prose", "echo") and not (text.startswith("text:") and len(text) > len("text:")):
        raise ValueError(f"{value!r} is neither prose, echo, nor text:TEXT")
    return text


def _tier(value: Any) -> str:
    word = str(value).lower().replace("_", "-")
    if word not in TIERS:
        raise ValueError(f"{value!r} is not one of {', '.join(TIERS)}")
    return word


def _one_of(*words: str) -> Callable[[Any], str]:
    """A parser of one of *words*, in any case where that is clear."""

    def parse(value: Any) -> str:
        alike = [word for word in words if word.lower() == str(value).lower()]
        found = str(value) if str(value) in alike else next(iter(alike), None)
        if found is None:
            raise ValueError(f"{value!r} is not one of {', '.join(words)}")
        return found

    return parse


PARSERS: dict[str, Callable[[Any], Any]] = {
    "text": str, "flag": _flag, "int": _whole, "float": _number, "list": _list, "delay": _delay, "level": _level,
    "backend": _backend, "answers": _answers, "router": _one_of(*MODES), "formula": _one_of(*FORMULAS),
    "latency": _one_of("constant", "per-token", *BATCHED), "dialect": _one_of(*DIALECTS),
    "intensity": _one_of("low", "medium", "high"), "sound": _one_of("mp3", "opus", "aac", "flac", "wav", "pcm"), "events": _one_of("map", "array"), "tier": _tier,
    "dcgm_names": _one_of("legacy", "4.5"), "host_label": _one_of("Hostname", "hostname"),
}  # fmt: skip


def _keys(items: Iterable[str]) -> Iterable[str]:
    """API keys; an item that is a file has one on each line, # starting a comment.

    Raises:
        SettingError: a file has no key in it, or cannot be read.
    """
    for item in items:
        if not _is_file(item):
            yield item
            continue
        try:
            lines = [line.partition("#")[0].strip() for line in Path(item).read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeError) as error:
            raise SettingError(f"--api-keys: {item} cannot be read: {error}") from None
        if not any(lines):
            raise SettingError(f"--api-keys: {item} has no key in it")
        yield from (line for line in lines if line)


def _tokenizers(items: Iterable[str]) -> Iterable[tuple[str, str]]:
    """(model, encoding) of each item, MODEL=ENCODING; without a model it is for all others, whose name is empty.

    Raises:
        SettingError: there is no such encoding.
    """
    for item in items:
        model, mark, name = item.rpartition("=")
        if not mark or Path(item).is_file():
            model, name = "", item
        problem = None if name == BY_CATALOG and not model else problem_of(name)
        if problem:
            raise SettingError(f"--tokenizer: {problem}")
        yield model, name


def _is_file(name: str) -> bool:
    """Whether *name* is a file; one that looks like a path and is not there is a mistake.

    Raises:
        SettingError: there is no such file.
    """
    try:
        found = Path(name).is_file()
    except (OSError, ValueError):  # too long for a path, say
        found = False
    if not found and ("/" in name or name.endswith(".txt")):
        raise SettingError(f"--api-keys: there is no file {name}")
    return found


def _nearest(name: str, good: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, good, n=1)
    return f", did you mean {close[0]}?" if close else "."
