"""Before a workflow is published: a sample application walked through it, and the draft run over all its matters."""

from typing import Any

import django.forms
from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from records.errors import SamsynError
from records.policy import has
from workflows import actions
from workflows.actions.replay import PUBLISH, movable
from workflows.models import Replay
from workflows.trial import Trial, try_out

MOST_ROWS = 200  # matters listed by name
AGAIN = "3"  # seconds until the page asks how far it has come


def sentence(what: str, count: int) -> str:
    """How many matters would go which way."""
    if what == "same":
        return ngettext("%(n)s matter would go the same way.", "%(n)s matters would go the same way.", count)
    if what == "stops":
        return ngettext("%(n)s matter would stop at “%(step)s”.", "%(n)s matters would stop at “%(step)s”.", count)
    if what == "skips":
        return ngettext("%(n)s matter would skip “%(step)s”.", "%(n)s matters would skip “%(step)s”.", count)
    return ngettext("%(n)s matter would end at “%(step)s”.", "%(n)s matters would end at “%(step)s”.", count)


class TrialForm(django.forms.Form):
    """What is known of the sample application: one of the workflow's examples, or an amount."""

    example = django.forms.ChoiceField(label=gettext_lazy("Example"), required=False)
    amount = django.forms.DecimalField(
        label=gettext_lazy("Amount applied for"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Only when no example is chosen."),
    )

    def __init__(self, *args: Any, draft: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {str(child.id): child.value for child in draft.examples}
        named = [(key, value["label"]) for key, value in self.cases.items()]
        self.fields["example"].choices = [("", _("None: answers made up by the form")), *named]  # type: ignore[attr-defined]

    def value(self) -> Any:
        """The example chosen, or the amount alone."""
        chosen = self.cases.get(self.cleaned_data["example"])
        return chosen if chosen is not None else {"amount": self.cleaned_data["amount"]}


class ProvingView(WagtailAdminTemplateMixin, TemplateView):
    """The saved draft tried and run over its matters; after publishing, open matters moved to the version in use."""

    model: Any = None
    permission_policy: Any = None
    permission_required = "change"
    template_name = "workflows/admin/proving.html"
    edit_url_name = ""
    proving_url_name = ""
    header_icon = "tasks"
    _show_breadcrumbs = True

    trial: Trial | None = None
    trial_form: TrialForm

    @cached_property
    def object(self) -> Any:
        """The workflow."""
        return get_object_or_404(self.model.objects.select_related("collection"), pk=self.kwargs["pk"])

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return _("Try before publishing")

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.edit_url, "label": str(self.object)},
            {"url": "", "label": self.page_title},
        ]

    @property
    def edit_url(self) -> str:
        """Where the workflow is edited."""
        return reverse(self.edit_url_name, args=[quote(self.object.pk)])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.trial_form = TrialForm(draft=self.object.get_latest_revision_as_object())
        response = super().get(request, *args, **kwargs)
        if any(replay is not None and not replay.is_finished for replay in (self.look, self.move)):
            response["Refresh"] = AGAIN
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try, run over all matters, or move; only the trial answers at once, and keeps nothing."""
        wanted = request.POST.get("do")
        if wanted == "try":
            self.trial_form = TrialForm(request.POST, draft=self.object.get_latest_revision_as_object())
            if self.trial_form.is_valid():
                self.trial = try_out(workflow=self.object, value=self.trial_form.value())
            return self.render_to_response(self.get_context_data(**kwargs))
        ask = {"replay": actions.ask_replay, "move": actions.ask_move}.get(wanted or "")
        if ask is not None:
            try:
                ask(workflow=self.object, person=request.user)
            except SamsynError as error:
                messages.error(request, error.sentence)
        return redirect(reverse(self.proving_url_name, args=[quote(self.object.pk)]))

    @cached_property
    def look(self) -> Replay | None:
        """The latest run of a draft over all matters."""
        return Replay.objects.filter(workflow=self.object, sort=Replay.Sort.LOOK).select_related("person").first()

    @cached_property
    def move(self) -> Replay | None:
        """The latest moving of matters."""
        found = Replay.objects.filter(workflow=self.object, sort=Replay.Sort.MOVE)
        return found.select_related("person", "version").first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.object.version
        look = self.look
        return super().get_context_data(
            **kwargs,
            object=self.object,
            trial=self.trial,
            trial_form=self.trial_form,
            look=look,
            is_outdated=look is not None and self._saved_after(look),
            groups=[self._group(row) for row in look.result] if look is not None and look.is_finished else [],
            move=self.move,
            moved=self.move.moved[:MOST_ROWS] if self.move is not None else [],
            left=self.move.left[:MOST_ROWS] if self.move is not None else [],
            version=version,
            movable=movable(version).count() if version is not None else 0,
            may_publish=has(self.request.user, PUBLISH, self.object.collection),
            edit_url=self.edit_url,
        )

    def _saved_after(self, look: Replay) -> bool:
        revision = self.object.latest_revision
        return revision is not None and revision.created_at > look.created_at

    def _group(self, row: dict[str, Any]) -> dict[str, Any]:
        told = {"n": row["count"], "step": row["label"]}
        return {**row, "sentence": sentence(row["what"], row["count"]) % told, "more": row["count"] - len(row["first"])}


class ProvingPanel(Panel):
    """The way to trying the draft and running it over all matters."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "workflows/admin/proving_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            if self.instance.pk:
                name = type(self.instance).snippet_viewset.get_url_name("proving")
                context["address"] = reverse(name, args=[quote(self.instance.pk)])
            return context
