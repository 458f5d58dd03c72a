"""Which paths only look at the server: a dashboard does not count itself among the calls that it shows."""

from ..journal import OWN

LOOKS = (
    *OWN,
    "/dynamo/",
    "/kv-cache/",
    "/prometheus/",
    "/v1/metrics",
    "/v1/health",
    "/docs",
    "/redoc",
    "/openapi.json",
)


def is_look(path: str) -> bool:
    """Whether calls of *path* only look at the server."""
    return path.startswith(LOOKS)
