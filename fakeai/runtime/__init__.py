"""The machine: everything that moves behind the generated routes."""
