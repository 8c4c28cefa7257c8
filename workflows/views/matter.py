"""One matter on one page, and what can be done with it: every POST leads back to the page."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import django.forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records.errors import Conflict, Invalid, SamsynError
from records.privacy import private
from workflows import actions
from workflows.compiling import kind_of
from workflows.models import Matter, MatterPerson, Recusal, Task
from workflows.page_forms import (
    AssignForm,
    CloseForm,
    LiftForm,
    MarkForm,
    OfficePersonForm,
    PersonForm,
    RecuseForm,
    WithdrawForm,
)
from workflows.permissions import Standing, standing
from workflows.queries import MatterPage, find, form_id, matter_page

View = Callable[..., HttpResponseBase]

A_MOMENT = timedelta(seconds=15)


def of_matter(view: View) -> View:
    """Give the view the person's standing in the matter at the address; a matter one may not see is not there."""

    @private
    @login_required
    @wraps(view)
    def found(request: HttpRequest, key: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        matter = find(key)
        seen = standing(request.user, matter) if matter else None
        if seen is None or not seen.may_see:
            raise Http404
        return view(request, seen, **kwargs)

    return found


def posted_version(request: HttpRequest) -> int | None:
    """The version of the matter the person saw."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else None


@require_safe
@of_matter
def matter(request: HttpRequest, seen: Standing) -> HttpResponse:
    """All papers of the matter."""
    return show(request, matter_page(seen))


def show(request: HttpRequest, page: MatterPage, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the page."""
    context = {"page": page, "matter": page.matter, "seen": page.seen, "collection": page.matter.collection, **context}
    return render(request, "workflows/matter.html", context, status=status)


def refused(
    request: HttpRequest, seen: Standing, error: SamsynError, form: django.forms.Form, place: str, task: Any = None
) -> HttpResponse:
    """The page again with everything typed and what is wrong; with a conflict, what happened meanwhile."""
    now = find(seen.matter.key)
    if now is None:
        raise Http404
    page = matter_page(standing(request.user, now))
    if isinstance(error, Invalid):
        put_errors(form, error)
    # Each declaration of a conflict of interest has a small form of its own, which is drawn anew.
    kept = place in page.forms and place != "lift"
    if kept:
        page.forms[place] = form
    else:
        kept = any(_keep(panel, form, task) for panel in page.panels)
    typed = [] if kept else [(bound.label, bound.value()) for bound in form if bound.value() and not bound.is_hidden]
    context = {
        "refusal": error.sentence,
        "is_conflict": isinstance(error, Conflict),
        "typed": typed,
        "wrong": form if form.is_bound and form.errors else None,
        "is_kept": kept,
    }
    return show(request, page, status=getattr(error, "status", 400), **context)


def _keep(panel: Any, form: django.forms.Form, task: Task | None) -> bool:
    if task is None or panel.task.what != task.what:
        return False
    for one in panel.forms:
        if type(one.form) is type(form):
            one.form = form
            return True
    return False


def put_errors(form: django.forms.Form, error: Invalid) -> None:
    """Let each sentence stand at its field, or above the form."""
    if form.errors:
        return
    for name, sentences in error.problems.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not error.problems:
        form.add_error(None, str(error.sentence))


def back(seen: Standing, place: str = "") -> HttpResponse:
    """To the matter page, at a place on it."""
    return redirect(seen.matter.get_absolute_url() + (f"#{place}" if place else ""))


@require_POST
@of_matter
def choose(request: HttpRequest, seen: Standing, task: int) -> HttpResponse:
    """Do a task by one of its choices."""
    row = next((row for row in seen.matter.tasks.all() if row.pk == task), None)
    if row is None:
        raise Http404
    row.matter = seen.matter
    choice = request.POST.get("choice", "")
    try:
        actions.choose(
            task=row,
            choice=choice,
            actor=request.user,
            data=request.POST,
            expected_version=posted_version(request),
        )
    except SamsynError as error:
        if isinstance(error, Conflict) and _pressed_twice(request, row):
            return back(seen)
        return refused(request, seen, error, _typed(request, row, choice), "", row)
    messages.success(request, _("Done. The matter has been updated."))
    return back(seen)


def _pressed_twice(request: HttpRequest, task: Task) -> bool:
    """Was it the same person who did it a moment ago? A double click is no conflict."""
    return Task.objects.filter(pk=task.pk, done_by=request.user.pk, done_at__gte=timezone.now() - A_MOMENT).exists()


def _typed(request: HttpRequest, task: Task, choice: str) -> django.forms.Form:
    """The form of the choice with what was typed, as far as the choice can still be made."""
    step = task.matter.graph.get("steps", {}).get(task.step)
    if step is not None:
        kind = kind_of(step)
        for one in kind.choices(step, task.matter, task.what):
            if one.name == choice:
                about = kind.about(one, step, task.matter)
                return one.form(request.POST, auto_id=form_id(task, one.name), **about)
    return django.forms.Form(request.POST)


def small(
    place: str,
    form_class: Callable[[Standing], type[django.forms.Form]],
    act: Callable[..., Any],
    done: Callable[[], str],
) -> View:
    """A view for one of the small forms on the page."""

    @require_POST
    @of_matter
    def view(request: HttpRequest, seen: Standing, **kwargs: Any) -> HttpResponse:
        form = form_class(seen)(request.POST, auto_id=f"id_{place}_%s", **_about(form_class(seen), seen.matter))
        try:
            if not form.is_valid():
                raise Invalid
            act(request, seen, form.cleaned_data, **kwargs)
        except SamsynError as error:
            return refused(request, seen, error, form, place)
        messages.success(request, done())
        return back(seen, place)

    return view


def _about(form_class: Any, matter: Matter) -> dict[str, Any]:
    return {"matter": matter} if form_class in (AssignForm, MarkForm) else {}


def _person_of(seen: Standing, person: int) -> MatterPerson:
    found = next((row for row in seen.matter.people.all() if row.pk == person), None)
    if found is None:
        raise Http404
    return found


def _recusal_of(seen: Standing, recusal: uuid.UUID) -> Recusal:
    found = next((row for row in seen.matter.recusals.all() if row.key == recusal), None)
    if found is None:
        raise Http404
    return found


assign = small(
    "assign",
    lambda seen: AssignForm,
    lambda request, seen, data: actions.assign(matter=seen.matter, officer=data["officer"], actor=request.user),
    lambda: _("The responsible officer is changed."),
)
add_person = small(
    "person",
    lambda seen: OfficePersonForm if seen.is_officer else PersonForm,
    lambda request, seen, data: actions.add_person(matter=seen.matter, actor=request.user, **data),
    lambda: _("The person now has access, and is told so by mail."),
)
change_person = small(
    "person",
    lambda seen: PersonForm,
    lambda request, seen, data, person: actions.change_person(
        person=_person_of(seen, person), actor=request.user, **data
    ),
    lambda: _("The contact details are changed."),
)
remove_person = small(
    "person",
    lambda seen: django.forms.Form,
    lambda request, seen, data, person: actions.remove_person(person=_person_of(seen, person), actor=request.user),
    lambda: _("The person no longer has access."),
)
withdraw = small(
    "withdraw",
    lambda seen: WithdrawForm,
    lambda request, seen, data: actions.withdraw(
        matter=seen.matter, actor=request.user, reason=data["reason"], expected_version=posted_version(request)
    ),
    lambda: _("The matter is withdrawn."),
)
close = small(
    "close",
    lambda seen: CloseForm,
    lambda request, seen, data: actions.close(
        matter=seen.matter, actor=request.user, expected_version=posted_version(request), **data
    ),
    lambda: _("The matter is closed."),
)
recuse = small(
    "recuse",
    lambda seen: RecuseForm,
    lambda request, seen, data: actions.recuse(matter=seen.matter, actor=request.user, reason=data["reason"]),
    lambda: _("Your conflict of interest is noted. The papers of the matter are closed to you."),
)
lift = small(
    "lift",
    lambda seen: LiftForm,
    lambda request, seen, data, recusal: actions.lift_recusal(
        recusal=_recusal_of(seen, recusal), actor=request.user, reason=data["reason"]
    ),
    lambda: _("The conflict of interest is lifted."),
)
