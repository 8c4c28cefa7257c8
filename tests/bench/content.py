"""What the benches measure on: one association with a page, and a form of thirty questions; prints where they are.

Run inside the product's environment: ``python -m tests.bench.content [--submissions N]``.
"""

import json
import os
import sys
import uuid

import django


def make(submissions: int) -> dict[str, str]:
    """Make association, page and form; with ``submissions`` also that many finished submissions."""
    from django.utils import timezone
    from wagtail.models import Collection

    from forms.actions.form import publish_form
    from forms.models import Submission
    from pages.models import AssociationPage
    from pages.setup import home_page, set_up_association
    from tests.forms import forms_in_tests as stories

    page = AssociationPage(title="Bänkens samordningsförbund", slug="banken", short_name="Bänken")
    home_page().add_child(instance=page)
    set_up_association(page)
    collection = Collection.objects.get(pk=AssociationPage.objects.get(pk=page.pk).collection_id)
    choices = [{"key": f"val_{number}", "label": f"Val {number}"} for number in range(5)]
    questions = [
        stories.question("email", "E-post", name="epost"),
        *[stories.question("short_text", f"Fråga {number}", name=f"fraga_{number}") for number in range(1, 16)],
        *[stories.question("long_text", f"Beskriv {number}", name=f"text_{number}") for number in range(1, 6)],
        *[stories.question("money", f"Belopp {number}", name=f"belopp_{number}") for number in range(1, 6)],
        *[
            stories.question("one_of", f"Välj {number}", name=f"val_{number}", choices=choices)
            for number in range(1, 5)
        ],
    ]
    form = stories.make_form(
        stories.page("Frågor", *questions),
        collection=collection,
        title="Mätning",
        slug="matning",
        contact_email_field="epost",
    )
    version = publish_form(form=form)
    answers = {item["id"]: answer(item["kind"], item["settings"]) for item in version.compiled["pages"][0]["fields"]}
    now = timezone.now()
    rows = (
        Submission(
            collection=collection,
            form=version.form,
            version=version,
            answers=answers,
            state=Submission.State.SUBMITTED,
            reference=f"M{number:07}",
            nonce=uuid.uuid4(),
            updated_at=now,
            submitted_at=now,
            language="sv",
        )
        for number in range(submissions)
    )
    Submission.objects.bulk_create(rows, batch_size=500)
    return {"slug": form.slug, "page": "/banken/"}


def answer(kind: str, settings: dict[str, object]) -> object:
    """A plausible stored answer."""
    if kind == "money":
        return "12500"
    if kind == "email":
        return "ada@anonym.example"
    if kind == "one_of":
        options = settings["choices"]
        assert isinstance(options, list)
        return options[0]["key"]
    return "Ett svar på några ord" if kind == "short_text" else "En längre text om hur vi tänker arbeta. " * 5


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(make(int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
