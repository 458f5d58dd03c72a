"""What NVIDIA NIM answers beyond OpenAI's API."""
