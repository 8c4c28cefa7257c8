"""Searching the public pages: whole words first, then words that begin in the same way."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.models import Page

from pages.models import AssociationPage, SitePage

PER_PAGE = 10
LONGEST_QUERY = 200
FOUND_AT_MOST = 200
AROUND = 110
_WORD = re.compile(r"[\w§]+", re.UNICODE)


@dataclass(frozen=True)
class Result:
    """A page that was found, as the list shows it."""

    title: SafeString
    url: str
    excerpt: SafeString
    where: str


def search(query: str, within: AssociationPage | None = None, page: Any = 1) -> ResultPage[Result]:
    """Public pages that hold the words of ``query``; of one association, or of all.

    Whole words are looked for first (with PostgreSQL in all their Swedish forms), then words that begin as the ones
    asked for do: much of Swedish is long words put together.
    """
    words = _WORD.findall(query[:LONGEST_QUERY])
    keys = _found(" ".join(words), within) if words else []
    numbers = Paginator(keys, PER_PAGE).get_page(page)
    pages = {found.pk: found for found in Page.objects.filter(pk__in=list(numbers)).specific()}
    associations = _names(pages.values())
    results = [_result(pages[key], words, associations) for key in numbers if key in pages]
    return ResultPage(results, numbers.number, numbers.paginator)  # type: ignore[arg-type]


def _found(text: str, within: AssociationPage | None) -> list[int]:
    """Keys of the pages that match, the best first."""
    public = Page.objects.live().public().filter(depth__gt=1)
    if within is not None:
        public = public.descendant_of(within, inclusive=True)
    whole = [page.pk for page in public.search(text, operator="and")[:FOUND_AT_MOST]]
    begun = [page.pk for page in public.autocomplete(text, operator="and")[:FOUND_AT_MOST]]
    return list(dict.fromkeys(whole + begun))[:FOUND_AT_MOST]


def _names(pages: Any) -> dict[str, str]:
    """Tree path → name of the associations that these pages may belong to."""
    return dict(AssociationPage.objects.values_list("path", "title")) if pages else {}


def _result(page: Page, words: list[str], associations: dict[str, str]) -> Result:
    text = page.words() if isinstance(page, SitePage) else page.search_description
    kind = str(page.page_type_display_name).capitalize()
    owner = next((name for path, name in associations.items() if page.path.startswith(path)), "")
    return Result(
        title=highlighted(page.title, words),
        url=page.url,
        excerpt=highlighted(excerpt(text, words), words),
        where=" · ".join(part for part in (owner, kind) if part and part != page.title),
    )


def excerpt(text: str, words: list[str]) -> str:
    """The piece of the text where the first of the words stands, cut between words."""
    hit = _pattern(words).search(text) if words else None
    middle = hit.start() if hit else 0
    start = max(0, middle - AROUND)
    end = min(len(text), middle + AROUND + (AROUND - (middle - start)))
    start = text.find(" ", start) + 1 if start else 0
    if end < len(text):
        end = max(text.rfind(" ", middle, end), middle + 1)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def highlighted(text: str, words: list[str]) -> SafeString:
    """The text with the words marked, everything else escaped."""
    if not words:
        return format_html("{}", text)
    parts = _pattern(words).split(text)
    marked = (("mark", part) if place % 2 else ("", part) for place, part in enumerate(parts))
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if tag else part,) for tag, part in marked)
    )


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Words that begin with one of the words asked for; one group, so that splitting keeps them."""
    return re.compile(r"(?<!\w)((?:" + "|".join(re.escape(word) for word in words) + r")\w*)", re.IGNORECASE)
