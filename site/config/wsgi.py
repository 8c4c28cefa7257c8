"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from records.checks import refuse_unsafe_start  # noqa: E402 (app ready: it reads models)

refuse_unsafe_start()
