"""The shipped templates, each published and walked to its end, and what the library does with forms and their parts."""

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection

from forms.actions.form import import_form
from forms.actions.template import insert_parts, keep_template, remove_template
from forms.exchange import to_template
from forms.hints import hints
from forms.models import ChoiceList, Form, FormTemplate, Submission
from forms.parts import Place, with_names
from forms.personas import typed_by
from forms.runtime import FormRuntime
from forms.template_sources import find, shipped
from records.errors import Invalid, NotAllowed
from records.models import Event
from records.roles import roles
from tests.forms.files_in_tests import PDF
from tests.forms.forms_in_tests import association, make_form, page, question
from tests.forms.journey_in_tests import Visitor

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).resolve().parents[2] / "fixtures" / "forms"

TYPES = {
    "4.1 application for funds": ["ansokan-om-medel"],
    "4.2 half-year report": ["halvarsrapport"],
    "4.3 annual and final report": ["arsrapport"],
    "4.4 evaluation of training": ["utvardering-utbildning"],
    "4.5 checklist of preconditions": ["checklista-forutsattningar"],
    "4.6 survey of effects": ["effektutvardering"],
    "4.7 question to the case team": ["fraga-till-samverkansteam"],
    "4.8 registration for training": ["anmalan-utbildning"],
    "4.9 national indicators": ["indikatorresultat"],
    "4.10 Uppföljning Finsam": ["underlag-uppfoljning-finsam"],
    "4.11 local action plan": ["lokal-handlingsplan"],
    "4.12 group meeting": ["gruppmote"],
    "4.13 agreement and payment request": ["uppgifter-till-avtal", "rekvisition"],
    "4.14 amendment": ["andring-av-insats"],
    "4.15 accessibility, records, contact": ["tillganglighetsbrist", "begaran-om-handling", "kontakta-oss"],
}


def test_there_is_a_template_for_every_type_of_form() -> None:
    assert sorted(name for names in TYPES.values() for name in names) == sorted(
        path.stem for path in TEMPLATES.glob("*.json")
    )
    assert len(TYPES) == 15


def walk(form: Form, seed: int) -> Submission:
    """Fill in every page met with made-up answers, as a visitor without JavaScript, and send it."""
    visitor, rng = Visitor(), Random(seed)  # noqa: S311 (made-up answers)
    runtime = FormRuntime.of(form.version)
    number, steps = 1, 0
    while number:
        page_ = runtime.page(number)
        assert page_ is not None
        data: dict[str, Any] = dict(typed_by(page_, rng).lists())
        for one in page_.questions:
            if one.takes_files and one.field["required"]:
                data[one.html_name] = SimpleUploadedFile("underlag.pdf", PDF, "application/pdf")
        response = visitor.fill(form.slug, number, data)
        steps += 1
        assert steps < 40, (form.slug, number)
        if response.status_code != 302:  # a question has come with the answers: fill in the page as it is now
            continue
        number = int((re.findall(r"/(\d+)/$", response["Location"]) or ["0"])[0])
    response = visitor.send(form.slug)
    assert response.status_code == 302, response.content.decode()
    return Submission.objects.get(form=form)


@pytest.mark.parametrize("name", sorted(path.stem for path in TEMPLATES.glob("*.json")))
def test_each_template_is_published_without_a_remark_and_walked_to_its_end(name: str, settings: Any) -> None:
    template = json.loads((TEMPLATES / f"{name}.json").read_text())

    settings.FORMS_SHORTEST_SECONDS = 0
    form = import_form(template=template, collection=association(), publish=True)
    sent = walk(form, seed=1)

    assert [problem for problem in form.problems() if problem.is_error or not form.overruled.get(problem.key)] == []
    assert [str(hint.sentence) for hint in hints(form)] == []
    assert sent.state == Submission.State.SUBMITTED
    assert len(sent.answers) >= 3
    assert holds(json.loads(json.dumps(to_template(form))), template)


def holds(exported: Any, shipped_: Any) -> bool:
    """Is everything of the template in what comes out? Settings that came later may stand beside it."""
    if isinstance(shipped_, dict):
        return all(key in exported and holds(exported[key], value) for key, value in shipped_.items())
    if isinstance(shipped_, list):
        return len(exported) == len(shipped_) and all(map(holds, exported, shipped_))
    return exported == shipped_


