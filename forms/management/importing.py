"""What commands that import a definition share: reading the file, choosing the association, telling the outcome."""

import json
from abc import abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from wagtail.models import Collection

from forms.definition import Definition, LintFailed
from records.errors import SamsynError


class ImportCommand(BaseCommand):
    """Make a definition of a JSON template; changes nothing when anything is wrong."""

    slug_help: ClassVar[str] = "another address than the template's"
    replace_help: ClassVar[str] = "become a new draft of the one with that address"

    @abstractmethod
    def make(self, *, template: Any, collection: Collection, options: dict[str, Any]) -> Definition:
        """Import it. Raises SamsynError."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the template")
        parser.add_argument("--collection", default="", help="the association: its collection's name or id")
        parser.add_argument("--slug", default="", help=self.slug_help)
        parser.add_argument("--title", default="", help="another title than the template's")
        parser.add_argument("--replace", action="store_true", help=self.replace_help)
        parser.add_argument("--publish", action="store_true", help="publish it at once")

    def handle(self, *args: Any, **options: Any) -> None:
        template = _read(options["file"])
        try:
            made = self.make(template=template, collection=find_collection(options["collection"]), options=options)
        except LintFailed as error:
            lines = "\n".join(f"- {line}" for line in error.lines)
            raise CommandError(_("Nothing was imported, because it cannot be published:") + f"\n{lines}") from error
        except SamsynError as error:
            raise CommandError(_("Nothing was imported. %(reason)s") % {"reason": error.sentence}) from error
        version = made.version
        if version is None:
            self.stdout.write(_("“%(title)s” was imported as a draft.") % {"title": made.title})
        else:
            told = _("“%(title)s” was imported and published as version %(number)s.")
            self.stdout.write(told % {"title": made.title, "number": version.number})


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(_("The file cannot be read: %(reason)s") % {"reason": error.strerror or error}) from error
    except ValueError as error:
        raise CommandError(_("The file is not JSON: %(reason)s") % {"reason": error}) from error


def find_collection(named: str) -> Collection:
    """The collection of that name or id; without a name the only association there is. Raises CommandError."""
    associations = Collection.objects.filter(depth__gt=1)
    if not named:
        if associations.count() == 1:
            return associations.get()
        names = ", ".join(associations.order_by("name").values_list("name", flat=True))
        raise CommandError(_("Say which association with --collection. There are: %(names)s.") % {"names": names})
    found = list(associations.filter(pk=named) if named.isdigit() else associations.filter(name=named))
    if len(found) != 1:
        raise CommandError(_("There is no one association called “%(name)s”.") % {"name": named})
    return found[0]
