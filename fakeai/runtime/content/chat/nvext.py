"""What an answer tells under `nvext`: what the cluster knows of it, as far as the request asks for it."""

from collections.abc import Mapping
from typing import Any

import orjson


def members(body: dict[str, Any], facts: Mapping[str, Any]) -> bytes:
    """`,"nvext":{...}` with those of *facts* that `nvext.extra_fields` of *body* names; nothing when there is none."""
    wanted = (body.get("nvext") or {}).get("extra_fields") or ()
    told = {name: facts[name] for name in wanted if name in facts}
    return b',"nvext":%b' % orjson.dumps(told) if told else b""
