"""What a NIM tells of itself: that it is well, its version, its models, its license and its manifest."""

import hashlib
from functools import cached_property
from importlib import metadata
from typing import Any

from ...answer import Reply
from ...call import Call
from ...catalog import Catalog
from ...world import World

PACKAGE, LICENSE = "fakeai", "licenses/LICENSE"
LICENSE_NAME, LICENSE_URL = "Apache License, Version 2.0", "https://www.apache.org/licenses/LICENSE-2.0.txt"
API = "1.0.0"  # of the management endpoints
MESSAGES = {"live": "Service is live.", "ready": "Service is ready."}
PROFILE = """  tags:
    llm_engine: fakeai
    precision: none
    tp: '1'
    pp: '1'
  workspace:
    files: []
"""
MANIFEST = "schema_version: '1.1'\nprofiles:\n- id: {}\n" + PROFILE


def health(call: Call, status: str) -> Reply:
    """That the service is `live`, or `ready`."""
    return call.reply({"object": "health.response", "message": MESSAGES[status], "status": status})


def tell(call: Call, what: str) -> Reply:
    """One fact about the service: its `license`, `manifest`, `metadata` or `version`."""
    facts: dict[str, Any] = getattr(call.world.engine(Service), what)
    return call.reply(facts)


class Service:
    """What can be told of the server of a world, each worked out once."""

    def __init__(self, world: World) -> None:
        self._models = world.engine(Catalog).rows
        self._profile = hashlib.sha256(PROFILE.encode()).hexdigest()

    @cached_property
    def license(self) -> dict[str, Any]:
        """The license, with the SHA-1 and the characters of its text."""
        text = metadata.distribution(PACKAGE).read_text(LICENSE) or ""
        return {
            "name": LICENSE_NAME,
            "path": LICENSE,
            "sha": hashlib.sha1(text.encode()).hexdigest(),
            "size": len(text),
            "url": LICENSE_URL,
            "type": "file",
            "content": text,
        }

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The profile there is; it needs no files."""
        return {"manifest_file": MANIFEST.format(self._profile), "repository_override": ""}

    @cached_property
    def version(self) -> dict[str, Any]:
        return {"release": metadata.version(PACKAGE), "api": API}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """The version, the license, and every model of the catalog with the path that describes it."""
        models = [{"modelUrl": f"/v1/models/{id}", "shortName": id} for id in self._models]
        return {
            "assetInfo": [],
            "licenseInfo": self.license,
            "modelInfo": models,
            "repository_override": "",
            "version": self.version["release"],
            "selectedModelProfileId": self._profile,
        }
