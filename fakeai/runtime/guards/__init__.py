"""Who may pass."""
