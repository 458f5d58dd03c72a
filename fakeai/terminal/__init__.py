"""What people see in their terminal: tables, progress, a live view, explanations."""
