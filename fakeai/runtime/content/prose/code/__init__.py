"""Programs: code that runs, with names from the prompt."""
