"""Answers that are JSON: which form a request asks for, and values that have it."""
