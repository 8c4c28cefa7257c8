"""What the training room shows on an association's first page."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pages.highlights import Highlight
from pages.models import AssociationPage
from training.models import TrainingDayPage, TrainingIndexPage

SHOWN = 3


def coming_days(association: AssociationPage, public: Q) -> Highlight | None:
    """The training days that come next."""
    index = TrainingIndexPage.objects.live().filter(public).child_of(association).first()
    if index is None:
        return None
    days = list(TrainingDayPage.objects.live().filter(public).child_of(index).upcoming()[:SHOWN])
    if not days:
        return None
    return Highlight(
        template="training/highlight.html",
        title=_("Training days"),
        pages=days,
        more_url=index.url,
        more=_("All training days"),
    )
