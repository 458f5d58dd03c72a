"""Responses and conversations, and the items of which they are made."""
