"""Forms of answers: each says what it answers to, and gives the whole answer."""
