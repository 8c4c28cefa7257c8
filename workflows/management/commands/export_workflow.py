"""``manage.py export_workflow SLUG FILE``: a workflow as a template."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflows.exchange import to_template
from workflows.models import Workflow


class Command(BaseCommand):
    """Write the newest draft of a workflow as a JSON template."""

    help = "Write the newest draft of a workflow as a JSON template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the workflow's short name")
        parser.add_argument("file", type=Path, help="where to write the template")

    def handle(self, *args: Any, **options: Any) -> None:
        workflow = Workflow.objects.filter(slug=options["slug"]).first()
        if workflow is None:
            raise CommandError(_("There is no workflow with the short name “%(slug)s”.") % {"slug": options["slug"]})
        text = json.dumps(to_template(workflow), ensure_ascii=False, indent=2)
        beside = options["file"].with_name(f".{options['file'].name}.new")
        try:
            beside.write_text(text + "\n", encoding="utf-8")
            beside.replace(options["file"])
        except OSError as error:
            raise CommandError(
                _("The file cannot be written: %(reason)s") % {"reason": error.strerror or error}
            ) from error
        self.stdout.write(
            _("“%(title)s” was written to %(file)s.") % {"title": workflow.title, "file": options["file"]}
        )
