"""Paths that only look at the server, or look after it: they are not what an application asks of it.

The journal does not note them, dashboards and `fakeai top` do not count them, and faults spare them unless a rule names
them. Health and metrics answer also an address that is banned.
"""

HEALTH = ("/health", "/v1/health", "/live")
METRICS = ("/metrics", "/v1/metrics", "/prometheus", "/dcgm", "/dynamo", "/kv-cache")
PAGES = ("/dashboard", "/docs", "/redoc", "/openapi.json")
ADMIN = ("/_fakeai",)


def below(*paths: str) -> tuple[str, ...]:
    """What a path with a slash at its end begins with when it is one of *paths* or stands below one."""
    return tuple([f"{path}/" for path in paths])


LOOKS = below(*HEALTH, *METRICS, *PAGES, *ADMIN)


def is_look(path: str) -> bool:
    """Whether calls of *path* only look at the server, or look after it."""
    return f"{path}/".startswith(LOOKS)
