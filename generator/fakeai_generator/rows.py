"""What the rows of the catalog's tables are: a JSON Schema for each table that the server reads."""

from typing import Any

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
MONEY = {"type": "number", "minimum": 0}
PRICES = (
    "input_per_million", "cached_input_per_million", "output_per_million",
    "audio_input_per_million", "cached_audio_input_per_million", "audio_output_per_million",
    "image_input_per_million", "cached_image_input_per_million", "image_output_per_million",
    "priority_input_per_million", "priority_cached_input_per_million", "priority_output_per_million",
    "training_per_million", "per_million_characters", "per_minute", "per_second", "batch_factor", "flex_factor",
)  # fmt: skip

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT, "uniqueItems": True}
COUNT = {"type": "integer", "minimum": 1}
MORE = {"type": "number", "exclusiveMinimum": 0}


def _some_of(*words: str) -> dict[str, Any]:
    return {"type": "array", "items": {"enum": list(words)}, "uniqueItems": True}


def _of(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object of these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": required | optional,
    }


MODEL = _of(
    {"id": TEXT, "created": {"type": "integer"}, "owned_by": {"type": "string"}},
    aliases=TEXTS,
    shutdown_date={"type": "string", "format": "date"},
    context_window=COUNT,
    max_output_tokens={"type": "integer", "minimum": 0},
    training_cutoff={"type": "string", "pattern": r"^\d{4}-\d{2}$"},
    dimensions=COUNT,
    tokenizer=TEXT,
    input=_some_of("text", "image", "audio", "video"),
    output=_some_of("text", "image", "audio", "video", "embedding", "score"),
    features=_some_of(
        "streaming", "tools", "parallel_tools", "structured_outputs", "json_mode", "predictions",
        "web_search", "computer_use", "fine_tuning", "batch",
    ),
    reasoning={"enum": ["none", "hidden", "visible"]},
    efforts=_some_of(*EFFORTS),
    default_effort={"enum": list(EFFORTS)},
    endpoints=_some_of(
        "chat", "responses", "completions", "embeddings", "images", "speech", "transcription",
        "translation", "realtime", "moderation", "ranking", "videos",
    ),
    pricing={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(PRICES, MONEY),
            "per_image": {"type": "object", "additionalProperties": MONEY},
        },
    },
)  # fmt: skip

GPU = _of(
    {
        "id": TEXT,
        "name": TEXT,
        "architecture": TEXT,
        "compute_capability": {"type": "string", "pattern": r"^\d+\.\d+$"},
        "memory": COUNT,
        "bandwidth": MORE,
        "sms": COUNT,
        "tflops": _of({"fp64": MORE, "fp32": MORE, "fp16": MORE, "fp8": MORE}),
        "power": _of({"idle": MORE, "min": MORE, "default": MORE, "max": MORE}),
        "sm_clock": _of({"idle": COUNT, "max": COUNT}),
        "memory_clock": _of({"idle": COUNT, "max": COUNT}),
        "idle_state": {"type": "integer", "minimum": 0, "maximum": 15},
        "pcie": _of({"generation": COUNT, "width": COUNT}),
        "temperature": _of({"slowdown": COUNT, "shutdown": COUNT, "memory": COUNT}),
        "thermal": _of({"ambient": MORE, "resistance": MORE, "time": MORE}),
        "source": TEXT,
    },
    aliases=TEXTS,
    nvlink=_of({"links": COUNT, "bandwidth": MORE}),
)

COSTS = {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 3, "maxItems": 3}
LATENCY = _of(
    {"id": TEXT, "source": TEXT},
    match=TEXTS,
    layers=COUNT,
    hidden=COUNT,
    heads=COUNT,
    kv_heads=COUNT,
    head_dim=COUNT,
    full_layers=COUNT,
    latent=COUNT,
    parameters=MORE,
    active=MORE,
    experts=COUNT,
    experts_used=COUNT,
    bits=MORE,
    kv_bits=MORE,
    compute={"enum": ["fp16", "fp8"]},
    overhead={"type": "number", "minimum": 0},
    hosted=_of({"ttft": MONEY, "itl": MONEY, "prefill": MORE}),
    measured={
        "type": "array",
        "items": _of({"prefill": COSTS, "decode": COSTS, "source": TEXT}, gpu=TEXT, tp=COUNT),
    },
)

DCGM = _of(
    {
        "id": {"type": "string", "pattern": "^DCGM_[A-Z0-9_]+$"},
        "number": COUNT,
        "name": {"type": "string", "pattern": "^DCGM_[A-Z0-9_]+$"},
        "type": {"enum": ["gauge", "counter"]},
        "shows": TEXT,
        "help": {"type": "string", "pattern": r"^[^\n\\]+$"},
    },
    unit=TEXT,
)

# The tables whose rows are known.
TABLES: dict[str, dict[str, Any]] = {
    name: {"type": "array", "items": row}
    for name, row in (("models", MODEL), ("gpus", GPU), ("latency", LATENCY), ("dcgm", DCGM))
}
