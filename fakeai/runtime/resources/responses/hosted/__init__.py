"""Tools of responses that are no functions: most are run by the server itself, some by the client for it."""
