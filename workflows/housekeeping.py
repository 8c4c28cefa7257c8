"""What this room clears away each night."""

from datetime import datetime, timedelta

from django.utils import timezone

from forms.models.upload import private_storage
from workflows.models import Dossier

DOSSIERS_ARE_KEPT = timedelta(days=7)


def purge_dossiers(now: datetime | None = None) -> int:
    """Remove dossiers that were made a week ago: they are copies, and hold everything; returns how many."""
    old = list(Dossier.objects.filter(asked_at__lt=(now or timezone.now()) - DOSSIERS_ARE_KEPT))
    for row in old:
        if row.file:
            private_storage().delete(str(row.file.name))
        row.delete()
    return len(old)
