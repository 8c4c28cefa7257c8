"""The pages of the workflows room: what waits for me, one matter, and completing an application."""
