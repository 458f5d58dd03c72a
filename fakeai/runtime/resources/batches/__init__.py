"""Batches: files of requests, answered line by line."""
