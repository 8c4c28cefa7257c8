"""The workflows room in the Wagtail admin: workflows with their drawing, registry series, matters and tasks."""
