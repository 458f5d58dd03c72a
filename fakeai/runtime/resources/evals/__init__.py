"""Evals: what is graded, their runs and results."""
