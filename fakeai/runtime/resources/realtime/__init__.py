"""Realtime calls and sessions, as far as they are asked for over HTTP."""
