"""What other rooms ask about the pages."""

from wagtail.models import Collection

from pages.models import AssociationPage
from records.association import AssociationFacts


def association_page(collection: Collection) -> AssociationPage | None:
    """The public page of an association, also when it is not published."""
    return AssociationPage.objects.filter(collection=collection).first()


def association_facts(collection: Collection) -> AssociationFacts | None:
    """How letters and forms present the association; None when it has no page."""
    page = association_page(collection)
    if page is None:
        return None
    return AssociationFacts(
        name=page.title,
        short_name=page.short_name or page.title,
        email=page.email,
        phone=page.phone,
        url=page.full_url or "",
        slug=page.slug,
    )
