"""The ground rooms only, so that a worker starts quickly, and mail that ends up in a folder."""

import os

from tests.settings import *  # noqa: F403 (settings are layered)
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app not in {"training", "pages", "workflows", "forms"}),
    "tests.records.drill",
]
DELIVERY_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["DRILL_FOLDER"]
ASSOCIATION_FACTS = ""
LANGUAGE_CODE = "en"
