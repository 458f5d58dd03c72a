"""Assistants, their threads, and runs that answer them."""
