"""What the room does when the forms room tells that something has come in, inside the same transaction."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from forms import exports, receipts
from forms.fields.prefilled import SUBJECTS
from forms.permissions import barred, completers, readers, withdrawers
from forms.signals import completion_received, submission_received, submission_withdrawn
from workflows import actions
from workflows.engine import Run, locked
from workflows.models import Matter
from workflows.permissions import (
    has_conflict_of_interest,
    may_complete_submission,
    may_read_submission,
    may_withdraw_submission,
    visible,
)


@receiver(submission_received, dispatch_uid="workflows.start")
def start(submission: Any, **kwargs: Any) -> None:
    """A submission becomes a matter; the receipt of the same sending need not look for it."""
    submission.started_matter = actions.start(submission=submission)


@receiver(completion_received, dispatch_uid="workflows.receive_completion")
def receive_completion(completion: Any, **kwargs: Any) -> None:
    """A completion moves its matter on."""
    actions.receive_completion(completion=completion)


@receiver(submission_withdrawn, dispatch_uid="workflows.withdraw")
def withdraw(submission: Any, **kwargs: Any) -> None:
    """A submission that was withdrawn takes its open matter with it."""
    matter = Matter.objects.filter(submission=submission).first()
    if matter is not None and (matter := locked(matter)).is_open:
        Run(matter, kwargs.get("user")).withdraw("applicant", "")


def registry_number(submission: Any) -> list[tuple[Any, str]]:
    """What the receipt says beyond the reference."""
    if hasattr(submission, "started_matter"):
        matter = submission.started_matter
    else:
        matter = Matter.objects.filter(submission=submission).first()
    return [(_("Registry number"), matter.registry_number)] if matter else []


def _of_matters(value: Callable[[Matter], Any]) -> exports.Values:
    """A column of an export of submissions, read once for each block of rows."""

    def values(form_id: int, submissions: Sequence[int]) -> dict[int, Any]:
        # Asked for as a range, which costs less than hundreds of ids.
        rows = Matter.objects.filter(
            submission__form=form_id, submission__gte=submissions[0], submission__lte=submissions[-1]
        )
        return {row.submission_id: value(row) for row in rows.defer("description") if row.submission_id}

    return values


def matter_name(key: str, person: Any) -> str:
    """What a form about a matter calls it, for those who may open the matter."""
    try:
        matter = person and visible(person).filter(key=UUID(key)).first()
    except ValueError:
        return ""
    return f"{matter.registry_number} {matter.title}" if matter else ""


SUBJECTS["matter"] = matter_name
receipts.providers.append(registry_number)
exports.extras += [
    exports.Extra("registry_number", _("Registry number"), _of_matters(lambda row: row.registry_number)),
    exports.Extra("matter_state", _("Matter"), _of_matters(lambda row: row.result or row.step_name)),
    exports.Extra("amount_granted", _("Amount granted"), _of_matters(lambda row: row.amount_granted), "number"),
]
readers.append(may_read_submission)
barred.append(has_conflict_of_interest)
completers.append(may_complete_submission)
withdrawers.append(may_withdraw_submission)
