"""Who calls, and for which project of the organization."""

from dataclasses import dataclass

KEY_HASHES = "api_key_hash"  # collection: SHA-256 of a key in hexadecimal -> {"resource", "ids"} of what it opens as
BUDGETS = ("spend_limit", "spend_alert")  # collections, of the organization and below projects
ORGANIZATION = "org-fakeai"
PROJECT = "proj_default"  # of callers whose key is of no other


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as its key says.

    *key* is the id of a key that the organization made, else `key_` and a part of its hash; empty without a key. A
    *bound* caller belongs to its project alone. *expires* is in seconds since 1970.
    """

    key: str = ""
    project: str = PROJECT
    user: str = "user-owner"  # or the service account
    tier: str = ""
    is_admin: bool = False
    bound: bool = False
    expires: float | None = None
    organization: str = ORGANIZATION


class Organization:
    """How often the organization of a world changed, as far as this process knows: keys and limits may be others."""

    def __init__(self, world: object) -> None:
        self.count = 0