# --- the library ------------------------------------------------------------------------------------------
def editor(collection: Collection, name: str = "ada") -> Any:
    """Somebody who makes forms in an association."""
    person = get_user_model().objects.create_user(f"{name}@example.org")
    person.groups.add(roles.create(collection, collection.name)["editor"])
    return person


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_shipped_template_becomes_a_draft_in_the_chosen_association() -> None:
    here = association()
    client = signed_in(editor(here))
    address = reverse("forms_library_begin") + "?from=shipped:halvarsrapport"

    listed = client.get(reverse("forms_library"))
    shown = client.get(address)
    assert Form.objects.count() == 0
    made = client.post(address, {"title": "Halvår 2027", "slug": "halvar-2027", "collection": here.pk})

    assert "Halvårsrapport" in listed.content.decode()
    assert "Läget mot planen" in shown.content.decode()
    form = Form.objects.get()
    assert (form.title, form.slug, form.live, form.collection) == ("Halvår 2027", "halvar-2027", False, here)
    assert made.status_code == 302
    assert Event.objects.filter(stream=form.stream, type="form.imported").exists()


def test_what_is_kept_is_met_in_the_own_association_only_and_by_all_when_it_is_the_installations() -> None:
    here, there = association(), association("Södra Lappland")
    ada, dag = editor(here), editor(there, "dag")
    chief = get_user_model().objects.create_superuser("chief@example.org")
    form = make_form(page("Kontakt", question("short_text", "Namn", name="namn")), collection=here)
    root = Collection.objects.get(depth=1)

    own = keep_template(form=form, user=ada, collection=here, title="Vårt")
    for_all = keep_template(form=form, user=chief, collection=root, title="Allas")

    assert find(ada, f"kept:{own.pk}") is not None
    assert find(dag, f"kept:{own.pk}") is None
    assert find(dag, f"kept:{for_all.pk}") is not None
    assert find(dag, f"form:{form.pk}") is None
    with pytest.raises(NotAllowed):
        keep_template(form=form, user=ada, collection=root, title="Också allas")
    with pytest.raises(NotAllowed):
        remove_template(template=for_all, user=ada)
    remove_template(template=own, user=ada)
    assert [row.title for row in FormTemplate.objects.all()] == ["Allas"]


def test_a_page_is_kept_and_put_into_another_form_with_its_ids() -> None:
    here = association()
    ada = editor(here)
    kept_page = page("Kontakt", question("short_text", "Namn", name="namn"), question("email", "E-post", name="epost"))
    source = make_form(kept_page, collection=here)
    target = make_form(page("Först", question("short_text", "Titel", name="titel")), collection=here)

    kept_row = keep_template(form=source, user=ada, collection=here, title="Kontakt", block_id=kept_page["id"])
    problems = insert_parts(form=target, user=ada, source=kept_row.content, block_ids=[kept_page["id"]], place=Place())

    draft = Form.objects.get(pk=target.pk).get_latest_revision_as_object()
    assert kept_row.part == "page"
    assert [block.value["title"] for block in draft.questions] == ["Först", "Kontakt"]
    assert draft.questions[1].id == kept_page["id"]
    assert [child.value["name"] for child in draft.questions[1].value["questions"]] == ["namn", "epost"]
    assert [problem for problem in problems if problem.is_error] == []
    assert Event.objects.filter(stream=target.stream, type="form.parts_inserted").count() == 1


def test_a_name_that_is_taken_becomes_another_and_conditions_follow() -> None:
    here = association()
    ada = editor(here)
    blocks = [
        question("yes_no", "Vill ni?", name="vill"),
        question("short_text", "Varför?", name="varfor", shown_if='vill and kommun != "vill"'),
    ]
    source = make_form(page("Vilja", *blocks), collection=here)
    target = make_form(
        page("Först", question("yes_no", "Vill du?", name="vill"), question("short_text", "Sist", name="sist")),
        collection=here,
    )
    template = to_template(source)

    found = insert_parts(
        form=target,
        user=ada,
        source=template,
        block_ids=[block["id"] for block in blocks],
        place=Place(target.questions[0].value["questions"][0].id),
    )

    asked = Form.objects.get(pk=target.pk).get_latest_revision_as_object().questions[0].value["questions"]
    assert [child.value["name"] for child in asked] == ["vill", "vill_2", "varfor", "sist"]
    assert asked[2].value["shown_if"] == 'vill_2 and kommun != "vill"'
    assert any("kommun" in str(problem.sentence) for problem in found), "a question left behind is told of"


