"""``serve``: make the product ready where needed, then start web server and worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import serve


class Command(BaseCommand):
    """One process from stamp check to serving; a second start skips what is already done."""

    help = "Make the database ready where something changed, then start web server and worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--no-worker", action="store_true", help="start the web server only")
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
        parser.add_argument("--prepare", action="store_true", help="make ready and stop")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["reset"]:
            serve.reset()
        if not serve.is_ready():
            serve.make_ready()
        if not options["prepare"]:
            self.check(databases=["default"])
            serve.serve(host=options["host"], with_worker=not options["no_worker"])
