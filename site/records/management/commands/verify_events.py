"""``manage.py verify_events``: whether history is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from records.verification import Verified, verify

SHOWN = 100


class Command(BaseCommand):
    """Recompute every chain of events and name each break; exits with an error when there is one."""

    help = "Recompute every chain of events and name the first thing that is wrong in each place."

    def handle(self, *args: Any, **options: Any) -> None:
        counted = Verified()
        broken = 0
        for found in verify(counted, progress=self._progress):
            broken += 1
            if broken <= SHOWN:
                self.stderr.write(str(found))
        counts = {"events": counted.events, "streams": counted.streams}
        if broken:
            raise CommandError(
                _("Breaks: %(broken)d. Events read: %(events)d, in chains: %(streams)d.") % {"broken": broken, **counts}
            )
        self.stdout.write(
            _("Everything is as it was written. Events: %(events)d. Chains: %(streams)d. Seal: %(seal)s")
            % {**counts, "seal": counted.seal}
        )

    def _progress(self, count: int) -> None:
        self.stderr.write(_("Events read so far: %(count)d …") % {"count": count})