def test_inserting_twice_gives_new_ids_and_a_lost_place_changes_nothing() -> None:
    here = association()
    ada = editor(here)
    form = make_form(page("Sida", question("short_text", "Namn", name="namn")), collection=here)
    only = form.questions[0].value["questions"][0].id
    template = to_template(form)

    insert_parts(form=form, user=ada, source=template, block_ids=[only], place=Place())
    with pytest.raises(Invalid):
        insert_parts(form=form, user=ada, source=template, block_ids=[only], place=Place("gone"))
    with pytest.raises(Invalid):
        insert_parts(form=form, user=ada, source=template, block_ids=[], place=Place())

    asked = Form.objects.get(pk=form.pk).get_latest_revision_as_object().questions[0].value["questions"]
    assert len({child.id for child in asked}) == 2


def test_a_choice_list_comes_along() -> None:
    here = association()
    ada = editor(here)
    target = make_form(page("Sida", question("short_text", "Namn", name="namn")), collection=here)
    source = next(one for one in shipped() if one.key == "shipped:gruppmote")
    part = next(one for one in source.pages[0]["questions"] if "kommunområde" in one["label"])

    insert_parts(form=target, user=ada, source=source.template, block_ids=[part["id"]], place=Place())

    draft = Form.objects.get(pk=target.pk).get_latest_revision_as_object()
    assert draft.questions[0].value["questions"][1].value["choice_list"] == ChoiceList.objects.get(collection=here)


def test_inserting_and_keeping_by_hand() -> None:
    here, there = association(), association("Södra Lappland")
    form = make_form(page("Sida", question("short_text", "Namn", name="namn")), collection=here)
    client, stranger = signed_in(editor(here)), signed_in(editor(there, "dag"))
    insert, keep = (reverse(f"forms_library_{name}", args=[form.pk]) for name in ("insert", "keep"))
    source = next(one for one in shipped() if one.key == "shipped:kontakta-oss")
    page_id = source.pages[0]["id"]

    sources = client.get(insert)
    choose = client.get(f"{insert}?from={source.key}")
    before = form.revisions.count()
    put = client.post(f"{insert}?from={source.key}", {"part": [page_id], "place": ""})
    kept_ = client.post(
        keep, {"part": form.questions[0].id, "title": "Namnsida", "description": "", "collection": here.pk}
    )

    assert "Kontakta förbundet" in sources.content.decode()
    assert "Vad gäller det?" in choose.content.decode()
    assert (before, form.revisions.count()) == (1, 2)
    assert (put.status_code, kept_.status_code) == (302, 302)
    assert FormTemplate.objects.get().title == "Namnsida"
    assert {stranger.get(address).status_code for address in (insert, keep)} == {404}


def test_copying_a_form_keeps_its_ids_and_leaves_publication_behind() -> None:
    here = association()
    form = make_form(page("Sida", question("short_text", "Namn", name="namn")), collection=here)
    form.latest_revision.publish()
    client = signed_in(editor(here))
    address = reverse(Form.snippet_viewset.get_url_name("copy"), args=[form.pk])

    html = client.get(address).content.decode()

    assert "Kopia av Ansökan" in html or "Copy of Ansökan" in html
    assert 'value="ansokan-2"' in html
    assert form.questions[0].value["questions"][0].id in html


def test_names_are_changed_in_expressions_and_texts_are_left_alone() -> None:
    renamed = {"a": "a_2", "tabell": "tabell_2"}

    assert with_names('a > 1 and b = "a" and sum(tabell.a) > a', renamed) == (
        'a_2 > 1 and b = "a" and sum(tabell_2.a) > a_2'
    )


def test_the_help_is_there_in_both_languages(settings: Any) -> None:
    client = signed_in(editor(association()))

    for language, word in (("sv", "Förhandsgranska och prova"), ("en", "Preview and try")):
        html = client.get(reverse("forms_help"), headers={"accept-language": language}).content.decode()
        assert word in html or language != settings.LANGUAGE_CODE
