"""The table of settings: a line for each."""

from dataclasses import dataclass
from typing import Any

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
    S("server", "debug", "flag", False, "Log at level debug, with a line for each call that was answered: as --log-format says, else as text."),
    S("server", "seed", "int", 0, "Seed of everything that looks random.", least=0),
    S("server", "fixed_clock", "text", None, "Show clients this moment (2026-01-01T00:00:00Z) for ever; streams keep their pace."),
    S("server", "speed", "float", 1.0, "How many times as fast as real time simulated time passes: streams, batches, everything.", least=0.001, most=1000000),
    S("server", "ssl_certfile", "text", None, "Certificate for https."),
    S("server", "ssl_keyfile", "text", None, "Private key for https."),
    S("server", "http2", "flag", False, "Speak HTTP/2 beside HTTP/1.1. Needs pip install fakeai[http2]."),
    S("server", "workers", "int", 1, "Number of processes that answer as one server.", least=1),
    S("server", "reload", "flag", False, "Restart when the project, its generated code or a file that settings name changes."),
    S("server", "log_level", "level", "warning", "debug, info, warning, error or critical."),
    S("server", "log_format", "log_format", None, "Write a line of the log for each call that was answered, all lines as text or as json."),
    S("server", "otel_endpoint", "text", None, "Base URL of an OpenTelemetry collector (OTLP over HTTP: http://localhost:4318) that spans and metrics are sent to; OTEL_EXPORTER_OTLP_ENDPOINT does the same. Needs pip install fakeai[otel]."),
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
    S("kv_events", "endpoint", "text", None, "ZeroMQ address at which the workers' KV events are published, as vLLM does: tcp://*:5557, where worker k, or the k-th data-parallel rank of all workers, has port 5557 + k; a host's name is connected to. Needs pip install fakeai[kv-events].", ("--kv-events",), "FAKEAI_KV_EVENTS"),
    S("kv_events", "replay", "text", None, "Address of the sockets that send missed KV events again: tcp://*:6557, where worker k has port 6557 + k.", (), "FAKEAI_KV_EVENTS_REPLAY"),
    S("kv_events", "topic", "text", "", "Topic of KV events; {worker} in it becomes the worker's number, {rank} its data-parallel rank.", (), "FAKEAI_KV_EVENTS_TOPIC"),
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
    S("scheduler", "data_parallel_size", "int", 1, "Data-parallel ranks of a worker: engines with a KV cache and a batch of their own.", least=1, most=64),
    S("scheduler", "lora", "list", (), "LoRA adapter NAME=BASE of a model, listed with the models and loaded by a worker when a request names it; may be repeated.", ("--lora",)),
    S("scheduler", "max_loras", "int", 4, "LoRA adapters that a worker holds at once.", least=1),
    S("scheduler", "max_lora_rank", "int", 16, "Largest rank of a LoRA adapter that is loaded at runtime.", least=1),
    S("scheduler", "lora_load_ms", "float", 100.0, "Milliseconds until a worker has a LoRA adapter that it does not hold.", least=0),
    S("scheduler", "allow_runtime_lora_updating", "flag", False, "Let clients load and unload LoRA adapters, as vLLM's server does."),
    S("scheduler", "kv_transfer_bandwidth", "float", 64.0, "GB a second of keys and values from a prefill worker to another.", least=0.001),
    S("scheduler", "served_model", "text", "", "Base model of the workers, whose blocks are hashed without a name; every other model is hashed as a LoRA adapter of it.", ("--served-model", "--served-model-name")),
    S("scheduler", "chunked_prefill", "flag", True, "Let a prompt take several steps."),
    S("admin", "enabled", "flag", True, "Answer at /_fakeai, when bound to this machine alone or with a key.", ("--admin-enabled", "--admin"), "FAKEAI_ADMIN_ENABLED"),
    S("admin", "key", "text", None, "Key that the admin API at /_fakeai asks for.", (), "FAKEAI_ADMIN_KEY"),
    S("admin", "journal", "int", None, "Requests that the journal keeps; 0 keeps none, the default is 256 where the admin API is on.", (), "FAKEAI_JOURNAL", least=0, most=100_000),
    S("rate_limits", "enabled", "flag", False, "Limit requests and tokens per key and model.", ("--rate-limit-enabled", "--enable-rate-limiting"), "FAKEAI_RATE_LIMIT_ENABLED"),
    S("rate_limits", "tier", "text", "tier-1", "free, tier-1 to tier-5, or another of the catalog.", (), "FAKEAI_RATE_LIMIT_TIER"),
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
