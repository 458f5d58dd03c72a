"""Every setting: its flag, its environment variables, its default, and what it does."""
