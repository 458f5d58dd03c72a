"""The simulated machine without a server: what a trace of requests would have met, as fast as it can be worked out."""
