"""Taking a matter out of the house as one archive: asked for, made in the background, fetched."""

import hashlib
import tempfile
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.errors import NotAllowed
from records.events import NewEffect
from workflows.dossier import write_archive
from workflows.engine import Run, locked
from workflows.models import Dossier, Matter
from workflows.permissions import holds, standing
from workflows.roles import EXPORT

EFFECT = "workflows.dossier"


@transaction.atomic
def ask_dossier(*, matter: Matter, actor: Any) -> Dossier:
    """Have the dossier made; one that is being made for the same person is the answer. Raises NotAllowed.

    It holds everything, internal notes too, so it takes the right to export.
    """
    matter = locked(matter)
    seen = standing(actor, matter)
    if not (seen.is_office and holds(actor, EXPORT, matter.collection)):
        raise NotAllowed(_("Only those at the office who may export matters take out a dossier."))
    waiting = Dossier.objects.filter(matter=matter, asked_by=actor, state=Dossier.State.WAITING).first()
    if waiting is not None:
        return waiting
    made = Dossier.objects.create(matter=matter, asked_by=actor)
    effect = NewEffect(kind=EFFECT, key=f"dossier:{made.key}", collection=matter.collection, object_id=str(made.key))
    Run(matter, actor).record("dossier", {"dossier": str(made.key)}, effects=[effect])
    return made


def make_dossier(key: str) -> None:
    """Write the archive; a row that is gone or ready is left alone."""
    row = Dossier.objects.select_related("matter", "matter__collection").filter(key=key).first()
    if row is None or row.state == Dossier.State.READY:
        return
    with tempfile.TemporaryFile(prefix="samsyn-dossier-") as file:
        write_archive(row.matter, file)
        row.size = file.tell()
        file.seek(0)
        row.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        row.file.save("dossier", File(file), save=False)
    row.state, row.made_at = Dossier.State.READY, timezone.now()
    row.save()


def give_up_dossier(key: str) -> None:
    """The dossier could not be made; the page says so."""
    Dossier.objects.filter(key=key).exclude(state=Dossier.State.READY).update(state=Dossier.State.FAILED)
