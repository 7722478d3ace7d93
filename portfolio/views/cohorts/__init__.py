"""What administrators do for many people at once."""
