"""Vector stores, their files and batches of files."""
