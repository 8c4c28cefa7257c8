"""``manage.py import_workflow FILE``: a workflow from a template."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from forms.definition import LintFailed
from forms.management.commands.import_form import find_collection
from records.errors import SamsynError
from workflows.actions.definition import import_workflow


class Command(BaseCommand):
    """Make a workflow of a JSON template; changes nothing when anything is wrong."""

    help = "Make a workflow of a JSON template, as a draft or published. Ids are kept; nothing changes on failure."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the template")
        parser.add_argument("--collection", default="", help="the association: its collection's name or id")
        parser.add_argument("--slug", default="", help="another short name than the template's")
        parser.add_argument("--title", default="", help="another title than the template's")
        parser.add_argument(
            "--form", action="append", default=None, help="address of a form that starts it, instead of the template's"
        )
        parser.add_argument("--replace", action="store_true", help="become a new draft of the workflow of that name")
        parser.add_argument("--publish", action="store_true", help="publish it at once")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            template = json.loads(options["file"].read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(
                _("The file cannot be read: %(reason)s") % {"reason": error.strerror or error}
            ) from error
        except ValueError as error:
            raise CommandError(_("The file is not JSON: %(reason)s") % {"reason": error}) from error
        try:
            workflow = import_workflow(
                template=template,
                collection=find_collection(options["collection"]),
                slug=options["slug"],
                title=options["title"],
                forms=options["form"],
                replace=options["replace"],
                publish=options["publish"],
            )
        except LintFailed as error:
            lines = "\n".join(f"- {problem.sentence}" for problem in error.found)
            raise CommandError(_("Nothing was imported, because it cannot be published:") + f"\n{lines}") from error
        except SamsynError as error:
            raise CommandError(_("Nothing was imported. %(reason)s") % {"reason": error.sentence}) from error
        version = workflow.version
        if version is None:
            self.stdout.write(_("“%(title)s” was imported as a draft.") % {"title": workflow.title})
        else:
            self.stdout.write(
                _("“%(title)s” was imported and published as version %(number)s.")
                % {"title": workflow.title, "number": version.number}
            )
