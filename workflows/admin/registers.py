"""The registers of matters and tasks: listed, searched, filtered, exported, and what came by letter or call entered."""

import csv
import io
from collections.abc import Callable
from typing import Any

import django.forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from wagtail.models import Collection

from forms.cells import clean_cell, guard_formula, split_text
from forms.exports import CONTENT_TYPES
from forms.fields.numbers import AffixInput, NumberAnswer
from records.admin import ScopedModelAdmin
from records.admin.registers import ScopedPermissionHelper
from records.errors import Invalid, NotAllowed
from records.mail import ADDRESS_LENGTH
from records.policy import collections_with
from workflows import actions, letters
from workflows.models import Matter, Task, Workflow
from workflows.roles import HANDLE, called

Value = Callable[[Matter], Any]

COLUMNS: list[tuple[Any, Value]] = [
    (gettext_lazy("Registry number"), lambda row: row.registry_number),
    (gettext_lazy("Title"), lambda row: row.title),
    (gettext_lazy("Received"), lambda row: row.received_at),
    (gettext_lazy("Came by"), lambda row: row.get_channel_display()),
    (gettext_lazy("Sender"), lambda row: row.sender),
    (gettext_lazy("Workflow"), lambda row: row.workflow.title if row.workflow else ""),
    (gettext_lazy("Step"), lambda row: row.step_name),
    (gettext_lazy("State"), lambda row: row.get_state_display()),
    (gettext_lazy("Result"), lambda row: row.result),
    (gettext_lazy("Amount applied for"), lambda row: row.amount_applied),
    (gettext_lazy("Amount granted"), lambda row: row.amount_granted),
    (gettext_lazy("Responsible officer"), lambda row: str(row.officer) if row.officer else ""),
    (gettext_lazy("Closed"), lambda row: row.closed_at),
    (gettext_lazy("Reference"), lambda row: row.submission.reference if row.submission else ""),
    (gettext_lazy("Association"), lambda row: row.collection.name),
]


class OnlyRead(ScopedPermissionHelper):
    """A register is read; what happens to a matter happens on its page."""

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False


class NeverMade(OnlyRead):
    """Nothing is added by hand."""

    def user_can_create(self, user: Any) -> bool:
        return False


