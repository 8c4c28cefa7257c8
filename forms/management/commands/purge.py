"""``manage.py purge``: what nobody needs any more is cleared away now, as it is each night."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from forms.housekeeping import DUE, SAMPLES, STRAY, purge_all_samples, purge_stray_files, stray_files
from records.errors import SamsynError


class Command(BaseCommand):
    """All rows go in one transaction, and their files when it is done; where anything fails, nothing is removed."""

    help = "Remove what is due: drafts left alone, loose files, old exports. What has been sent in is never touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--samples", action="store_true", help="also everything filled in only to try a form")
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")

    def handle(self, *args: Any, samples: bool, dry_run: bool, **options: Any) -> None:
        due = {**DUE, SAMPLES: purge_all_samples} if samples else DUE
        try:
            removed = self._remove(due, dry_run=dry_run)
        except (DatabaseError, SamsynError) as error:
            raise CommandError(
                _("Nothing was removed, for something stood in the way: %(reason)s") % {"reason": error}
            ) from error
        self.stderr.write(f"{STRAY} …")
        try:
            removed[STRAY] = len(stray_files()) if dry_run else purge_stray_files()
        except OSError as error:
            self._tell(removed, dry_run=dry_run)
            raise CommandError(
                _("The files on the disk could not be looked through: %(reason)s") % {"reason": error}
            ) from error
        self._tell(removed, dry_run=dry_run)

    def _remove(self, due: dict[str | Promise, Callable[[], int]], *, dry_run: bool) -> dict[str | Promise, int]:
        removed: dict[str | Promise, int] = {}
        with transaction.atomic():
            for label, remove in due.items():
                self.stderr.write(f"{label} …")
                removed[label] = remove()
            transaction.set_rollback(dry_run)
        return removed

    def _tell(self, removed: dict[str | Promise, int], *, dry_run: bool) -> None:
        for label, count in removed.items():
            self.stdout.write(f"{label}: {count}")
        self.stdout.write(_("This was a dry run: nothing was removed.") if dry_run else _("This has been removed."))
