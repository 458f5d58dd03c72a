"""The settings in force, and what they mean to the machine."""

import ipaddress
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ..runtime.options import Delay, Events, Machine, Options, Patience, RateLimits, Security
from . import documents
from .table import SettingError
from .values import adapters, keys, tokenizers

JOURNAL = 256  # requests that it keeps when nothing is said
STORES = ("sqlite:", "redis://", "rediss://", "unix://")  # how a store's URL begins


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
    def log_level(self) -> str:
        """From which level on the log is written."""
        return "debug" if self["debug"] else str(self["log_level"])

    @property
    def log_format(self) -> str | None:
        """How the log is written, with a line for each answer: `text` or `json`; None without such lines."""
        said = self["log_format"]
        return "text" if said is None and self["debug"] else said

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
        good = frozenset(keys(self["api_keys"]))
        refuses = self["enable_refusals"] or self["enable_safety_features"]
        jailbreaks = self["enable_jailbreak_detection"]
        return Options(
            seed=self["seed"],
            ttft=self._ttft(),
            itl=self["itl_ms"],
            patience=self._patience(),
            machine=self._machine(),
            require_api_key=self["require_api_key"],
            api_keys=good,
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
            script=documents.script(self["script"]),
            admin=self.administered,
            admin_key=self["admin_key"],
            journal=self._journal(),
            kept=self.place() is not None,
            faults=documents.faults(self["faults"]),
            fault_rate=self["error_injection_rate"] if self["error_injection_enabled"] else 0.0,
            fault_types=documents.kinds(self["error_injection_types"]),
            fault_header=self["error_injection_header"],
            strict_models=self["strict_models"],
            metrics_hours=self["metrics_retention_hours"],
            context_validation=self["enable_context_validation"],
            adapters=tuple(adapters(self["lora"])),
            loads_adapters=self["allow_runtime_lora_updating"],
            tokenizers=tuple(tokenizers(self["tokenizer"])),
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
            rag_documents=documents.folder(self["rag_documents"]),
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
            fitted=documents.fitted(self["latency_profile"]) if latency == "fitted" else None,
            seconds_per_prompt_token=self["ttft_per_prompt_token_ms"] / 1000 if latency == "per-token" else 0.0,
            hit_saves=self["kv_cache_ttft_saving"] if latency == "constant" else 0.0,
            workers=self["kv_cache_num_workers"],
            ranks=self["data_parallel_size"],
            adapter_slots=self["max_loras"],
            adapter_rank=self["max_lora_rank"],
            seconds_per_adapter=self["lora_load_ms"] / 1000,
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
