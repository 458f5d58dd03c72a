"""LoRA adapters that clients load and unload while the server runs, as vLLM's server allows it."""

import json
from pathlib import Path
from typing import Any

from ..answer import Header, Reply
from ..call import Call
from ..catalog import Adapter, Catalog
from ..cluster.fleet import MODEL, Fleet
from ..cluster.profiles import Profiles
from ..errors import ApiError

TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
CONFIG = "adapter_config.json"  # in the folder of an adapter


async def load(call: Call, body: dict[str, Any]) -> Reply:
    """Know an adapter from now on; workers hold it when a request wants it.

    Raises:
        ApiError: 404, adapters are not loaded at runtime; 400, it is there already, or is larger than allowed.
    """
    catalog = _allowed(call)
    name, path = body["lora_name"], body["lora_path"]
    if name in catalog.adapters and not body.get("load_inplace"):
        raise _wrong(f"The lora adapter '{name}' has already been loaded. If you want to load the adapter in place, "
                     "set 'load_inplace' to True.")  # fmt: skip
    if name not in catalog.adapters and catalog.find(name):
        raise _wrong(f"The lora adapter '{name}' has the name of a model.")
    machine, config = call.world.options.machine, _config(path)
    rank = config.get("r", 0)
    if isinstance(rank, int) and rank > machine.adapter_rank:
        raise _wrong(f"LoRA rank {rank} is greater than max_lora_rank {machine.adapter_rank}.")
    base = body.get("base_model_name") or config.get("base_model_name_or_path") or machine.model or MODEL
    catalog.load(Adapter(name, str(base), path, int(call.now)))
    _forget(call, name)
    return Reply(f"Success: LoRA adapter '{name}' added successfully.".encode(), content_type=TEXT)


async def unload(call: Call, body: dict[str, Any]) -> Reply:
    """Know an adapter no longer: requests for it are refused.

    Raises:
        ApiError: 404, there is none of that name, or adapters are not loaded at runtime.
    """
    catalog, name = _allowed(call), body["lora_name"]
    if name not in catalog.adapters:
        raise ApiError(404, f"The lora adapter '{name}' cannot be found.", type="NotFoundError")
    catalog.unload(name)
    _forget(call, name)
    return Reply(f"Success: LoRA adapter '{name}' removed successfully.".encode(), content_type=TEXT)


def shown(adapter: Adapter) -> dict[str, Any]:
    """An adapter as vLLM lists it among the models."""
    said = {"id": adapter.name, "object": "model", "created": adapter.created, "owned_by": "vllm"}
    return {**said, "root": adapter.path or adapter.name, "parent": adapter.base}


def _allowed(call: Call) -> Catalog:
    options = call.world.options
    if not options.loads_adapters or options.shared:
        why = "with several processes" if options.loads_adapters else "without --allow-runtime-lora-updating"
        raise ApiError(404, f"LoRA adapters are not loaded at runtime {why}.", type="NotFoundError")
    return call.world.engine(Catalog)


def _config(path: str) -> dict[str, Any]:
    """What an adapter says of itself; nothing when it is not on this machine."""
    try:
        found = json.loads((Path(path) / CONFIG).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _forget(call: Call, name: str) -> None:
    """Let workers load *name* anew, on whatever it is based."""
    call.world.engine(Profiles).forget(name)
    for worker in call.world.engine(Fleet).workers:
        worker.slots.drop(name)


def _wrong(message: str) -> ApiError:
    return ApiError(400, message, type="InvalidUserInput")
