"""The only writers of business changes in this room."""
