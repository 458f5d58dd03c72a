"""Skills, bundles of files in versions."""
