"""Template tags of the workflows room."""
