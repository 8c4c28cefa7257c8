"""The editors' help, in the admin: one page per language, written as a text and not string by string."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

LANGUAGES = ("sv", "en")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How forms are made, tried, published and read; holds nothing of any association."""
    language = (get_language() or "sv")[:2]
    chosen = language if language in LANGUAGES else "en"
    context = {"page_title": _("Help with forms"), "header_icon": "help", "text": f"forms/admin/help_{chosen}.html"}
    return render(request, "forms/admin/help.html", context)
