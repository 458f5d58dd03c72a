"""What tests and operators do to a running server, at /_fakeai."""
