"""An app that exists in tests only: rows of an association with everything Wagtail can do to them."""
