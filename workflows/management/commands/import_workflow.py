"""``manage.py import_workflow FILE``: a workflow from a template."""

from argparse import ArgumentParser
from typing import Any

from wagtail.models import Collection

from forms.management.importing import ImportCommand
from workflows.actions.definition import import_workflow
from workflows.models import Workflow


class Command(ImportCommand):
    """Make a workflow of a JSON template; changes nothing when anything is wrong."""

    help = "Make a workflow of a JSON template, as a draft or published. Ids are kept; nothing changes on failure."
    slug_help = "another short name than the template's"
    replace_help = "become a new draft of the workflow of that name"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--form", action="append", default=None, help="address of a form that starts it, instead of the template's"
        )

    def make(self, *, template: Any, collection: Collection, options: dict[str, Any]) -> Workflow:
        return import_workflow(
            template=template,
            collection=collection,
            slug=options["slug"],
            title=options["title"],
            forms=options["form"],
            replace=options["replace"],
            publish=options["publish"],
        )
