"""The product's settings with the peer installed beside it: same server, same database, same middleware."""

from config.settings import *  # noqa: F403 (settings are names)
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "wagtail.contrib.forms", "tests.bench.peer"]
