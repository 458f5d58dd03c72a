"""Pictures, films, recordings and files in a prompt: how many tokens they have, and what can be said of them."""
