"""What is done with a matter from the day it comes in until it is closed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from forms.actions import withdraw as withdraw_submission
from forms.models import Submission
from records.errors import Conflict, Invalid, NotAllowed
from records.prepared import Prepared
from workflows import history
from workflows.compiling import kind_of
from workflows.engine import Run, expect, locked, read_amount, read_title
from workflows.models import Matter, MatterPerson, Task, Workflow
from workflows.permissions import Standing, holds, standing, why_not
from workflows.roles import HANDLE

from .registry import default_series, take_number

# --- coming in -----------------------------------------------------------------------------------------
_bound = Prepared(
    lambda collection, form: Workflow.objects.filter(collection=collection, starts_with=form).order_by("-live", "pk")[
        :1
    ],
    -1,
    -2,
)


def start(*, submission: Any) -> Matter | None:
    """A submission has come in: give it a registry number and put it at the first step of its workflow.

    A form that no workflow is bound to starts nothing. When the bound workflow is unpublished the matter is still
    registered, without steps, so that nothing that comes in is lost.
    """
    workflow = _bound.first(submission.collection_id, submission.form_id)
    return None if workflow is None else _start(workflow, submission)


@transaction.atomic
def _start(workflow: Workflow, submission: Any) -> Matter:
    if (known := Matter.objects.filter(submission=submission).first()) is not None:
        return known
    received = submission.submitted_at or timezone.now()
    matter = _registered(
        collection=submission.collection,
        workflow=workflow,
        received=received,
        submission=submission,
        channel=Matter.Channel.FORM,
        sender=(submission.name or submission.email)[:200],
        language=submission.language,
    )
    matter.title = read_title(matter)
    matter.amount_applied = read_amount(matter)
    matter.save()
    addresses = {submission.email.strip().lower(): submission.name}
    if submission.person is not None:
        addresses.setdefault(submission.person.email.lower(), str(submission.person))
    for email, name in addresses.items():
        if email:
            MatterPerson.objects.create(matter=matter, email=email, name=name[:200])
    _begin(matter, submission.person)
    return matter


@transaction.atomic
def register_by_hand(
    *,
    collection: Collection,
    actor: Any,
    title: str,
    channel: str,
    sender: str = "",
    email: str = "",
    description: str = "",
    received_at: datetime | None = None,
    workflow: Workflow | None = None,
    amount: Decimal | None = None,
) -> Matter:
    """Staff register a letter or a call. Raises NotAllowed, or Invalid for a workflow of another association."""
    if not holds(actor, HANDLE, collection):
        raise NotAllowed(_("Only the office can register a matter."))
    if workflow is not None and (workflow.collection_id != collection.pk or workflow.version is None):
        raise Invalid({"workflow": [_("Choose a published workflow of the same association.")]})
    if not title.strip():
        raise Invalid({"title": [_("Write what the matter is about.")]})
    received = received_at or timezone.now()
    if received > timezone.now():
        raise Invalid({"received_at": [_("It cannot have come in the future.")]})
    matter = _registered(
        collection=collection,
        workflow=workflow,
        received=received,
        channel=channel,
        sender=sender,
        title=" ".join(title.split())[:200],
        description=description,
        amount_applied=amount,
        officer=actor,
    )
    if email:
        MatterPerson.objects.create(matter=matter, email=email, name=sender)
    _begin(matter, actor)
    return matter


def _registered(*, collection: Collection, workflow: Workflow | None, received: datetime, **fields: Any) -> Matter:
    """A new matter with the next number of its series."""
    number = take_number(series=(workflow and workflow.series) or default_series(collection), at=received)
    return Matter.objects.create(
        collection=collection,
        workflow=workflow,
        workflow_version=workflow.version if workflow else None,
        series=number.series,
        registry_year=number.year,
        registry_serial=number.serial,
        registry_number=number.text,
        received_at=received,
        **fields,
    )


def _begin(matter: Matter, actor: Any) -> None:
    run = Run(matter, actor)
    run.changed(
        "started",
        {
            "number": matter.registry_number,
            "channel": matter.channel,
            "workflow_version": matter.workflow_version_id,
            "submission": str(matter.submission.key) if matter.submission else None,
        },
    )
    if matter.workflow_version is not None:
        run.begin()
    else:
        run.renew_tasks()


# --- going on ------------------------------------------------------------------------------------------
def _seen(matter: Matter, actor: Any) -> Standing:
    """What the actor is in the locked matter. Raises NotAllowed for somebody who may not even see it."""
    seen = standing(actor, matter)
    if not seen.may_see:
        raise NotAllowed
    return seen


@transaction.atomic
def choose(
    *, task: Task, choice: str, actor: Any, data: Mapping[str, Any] | None = None, expected_version: int | None = None
) -> Matter:
    """Do a task: one of the choices its step offers, with what was typed.

    Raises Conflict when somebody was first (the sentence tells who did what), NotAllowed with the reason why not,
    Invalid with what is wrong in each field.
    """
    matter = locked(task.matter)
    task = Task.objects.get(pk=task.pk)
    task.matter = matter
    seen = _seen(matter, actor)
    expect(matter, expected_version, outside=seen.is_applicant)
    if task.done_at is not None:
        raise Conflict(history.who_was_first(matter, outside=seen.is_applicant))
    if reason := why_not(actor, task, as_seen=seen):
        raise NotAllowed(reason)
    step = matter.current
    if step is None:
        raise Invalid(_("The matter has no steps: close it when it has been dealt with."))
    kind = kind_of(step)
    found = next((one for one in kind.choices(step, matter, task.what) if one.name == choice), None)
    if found is None or found.url:
        raise Invalid(_("This cannot be chosen here."))
    if reason := kind.why_not_choice(step, matter, choice, actor):
        raise NotAllowed(reason)
    form = found.form(data or {}, **kind.about(found, step, matter))
    if not form.is_valid():
        raise Invalid({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    run = Run(matter, actor)
    outcome = kind.apply(step, run, task, choice, form.cleaned_data)
    if outcome is None:
        run.renew_tasks()
    else:
        run.take(outcome)
    return matter


@transaction.atomic
def receive_completion(*, completion: Any) -> Matter | None:
    """The applicant's completion has come in: the matter goes on. Raises Conflict when it is no longer waited for."""
    matter = Matter.objects.filter(submission=completion.submission).first()
    if matter is None:
        return None
    matter = locked(matter)
    request = matter.open_request()
    task = matter.tasks.filter(done_at=None, what="complete").first()
    step = matter.current
    if request is None or task is None or step is None or not matter.is_open:
        raise Conflict(history.who_was_first(matter, outside=True))
    if not set(completion.answers) <= set(request.field_ids):
        raise Conflict(_("The office has asked about other questions since you opened the page."))
    actor = get_user_model().objects.filter(key=completion.person_key).first() if completion.person_key else None
    request.completion = completion
    request.answered_at = timezone.now()
    request.save()
    run = Run(matter, actor)
    if matter.amount_granted is None:
        matter.amount_applied = read_amount(matter)
    run.record("completed", {"request": str(request.key), "completion": completion.number})
    task.matter = matter
    outcome = kind_of(step).apply(step, run, task, "complete", {})
    assert outcome is not None
    run.take(outcome)
    return matter


