"""``manage.py export_form SLUG FILE``: a form as a template."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from forms.exchange import to_template
from forms.models import Form


class Command(BaseCommand):
    """Write the newest draft of a form, with its choice lists, as a JSON template."""

    help = "Write the newest draft of a form, with its choice lists, as a JSON template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the form's address")
        parser.add_argument("file", type=Path, help="where to write the template")

    def handle(self, *args: Any, **options: Any) -> None:
        form = Form.objects.filter(slug=options["slug"]).first()
        if form is None:
            raise CommandError(_("There is no form with the address “%(slug)s”.") % {"slug": options["slug"]})
        text = json.dumps(to_template(form), ensure_ascii=False, indent=2)
        beside = options["file"].with_name(f".{options['file'].name}.new")
        try:
            beside.write_text(text + "\n", encoding="utf-8")
            beside.replace(options["file"])
        except OSError as error:
            raise CommandError(
                _("The file cannot be written: %(reason)s") % {"reason": error.strerror or error}
            ) from error
        self.stdout.write(_("“%(title)s” was written to %(file)s.") % {"title": form.title, "file": options["file"]})
