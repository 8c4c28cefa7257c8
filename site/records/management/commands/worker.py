"""``manage.py worker``: background work, kept alive."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from records import checks, effects
from records.supervisor import Supervisor


class Command(BaseCommand):
    """Run the workers under a watch that replaces them when they die or get stuck."""

    requires_system_checks = ()
    help = "Send mail and do other background work; stops on SIGTERM. One line is printed for each event."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
        parser.add_argument("--patience", type=float, default=60.0, help="seconds a ready job may wait untouched")
        parser.add_argument("--stop-with-parent", action="store_true", help="stop when what started it is gone")
        parser.add_argument("--grace", type=float, default=30.0, help="seconds to stop in")

    def handle(self, *args: Any, **options: Any) -> None:
        parent = os.getppid() if options["stop_with_parent"] else None
        checks.refuse_unsafe_start()
        if options["once"]:
            self._say(_("Tasks done: %(count)d.") % {"count": effects.run_due()})
            return
        Supervisor(self._say, patience=options["patience"], grace=options["grace"], parent=parent).run()

    def _say(self, line: str) -> None:
        self.stdout.write(f"{timezone.localtime():%Y-%m-%d %H:%M:%S} {line}")
        self.stdout.flush()
