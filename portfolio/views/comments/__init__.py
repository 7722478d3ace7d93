"""What is said about a decision after it."""
