"""What harm a text or a picture may do."""
