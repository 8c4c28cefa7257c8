"""Loads the demo: associations, pages, people, forms, workflows and applications."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail import hooks

from pages.demo.registry import Step, in_order
from pages.frame import forget


class Command(BaseCommand):
    """Runs the steps of the demo in order. Safe to repeat: what is there is kept as it is."""

    help = "Load the demo content. Safe to run again; refuses where SAMSYN_DEMO is not set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="Only tell which steps there are.")
        parser.add_argument("--only", metavar="STEP", nargs="+", help="Run these steps alone.")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = self._chosen(options["only"])
        if options["list"]:
            for step in steps:
                self.stdout.write(f"{step.name}: {step.label}")
            return
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo: set SAMSYN_DEMO=1 to load made-up people and content. Nothing was changed."
            )
        hooks.search_for_hooks()  # snippets are registered there, and forms choose among them
        with translation.override(settings.LANGUAGE_CODE):
            for number, step in enumerate(steps, start=1):
                self._run(step, f"[{number}/{len(steps)}]")
        forget()

    def _chosen(self, names: list[str] | None) -> list[Step]:
        steps = in_order()
        unknown = set(names or ()) - {step.name for step in steps}
        if unknown:
            known = ", ".join(step.name for step in steps)
            raise CommandError(f"There is no step called {', '.join(sorted(unknown))}. The steps are: {known}.")
        return [step for step in steps if not names or step.name in names]

    def _run(self, step: Step, place: str) -> None:
        self.stdout.write(f"{place} {step.label} … ", ending="")
        self.stdout.flush()
        with transaction.atomic():
            made = step.run()
        self.stdout.write(_("%(count)s made") % {"count": made} if made else _("already there"))
