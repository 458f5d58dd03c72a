"""The organization: keys, certificates, the audit log, usage."""
