"""Find the route function of a request: exact paths in one lookup, templates segment by segment."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .answer import Answer
from .call import Call
from .dialects import DIALECTS, SERVERS, Envelope, envelope

PROCESSING = "{processing-ms}"

RouteFunction = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Api:
    """What the routes of one API share: where they are mounted, extra response headers, how they say no.

    A header's value may be `{processing-ms}`: the simulated milliseconds to the first byte of the answer. An *envelope*
    may be `dialect`: that of the server's.
    """

    bases: tuple[str, ...] = ("",)
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope: str = "openai"


@dataclass(frozen=True)
class Route:
    """One line of the generated table.

    In *path*, `{name}` is one segment and `{name:path}` one or more; after a `?` stands what the query must say.
    """

    method: str
    path: str
    api: str
    module: str
    function: str


class Target:
    """A route that was found; its module is imported at the first request."""

    __slots__ = (
        "_function",
        "_import",
        "_lines",
        "_route",
        "envelope",
        "headers",
        "method",
        "names",
        "path",
        "timing_headers",
    )

    def __init__(self, route: Route, api: Api, load: Callable[[str], object], dialect: str) -> None:
        self._route, self._import = route, load
        self._function: RouteFunction | None = None
        self.headers = [(name.encode(), value.encode()) for name, value in api.headers.items() if value != PROCESSING]
        self._lines = b"".join([b"%b: %b\r\n" % header for header in self.headers])
        self.timing_headers = [name.encode() for name, value in api.headers.items() if value == PROCESSING]
        self.envelope: Envelope = envelope(api.envelope, dialect)
        self.method, self.path = route.method, api.bases[0] + route.path.partition("?")[0]  # at its first base
        parts = route.path.partition("?")[0].split("/")
        self.names = [part[1:-1].removesuffix(":path") for part in parts if part.startswith("{")]

    def lines(self, due: float) -> bytes:
        """What the API adds to the head of an answer that is due after *due* seconds, as header lines."""
        made = self._lines
        for name in self.timing_headers:
            made += b"%b: %d\r\n" % (name, round(due * 1000))
        return made

    @property
    def function(self) -> RouteFunction:
        if self._function is None:
            self._function = getattr(self._import(self._route.module), self._route.function)
        return self._function


class Leaf:
    """The end of a path: a target for each method."""

    __slots__ = ("targets", "variants")

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self.variants: list[tuple[str, frozenset[bytes], Target]] = []

    def target(self, method: str, query: bytes) -> Target | None:
        """What answers *method* here; a target that asks for something in *query* comes before one that does not."""
        if self.variants and query:
            said = frozenset(query.split(b"&"))
            for wanted, pairs, target in self.variants:
                if wanted == method and pairs <= said:
                    return target
        return self.targets.get(method)

    def add(self, method: str, query: str, target: Target) -> None:
        if query:
            self.variants.append((method, frozenset(query.encode().split(b"&")), target))
        else:
            self.targets[method] = target


class _Node:
    """Where a template can go on after some segments."""

    __slots__ = ("leaf", "literals", "parameter", "rest")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.rest: list[tuple[list[str], Leaf]] = []  # segments after a {name:path}, longest first
        self.leaf: Leaf | None = None


class Table:
    """All routes of a project, on a server of a *dialect*; *envelope* is that of calls which no route answers."""

    def __init__(
        self,
        routes: Iterable[Route],
        apis: Mapping[str, Api],
        load: Callable[[str], object],
        dialect: str = DIALECTS[0],
    ) -> None:
        self.envelope = envelope(SERVERS, dialect)
        self._exact: dict[str, Leaf] = {}
        self._root = _Node()
        self._targets: list[Target] = []
        for route in routes:
            api = apis[route.api]
            target = Target(route, api, load, dialect)
            self._targets.append(target)
            for base in api.bases:
                path, _, query = (base + route.path).partition("?")
                self._leaf(path).add(route.method, query, target)

    @property
    def operations(self) -> int:
        """How many operations there are."""
        return len(self._targets)

    def exact(self) -> Iterable[tuple[str, str, Target]]:
        """(method, path, target) of every route without parameters or demands on the query."""
        for path, leaf in self._exact.items():
            if not leaf.variants:
                yield from ((method, path, target) for method, target in leaf.targets.items())

    def find(self, method: str, path: str, query: bytes) -> tuple[Target | None, dict[str, str], list[str]]:
        """What answers, the values of the path's parameters, and which methods the path has at all."""
        leaf = self._exact.get(path)
        target = leaf.target(method, query) if leaf else None
        if target:
            return target, {}, []
        found, values = _match(self._root, path.split("/"), 0, []) or (None, [])
        target = found.target(method, query) if found else None
        args = dict(zip(target.names, values, strict=True)) if target else {}
        return target, args, sorted({method for each in (leaf, found) if each for method in each.targets})

    def loading(self) -> Iterator[None]:
        """Import every module of routes, one at each step, so that what is generated later does not mix with these."""
        for target in self._targets:
            target.function  # noqa: B018  # a property that imports
            yield

    def _leaf(self, path: str) -> Leaf:
        """The leaf of a template, made when there is none."""
        if "{" not in path:
            return self._exact.setdefault(path, Leaf())
        node = self._root
        segments = path.split("/")
        for i, segment in enumerate(segments):
            if segment.endswith(":path}"):
                for tail, leaf in node.rest:
                    if tail == segments[i + 1 :]:
                        return leaf
                leaf = Leaf()
                node.rest.append((segments[i + 1 :], leaf))
                node.rest.sort(key=lambda rest: -len(rest[0]))
                return leaf
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.leaf = node.leaf or Leaf()
        return node.leaf


def _match(node: _Node, segments: list[str], at: int, values: list[str]) -> tuple[Leaf, list[str]] | None:
    if at == len(segments):
        return (node.leaf, values) if node.leaf else None
    segment = segments[at]
    literal = node.literals.get(segment)
    found = _match(literal, segments, at + 1, values) if literal else None
    if found is None and node.parameter and segment:
        found = _match(node.parameter, segments, at + 1, [*values, segment])
    if found is None:
        for tail, leaf in node.rest:
            end = len(segments) - len(tail)
            if end > at and segments[end:] == tail and all(segments[at:end]):
                return leaf, [*values, "/".join(segments[at:end])]
    return found
