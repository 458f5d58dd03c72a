"""Which call fails and how: the header of one request, then the rules, which may change while the server runs."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import xxhash

from ...answer import Answer, Broken, Content, Reply, Talk
from ...call import WEBSOCKET, Call
from ...catalog import Catalog
from ...errors import ApiError
from ...routes import Target
from ...world import World
from . import broken, kinds, rules
from .kinds import ERRORS, BadFault, Fault
from .rules import Asked, Rule

HEADER = b"x-fakeai-fault"
REMEMBERED = 65_536  # requests of which is known how often each came
LARGEST = 16_777_216  # bytes of a content that can break on its way
WINDOW = 128_000  # tokens, of a model that says none

Answering = Callable[[Target, Call], Awaitable[Answer]]


class Faults:
    """The faults of one world. Calls that a rule counts are counted in the store, for all processes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._first: list[Rule] = []
        options = world.options
        if options.faults:
            self._first += rules.parse(options.faults)
        if options.fault_rate > 0:
            given = {"fault": list(options.fault_types), "probability": options.fault_rate}
            self._first += rules.parse({"rules": [given]}, "settings")
        if options.fault_header:
            world.heed = self.disturb
        self.reset()

    def reset(self) -> None:
        """Let the rules be those of the start, and no call have come."""
        self.rules: dict[str, Rule] = {rule.name: rule for rule in self._first}
        self._seen: dict[tuple[str, int], int] = {}
        self._added = 0
        self._notice()

    def add(self, said: Mapping[str, Any], name: str) -> str:
        """Take one rule more, before all others, with a *name* unlike that of any start that counts in this store.

        Raises:
            BadFault: it is none.
        """
        (rule,) = rules.parse({"rules": [said]}, f"added.{self._added}")
        self._added += 1
        self.rules = {name: rule, **self.rules}
        self._notice()
        return name

    def remove(self, name: str | None = None) -> bool:
        """Forget the rule *name*, or all of them; False when there is none of that name."""
        if name is not None and name not in self.rules:
            return False
        self.rules = {each: rule for each, rule in self.rules.items() if name is not None and each != name}
        self._notice()
        return True

    def _notice(self) -> None:
        self._world.disturb = self.disturb if self.rules else None

    async def disturb(self, answering: Answering, target: Target, call: Call) -> tuple[Answer, str | None]:
        """The answer to *call*, and the kind of the fault in it."""
        try:
            fault = await self._fault(call)
        except BadFault as wrong:
            refused = ApiError(400, f"Invalid header x-fakeai-fault: {wrong}.", code="invalid_fault")
            return _refusal(target, refused, 0.0), None
        if fault is None:
            return await answering(target, call), None
        error = self._error(call, fault)
        if fault.kind in ERRORS:
            return _refusal(target, error, fault.lasts), fault.kind
        if fault.kind in ("connection_reset", "connection_closed") and fault.after is None:
            return broken.nothing(fault), fault.kind
        answer = await answering(target, call)
        if type(answer) is Content and answer.size <= LARGEST:
            body = await answer.read(0, answer.size)
            answer = Reply(body, content_type=answer.content_type, headers=answer.headers)
        if isinstance(answer, Content | Talk | Broken):
            return answer, None
        if fault.kind == "stream_error" and type(answer) is Reply:
            return _refusal(target, error, answer.due), fault.kind
        if type(answer) is Reply and answer.status >= 400:  # it fails anyway
            return answer, None
        return broken.broken(answer, fault, call.path, error), fault.kind

    async def _fault(self, call: Call) -> Fault | None:
        wanted = call.header(HEADER) if self._world.options.fault_header else None
        if wanted is not None:
            return kinds.read(wanted.decode("latin-1"))
        asked, since = Asked(call), call.arrived - self._world.started
        for name, rule in self.rules.items():
            if not rule.matches(asked, since):
                continue
            if rule.counts:
                subject = hashlib.sha256(rule.subject(asked).encode()).hexdigest()[:24]
                if not rule.picks(await self._world.store.add(f"faults/{name}/{subject}")):
                    continue
            fault = self._drawn(rule, call)
            if fault is not None and not (call.method == WEBSOCKET and fault.kind not in ERRORS):
                return fault
        return None

    def _drawn(self, rule: Rule, call: Call) -> Fault | None:
        """The fault that chance gives to a call: by what it asks and how often that came before, not by its turn."""
        if rule.probability >= 1.0 and len(rule.faults) == 1:
            return rule.faults[0]
        parts = b"\0".join((call.method.encode(), call.path.encode(), call.query, call.body))
        key = (rule.name, xxhash.xxh3_64_intdigest(parts))
        count = self._seen.pop(key, 0) + 1
        if len(self._seen) >= REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = count
        chance = self._world.chance(b"fault", rule.name.encode(), b"%d.%d" % (key[1], count))
        if chance.below(65_536) >= rule.probability * 65_536:
            return None
        return rule.faults[chance.below(len(rule.faults))]

    def _error(self, call: Call, fault: Fault) -> ApiError:
        """The error that *fault* is, or that ends a stream in its middle."""
        refusal = ERRORS.get(fault.kind, ERRORS["internal_error"])
        model = Asked(call).model if "{" in refusal.message else ""
        row = self._world.engine(Catalog).look_up(model) if model else None
        slots = {
            "model": model or "the model",
            "window": str(row.context_window if row and row.context_window else WINDOW),
            "after": f"{fault.retry_after or 0:g}s",
        }
        message = fault.message or refusal.message.format(**slots)
        return ApiError(
            fault.status or refusal.status,
            message,
            type=fault.type or _type(fault.status, refusal.type),
            code=fault.code or refusal.code,
            param=fault.param or refusal.param,
            headers=fault.headers + tuple(_waits(fault)),
        )


def _type(status: int | None, usual: str) -> str:
    """The type of an error whose status a rule may have chosen."""
    if status is None:
        return usual
    return "requests" if status == 429 else "server_error" if status >= 500 else "invalid_request_error"


def _waits(fault: Fault) -> Sequence[tuple[bytes, bytes]]:
    """The headers that say when to try again."""
    wait = fault.retry_after
    if wait is None:
        return ()
    headers = [(b"retry-after", b"%d" % max(1, -int(-wait // 1))), (b"retry-after-ms", b"%d" % round(wait * 1000))]
    if fault.kind == "rate_limit":
        headers += [
            (b"x-ratelimit-limit-requests", b"3"),
            (b"x-ratelimit-remaining-requests", b"0"),
            (b"x-ratelimit-reset-requests", f"{wait:g}s".encode()),
        ]
    return headers


def _refusal(target: Target, error: ApiError, due: float) -> Reply:
    return Reply(target.envelope(error), due, error.status, headers=error.headers)
