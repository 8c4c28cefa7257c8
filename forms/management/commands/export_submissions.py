"""Writes everything sent in with a form to a file."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import override

from forms.actions.export import chosen, event
from forms.exports import WRITERS, write_export
from forms.models import Form
from records.events import record


class Command(BaseCommand):
    """``export_submissions SLUG FILE``: .xlsx, .csv for people, .raw.csv or .json for machines: the name says."""

    help = "Write what was sent in with the form SLUG to FILE (.xlsx, .csv for people, .raw.csv or .json for machines)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the last part of the form's address")
        parser.add_argument("file", type=Path, help="the file to write; one that is there is replaced")

    def handle(self, *args: Any, slug: str, file: Path, **options: Any) -> None:
        form = Form.objects.select_related("collection").filter(slug=slug).first()
        if form is None:
            raise CommandError(f"There is no form with the address “{slug}”.")
        kind = next((kind for kind in sorted(WRITERS, key=len, reverse=True) if file.name.endswith(f".{kind}")), None)
        if kind is None:
            raise CommandError("The name of the file must end in .xlsx, .csv, .raw.csv or .json.")
        if not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent}.")
        rows = chosen(form, {})
        total = rows.count()
        # Written beside the wanted file and moved into place when whole, so that a failure changes nothing.
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as output, override(form.language):
                report = write_export(
                    form, rows, kind, output, progress=lambda done, _last: self.stderr.write(f"{done} of {total}")
                )
            with transaction.atomic():
                record(event(form, kind, {}, None, report.rows))
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
        self.stdout.write(f"Wrote {report.rows} submissions to {file}.")
        if report.replaced:
            self.stdout.write(f"{report.replaced} cells held characters that had to be replaced.")
