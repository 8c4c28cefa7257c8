"""Who may read a submission and its files, and why."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from forms.models import DraftGuest, Submission
from records.policy import has

Reader = Callable[[Any, Submission], bool]

# Higher rooms widen who may read: callables (user, submission) -> bool.
readers: list[Reader] = []
# Higher rooms also name who may not read, whatever rights they hold in the association.
barred: list[Reader] = []
# Likewise who, beside the one who sent it, may take it back and may complete it.
withdrawers: list[Reader] = []
completers: list[Reader] = []


def proved_addresses(user: Any) -> set[str]:
    """The addresses this person has shown to be theirs, in lower case; an address only typed in proves nothing."""
    if not (user.is_authenticated and user.is_active):
        return set()
    found = getattr(user, "_proved_addresses", None)
    if found is None:
        rows = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        found = {email.lower() for email in rows}
        user._proved_addresses = found
    return found


def is_contact(user: Any, submission: Submission) -> bool:
    """Is this person the one who sent it, or the one whose address was given and proved?"""
    if not (user.is_authenticated and user.is_active):
        return False
    if submission.person_id is not None and submission.person_id == user.pk:
        return True
    return not submission.is_draft and bool(submission.email) and submission.email.lower() in proved_addresses(user)


def may_see_submission(user: Any, submission: Submission) -> bool:
    """May this person read what was sent? A draft is read by nobody but its owner."""
    if is_contact(user, submission):
        return True
    if submission.is_draft or any(bars(user, submission) for bars in barred):
        return False
    if has(user, "forms.view_submission", submission.collection):
        return True
    return any(reader(user, submission) for reader in readers)


def own_drafts(user: Any) -> QuerySet[Submission]:
    """The drafts a signed-in person has begun or was invited to, the latest first."""
    if not (user.is_authenticated and user.is_active):
        return Submission.objects.none()
    mine = Q(person=user)
    if addresses := proved_addresses(user):
        mine |= Q(pk__in=DraftGuest.objects.filter(email__in=addresses).values("submission"))
    return Submission.objects.filter(mine, state=Submission.State.DRAFT).order_by("-updated_at")


def invitation_of(user: Any, submission: Submission) -> DraftGuest | None:
    """The invitation to the draft that went to an address this person has shown to be theirs."""
    addresses = proved_addresses(user)
    if not addresses:
        return None
    return DraftGuest.objects.filter(submission=submission, email__in=addresses).first()


def own_submissions(user: Any) -> QuerySet[Submission]:
    """What this person has sent, by account or by proved address, the latest first."""
    if not (user.is_authenticated and user.is_active):
        return Submission.objects.none()
    mine = Q(person=user)
    for email in proved_addresses(user):
        mine |= Q(email=email)
    return Submission.objects.filter(mine).exclude(state=Submission.State.DRAFT).order_by("-submitted_at")
