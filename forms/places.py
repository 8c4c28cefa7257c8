"""The places that a form's limits hand out: each is a row with a number of its own, which the database keeps unique.

Two who send at the same moment may want the same number; one gets it and the other tries the next, so that a limit
holds whatever happens at once. Who withdraws gives the place back.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forms.models import Submission, TakenPlace
from forms.runtime import FormRuntime, Path
from records.errors import Closed

Limit = TakenPlace.Limit

SENTENCES: dict[str, Promise] = {
    Limit.ALL: _("The form is full: as many as there is room for have been sent."),
    Limit.PERSON: _("You have already sent this form as many times as one person may."),
    Limit.ORGANISATION: _("This form has already been sent for the organisation as many times as it may."),
    Limit.SUBJECT: _("This form has already been sent as many times as it may for what it is about."),
    Limit.CODE: _("The code has been used as many times as it may. Ask for a new one."),
}


class Full(Closed):
    """There is no place left; ``limit`` says which limit it is."""

    def __init__(self, limit: str) -> None:
        super().__init__(SENTENCES[limit])
        self.limit = limit


class Wanted(NamedTuple):
    """One limit that a submission comes under."""

    limit: str
    key: str
    most: int


def person_key(email: str) -> str:
    """What tells people apart, without telling who they are."""
    return salted_hmac("forms.place", email.strip().lower()).hexdigest()[:40] if email else ""


def organisation_of(runtime: FormRuntime, path: Path, name: str) -> str:
    """The organisation that was answered, in its shortest spelling; empty when nobody asked or answered."""
    question = next((row for row in path.questions if name and row.field["name"] == name), None)
    if question is None or question.id not in path.answers:
        return ""
    text = question.kind.display(question.field, path.answers[question.id]).lower()
    return "".join(letter for letter in text if letter.isalnum())[:40]


def _wanted(row: Submission) -> Iterator[Wanted]:
    form = row.form
    if form.limit_total is not None:
        yield Wanted(Limit.ALL, "", form.limit_total)
    # A signed-in person is known by the account; others by the address they gave.
    email = row.person.email if row.person else row.email
    if form.limit_per_person is not None and not form.anonymous and email:
        yield Wanted(Limit.PERSON, person_key(email), form.limit_per_person)
    if form.limit_per_organisation is not None and row.organisation:
        yield Wanted(Limit.ORGANISATION, row.organisation, form.limit_per_organisation)
    if form.limit_per_subject is not None and row.subject:
        yield Wanted(Limit.SUBJECT, row.subject, form.limit_per_subject)
    if row.entry_code is not None:
        yield Wanted(Limit.CODE, str(row.entry_code_id), row.entry_code.max_uses)


def take_places(row: Submission) -> None:
    """Take a place under every limit of the form. Call inside the transaction that sends. Raises Full."""
    for wanted in _wanted(row):
        _take(row, wanted)


def _take(row: Submission, wanted: Wanted) -> None:
    taken = TakenPlace.objects.filter(form=row.form_id, limit=wanted.limit, key=wanted.key)
    while (number := _free_number(taken, wanted.most)) is not None:
        try:
            with transaction.atomic():
                TakenPlace.objects.create(
                    form_id=row.form_id, limit=wanted.limit, key=wanted.key, number=number, submission=row
                )
        except IntegrityError:
            # Somebody was quicker: their row is there to be counted now.
            continue
        return
    raise Full(wanted.limit)


def _free_number(taken: Any, most: int) -> int | None:
    """A number that nobody has: after the last, or one that was given back; None when all are taken."""
    found = taken.aggregate(count=Count("pk"), last=Max("number"))
    count, last = found["count"], found["last"] or 0
    if count >= most:
        return None
    if last < most:
        return last + 1
    used = set(taken.values_list("number", flat=True))
    return next((number for number in range(1, most + 1) if number not in used), None)


def free_places(row: Submission) -> None:
    """Give back every place the submission holds."""
    TakenPlace.objects.filter(submission=row).delete()
