"""What the tests of the journey share: a small application form and a visitor who walks through it."""

import re
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

from forms.models import Form, FormVersion, Submission
from records.models import Message
from tests.forms.forms_in_tests import make_form, page, question

TYPES = ["pdf", "png", "docx", "xlsx"]


def application(**values: Any) -> Form:
    """An application in three pages: who, what (with a condition, a file and a table with a sum), promise."""
    form = make_form(
        page(
            "Sökande",
            question("short_text", "Organisation", name="organisation"),
            question("email", "E-post", name="email"),
            question("short_text", "Namn", name="namn", required=False),
        ),
        page(
            "Insats",
            question("yes_no", "Finns medfinansiering?", name="medfinansiering"),
            question("short_text", "Vem medfinansierar?", name="vem", shown_if="medfinansiering = true"),
            question("whole_number", "Deltagare", name="deltagare", required=False),
            question(
                "table",
                "Budget",
                name="budget",
                columns=[
                    {"label": "Kostnad", "type": "short_text", "name": "kostnad", "required": True},
                    {"label": "Belopp", "type": "money", "name": "belopp", "required": True, "total": True},
                ],
                min_rows=1,
                max_rows=5,
                row_sums=False,
            ),
            question("computed", "Summa", name="summa", expression="sum(budget.belopp)", decimals=0, unit="kr"),
            question("files", "Bilagor", name="bilagor", required=False, types=TYPES, max_files=3, max_megabytes=1),
        ),
        page("Intygande", question("consent", "Uppgifterna är riktiga", name="riktiga", text="Du intygar.")),
        **{
            "title": "Ansökan om medel",
            "slug": "ansokan",
            "intro": "Här söker ni medel.",
            "next_steps": "Vi hör av oss inom två veckor.",
            "contact": "Kansliet, 0380-51 00 00",
            "contact_email_field": "email",
            "contact_name_field": "namn",
            **values,
        },
    )
    form.get_latest_revision().publish()
    return Form.objects.get(pk=form.pk)


def version_of(form: Form) -> FormVersion:
    """The version in use."""
    return form.version


APPLICANT = {"q-organisation": "Nässjö kommun", "q-email": "Ada@example.se", "q-namn": "Ada Alm"}
ACTION = {
    "q-medfinansiering": "no",
    "q-deltagare": "25",
    "q-budget-count": "2",
    "q-budget-0-kostnad": "Lokal",
    "q-budget-0-belopp": "1 200",
    "q-budget-1-kostnad": "Personal",
    "q-budget-1-belopp": "300 000",
}
PROMISE = {"q-riktiga": "on"}
PAGES: tuple[Mapping[str, Any], ...] = (APPLICANT, ACTION, PROMISE)


class Visitor(Client):
    """Somebody with a browser who opens pages, fills them in as they stand, and presses buttons."""

    def hidden(self, html: str) -> dict[str, str]:
        """What the page sends along without being asked."""
        return dict(re.findall(r'<input\s+type="hidden"\s+name="(form-[a-z]+)"\s+value="([^"]*)"', html))

    def fill(self, slug: str, number: int, answers: Mapping[str, Any], button: str = "continue", **more: Any) -> Any:
        """Open a page, fill it in and press a button."""
        address = reverse("forms:page", args=[slug, number])
        html = self.get(address, {"from": more.pop("came_from")} if "came_from" in more else {}).content.decode()
        return self.post(address, {**self.hidden(html), **answers, button: more.pop("value", ""), **more})

    def fill_all(self, slug: str = "ansokan") -> None:
        """Fill in every page."""
        for number, answers in enumerate(PAGES, start=1):
            response = self.fill(slug, number, answers)
            assert response.status_code == 302, response.content.decode()

    def send(self, slug: str = "ansokan", **more: Any) -> Any:
        """Open the summary and press send."""
        address = reverse("forms:summary", args=[slug])
        html = self.get(address).content.decode()
        return self.post(address, {**self.hidden(html), **more})


def draft() -> Submission:
    """The only submission there is."""
    return Submission.objects.get()


def by_name(submission: Submission) -> dict[str, Any]:
    """The answers by the names of the questions, as a test reads them."""
    names = {field["id"]: field["name"] for page in submission.version.compiled["pages"] for field in page["fields"]}
    return {names[field_id]: value for field_id, value in submission.answers.items()}


def mails(kind: str) -> list[Message]:
    """The mails of a kind, in the order they were queued."""
    return list(Message.objects.filter(kind=kind).order_by("queued_at"))
