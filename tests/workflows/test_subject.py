"""A form about a matter: it knows what the matter is called, for those who may open it."""

from typing import Any

import pytest

from forms.models import Submission
from tests.forms.forms_in_tests import make_form, page, question
from tests.forms.journey_in_tests import Visitor
from tests.workflows.factories import House

pytestmark = pytest.mark.django_db


def test_a_form_about_a_matter_says_which_to_those_who_may_open_it_and_keeps_it(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    house = House()
    matter = house.applied()
    form = make_form(
        page(
            "Rapport",
            question("prefilled", "Ärende", name="arende", source="matter", shown="read"),
            question("short_text", "Vad har gjorts?", name="gjort"),
        ),
        slug="rapport",
    )
    form.get_latest_revision().publish()
    applicant, stranger = Visitor(), Visitor()
    applicant.force_login(house.ada)
    for visitor in (applicant, stranger):
        visitor.get(f"/formular/rapport/?about=matter:{matter.key}")

    assert matter.registry_number in applicant.get("/formular/rapport/1/").content.decode()
    assert matter.registry_number not in stranger.get("/formular/rapport/1/").content.decode()

    applicant.fill("rapport", 1, {"q-gjort": "Allt"})
    assert Submission.objects.get(form=form).subject == f"matter:{matter.key}"
