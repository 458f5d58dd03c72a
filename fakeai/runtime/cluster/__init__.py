"""When an answer says it."""
