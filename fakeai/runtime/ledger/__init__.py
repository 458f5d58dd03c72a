"""What was used, by whom, and what it costs."""
