"""Commands of the forms room."""
