"""LoRA adapters that clients load and unload at runtime, as vLLM's server allows it, in all its processes."""

import json
from collections.abc import Mapping
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
    _check(call)
    path, anew = body["lora_path"], bool(body.get("load_inplace"))
    config, model = _config(path), call.world.options.machine.model or MODEL
    base = str(body.get("base_model_name") or config.get("base_model_name_or_path") or model)
    said = {"name": body["lora_name"], "base": base, "path": path, "created": int(call.now)}
    return await _done(call, "load_adapter", said | {"rank": config.get("r", 0), "anew": anew})


async def unload(call: Call, body: dict[str, Any]) -> Reply:
    """Know an adapter no longer: requests for it are refused.

    Raises:
        ApiError: 404, there is none of that name, or adapters are not loaded at runtime.
    """
    _check(call)
    return await _done(call, "unload_adapter", {"name": body["lora_name"]})


async def _done(call: Call, what: str, said: Mapping[str, Any]) -> Reply:
    """Tell all processes to do *what*."""
    done = await (call.world.order(call, what, said) if call.world.order else DOINGS[what](call, said))
    return Reply(f"Success: LoRA adapter '{said['name']}' {done} successfully.".encode(), content_type=TEXT)


async def _load(call: Call, said: Mapping[str, Any]) -> str:
    catalog, name = call.world.engine(Catalog), said["name"]
    if name in catalog.adapters and not said["anew"]:
        raise _wrong(f"The lora adapter '{name}' has already been loaded. If you want to load the adapter in place, "
                     "set 'load_inplace' to True.")  # fmt: skip
    if name not in catalog.adapters and catalog.find(name):
        raise _wrong(f"The lora adapter '{name}' has the name of a model.")
    machine, rank = call.world.options.machine, said["rank"]
    if isinstance(rank, int) and rank > machine.adapter_rank:
        raise _wrong(f"LoRA rank {rank} is greater than max_lora_rank {machine.adapter_rank}.")
    catalog.load(Adapter(name, said["base"], said["path"], said["created"]))
    _forget(call, name)
    return "added"


async def _unload(call: Call, said: Mapping[str, Any]) -> str:
    catalog, name = call.world.engine(Catalog), said["name"]
    if name not in catalog.adapters:
        raise ApiError(404, f"The lora adapter '{name}' cannot be found.", type="NotFoundError")
    catalog.unload(name)
    _forget(call, name)
    return "removed"


def shown(adapter: Adapter) -> dict[str, Any]:
    """An adapter as vLLM lists it among the models."""
    said = {"id": adapter.name, "object": "model", "created": adapter.created, "owned_by": "vllm"}
    return {**said, "root": adapter.path or adapter.name, "parent": adapter.base}


def _check(call: Call) -> None:
    if not call.world.options.loads_adapters:
        why = "without --allow-runtime-lora-updating"
        raise ApiError(404, f"LoRA adapters are not loaded at runtime {why}.", type="NotFoundError")


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


DOINGS = {"load_adapter": _load, "unload_adapter": _unload}
