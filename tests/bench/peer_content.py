"""The peer's form with the same thirty questions as ours, and as many submissions; prints where it is.

There are two of it: one only stores, the other also mails what was sent, as the documentation shows.

Run inside the product's environment: ``python -m tests.bench.peer_content [SUBMISSIONS]``. Run again it adds what is
missing up to that number.
"""

import json
import os
import sys
from typing import TYPE_CHECKING

import django

from tests.bench.content import LONG, SHORT

if TYPE_CHECKING:
    from tests.bench.peer.models import PeerForm

SLUG = "matning-jamfort"
MAILS = f"{SLUG}-post"
KINDS = [
    ("e_post", "email"),
    *[(f"fraga_{number}", "singleline") for number in range(1, 16)],
    *[(f"text_{number}", "multiline") for number in range(1, 6)],
    *[(f"belopp_{number}", "number") for number in range(1, 6)],
    *[(f"val_{number}", "radio") for number in range(1, 5)],
]


def make(submissions: int) -> dict[str, object]:
    """Make the page and its fields; with ``submissions`` also that many of them."""
    from wagtail.contrib.forms.models import FormSubmission

    from tests.bench.peer.models import PeerForm

    page = PeerForm.objects.filter(slug=SLUG).first() or _page(SLUG)
    if not PeerForm.objects.filter(slug=MAILS).exists():
        _page(MAILS, to_address="kansli@anonym.example", from_address="no-reply@anonym.example", subject="Mätning")
    there = FormSubmission.objects.filter(page=page).count()
    rows = (FormSubmission(page=page, form_data=answers(number)) for number in range(there, submissions))
    FormSubmission.objects.bulk_create(rows, batch_size=500)
    return {"page": f"/{SLUG}/", "mails": f"/{MAILS}/", "answers": answers(0), "id": page.pk}


def answers(number: int) -> dict[str, str]:
    """What applicant number so-and-so answered; as much as in our own form."""
    said = {
        "email": f"ada-{number}@anonym.example",
        "singleline": f"{SHORT} {number}",
        "multiline": f"{LONG}{number}",
        "number": str(12_500 + number),
        "radio": f"Val {number % 5}",
    }
    return {name: said[kind] for name, kind in KINDS}


def _page(slug: str, **mail: str) -> "PeerForm":
    from pages.setup import home_page
    from tests.bench.peer.models import FormField, PeerForm

    page = PeerForm(title="Mätning", slug=slug, **mail)
    home_page().add_child(instance=page)
    choices = "\r\n".join(f"Val {number}" for number in range(5))
    for order, (name, kind) in enumerate(KINDS):
        field = FormField(page=page, sort_order=order, label=name, field_type=kind)
        field.choices = choices if kind == "radio" else ""
        field.save()
    return page


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    django.setup()
    print(json.dumps(make(int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
