"""The forms room in the Wagtail admin."""
