"""Tags that the frame and the page templates are made of."""

from typing import Any

from django.core.paginator import Page as ResultPage
from django.template import Library
from django.template.context import Context
from django.utils.translation import gettext
from wagtail.models import Page

from pages.frame import Frame, Link, Place
from pages.frame import frame as whole_frame

register = Library()


@register.simple_tag(takes_context=True)
def place(context: Context) -> Place | None:
    """The association this page is about: that of ``collection`` in the context, else that of the address."""
    whole: Frame = context.get("frame") or whole_frame()
    collection = context.get("collection")
    if collection is not None and (found := whole.of(getattr(collection, "pk", collection))):
        return found
    request = context.get("request")
    return whole.at(request.path) if request is not None else whole.only


@register.simple_tag(takes_context=True)
def is_here(context: Context, url: str) -> str:
    """``page`` on the address itself, ``true`` below it, else nothing: the value of aria-current."""
    request = context.get("request")
    if request is None:
        return ""
    if request.path == url:
        return "page"
    return "true" if url != "/" and request.path.startswith(url) else ""


@register.inclusion_tag("pages/_breadcrumbs.html", takes_context=True)
def breadcrumbs(context: Context) -> dict[str, Any]:
    """The way here: the page's ancestors, or ``crumbs`` (pairs of title and address) that a view has given."""
    given = context.get("crumbs")
    page = context.get("page")
    whole: Frame = context.get("frame") or whole_frame()
    crumbs: list[Link] = []
    if given is not None:
        crumbs = [Link(*crumb) for crumb in given]
    elif isinstance(page, Page) and page.depth and page.depth > 2:
        crumbs = [Link(ancestor.title, ancestor.url) for ancestor in page.get_ancestors().filter(depth__gt=2)]
        if not whole.only:
            crumbs.insert(0, Link(gettext("Home"), whole.home_url))
    return {"crumbs": crumbs, "title": page.title if isinstance(page, Page) else context.get("crumb_title", "")}


@register.simple_tag
def page_numbers(results: ResultPage) -> list[int]:
    """The numbers of the pages near this one."""
    return [n for n in range(results.number - 2, results.number + 3) if 1 <= n <= results.paginator.num_pages]
