"""Associations with pages, for the tests of this room: plain functions with names from the map."""

import datetime
from typing import Any

from wagtail.models import Page

from pages.models import AssociationPage, HomePage, ProjectIndexPage, ProjectPage, SectionPage
from pages.setup import home_page, set_up_association


def portal() -> HomePage:
    """The home page of the site."""
    return home_page()


def association(name: str = "Höglandets samordningsförbund", slug: str = "hoglandet", **values: Any) -> AssociationPage:
    """An association with its page, collection, roles and rights."""
    page = AssociationPage(
        **{"title": name, "slug": slug, "short_name": name.split()[0], "email": f"kansli@{slug}.example", **values}
    )
    portal().add_child(instance=page)
    set_up_association(page)
    return page


def section(parent: Page, title: str = "Om oss", **values: Any) -> SectionPage:
    """A page of running text."""
    return parent.add_child(instance=SectionPage(title=title, **values))


def activities(parent: Page, title: str = "Verksamheter") -> ProjectIndexPage:
    """The list of an association's activities."""
    return parent.add_child(instance=ProjectIndexPage(title=title, show_in_menus=True))


def activity(parent: Page, title: str = "Uppdrag Samverkan", **values: Any) -> ProjectPage:
    """A finished project, unless told otherwise."""
    finished = {
        "lead": "Fem kommuner prövade.",
        "status": "finished",
        "period_start": datetime.date(2016, 8, 1),
        "period_end": datetime.date(2019, 7, 31),
    }
    return parent.add_child(instance=ProjectPage(title=title, **{**finished, **values}))
