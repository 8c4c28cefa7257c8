"""What the benches measure on: one association with a page, and a form of thirty questions; prints where they are.

Run inside the product's environment: ``python -m tests.bench.content [SUBMISSIONS [VERSIONS [QUESTIONS]]]``. Run again
it adds what is missing up to those numbers; with another number of questions (whole thirties) it makes another form.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from forms.models import Form

SLUG = "matning"
QUESTIONS = 30
SHORT, LONG = "Ett svar på några ord", "En längre text om hur vi tänker arbeta. " * 5


def make(submissions: int, versions: int = 1, questions: int = QUESTIONS) -> dict[str, str]:
    """Make association, page and form; with ``submissions`` also that many finished submissions."""
    from forms.models import Form

    slug = SLUG if questions == QUESTIONS else f"{SLUG}-{questions}"
    form = Form.objects.filter(slug=slug).first() or _form(slug, questions // QUESTIONS)
    _add_versions(form, versions)
    _add_submissions(form, submissions)
    return {"slug": form.slug, "page": "/banken/"}


def _form(slug: str, times: int) -> "Form":
    from wagtail.models import Collection

    from forms.actions.form import publish_form
    from pages.models import AssociationPage
    from pages.setup import home_page, set_up_association
    from tests.forms import forms_in_tests as stories

    page = AssociationPage.objects.filter(slug="banken").first()
    if page is None:
        page = AssociationPage(title="Bänkens samordningsförbund", slug="banken", short_name="Bänken")
        home_page().add_child(instance=page)
        set_up_association(page)
    collection = Collection.objects.get(pk=AssociationPage.objects.get(pk=page.pk).collection_id)
    choices = [{"key": f"val_{number}", "label": f"Val {number}"} for number in range(4)]
    choices.append({"key": "val_4", "label": "Vet inte"})
    questions = [
        stories.question("email", "E-post", name="epost"),
        *[
            stories.question("short_text", f"Fråga {number}", name=f"fraga_{number}")
            for number in range(1, 15 * times + 1)
        ],
        *[
            stories.question("long_text", f"Beskriv {number}", name=f"text_{number}")
            for number in range(1, 5 * times + 1)
        ],
        *[stories.question("money", f"Belopp {number}", name=f"belopp_{number}") for number in range(1, 5 * times + 1)],
        *[
            stories.question("one_of", f"Välj {number}", name=f"val_{number}", choices=choices)
            for number in range(1, 5 * times)
        ],
    ]
    form = stories.make_form(
        stories.page("Frågor", *questions),
        collection=collection,
        title="Mätning",
        slug=slug,
        contact_email_field="epost",
    )
    return publish_form(form=form).form


def _add_versions(form: "Form", versions: int) -> None:
    """The same questions published again and again, without the work of publishing."""
    from forms.models import FormVersion

    newest = FormVersion.objects.filter(form=form).latest("number")
    rows = (
        FormVersion(form=form, number=number, compiled=newest.compiled)
        for number in range(newest.number + 1, versions + 1)
    )
    FormVersion.objects.bulk_create(rows, batch_size=100)


def _add_submissions(form: "Form", upto: int) -> None:
    """Submissions of the newest version, a minute apart, no two of them alike."""
    from django.utils import timezone

    from forms.models import FormVersion, Submission

    newest = FormVersion.objects.filter(form=form).select_related("form__collection").latest("number")
    fields = newest.compiled["pages"][0]["fields"]
    there = Submission.objects.filter(form=form).count()
    first = timezone.now() - timedelta(days=365)

    def rows() -> Iterator[Submission]:
        for number in range(there, upto):
            sent = first + timedelta(minutes=number)
            yield Submission(
                collection=newest.form.collection,
                form=newest.form,
                version=newest,
                answers={field["id"]: answer(field["kind"], field["settings"], number) for field in fields},
                state=Submission.State.SUBMITTED,
                reference=f"M{number:07}",
                nonce=uuid.uuid4(),
                name=f"Ada {number}",
                email=f"ada-{number}@anonym.example",
                updated_at=sent,
                submitted_at=sent,
                language="sv",
            )

    Submission.objects.bulk_create(rows(), batch_size=500)


def answer(kind: str, settings: dict[str, Any], number: int) -> object:
    """A plausible stored answer of applicant number so-and-so."""
    if kind == "money":
        return str(12_500 + number)
    if kind == "email":
        return f"ada-{number}@anonym.example"
    if kind == "one_of":
        return settings["choices"][number % 5]["key"]
    return f"{SHORT} {number}" if kind == "short_text" else f"{LONG}{number}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(make(*map(int, sys.argv[1:] or ["0"]))))
