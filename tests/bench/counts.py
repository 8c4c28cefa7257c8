"""What the database holds after a bench, as JSON; with ``keys`` the keys of everything sent in."""

import json
import os
import sys

import django


def counts() -> dict[str, int]:
    """Submissions, their receipts, what waits, and the registry numbers taken."""
    from forms.models import Submission
    from records.models import Effect, Message
    from workflows.models import Matter

    submitted = Submission.objects.filter(state=Submission.State.SUBMITTED)
    receipts = Message.objects.filter(kind="forms.receipt")
    numbers = list(Matter.objects.values_list("registry_number", flat=True))
    return {
        "submitted": submitted.count(),
        "receipts": receipts.count(),
        "sent": receipts.filter(state="sent").count(),
        "waiting": Effect.objects.exclude(state__in=["done", "dead"]).count(),
        "dead": Effect.objects.filter(state="dead").count(),
        "matters": len(numbers),
        "numbers": len(set(numbers)),
        "gaps": submitted.count() - len(numbers) if numbers else 0,
    }


def keys() -> list[str]:
    """The public key of everything sent in."""
    from forms.models import Submission

    sent = Submission.objects.filter(state=Submission.State.SUBMITTED)
    return [str(key) for key in sent.values_list("key", flat=True)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(keys() if "keys" in sys.argv else counts()))
