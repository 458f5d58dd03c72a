"""Pictures, films, speech, and what is heard and seen in them."""
