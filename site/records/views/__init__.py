"""What the records room shows."""
