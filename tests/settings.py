"""The product's settings, in a room of its own: nothing here changes what the product does."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", os.path.join(tempfile.gettempdir(), f"samsyn-tests-{os.getuid()}"))
os.environ.setdefault("SECRET_KEY", "only-for-tests")
# Playwright keeps an event loop in the process, which Django would take for one that its queries could block.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from config.settings import *
from config.settings import CACHES, DATABASES, INSTALLED_APPS, STORAGES

# An app of the tests: rows with everything Wagtail can do to them, for what must hold of every room.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.scoped"]
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, for a database in memory has neither WAL nor waiting writers; one for each run and each process of it.
    DATABASES["default"]["TEST"] = {
        "NAME": os.path.join(tempfile.gettempdir(), f"samsyn-tests-{os.getpid()}.sqlite3"),
    }
# Two test processes share one Redis: each keeps to keys of its own.
CACHES = {"default": {**CACHES["default"], "KEY_PREFIX": os.environ.get("PYTEST_XDIST_WORKER", "main")}}
