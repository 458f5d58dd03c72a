"""Fine-tuning jobs, their events, checkpoints and models."""
