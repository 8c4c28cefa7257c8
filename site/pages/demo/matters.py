"""Forms, workflows and twelve applications of the demo, told by the workflows room."""

from django.utils.translation import gettext_lazy as _

from pages.demo.associations import SLUGS, collection_of
from pages.demo.registry import Step
from workflows import demo


def load() -> int:
    """Make what is missing; tells how many matters were made."""
    return demo.load({slug: collection_of(slug) for slug in SLUGS})


MATTERS = Step(name="matters", label=_("Forms, workflows and applications"), order=400, run=load)
