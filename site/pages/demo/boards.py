"""The boards of the demo and their meetings, told by the workflows room."""

from django.utils.translation import gettext_lazy as _

from pages.demo.associations import SLUGS, collection_of
from pages.demo.registry import Step
from workflows import board_demo


def load() -> int:
    """Make what is missing; tells how many boards were made."""
    return board_demo.load({slug: collection_of(slug) for slug in SLUGS})


BOARDS = Step(name="boards", label=_("Boards and their meetings"), order=450, run=load)
