"""Definitions (forms, workflows) in the Wagtail editor: strict when published, tolerant of unfinished drafts.

The gate is ``Definition.publish``. The editor's form repeats its lint, so that each error stands at its own block.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import Panel
from wagtail.admin.staticfiles import versioned_static
from wagtail.snippets.views import snippets

from forms.kinds import KindsField, Problem, UnknownKinds, place, places
from records.admin import ScopedSnippetViewSet
from records.errors import SamsynError

from .versions import VersionsView

OVERRULED = "overruled-"


class DefinitionForm(WagtailAdminModelForm):
    """The editor's form of a definition; pressing *Publish* lints it and places what is wrong."""

    @property
    def is_publishing(self) -> bool:
        """Was *Publish* pressed? Saving and autosaving take anything."""
        return "action-publish" in self.data

    def _post_clean(self) -> None:
        super()._post_clean()
        for field in self._kinds_fields():
            # The browser was never shown what is not installed, and would lose it.
            if unknown := getattr(self.initial.get(field.name), "unknown_kinds", ()):
                self.add_error(field.name, UnknownKinds(unknown))
        self.instance.overruled = self._overruled()
        if self.is_publishing and not self.errors:
            for field in self.instance._meta.get_fields():
                if isinstance(field, ParentalManyToManyField) and field.name in self.cleaned_data:
                    setattr(self.instance, field.name, self.cleaned_data[field.name])
            problems = self.instance.problems()
            self.place(problems)
            left = self.instance.unreasoned(problems)
            if left and not self.errors:
                sentence = _("Correct this, or write why it may stand, under “Before publishing”: %(warnings)s") % {
                    "warnings": " ".join(self.instance.describe(left))
                }
                self.add_error(None, ValidationError(sentence, code="warnings"))

    def _overruled(self) -> dict[str, str]:
        """The reasons as the checks panel posted them; those of warnings it did not show are kept."""
        posted = {
            name.removeprefix(OVERRULED): self.data[name].strip()[:1000]
            for name in self.data
            if name.startswith(OVERRULED)
        }
        return {key: reason for key, reason in {**self.instance.overruled, **posted}.items() if reason}

    def place(self, problems: list[Problem]) -> None:
        """Put each error where it belongs: its block, its field, or above the form."""
        errors = [problem for problem in problems if problem.is_error]
        kinds = {field.name for field in self._kinds_fields()}
        blocks = {name: {block_id for block_id, _place in places(getattr(self.instance, name))} for name in kinds}
        for name in kinds:
            elsewhere = set().union(*(known for other, known in blocks.items() if other != name))
            here = [
                problem
                for problem in errors
                if problem.setting == name or (problem.block_id and problem.block_id not in elsewhere)
            ]
            error = place(getattr(self.instance, name), here, setting=name)
            if error is not None:
                self.add_error(name, error)
        for problem in errors:
            if problem.block_id or problem.setting in kinds:
                continue
            shown = problem.setting if problem.setting in self.fields else None
            self.add_error(shown, ValidationError(str(problem.sentence), code=problem.code))

    def _kinds_fields(self) -> list[KindsField]:
        fields = self.instance._meta.get_fields()
        return [field for field in fields if isinstance(field, KindsField) and field.name in self.fields]


class DefinitionEditing:
    """What the create and the edit view of a definition share."""

    def save_instance(self) -> Any:
        """Save the draft; what has no name gets one, but not while somebody is still typing (autosave)."""
        if not self.expects_json_response:  # type: ignore[attr-defined]
            self.form.instance.fill_names()  # type: ignore[attr-defined]
        return super().save_instance()  # type: ignore[misc]

    def publish_action(self) -> HttpResponse | None:
        """Publish what was just saved; when the gate refuses, the draft is kept and the reason shown."""
        try:
            response = super().publish_action()  # type: ignore[misc]
        except SamsynError as error:
            messages.error(self.request, error.sentence)  # type: ignore[attr-defined]
            return redirect(self.get_edit_url())  # type: ignore[attr-defined]
        return response


class DefinitionCreateView(DefinitionEditing, snippets.CreateView):
    """Makes a new draft."""


class DefinitionEditView(DefinitionEditing, snippets.EditView):
    """Changes a draft, and publishes it."""


class DefinitionCopyView(DefinitionEditing, snippets.CopyView):
    """Begins a new draft from another: ids of questions and steps stay, address and title become its own."""

    def get_initial_form_instance(self) -> Any:
        original = self.get_object()
        copy = original.get_latest_revision_as_object()
        copy.pk = None
        copy.live = False
        copy.title = _("Copy of %(title)s") % {"title": copy.title}
        copy.slug = free_slug(type(copy), copy.slug)
        copy.go_live_at = copy.expire_at = None
        return copy


def free_slug(model: Any, wanted: str) -> str:
    """``wanted``, or with a number after it the first that no row of ``model`` has."""
    longest = model._meta.get_field("slug").max_length
    slug, number = wanted[:longest], 1
    while model._default_manager.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted[: longest - 4]}-{number}"
    return slug


class DefinitionUnpublishView(snippets.UnpublishView):
    """Closes a definition through its own gate, which writes the event."""

    def unpublish(self) -> HttpResponse | None:
        response = self.run_hook("before_unpublish", self.request, self.object)
        if response is None:
            self.object.unpublish(user=self.request.user)
            response = self.run_hook("after_unpublish", self.request, self.object)
        return response


class ChecksPanel(Panel):
    """What stands in the way of publishing the draft: each leads to its block; a warning has room for a reason."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms/admin/checks_panel.html"

        @property
        def media(self) -> Media:
            """The script that opens the block a problem leads to."""
            return Media(js=[versioned_static("forms/checks.js")])

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            draft = self.instance
            problems = draft.problems() if draft.pk else []
            told = list(zip(problems, draft.describe(problems), strict=True))
            context["errors"] = [(problem, line) for problem, line in told if problem.is_error]
            context["warnings"] = [
                (problem, line, OVERRULED + problem.key, draft.reason_for(problem))
                for problem, line in told
                if not problem.is_error
            ]
            context["examples"] = self.panel.examples(draft) if draft.pk else []
            context["editor"] = self.panel.editor(draft)
            context["is_new"] = not draft.pk
            return context

    def examples(self, draft: Any) -> list[Any]:
        """When each part with a condition is met, for example; a higher panel tells."""
        return []

    def editor(self, draft: Any) -> dict[str, Any]:
        """What the admin's scripts must know: the words of the rule builder, and what can be chosen there."""
        return {}


class DefinitionViewSet(ScopedSnippetViewSet):
    """A definition as a snippet: drafts, preview, history, lock, publish; every road leads through the gate."""

    add_view_class = DefinitionCreateView
    edit_view_class = DefinitionEditView
    copy_view_class = DefinitionCopyView
    unpublish_view_class = DefinitionUnpublishView
    copy_view_enabled = True
    compare: Any = None
    add_to_admin_menu = True
    search_fields = ("title",)

    @property
    def versions_view(self) -> Any:
        """The history: versions, their differences, and the way back to one."""
        return self.construct_view(
            VersionsView,
            compare=self.compare,
            edit_url_name=self.get_url_name("edit"),
            versions_url_name=self.get_url_name("versions"),
            breadcrumbs_items=self.breadcrumbs_items,
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path(f"versions/<{self.pk_path_converter}:pk>/", self.versions_view, name="versions"),
        ]
