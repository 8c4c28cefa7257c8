"""The register of what has been sent in: listed, searched, read, printed, exported."""

import datetime
import tempfile
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import django.forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter, display
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe
from wagtail_modeladmin.views import InspectView

from forms.actions.export import AT_ONCE, KEYS, LABELS, PERMISSION, chosen, export_now, request_export
from forms.admin.bulk import bulk, save_view
from forms.admin.reading import reading
from forms.admin.register import BASE, FORM, FormFilter, RegisterIndexView, SampleFilter
from forms.exports import CONTENT_TYPES, DICTIONARY, columns_of, file_name
from forms.models import Export, Form, Submission
from forms.permissions import may_see_submission
from records.admin import ScopedModelAdmin
from records.admin.gate import admit_register
from records.errors import Invalid, NotAllowed
from records.policy import collections_with, has

STATES = [choice for choice in Submission.State.choices if choice[0] != Submission.State.DRAFT]


class StateFilter(SimpleListFilter):
    """Whether it stands as it was sent, has been taken back or purged."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return STATES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class PeriodFilter(SimpleListFilter):
    """When it was sent."""

    title = gettext_lazy("sent")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        year = timezone.localdate().year
        return [
            ("7", gettext_lazy("the last 7 days")),
            ("30", gettext_lazy("the last 30 days")),
            (str(year), str(year)),
            (str(year - 1), str(year - 1)),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value.isdecimal() or len(value) > 4:
            return queryset
        if len(value) == 4:
            return queryset.filter(submitted_at__year=int(value))
        return queryset.filter(submitted_at__gte=timezone.now() - datetime.timedelta(days=int(value)))


class SubmissionInspectView(InspectView):
    """One submission as staff read it."""

    def get_meta_title(self) -> str:
        return str(self.instance)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, **reading(self.instance), print_url=reverse("forms_submission_print", args=[self.instance.pk])
        )


class SubmissionAdmin(ScopedModelAdmin):
    """Everything that has been sent in; drafts are nobody's business but their owner's."""

    model = Submission
    menu_label = gettext_lazy("Submissions")
    menu_icon = "download"
    menu_order = 220
    list_display = tuple(BASE)
    list_filter = (FormFilter, StateFilter, PeriodFilter, SampleFilter)
    list_display_add_buttons = "reference"
    index_view_class = RegisterIndexView
    list_select_related = ("form", "collection")
    list_per_page = 50
    search_fields = ("reference", "name", "email")
    ordering = ("-submitted_at",)
    inspect_view_enabled = True
    inspect_view_class = SubmissionInspectView
    index_view_extra_css = ("forms/register.css",)
    inspect_view_extra_css = ("forms/register.css",)

    @staticmethod
    @display(description=gettext_lazy("state"), ordering="state")
    def status(row: Submission) -> SafeString:
        """The state as a chip."""
        return format_html('<span class="w-status w-status--label">{}</span>', row.get_state_display())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        rows = super().get_queryset(request).exclude(state=Submission.State.DRAFT)
        return rows.defer("answers", "progress", "form__questions")

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """The columns this person has chosen; the list's view finds them out."""
        return getattr(request, "register_display", self.list_display)

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        base = "forms/submission"
        more = (
            path(f"{base}/print/<int:pk>/", self.print_view, name="forms_submission_print"),
            path(f"{base}/view/", save_view, name="forms_submission_view"),
            path(f"{base}/bulk/", bulk, name="forms_submission_bulk"),
            path(f"{base}/export/", export_page, name="forms_submission_export"),
            path(f"{base}/export/<uuid:key>/", export_progress, name="forms_submission_export_progress"),
            path(f"{base}/export/<uuid:key>/file/", export_file, name="forms_submission_export_file"),
        )
        admit_register(url.name for url in more if url.name)
        return (*super().get_admin_urls_for_registration(), *more)

    def _check(self, request: HttpRequest, instance_pk: str, actions: Iterable[str]) -> None:
        """Also raises PermissionDenied for somebody to whom just this one is closed."""
        super()._check(request, instance_pk, actions)
        if not may_see_submission(request.user, Submission.objects.select_related("collection").get(pk=instance_pk)):
            raise PermissionDenied

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One submission on paper."""
        self._check(request, str(pk), ["view"])
        submission = Submission.objects.select_related("form", "collection", "version").get(pk=pk)
        return render(request, "forms/admin/print.html", reading(submission))


class ExportForm(django.forms.Form):
    """Which form, which days, which sort of file."""

    form = django.forms.ModelChoiceField(label=gettext_lazy("Form"), queryset=Form.objects.none())
    kind = django.forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[*Export.Format.choices, (DICTIONARY, gettext_lazy("Only the data dictionary (CSV)"))],
        widget=django.forms.RadioSelect,
        initial="xlsx",
    )
    choices_as = django.forms.ChoiceField(
        label=gettext_lazy("Answers to choices"),
        required=False,
        choices=[
            (LABELS, gettext_lazy("as people read them")),
            (KEYS, gettext_lazy("as their stable keys, which stay the same when the words change")),
        ],
        widget=django.forms.RadioSelect,
        initial=LABELS,
    )
    samples = django.forms.BooleanField(label=gettext_lazy("Also samples"), required=False)
    columns = django.forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        required=False,
        widget=django.forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked means all of them."),
    )
    state = django.forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            *STATES,
        ],
    )
    sent_from = django.forms.DateField(
        label=gettext_lazy("Sent from"), required=False, widget=django.forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    sent_to = django.forms.DateField(
        label=gettext_lazy("Sent to"), required=False, widget=django.forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].queryset = (  # type: ignore[attr-defined]
            Form.objects.filter(collection__in=collections_with(user, PERMISSION))
            .defer("questions")
            .select_related("collection")
        )
        chosen_form = self._form()
        if chosen_form is None:
            del self.fields["columns"]
        else:
            self.fields["columns"].choices = columns_of(chosen_form)  # type: ignore[attr-defined]

    def _form(self) -> Form | None:
        """The form that is chosen already, whose columns can then be chosen too."""
        key = str(self.data.get("form") or self.initial.get("form") or "")
        if not key.isdecimal() or len(key) > 14:
            return None
        return self.fields["form"].queryset.filter(pk=key).first()  # type: ignore[attr-defined]

    @property
    def filters(self) -> dict[str, str]:
        """The choices as an export stores them."""
        chosen_days: dict[str, datetime.date | None] = {
            "from": self.cleaned_data["sent_from"],
            "to": self.cleaned_data["sent_to"],
        }
        filters = {name: day.isoformat() for name, day in chosen_days.items() if day}
        if self.cleaned_data["state"]:
            filters["state"] = self.cleaned_data["state"]
        if self.cleaned_data["samples"]:
            filters["samples"] = "with"
        return filters

    @property
    def how(self) -> dict[str, Any]:
        """Which columns, and how choices are written."""
        return {
            "columns": self.cleaned_data.get("columns", []),
            "choices_as": self.cleaned_data["choices_as"] or LABELS,
        }


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest) -> HttpResponseBase:
    """What to export; POST makes the file, at once or in the background."""
    if not collections_with(request.user, PERMISSION).exists():
        raise PermissionDenied
    if request.method != "POST":
        initial = {"form": request.GET.get(FORM), "state": request.GET.get("state", "")}
        return _export_form(request, ExportForm(user=request.user, initial=initial))
    asked = ExportForm(request.POST, user=request.user)
    if not asked.is_valid():
        return _export_form(request, asked)
    form, kind, filters = asked.cleaned_data["form"], asked.cleaned_data["kind"], asked.filters
    try:
        if kind != DICTIONARY and chosen(form, filters).count() > AT_ONCE:
            export = request_export(form=form, kind=kind, filters=filters, person=request.user, **asked.how)
            return redirect("forms_submission_export_progress", key=export.key)
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        with override(form.language):
            report = export_now(form=form, kind=kind, filters=filters, person=request.user, file=file, **asked.how)
    except NotAllowed as error:
        raise PermissionDenied from error
    except Invalid as error:
        messages.error(request, str(error.sentence))
        return _export_form(request, asked)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=file_name(form, kind), content_type=CONTENT_TYPES[kind])
    response["X-Rows"] = str(report.rows)
    response["X-Replaced"] = str(report.replaced)
    return response


def _export_form(request: HttpRequest, asked: ExportForm) -> HttpResponse:
    return render(request, "forms/admin/export.html", {"export_form": asked, "at_once": AT_ONCE})


def _own_export(request: HttpRequest, key: UUID) -> Export:
    """The export, for the one who asked for it and may still have it. Raises Http404."""
    export = Export.objects.select_related("form", "collection").filter(key=key, person=request.user.pk).first()
    if export is None or not has(request.user, PERMISSION, export.collection):
        raise Http404
    return export


@require_safe
def export_progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a large export has come; the page asks again by itself until the file is there."""
    export = _own_export(request, key)
    response = render(request, "forms/admin/export_progress.html", {"export": export})
    if export.state in (Export.State.WAITING, Export.State.WORKING):
        response["Refresh"] = "3"
    return response


@require_safe
def export_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file of a large export."""
    export = _own_export(request, key)
    if export.state != Export.State.READY:
        raise Http404
    try:
        file = export.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file has been removed.")) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=file_name(export.form, export.format),
        content_type=CONTENT_TYPES[export.format],
    )
