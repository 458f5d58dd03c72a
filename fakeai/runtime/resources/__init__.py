"""Things that can be listed and looked up."""
