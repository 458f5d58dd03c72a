"""Files and uploads, whose bytes come back as they were."""
