"""The product's settings with the peer installed beside it: same server, same database, same middleware."""

from config.settings import *  # noqa: F403 (settings are names)
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "wagtail.contrib.forms", "tests.bench.peer"]

# What the peer mails is composed and then thrown away at once: a conversation with a mail server would be its loss.
# Ours queues its receipt in the outbox and never asks for this.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
