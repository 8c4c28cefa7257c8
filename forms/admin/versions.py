"""The history of a definition in the admin: who published what and why, what differs, an old version taken up again."""

from typing import Any

from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from forms.actions.version import restore_version
from forms.versions import grouped
from records.errors import SamsynError
from records.models import Event

MOST = 100  # versions and events shown
SHOWN_IN_EDITOR = 5
TOLD = ("unpublished", "restored", "publish_failed", "scheduled")


def people_by_key(keys: set[Any]) -> dict[str, Any]:
    """Those who are still here, by their keys as text."""
    known = get_user_model()._default_manager.filter(key__in={key for key in keys if key})
    return {str(person.key): person for person in known}


def versions_of(definition: Any, most: int) -> list[dict[str, Any]]:
    """The newest versions, each with who published it."""
    versions = list(definition.versions.defer("compiled")[:most])
    people = people_by_key({version.created_by for version in versions})
    return [{"version": version, "person": people.get(str(version.created_by))} for version in versions]


class VersionsPanel(Panel):
    """The newest published versions: number, day, person and reason, with the way to their differences."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms/admin/versions_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["versions"] = versions_of(self.instance, SHOWN_IN_EDITOR) if self.instance.pk else []
            context["is_live"] = self.instance.live
            if self.instance.pk:
                viewset = type(self.instance).snippet_viewset
                context["address"] = reverse(viewset.get_url_name("versions"), args=[quote(self.instance.pk)])
            return context


class VersionsView(WagtailAdminTemplateMixin, TemplateView):
    """Every version with who, when and why; two of them beside each other; POST takes an old one up again."""

    model: Any = None
    permission_policy: Any = None
    permission_required = "change"
    template_name = "forms/admin/versions.html"
    compare: Any = None  # tells what differs between two compiled versions; None where nothing can
    edit_url_name = ""
    versions_url_name = ""
    header_icon = "history"
    _show_breadcrumbs = True

    @cached_property
    def object(self) -> Any:
        """The definition."""
        return get_object_or_404(self.model, pk=self.kwargs["pk"])

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return _("Versions")

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.edit_url_name, args=[quote(self.object.pk)]), "label": str(self.object)},
            {"url": "", "label": _("Versions")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = versions_of(self.object, MOST)
        one, other = self._chosen([entry["version"].number for entry in versions])
        return super().get_context_data(
            **kwargs,
            object=self.object,
            versions=versions,
            is_live=self.object.live,
            told=self._told(),
            one=one,
            other=other,
            pages=self._difference(one, other),
            has_difference=one != other and self.compare is not None,
            can_compare=self.compare is not None and len(versions) > 1,
            chosen=[entry for number in (one, other) for entry in versions if entry["version"].number == number],
            whole=capfirst(self.object._meta.verbose_name),
            edit_url=reverse(self.edit_url_name, args=[quote(self.object.pk)]),
        )

    def _chosen(self, numbers: list[int]) -> tuple[int, int]:
        """The two versions to compare: those asked for, else the newest and the one before."""
        asked = [self.request.GET.get(name, "") for name in ("from", "to")]
        found = [int(number) for number in asked if number.isdecimal() and len(number) < 9 and int(number) in numbers]
        if len(found) == 2:
            return found[0], found[1]
        newest = numbers[:2] or [0]
        return newest[-1], newest[0]

    def _difference(self, one: int, other: int) -> list[Any]:
        if one == other or self.compare is None:
            return []
        found = {version.number: version.compiled for version in self.object.versions.filter(number__in=(one, other))}
        return grouped(self.compare(found[one], found[other]))

    def _told(self) -> list[dict[str, Any]]:
        """What else has happened: closed, taken up again, a schedule that failed."""
        name = self.object._meta.model_name
        types = {f"{name}.{what}": what for what in TOLD}
        events = list(Event.objects.filter(stream=self.object.stream, type__in=types).order_by("-sequence")[:MOST])
        people = people_by_key({event.actor_key for event in events})
        sentences = {
            "unpublished": _("Closed."),
            "restored": _("Version %(number)s was taken up again as a draft."),
            "publish_failed": _("A scheduled publication failed."),
            "scheduled": _("A publication was scheduled."),
        }
        return [
            {
                "at": event.at,
                "person": people.get(event.actor_key),
                "sentence": sentences[types[event.type]] % {"number": event.transition.get("number", "")},
            }
            for event in events
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take up the version as a new draft."""
        number = request.POST.get("restore", "")
        if not (number.isdecimal() and len(number) < 9):
            return redirect(request.path)
        version = get_object_or_404(self.object.versions, number=int(number))
        try:
            restore_version(definition=self.object, version=version, user=request.user)
        except SamsynError as error:
            messages.error(request, error.sentence)
            return redirect(request.path)
        messages.success(
            request,
            _("Version %(number)s is now the draft. Look through it and publish it when it is ready.")
            % {"number": version.number},
        )
        return redirect(self.edit_url_name, quote(self.object.pk))
