"""What is done with many submissions at once, and how it went for each; and the person's own views of the register."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from forms.actions.export import export_now
from forms.actions.resend import remove_sample, resend_receipt
from forms.admin.reading import reading
from forms.admin.register import BULK, REGISTER, SEE, keep_view
from forms.exports import CONTENT_TYPES, file_name
from forms.models import RegisterView, Submission
from forms.permissions import may_see_submission
from records.errors import Invalid, SamsynError
from records.policy import collections_with

MOST = 200  # rows in one go


@dataclass(frozen=True)
class Result:
    """How it went for one row."""

    reference: str
    address: str
    is_done: bool
    sentence: str | Promise


def _address(row: Submission) -> str:
    return reverse("forms_submission_modeladmin_inspect", args=[row.pk])


def _each(rows: list[Submission], person: Any, do: Callable[..., str | Promise]) -> list[Result]:
    """Do it to every row by itself: what stops one does not stop the next."""
    results = []
    for row in rows:
        reference, address = str(row), _address(row)
        try:
            sentence, is_done = do(submission=row, person=person), True
        except SamsynError as error:
            sentence, is_done = error.sentence, False
        results.append(Result(reference, address, is_done, sentence))
    return results


EACH: dict[str, Callable[..., str | Promise]] = {"receipt": resend_receipt, "remove": remove_sample}


def _chosen(request: HttpRequest) -> list[Submission]:
    """The rows that were ticked and that the person may see, newest first."""
    keys = {int(key) for key in request.POST.getlist("row")[:MOST] if key.isdecimal() and len(key) < 15}
    rows = Submission.objects.filter(pk__in=keys, collection__in=collections_with(request.user, SEE))
    rows = rows.exclude(state=Submission.State.DRAFT).select_related("form", "collection", "version")
    return [row for row in rows.order_by("-submitted_at") if may_see_submission(request.user, row)]


@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Do one thing with the ticked rows, and tell of each how it went."""
    if not collections_with(request.user, SEE).exists():
        raise PermissionDenied
    action, rows = request.POST.get("action", ""), _chosen(request)
    if not rows or action not in BULK:
        messages.warning(request, _("Tick at least one row, and choose what to do with it."))
        return redirect("forms_submission_modeladmin_index")
    if action == "print":
        return _print(request, rows)
    if action == "export":
        return _export(request, rows)
    return _results(request, BULK[action], _each(rows, request.user, EACH[action]))


def _results(request: HttpRequest, title: str | Promise, results: list[Result]) -> HttpResponse:
    return render(request, "forms/admin/bulk.html", {"title": title, **_told(results)})


def _print(request: HttpRequest, rows: list[Submission]) -> HttpResponse:
    """The rows on paper, and first what became of each; those that could not be read have no sheet."""
    readings: list[dict[str, Any]] = []

    def read(*, submission: Submission, person: Any) -> str | Promise:
        if submission.state == Submission.State.PURGED:
            raise Invalid(_("It has been purged: there is nothing left to print."))
        readings.append(reading(submission))
        return _("It is among the sheets below.")

    results = _each(rows, request.user, read)
    return render(request, "forms/admin/print_many.html", {"readings": readings, **_told(results)})


def _told(results: list[Result]) -> dict[str, Any]:
    done = sum(result.is_done for result in results)
    return {"results": results, "done": done, "left": len(results) - done}


def _export(request: HttpRequest, rows: list[Submission]) -> HttpResponse:
    """One workbook; rows of several forms have different columns, and are told so."""
    form = rows[0].form
    others = [row for row in rows if row.form_id != form.pk]
    if others:
        why = _("It belongs to another form than the first. Choose rows of one form at a time.")
        left = [Result(str(row), _address(row), False, why) for row in rows]
        return _results(request, _("Export to Excel"), left)
    file = io.BytesIO()
    filters = {"ids": [row.pk for row in rows], "samples": "with"}
    try:
        with override(form.language):
            export_now(form=form, kind="xlsx", filters=filters, person=request.user, file=file)
    except SamsynError as error:
        raise PermissionDenied from error
    response = HttpResponse(file.getvalue(), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{file_name(form, "xlsx")}"'
    return response


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Save columns (and, with a name, the filters) for this person, or remove a saved view."""
    if not collections_with(request.user, SEE).exists():
        raise PermissionDenied
    query = request.POST.get("query", "").replace("\x00", "")[:1000]
    if "remove" in request.POST:
        key = request.POST["remove"]
        if key.isdecimal() and len(key) < 15:
            RegisterView.objects.filter(pk=key, person=request.user.pk, register=REGISTER).delete()
    else:
        name = request.POST.get("name", "").replace("\x00", "").strip()
        with transaction.atomic():
            keep_view(person=request.user, name=name, query=query, columns=request.POST.getlist("column"))
        messages.success(request, _("The view is saved.") if name else _("The columns are saved."))
    address = reverse("forms_submission_modeladmin_index")
    return redirect(f"{address}?{query}" if query else address)
