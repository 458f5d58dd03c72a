"""Who calls: what each key opens, looked up once and remembered by the key's hash.

Keys are given by the settings, or made by the organization, which keeps their hashes. What is remembered is forgotten
when the organization changes anything: at once in this process, within a second in others that share the store.
"""

import hashlib

from ..call import Call
from ..caller import KEY_HASHES, PROJECT, Caller, Organization
from ..credentials import digest_of, id_of
from ..world import World
from .sharing import BEHIND

ADMIN = "sk-admin-"  # begins keys that administer the organization
MADE = (ADMIN, "sk-svcacct-")  # how keys begin that the organization makes; 32 hexadecimal digits follow
MADE_SIZES = frozenset(len(prefix) + 32 for prefix in MADE)
HASHED, HASHED_ADMIN = "sha256:", "sha256-admin:"  # begin keys of the settings told by their SHA-256, in hexadecimal
NAMING = frozenset((b"authorization", b"openai-organization", b"openai-project"))  # headers that say who calls
MOST = 10_000  # keys that are remembered


class Callers:
    """Those who may call one world's server."""

    def __init__(self, world: World) -> None:
        options = world.options
        self._world, self._tier = world, options.rate_limits.tier
        self._changes = world.engine(Organization)
        self._given = {
            digest: self._stranger(digest, is_admin)
            for digest, is_admin in (_told(hashed(key)) for key in options.api_keys)
        }
        self._shared = options.shared
        self.required = options.require_api_key
        self.is_open = not options.api_keys  # any key is good that nobody made
        self.any_administers = not any(caller.is_admin for caller in self._given.values())  # that no project made
        self._asks = options.require_api_key or options.rate_limits.enabled
        self.nobody = Caller(tier=self._tier)
        self._known: dict[str, tuple[Caller, int, float]] = {}
        self._passed: dict[bytes, tuple[Caller, int, float]] = {}
        self._projects: dict[str, tuple[bool, int, float]] = {}

    @property
    def idle(self) -> bool:
        """Whether no key makes a difference."""
        return not (self._asks or self._shared or self._changes.count)

    def recall(self, call: Call) -> Caller | None:
        """The caller whom the headers of *call* made before and still make; None when that is to be found out.

        It is remembered by the hash of what Authorization says, where no header names an organization or a project.
        """
        said = None
        for name, value in call.headers:
            if name in NAMING:
                if said is not None or name != b"authorization":
                    return None
                said = value
        if said is None:
            return None
        known = self._passed.get(hashlib.sha256(said).digest())
        if known is None:
            return None
        caller, count, until = known
        if count != self._changes.count or call.arrived >= until:
            return None
        return caller if caller.expires is None or call.now < caller.expires else None

    def remember(self, call: Call, caller: Caller) -> None:
        """Recall *caller*, who is let pass, when the next call says the same."""
        said = [header for header in call.headers if header[0] in NAMING]
        if len(said) == 1 and said[0][0] == b"authorization":
            if len(self._passed) >= MOST:
                del self._passed[next(iter(self._passed))]
            digest = hashlib.sha256(said[0][1]).digest()
            self._passed[digest] = caller, self._changes.count, self._until(call)

    async def find(self, key: str, call: Call) -> Caller | None:
        """Whom *key* makes the caller; None when it is no key.

        Time tells nothing of how near a wrong key comes: keys are found by their hashes.
        """
        digest = digest_of(key)
        caller = self._given.get(digest)
        if caller is not None:
            return caller
        made = key.startswith(MADE) and len(key) in MADE_SIZES
        if made:
            caller = await self._made(digest, call)
            return caller if caller and (caller.expires is None or call.now < caller.expires) else None
        return self._stranger(digest, key.startswith(ADMIN)) if self.is_open else None

    async def has_project(self, project: str, call: Call) -> bool:
        """Whether the organization has such a project, which is not archived."""
        if project == PROJECT:
            return True
        known = self._projects.get(project)
        if known is not None and known[1] == self._changes.count and call.arrived < known[2]:
            return known[0]
        found = await self._is_project(project)
        if len(self._projects) >= MOST:
            self._projects.clear()
        self._projects[project] = (found, self._changes.count, self._until(call))
        return found

    async def _made(self, digest: str, call: Call) -> Caller | None:
        """The caller whose key the organization made."""
        known = self._known.get(digest)
        if known is not None and known[1] == self._changes.count and call.arrived < known[2]:
            return known[0]
        count = self._changes.count
        self._known.pop(digest, None)
        caller = await self._look_up(digest)
        if caller is not None:
            if len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
            self._known[digest] = (caller, count, self._until(call))
        return caller

    async def _look_up(self, digest: str) -> Caller | None:
        store = self._world.store
        opens = await store.get(KEY_HASHES, digest)
        if opens is None:
            return None
        ids, account = opens.data["ids"], opens.data["service_account"]
        if account is None:
            key = await store.get("admin_api_key", ids[-1])
            if key is None:
                return None
            owner = key.data.get("owner") or {}
            user, expires = str(owner.get("id", "user-owner")), key.data.get("expires_at")
            return Caller(ids[-1], user=user, tier=self._tier, is_admin=True, expires=expires)
        project = ids[0]
        is_there = (
            await self._is_project(project)
            and await store.get(f"project/{project}/service_account", account) is not None
            and await store.get(f"project/{project}/api_key", ids[-1]) is not None
        )
        return Caller(ids[-1], project, account, self._tier, bound=True) if is_there else None

    async def _is_project(self, project: str) -> bool:
        found = await self._world.store.get("project", project)
        return project == PROJECT if found is None else found.data.get("status") != "archived"

    def _until(self, call: Call) -> float:
        return call.arrived + BEHIND if self._shared else float("inf")

    def _stranger(self, digest: str, is_admin: bool) -> Caller:
        """The caller with a key that the organization did not make."""
        return Caller(id_of(digest), tier=self._tier, is_admin=is_admin)


def hashed(key: str) -> str:
    """*key* of the settings as it is kept when it must not be known."""
    if key.startswith((HASHED, HASHED_ADMIN)):
        return key
    return f"{HASHED_ADMIN if key.startswith(ADMIN) else HASHED}{digest_of(key)}"


def _told(key: str) -> tuple[str, bool]:
    """The hash that a hashed key tells, and whether it administers."""
    return key.rpartition(":")[2].lower(), key.startswith(HASHED_ADMIN)
