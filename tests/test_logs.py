"""The log of a server that was served inside another program: as it was before, when the server has ended."""

import logging

from fakeai import logs


def test_a_log_in_a_format_leaves_all_loggers_as_they_were() -> None:
    root, access = logging.getLogger(), logging.getLogger("fakeai.access")
    before = list(root.handlers), access.level
    with logs.written("json"):
        assert (len(root.handlers), access.level) == (1, logging.INFO)
    assert (list(root.handlers), access.level) == before
