"""What a matter is marked with and tied to: confidentiality, links to other matters."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.errors import Conflict, Invalid, NotAllowed
from workflows.engine import Run, locked
from workflows.models import Matter, MatterLink
from workflows.permissions import standing


def _for_officer(matter: Matter, actor: Any, sentence: Any) -> Matter:
    matter = locked(matter)
    seen = standing(actor, matter)
    if not seen.may_see or not seen.is_officer:
        raise NotAllowed(sentence)
    return matter


@transaction.atomic
def mark_confidential(*, matter: Matter, actor: Any, ground: str) -> Matter:
    """Mark a matter so that confidentiality is considered before anything is shown (OSL 5 kap. 5 §); empty unmarks.

    The mark is a reminder and no decision: the law is applied each time somebody asks. The title of a marked matter
    is left out of mail and of what is public. Raises NotAllowed.
    """
    matter = _for_officer(matter, actor, _("Only the office marks a matter."))
    ground = " ".join(ground.split())[:200]
    if ground == matter.confidential_ground:
        return matter
    matter.confidential_ground = ground
    matter.confidential_at = timezone.now() if ground else None
    matter.save()
    Run(matter, actor).record("marked" if ground else "unmarked", {}, {"ground": ground} if ground else {})
    return matter


@transaction.atomic
def link(*, matter: Matter, actor: Any, number: str, sort: str) -> MatterLink:
    """Tie a matter to another of the same association by its registry number. Raises NotAllowed, Invalid, Conflict."""
    matter = _for_officer(matter, actor, _("Only the office links matters."))
    other = Matter.objects.filter(
        collection=matter.collection, registry_number__iexact=" ".join(number.split())
    ).first()
    if other is None or not standing(actor, other).may_see:
        raise Invalid({"number": [_("No matter has this registry number. Write it as it stands in the register.")]})
    if other.pk == matter.pk:
        raise Invalid({"number": [_("This is the number of the matter itself.")]})
    if sort not in MatterLink.Sort.values:
        raise Invalid({"sort": [_("Choose what this matter is to the other.")]})
    if MatterLink.objects.filter(Q(matter=matter, other=other) | Q(matter=other, other=matter)).exists():
        raise Conflict(_("The two matters are linked already."))
    made = MatterLink.objects.create(matter=matter, other=other, sort=sort, author=actor)
    Run(matter, actor).record("linked", {"other": other.registry_number, "sort": sort})
    return made


@transaction.atomic
def unlink(*, row: MatterLink, actor: Any) -> None:
    """Take a link away again. Raises NotAllowed."""
    matter = _for_officer(row.matter, actor, _("Only the office links matters."))
    Run(matter, actor).record("unlinked", {"other": row.other.registry_number, "sort": row.sort})
    row.delete()
