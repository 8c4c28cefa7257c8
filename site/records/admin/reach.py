"""Which pages are within a person's reach in the admin."""

from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permissions import page_permission_policy


def reachable_pages(user: Any) -> QuerySet[Page]:
    """The pages a person has rights on and the pages above them."""
    root = page_permission_policy.explorable_root_instance(user)
    if root is None:
        return Page.objects.none()
    explorable = page_permission_policy.explorable_instances(user).values("pk")
    return Page.objects.filter(Q(pk__in=explorable) | Q(pk__in=root.get_ancestors().values("pk")))
