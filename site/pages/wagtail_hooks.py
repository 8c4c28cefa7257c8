"""Where the pages room takes part in Wagtail's admin."""

from wagtail import hooks

from pages.setup import set_up_when_made

hooks.register("after_create_page", set_up_when_made)
