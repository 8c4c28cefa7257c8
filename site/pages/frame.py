"""The frame around every page: which associations there are, their menus and office facts, kept in the cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Prefetch
from wagtail.images import get_image_model
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.models import Page, Site

from pages.models import AssociationPage, StandingPage
from records import association

KEY = "pages.frame"
SECONDS = 60
LOGO = "height-96"


@dataclass(frozen=True)
class Link:
    """A title and where it leads."""

    title: str
    url: str


@dataclass(frozen=True)
class Place:
    """An association as the frame shows it; ``url`` is also the beginning of all its addresses."""

    page_id: int
    collection_id: int | None
    name: str
    short_name: str
    url: str
    menu: tuple[Link, ...]
    standing: tuple[Link, ...]
    phone: str
    email: str
    postal_address: str
    visiting_address: str
    office_hours: str
    organisation_number: str
    logo_url: str


@dataclass(frozen=True)
class Frame:
    """All that the frame needs to know, for every page of the installation."""

    name: str
    home_url: str
    menu: tuple[Link, ...]
    standing: tuple[Link, ...]
    places: tuple[Place, ...]

    @property
    def only(self) -> Place | None:
        """The one association of the installation, where there is only one."""
        return self.places[0] if len(self.places) == 1 else None

    def at(self, path: str) -> Place | None:
        """The association whose addresses ``path`` belongs to."""
        return next((place for place in self.places if path.startswith(place.url)), self.only)

    def of(self, collection_id: int | None) -> Place | None:
        """The association that the collection is."""
        return next((place for place in self.places if place.collection_id == collection_id), None)


def frame() -> Frame:
    """The frame, from the cache or made again; at most a minute old in other processes."""
    kept = cache.get(KEY)
    if kept is None:
        kept = _build()
        cache.set(KEY, kept, SECONDS)
    return kept


def forget(**_kwargs: Any) -> None:
    """Make the frame again at the next request, and let other rooms ask again what an association is called."""
    cache.delete(KEY)
    association.forget()


def forget_when_a_page_changes(sender: type[models.Model], **_kwargs: Any) -> None:
    """Receiver of ``post_save`` and ``post_delete``: titles, menus and office facts may have changed."""
    if issubclass(sender, Page):
        forget()
        transaction.on_commit(forget)


def _build() -> Frame:
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return Frame(name="Samsyn", home_url="/", menu=(), standing=(), places=())
    root = site.root_page
    standing = {page_type._meta.model_name for page_type in StandingPage.__subclasses__()}
    below: dict[str, list[Page]] = {}
    for page in _below(root):
        below.setdefault(page.path[: -Page.steplen], []).append(page)
    top = below.get(root.path, [])
    return Frame(
        name=site.site_name or root.title,
        home_url=_url(root, root),
        menu=_links([page for page in top if page.show_in_menus], root, standing, menu=True),
        standing=_links(top, root, standing, menu=False),
        places=tuple(
            _place(page, root, below.get(page.path, []), standing)
            for page in AssociationPage.objects.live()
            .public()
            .child_of(root)
            .prefetch_related(Prefetch("logo", get_image_model().objects.prefetch_renditions(LOGO)))
        ),
    )


def _below(root: Page) -> Sequence[Page]:
    """The pages on the first two levels that menus and footers lead to."""
    return (
        Page.objects.live()
        .public()
        .descendant_of(root)
        .filter(depth__lte=root.depth + 2)
        .select_related("content_type")
        .order_by("path")
    )


def _place(page: Any, root: Page, children: list[Page], standing: set[str | None]) -> Place:
    return Place(
        page_id=page.pk,
        collection_id=page.collection_id,
        name=page.title,
        short_name=page.short_name or page.title,
        url=_url(page, root),
        menu=_links([child for child in children if child.show_in_menus], root, standing, menu=True),
        standing=_links(children, root, standing, menu=False),
        phone=page.phone,
        email=page.email,
        postal_address=page.postal_address,
        visiting_address=page.visiting_address,
        office_hours=page.office_hours,
        organisation_number=page.organisation_number,
        logo_url=get_rendition_or_not_found(page.logo, LOGO).url if page.logo else "",
    )


def _links(pages: list[Page], root: Page, standing: set[str | None], *, menu: bool) -> tuple[Link, ...]:
    """Links for the menu (what editors marked) or for the footer (contact, privacy, accessibility)."""
    chosen = pages if menu else [page for page in pages if page.content_type.model in standing]
    return tuple(Link(page.title, _url(page, root)) for page in chosen)


def _url(page: Page, root: Page) -> str:
    """The address of a page below the site's root, without asking the database."""
    return "/" + page.url_path.removeprefix(root.url_path)
