"""Functions that the client runs: what is on offer, which are called with what, and what their results say."""
