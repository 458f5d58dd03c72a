"""Tables: words of categories, well-known facts, phrases of languages."""
