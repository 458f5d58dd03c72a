"""Languages that answers are written in: one module of tables for each, and how a prompt's language is found."""
