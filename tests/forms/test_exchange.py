"""Forms as templates: what goes out comes in the same, and what is wrong changes nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from forms.actions.form import import_form
from forms.exchange import to_template
from forms.models import ChoiceList, ChoiceListOption, Form, FormVersion
from records.errors import Invalid
from records.models import Event
from tests.forms.forms_in_tests import association, edited, make_form, page, question

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).resolve().parents[2] / "fixtures" / "forms"


def run(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*map(str, arguments), **options, stdout=out)
    return out.getvalue()


def test_the_application_has_all_that_it_should_ask() -> None:
    association()
    run("import_form", TEMPLATES / "ansokan-om-medel.json", publish=True)

    pages = Form.objects.get().version.compiled["pages"]
    names = {field["name"] for one in pages for field in one["fields"]}

    assert 8 <= len(pages) <= 11
    assert {
        "organisation", "organisationsnummer", "part", "chef_namn", "kontakt_epost", "medsokande", "huvudman", "titel",
        "finansieringsform", "inriktning", "typ_av_ansokan", "foregangare", "organisationsmodell", "esf", "kommuner",
        "startdatum", "slutdatum", "problem", "samverkansgap", "malgrupp", "alder_fran", "deltagare_kvinnor",
        "deltagare_man", "deltagare_totalt", "syfte", "mal_tabell", "aktiviteter", "milstolpar", "styrgrupp",
        "ordinarie", "bemanning", "risker", "jamstalldhet", "implementering", "overtagande", "metoder", "utvardering",
        "budget", "total_kostnad", "annan_finansiering", "sokt_belopp", "bilagor", "intygande", "personuppgifter",
    } <= names  # fmt: skip


def test_the_accessibility_report_needs_no_name() -> None:
    association()
    run("import_form", TEMPLATES / "tillganglighetsbrist.json", publish=True)

    compiled = Form.objects.get().version.compiled
    asked = [field for field in compiled["pages"][0]["fields"] if field["required"] and field["shown_if"] is None]

    assert [field["name"] for field in asked] == ["vad_hande", "vill_ha_svar"]
    assert compiled["contact"]["email"]


def test_ids_are_kept_and_choice_lists_travel_along() -> None:
    here, there = association(), association("Södra Lappland")
    parties = ChoiceList(title="Parter", collection=here)
    parties.options = [ChoiceListOption(label="Region", sort_order=0)]
    parties.save()
    form = make_form(page("Sida", question("one_of", "Part", choice_list=parties.pk)), collection=here)
    form.latest_revision.publish()

    template = json.loads(json.dumps(to_template(Form.objects.get(pk=form.pk))))
    copy = import_form(template=template, collection=there, slug="kopia", publish=True)

    assert template["choice_lists"] == {
        "parter": {"title": "Parter", "options": [{"key": "region", "label": "Region", "help": ""}]}
    }
    mine, theirs = (one.latest_version.compiled["pages"][0] for one in (form, copy))
    assert theirs["id"] == mine["id"]
    assert theirs["fields"][0]["id"] == mine["fields"][0]["id"]
    assert ChoiceList.objects.get(collection=there).pk != parties.pk
    assert [event.type for event in Event.objects.filter(stream=copy.stream)] == ["form.imported", "form.published"]


def test_an_association_answers_with_its_own_list_of_that_name() -> None:
    here, there = association(), association("Södra Lappland")
    for collection, town in ((here, "Nässjö"), (there, "Lycksele")):
        towns = ChoiceList(title="Kommuner", collection=collection)
        towns.options = [ChoiceListOption(label=town, sort_order=0)]
        towns.save()
    mine = ChoiceList.objects.get(collection=here)
    form = make_form(page("Sida", question("one_of", "Kommun", choice_list=mine.pk)), collection=here)

    copy = import_form(template=to_template(form), collection=there, slug="kopia", publish=True)

    choices = copy.version.compiled["pages"][0]["fields"][0]["settings"]["choices"]
    assert [choice["label"] for choice in choices] == ["Lycksele"]
    assert ChoiceList.objects.count() == 2


def test_replacing_makes_a_new_draft_of_the_same_form() -> None:
    form = make_form(page("Sida", question("short_text", "Namn")))
    form.latest_revision.publish()
    template = to_template(edited(form, page("Sida", question("short_text", "Ditt namn"))))

    with pytest.raises(Invalid, match="ansokan"):
        import_form(template=template, collection=form.collection)
    again = import_form(template=template, collection=form.collection, replace=True)

    assert again.pk == form.pk
    assert again.version.number == 1
    assert import_form(template=template, collection=form.collection, replace=True, publish=True).version.number == 2


WRONG = {
    "no json": "{",
    "no template": "[]",
    "of the future": '{"format": 2, "form": {"title": "A", "slug": "a", "questions": []}}',
    "no title": '{"format": 1, "form": {"slug": "a", "questions": []}}',
    "no questions": '{"format": 1, "form": {"title": "A", "slug": "a", "questions": "x"}}',
    "blocks of nothing": '{"format": 1, "form": {"title": "A", "slug": "a", "questions": [1]}}',
    "an unknown kind": json.dumps(
        {
            "format": 1,
            "form": {
                "title": "A",
                "slug": "a",
                "questions": [page("Sida", {"type": "hologram", "value": {}, "id": "1"})],
            },
        }
    ),
    "a list that is missing": json.dumps(
        {
            "format": 1,
            "form": {
                "title": "A",
                "slug": "a",
                "questions": [page("Sida", question("one_of", "Val", choice_list="parter"))],
            },
        }
    ),
    "an address that cannot be": '{"format": 1, "form": {"title": "A", "slug": "å ä ö", "questions": []}}',
    "what does not lint": json.dumps(
        {"format": 1, "form": {"title": "A", "slug": "a", "questions": [page("Sida", question("one_of", "Val"))]}}
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_file_changes_nothing_and_says_why(wrong: str, tmp_path: Path) -> None:
    association()
    file = tmp_path / "form.json"
    file.write_text(wrong)

    with pytest.raises(CommandError) as refused:
        run("import_form", file, publish=True)

    assert str(refused.value)
    assert not Form.objects.exists()
    assert not FormVersion.objects.exists()
    assert not ChoiceList.objects.exists()
    assert not Event.objects.exists()


def test_a_missing_file_form_or_association_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run("import_form", tmp_path / "nothing.json")
    with pytest.raises(CommandError):
        run("export_form", "nothing", tmp_path / "out.json")
    association()
    association("Södra Lappland")
    with pytest.raises(CommandError, match="Höglandet, Södra Lappland"):
        run("import_form", TEMPLATES / "tillganglighetsbrist.json")
    run("import_form", TEMPLATES / "tillganglighetsbrist.json", collection="Södra Lappland")
    assert Form.objects.get().collection.name == "Södra Lappland"
