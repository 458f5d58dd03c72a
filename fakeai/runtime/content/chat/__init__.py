"""Chat completions and text completions, whole or streamed."""
