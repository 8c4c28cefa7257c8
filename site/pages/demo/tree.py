"""Builds pages from facts: only what is missing, never over what somebody has written."""

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from wagtail.fields import StreamField
from wagtail.models import Page

from pages.demo import facts

LINK = "@/"
"""How the facts point at another page: by its address, once all pages are there."""


class Tree:
    """Makes pages below one another, and afterwards the links between them."""

    def __init__(self, home: Page, documents: Callable[[str], Any] | None = None) -> None:
        self.home = home
        self.documents = documents
        self.made = 0
        self._unlinked: list[tuple[Page, dict[str, Any]]] = []

    def page(self, parent: Page, described: dict[str, Any]) -> Page:
        """The page under ``parent`` with the slug described, made if it is not there; then its children."""
        existing = Page.objects.child_of(parent).filter(slug=described["slug"]).first()
        page = existing.specific if existing else self._make(parent, described)
        for child in described.get("children", ()):
            self.page(page, child)
        return page

    def at(self, address: str) -> Page | None:
        """The page at an address that begins with a slash."""
        return Page.objects.filter(url_path=self.home.url_path + address.lstrip("/")).first()

    def link(self) -> None:
        """Fill in what points at pages that were not there when the page was made."""
        for page, links in self._unlinked:
            for name, value in links.items():
                linked = self.linked(value) if isinstance(value, list) else self._page(value)
                setattr(page, name, as_stored(page, name, linked))
            page.save()
        self._unlinked.clear()

    def _make(self, parent: Page, described: dict[str, Any]) -> Page:
        model = apps.get_model(described["type"])
        page = model(title=described["title"], slug=described["slug"], show_in_menus=described.get("in_menu", False))
        waiting: dict[str, Any] = {}
        for name, value in described.items():
            if name in ("type", "title", "slug", "in_menu", "children"):
                continue
            self._set(page, name, value, waiting)
        parent.add_child(instance=page)
        self.made += 1
        if waiting:
            self._unlinked.append((page, waiting))
        return page

    def _set(self, page: Page, name: str, value: Any, waiting: dict[str, Any]) -> None:
        field = page._meta.get_field(name)
        if isinstance(value, list) and field.is_relation:
            rows = [self._row(field.related_model, row) for row in value]
            setattr(page, name, rows)
        elif isinstance(field, models.DateField):
            setattr(page, name, facts.day(value))
        elif "'@" in repr(value):
            waiting[name] = value
        else:
            setattr(page, name, as_stored(page, name, value))

    def _row(self, model: type[models.Model], described: dict[str, Any]) -> models.Model:
        row = model()
        for name, value in described.items():
            setattr(row, name, facts.day(value) if isinstance(model._meta.get_field(name), models.DateField) else value)
        return row

    def linked(self, value: Any) -> Any:
        """The same facts with keys of pages and documents in place of addresses and names."""
        if isinstance(value, dict):
            return {name: self.linked(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.linked(part) for part in value]
        if isinstance(value, str) and value.startswith(LINK):
            return getattr(self.at(value.removeprefix("@")), "pk", None)
        if isinstance(value, str) and value.startswith("@") and self.documents:
            return self.documents(value.removeprefix("@")).pk
        return value

    def _page(self, address: str) -> Page | None:
        found = self.at(address.removeprefix("@"))
        return found.specific if found else None


def as_stored(page: Page, name: str, value: Any) -> Any:
    """The value as the field takes it: blocks as JSON text."""
    return json.dumps(value) if isinstance(page._meta.get_field(name), StreamField) else value
