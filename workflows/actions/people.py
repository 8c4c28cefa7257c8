"""Who follows a matter from outside the office, and who has a conflict of interest in it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.errors import Conflict, Invalid, NotAllowed, TooMany
from records.events import NewMail
from records.mail import address as mail_address
from records.rates import take
from workflows import letters
from workflows.engine import Run, locked
from workflows.models import Matter, MatterPerson, Recusal
from workflows.permissions import Standing, standing

from .disqualification import floors_of, follow_lifting, follow_recusal

INVITATIONS_A_DAY = 20


def _seen(matter: Matter, actor: Any) -> Standing:
    seen = standing(actor, matter)
    if not seen.may_see:
        raise NotAllowed
    return seen


def _address(email: str) -> str:
    try:
        return mail_address(email).lower()
    except Invalid as error:
        raise Invalid({"email": [_("Write an e-mail address, for example anna@example.com.")]}) from error


@transaction.atomic
def add_person(
    *, matter: Matter, actor: Any, email: str, name: str = "", role: str = MatterPerson.Role.COLLEAGUE
) -> MatterPerson:
    """Let somebody follow the matter and tell them by mail. The applicant adds colleagues, the office anyone.

    Raises NotAllowed, Invalid, Conflict for an address that has access already, TooMany.
    """
    matter = locked(matter)
    seen = _seen(matter, actor)
    if not (seen.is_officer or seen.is_applicant):
        raise NotAllowed(_("Only the applicant and the office can give access to a matter."))
    if not seen.is_officer:
        role = MatterPerson.Role.COLLEAGUE
    email = _address(email)
    if matter.people.filter(email=email).exists():
        raise Conflict(_("This address has access already."))
    if not take(bucket="workflows.invite", who=str(actor.pk), limit=INVITATIONS_A_DAY, seconds=86_400):
        raise TooMany(_("You have invited many people today. Go on tomorrow, or ask the office."))
    person = MatterPerson.objects.create(matter=matter, email=email, name=" ".join(name.split())[:200], role=role)
    invitation = NewMail(
        kind=letters.COLLEAGUE,
        key=f"{matter.stream}:invited:{person.pk}",
        to=email,
        collection=matter.collection,
        language=matter.language,
        context={
            "registry_number": matter.registry_number,
            "inviter": actor.email,
            "link": letters.address(matter),
        },
    )
    Run(matter, actor).record("person_added", {"person": person.pk, "role": role}, {"email": email}, mails=[invitation])
    return person


@transaction.atomic
def change_person(*, person: MatterPerson, actor: Any, email: str, name: str) -> MatterPerson:
    """The office corrects an address or a name. Raises NotAllowed, Invalid or Conflict."""
    matter = locked(person.matter)
    if not _seen(matter, actor).is_officer:
        raise NotAllowed(_("Only the office can change contact details."))
    email = _address(email)
    if matter.people.filter(email=email).exclude(pk=person.pk).exists():
        raise Conflict(_("This address has access already."))
    before = person.email
    person.email, person.name = email, " ".join(name.split())[:200]
    person.save()
    Run(matter, actor).record("person_changed", {"person": person.pk}, {"email": email, "before": before})
    return person


@transaction.atomic
def remove_person(*, person: MatterPerson, actor: Any) -> None:
    """The office takes away somebody's access. Raises NotAllowed."""
    matter = locked(person.matter)
    if not _seen(matter, actor).is_officer:
        raise NotAllowed(_("Only the office can take away access."))
    Run(matter, actor).record("person_removed", {"person": person.pk}, {"email": person.email})
    person.delete()


@transaction.atomic
def recuse(*, matter: Matter, actor: Any, reason: str = "") -> Recusal:
    """Declare one's own conflict of interest (jäv): the papers close at once, and the deputy is called where needed."""
    floors = floors_of(matter, actor)
    matter = locked(matter)
    seen = _seen(matter, actor)
    if seen.recusal is not None:
        raise Conflict(_("You have already declared a conflict of interest in this matter."))
    if not seen.may_recuse:
        raise NotAllowed(_("Only those who prepare or decide an open matter declare a conflict of interest."))
    recusal = Recusal.objects.create(matter=matter, user=actor, author=actor, reason=reason)
    run = Run(matter, actor)
    run.record("recused", {"recusal": str(recusal.key)})
    run.renew_tasks()
    follow_recusal(floors, actor, reason)
    return recusal


@transaction.atomic
def lift_recusal(*, recusal: Recusal, actor: Any, reason: str) -> Recusal:
    """The office lifts a declaration made by mistake, or that the board found unfounded; it stays on record."""
    floors = floors_of(recusal.matter, actor)
    matter = locked(recusal.matter)
    seen = _seen(matter, actor)
    if not seen.is_officer or recusal.user_id == actor.pk:
        raise NotAllowed(_("Only somebody else at the office can lift a conflict of interest."))
    if not reason.strip():
        raise Invalid({"reason": [_("Write why it is lifted.")]})
    recusal = Recusal.objects.select_for_update(no_key=True).get(pk=recusal.pk)
    if recusal.lifted_at is not None or not matter.is_open:
        raise Conflict(_("This has already been lifted, or the matter is closed."))
    recusal.lifted_at = timezone.now()
    recusal.lifted_by = actor
    recusal.lifted_reason = reason
    recusal.save()
    run = Run(matter, actor)
    run.record("recusal_lifted", {"recusal": str(recusal.key)}, {"reason": reason})
    run.renew_tasks()
    follow_lifting(floors, recusal.user)
    return recusal
