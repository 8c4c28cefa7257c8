"""``manage.py import_form FILE``: a form from a template."""

from typing import Any

from wagtail.models import Collection

from forms.actions.form import import_form
from forms.management.importing import ImportCommand
from forms.models import Form


class Command(ImportCommand):
    """Make a form of a JSON template; changes nothing when anything is wrong."""

    help = "Make a form of a JSON template, as a draft or published. Ids are kept; nothing changes on failure."
    replace_help = "become a new draft of the form with that address"

    def make(self, *, template: Any, collection: Collection, options: dict[str, Any]) -> Form:
        return import_form(
            template=template,
            collection=collection,
            slug=options["slug"],
            title=options["title"],
            replace=options["replace"],
            publish=options["publish"],
        )