class RegisterForm(django.forms.Form):
    """What is written down of a letter, a call or a visit."""

    collection = django.forms.ModelChoiceField(
        label=gettext_lazy("Association"), queryset=Collection.objects.none(), empty_label=None
    )
    title = django.forms.CharField(label=gettext_lazy("What it is about, in short"), max_length=200)
    channel = django.forms.ChoiceField(
        label=gettext_lazy("Came by"),
        choices=[choice for choice in Matter.Channel.choices if choice[0] != Matter.Channel.FORM],
    )
    received_at = django.forms.DateTimeField(
        label=gettext_lazy("Received"),
        widget=django.forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )
    sender = django.forms.CharField(label=gettext_lazy("From whom"), max_length=200, required=False)
    email = django.forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        max_length=ADDRESS_LENGTH,
        required=False,
        help_text=gettext_lazy("With an address the person can follow the matter and gets letters by mail."),
    )
    description = django.forms.CharField(
        label=gettext_lazy("What was said or written"),
        required=False,
        max_length=20_000,
        widget=django.forms.Textarea({"rows": 6}),
    )
    workflow = django.forms.ModelChoiceField(
        label=gettext_lazy("Follows the workflow"),
        queryset=Workflow.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: the office handles and closes it"),
    )
    amount = NumberAnswer(
        label=gettext_lazy("Amount applied for"),
        required=False,
        decimals=2,
        smallest=None,
        largest=None,
        money=True,
        widget=AffixInput({"inputmode": "decimal"}, suffix="kr"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = collections_with(user, HANDLE).filter(depth__gt=1)
        self.fields["collection"].queryset = places  # type: ignore[attr-defined]
        self.fields["workflow"].queryset = (  # type: ignore[attr-defined]
            Workflow.objects.filter(collection__in=places, live=True, by_hand=True)
            .select_related("collection")
            .defer("steps")
        )
        self.fields["received_at"].initial = timezone.localtime().replace(second=0, microsecond=0)


class MatterAdmin(ScopedModelAdmin):
    """Every matter of the associations one works for."""

    model = Matter
    menu_label = gettext_lazy("Matters")
    menu_icon = "folder-open-inverse"
    menu_order = 200
    permission_helper_class = OnlyRead
    list_display = ("number", "name", "status", "officer", "money", "received")
    list_filter = ("state", "step_name", "officer", "workflow", "channel", "received_at")
    list_select_related = ("collection", "officer", "workflow")
    list_per_page = 50
    search_fields = ("registry_number", "title", "sender", "people__email", "people__name")
    ordering = ("-received_at",)
    inspect_view_enabled = True
    list_export = ("registry_number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Matter]:
        return super().get_queryset(request).defer("description", "workflow__steps")

    def number(self, row: Matter) -> SafeString:
        """The registry number; it leads to the matter page."""
        return format_html('<a href="{}">{}</a>', row.get_absolute_url(), row.registry_number)

    number.short_description = gettext_lazy("registry number")  # type: ignore[attr-defined]
    number.admin_order_field = "registry_serial"  # type: ignore[attr-defined]

    def name(self, row: Matter) -> SafeString:
        """The title and who sent it."""
        return format_html("{}<br><small>{}</small>", row.title, row.sender)

    name.short_description = gettext_lazy("title")  # type: ignore[attr-defined]
    name.admin_order_field = "title"  # type: ignore[attr-defined]

    def status(self, row: Matter) -> SafeString:
        """Where it is."""
        words = row.step_name if row.is_open and row.step_name else row.result or row.get_state_display()
        return format_html('<span class="w-status w-status--label">{}</span>', words)

    status.short_description = gettext_lazy("state")  # type: ignore[attr-defined]
    status.admin_order_field = "step_name"  # type: ignore[attr-defined]

    def money(self, row: Matter) -> str:
        """Granted, or else applied for."""
        return letters.kronor(row.amount_granted if row.amount_granted is not None else row.amount_applied)

    money.short_description = gettext_lazy("amount")  # type: ignore[attr-defined]
    money.admin_order_field = "amount_applied"  # type: ignore[attr-defined]

    def received(self, row: Matter) -> Any:
        """The day it came."""
        return timezone.localtime(row.received_at).date()

    received.short_description = gettext_lazy("received")  # type: ignore[attr-defined]
    received.admin_order_field = "received_at"  # type: ignore[attr-defined]

    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        """A matter is read on its own page."""
        self._check(request, instance_pk, ["view"])
        return redirect(Matter.objects.get(pk=instance_pk).get_absolute_url())

    def create_view(self, request: HttpRequest) -> HttpResponse:
        """Register a letter, a call or a visit."""
        if not self.permission_helper.user_can_create(request.user):
            raise PermissionDenied
        form = RegisterForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                matter = actions.register_by_hand(actor=request.user, **form.cleaned_data)
            except Invalid as error:
                for place, sentences in error.problems.items():
                    form.add_error(place if place in form.fields else None, [str(one) for one in sentences])
            except NotAllowed as error:
                raise PermissionDenied from error
            else:
                messages.success(
                    request, _("Registered with the number %(number)s.") % {"number": matter.registry_number}
                )
                return redirect(matter.get_absolute_url())
        return render(request, "workflows/admin/register.html", {"register_form": form})

    def export(self, request: HttpRequest, rows: QuerySet[Matter], kind: str) -> HttpResponse:
        """The matters that the list shows, with its filters, as a workbook or a text file."""
        rows = rows.select_related("collection", "officer", "workflow", "submission").defer(
            "description", "workflow__steps", "submission__answers", "submission__progress"
        )
        values = ([value(row) for _label, value in COLUMNS] for row in rows.iterator(chunk_size=500))
        file = (_workbook if kind == "xlsx" else _text_file)([str(label) for label, _value in COLUMNS], values)
        name = f"{_('matters')}-{timezone.localdate():%Y-%m-%d}.{kind}"
        return HttpResponse(
            file,
            content_type=CONTENT_TYPES[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _workbook(headings: list[str], rows: Any) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Matters")[:31])
    sheet.freeze_panes = "B2"
    bold = [WriteOnlyCell(sheet, heading) for heading in headings]
    for cell in bold:
        cell.font = Font(bold=True)
    sheet.append(bold)
    for row in rows:
        cells = []
        for value in row:
            clean, _replaced = clean_cell(value)
            if isinstance(clean, str):
                cell = WriteOnlyCell(sheet, value="")
                cell._value, cell.data_type = split_text(clean)[0], "s"
                cells.append(cell)
            else:
                cells.append(clean)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_file(headings: list[str], rows: Any) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_plain(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    clean, _replaced = clean_cell(value)
    if clean is None:
        return ""
    return guard_formula(clean) if isinstance(clean, str) else clean


class TaskAdmin(ScopedModelAdmin):
    """Everything that waits, and for whom."""

    model = Task
    menu_label = gettext_lazy("Tasks")
    menu_icon = "tasks"
    menu_order = 205
    permission_helper_class = NeverMade
    list_display = ("what_waits", "of_matter", "waits_for", "due", "how_pressing")
    list_filter = ("role", "due")
    list_select_related = ("matter", "matter__workflow_version", "matter__officer", "assignee")
    list_per_page = 50
    search_fields = ("matter__registry_number", "matter__title")
    ordering = ("due",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return super().get_queryset(request).filter(done_at=None, matter__state=Matter.State.OPEN)

    def what_waits(self, row: Task) -> str:
        """What is to be done."""
        return row.label

    what_waits.short_description = gettext_lazy("task")  # type: ignore[attr-defined]

    def of_matter(self, row: Task) -> SafeString:
        """The matter; it leads to its page."""
        return format_html('<a href="{}">{}</a>', row.matter.get_absolute_url(), row.matter)

    of_matter.short_description = gettext_lazy("matter")  # type: ignore[attr-defined]
    of_matter.admin_order_field = "matter__registry_serial"  # type: ignore[attr-defined]

    def waits_for(self, row: Task) -> str:
        """Whom it waits for."""
        return str(row.assignee) if row.assignee else str(called(row.role))

    waits_for.short_description = gettext_lazy("waits for")  # type: ignore[attr-defined]
    waits_for.admin_order_field = "role"  # type: ignore[attr-defined]

    def how_pressing(self, row: Task) -> SafeString | str:
        """Late, soon or in good time."""
        words = {"late": _("overdue"), "soon": _("soon"), "calm": _("in good time")}.get(row.light)
        return format_html('<span class="w-status w-status--label">{}</span>', words) if words else "–"

    how_pressing.short_description = gettext_lazy("time")  # type: ignore[attr-defined]
    how_pressing.admin_order_field = "due"  # type: ignore[attr-defined]