@transaction.atomic
def withdraw(*, matter: Matter, actor: Any, reason: str = "", expected_version: int | None = None) -> Matter:
    """The applicant withdraws, or the office does so on the applicant's word. Raises NotAllowed or Conflict."""
    if matter.submission_id:
        # Forms locks the submission before the matter is touched; the same order here, or the two lock up.
        Submission.objects.select_for_update(no_key=True).get(pk=matter.submission_id)
    matter = locked(matter)
    seen = _seen(matter, actor)
    expect(matter, expected_version, outside=seen.is_applicant)
    if not seen.may_withdraw:
        raise NotAllowed(
            _("Only the applicant, or the office at the applicant's request, can withdraw an open matter.")
        )
    Run(matter, actor).withdraw("applicant" if seen.is_applicant else "office", reason)
    if matter.submission is not None:
        withdraw_submission(submission=matter.submission, person=actor)
    return matter


@transaction.atomic
def close(*, matter: Matter, actor: Any, result: str, reason: str = "", expected_version: int | None = None) -> Matter:
    """The office closes a matter that does not go its whole way. Raises NotAllowed, Conflict or Invalid."""
    matter = locked(matter)
    seen = _seen(matter, actor)
    expect(matter, expected_version)
    if not (matter.is_open and seen.is_officer):
        raise NotAllowed(_("Only the office can close an open matter."))
    if not result.strip():
        raise Invalid({"result": [_("Write what the matter is closed as.")]})
    run = Run(matter, actor)
    if reason.strip():
        run.note(reason)
    if (step := matter.current) is not None:
        kind_of(step).leave(step, run)
    run.close(result.strip()[:120])
    return matter


@transaction.atomic
def assign(*, matter: Matter, officer: Any, actor: Any) -> Matter:
    """Make somebody at the office responsible, or nobody. Raises NotAllowed or Invalid."""
    matter = locked(matter)
    if not _seen(matter, actor).is_officer:
        raise NotAllowed(_("Only the office chooses the responsible officer."))
    if officer is not None and not holds(officer, HANDLE, matter.collection):
        raise Invalid({"officer": [_("Choose somebody who works at the association's office.")]})
    matter.officer = officer
    matter.save()
    matter.tasks.filter(done_at=None, role=HANDLE).update(assignee=officer)
    Run(matter, actor).record(
        "assigned",
        {"officer": str(officer.key) if officer else None},
        {"name": str(officer)} if officer else {},
    )
    return matter
