"""What the general page types show on an association's first page."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pages.highlights import Highlight
from pages.models import AssociationPage, FormPage, ProjectIndexPage, ProjectPage

SHOWN = 6
AT_LEAST = 3


def forms_to_fill_in(association: AssociationPage, public: Q) -> Highlight | None:
    """Buttons to the forms that the editor has marked."""
    pages = list(
        FormPage.objects.live().filter(public).descendant_of(association).filter(featured=True).order_by("path")
    )
    return Highlight(template="pages/highlights/forms.html", title="", pages=pages, place="door") if pages else None


def activities(association: AssociationPage, public: Q) -> Highlight | None:
    """What goes on now, and the way to all the rest."""
    index = ProjectIndexPage.objects.live().filter(public).child_of(association).first()
    if index is None:
        return None
    projects = list(ProjectPage.objects.live().filter(public).child_of(index).going_on_first()[:SHOWN])
    going_on = [project for project in projects if not project.is_over]
    shown = going_on + [project for project in projects if project.is_over][: max(0, AT_LEAST - len(going_on))]
    if not shown:
        return None
    return Highlight(
        template="pages/highlights/projects.html",
        title=_("What we do together"),
        pages=shown,
        more_url=index.url,
        more=_("All activities"),
    )
