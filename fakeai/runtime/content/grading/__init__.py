"""Graders: how good an answer is."""
