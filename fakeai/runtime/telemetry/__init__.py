"""What is seen of the simulated machine from outside."""
