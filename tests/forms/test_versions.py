"""Versions of a form: what differs, what breaks a series, drafts that move along, an old version taken up again."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from forms.actions import move_draft, set_aside
from forms.actions.version import restore_version
from forms.models import Form, Submission
from forms.names import readable_name
from forms.versions import Change, compare, grouped
from records.errors import NotAllowed
from records.models import Event
from records.roles import roles
from tests.forms.forms_in_tests import block_id, edited, make_form, page, question
from tests.forms.journey_in_tests import Visitor, by_name, draft
from tests.records.factories import person

pytestmark = pytest.mark.django_db
PAGE = "/formular/ansokan/1/"


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


def options(*labels: str) -> list[dict[str, str]]:
    """Options keyed by their labels."""
    return [{"label": label, "help": "", "key": readable_name(label, set(), "choice")} for label in labels]


def who(**more: Any) -> dict[str, Any]:
    return question("short_text", "Organisation", name="organisation", **more)


def area(*labels: str, **more: Any) -> dict[str, Any]:
    return question("one_of", "Område", name="omrade", choices=options(*labels), **more)


GOAL = question("long_text", "Mål", name="mal", max_length=2000)
CONTACT = question("email", "E-post", name="epost")
COUNT = question("whole_number", "Deltagare", name="deltagare", required=False)


def publish(form: Form, *pages: dict[str, Any], **values: Any) -> Form:
    """Publish a new version with these pages."""
    edited(form, *pages, **values).get_latest_revision().publish()
    return Form.objects.get(pk=form.pk)


def first(**values: Any) -> Form:
    """Version one: who and where, then what."""
    form = make_form(page("Ni", who(), area("Norr", "Syd")), page("Insats", GOAL, COUNT), **values)
    form.get_latest_revision().publish()
    return Form.objects.get(pk=form.pk)


def between(form: Form, one: int = 1, other: int = 2) -> list[Change]:
    """What differs between two versions."""
    found = {version.number: version.compiled for version in form.versions.all()}
    return compare(found[one], found[other])


def told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.page, change.label, change.kind) for change in changes]


# --- the difference -----------------------------------------------------------------------------------


def test_the_difference_is_told_page_by_page_in_words() -> None:
    form = first()
    form = publish(
        form,
        page("Ni", area("Norr", "Öst"), who(label="Vilken organisation?", required=False), CONTACT),
        {**(what := page("Insats", GOAL)), "value": {**what["value"], "title": "Insatsen"}},
    )

    changes = between(form)

    assert ("Ni", "E-post", "added") in told(changes)
    assert ("Insats", "Deltagare", "removed") in told(changes)
    assert ("Insatsen", "", "reworded") in told(changes)
    assert len([change for change in changes if change.kind == "moved" and change.page == "Ni"]) == 1
    sentences = [str(change.sentence) for change in changes]
    assert any("Öst" in sentence for sentence in sentences)
    assert any("Syd" in sentence for sentence in sentences)
    assert between(form, 2, 2) == []
    assert {group.title for group in grouped(changes)} == {"Ni", "Insats", "Insatsen"}


def test_rewording_shows_both_wordings_and_rules_are_told_with_the_words_of_the_questions() -> None:
    form = first()
    form = publish(
        form,
        page("Ni", who(), area("Norr", "Syd")),
        page(
            "Insats",
            {**GOAL, "value": {**GOAL["value"], "label": "Vad vill ni uppnå?", "shown_if": 'omrade = "norr"'}},
            COUNT,
        ),
    )

    (reworded, rule) = between(form)

    assert (reworded.kind, reworded.before, reworded.after) == ("reworded", "Mål", "Vad vill ni uppnå?")
    assert (rule.kind, rule.before, rule.after) == ("rule", "", '“Område” = "norr"')


def test_a_changed_setting_shows_its_values() -> None:
    form = first()
    goal = {**GOAL, "value": {**GOAL["value"], "max_length": 500}}
    form = publish(form, page("Ni", who(), area("Norr", "Syd")), page("Insats", goal, COUNT))

    (change,) = between(form)

    assert (change.kind, change.before, change.after) == ("settings", "2000", "500")


@pytest.mark.parametrize(
    ("after", "breaks"),
    [
        (area("Norr", "Öst"), True),
        (question("short_text", "Område", name="omrade"), True),
        (area("Norr", "Syd", required=False), True),
        (area("Norr", "Syd", help="Ert område"), False),
    ],
)
def test_a_change_says_whether_it_breaks_the_series(after: dict[str, Any], breaks: bool) -> None:
    form = first(purpose="evaluation", overruled={})
    old = form.version.compiled
    new = Form(title=form.title, slug="ny", purpose="evaluation", collection=form.collection)
    new.questions = [page("Ni", who(), after), page("Insats", GOAL, COUNT)]

    changes = [change for change in compare(old, new.compile()) if change.label == "Område"]

    assert changes
    assert any(change.breaks for change in changes) == breaks
    other = compare({**old, "purpose": "report"}, {**new.compile(), "purpose": "report"})
    assert not any(change.breaks for change in other)


# --- drafts move along --------------------------------------------------------------------------------


def begun(form: Form) -> Visitor:
    """Ada, who has answered both pages of version one."""
    ada = Visitor()
    ada.fill("ansokan", 1, {"q-organisation": "Nässjö kommun", "q-omrade": "syd"})
    ada.fill("ansokan", 2, {"q-mal": "Fler i arbete", "q-deltagare": "många"})
    return ada


def test_a_draft_moves_over_five_versions_and_loses_no_word() -> None:
    form = first(draft_policy="forward")
    ada = begun(form)
    publish(form, page("Ni", who(), area("Norr", "Syd"), CONTACT), page("Insats", GOAL, COUNT))
    publish(form, page("Ni", who(), CONTACT), page("Insats", area("Norr", "Syd"), GOAL, COUNT))
    publish(form, page("Ni", who(), CONTACT), page("Insats", area("Norr", "Öst"), GOAL, COUNT))
    publish(form, page("Ni", who(max_length=5), CONTACT), page("Insats", area("Norr", "Öst"), COUNT))
    form = publish(
        form,
        page("Ni", who(max_length=5), CONTACT),
        page("Sist", area("Norr", "Öst"), question("money", "Belopp", name="belopp"), COUNT),
    )
    assert form.version.number == 6

    sent_to = ada.get(PAGE)
    notice = ada.get(sent_to.url).content.decode()
    assert draft().version.number == 1
    response = ada.post(sent_to.url)

    assert sent_to.url == "/formular/ansokan/ny-version/"
    assert all(text in notice for text in ("E-post", "Belopp", "Mål", "Fler i arbete", "Syd"))
    row = draft()
    assert row.version.number == 6
    assert by_name(row) == {}
    assert {entry["text"] for entry in row.progress["left"]} == {"Fler i arbete", "Syd"}
    assert 'value="Nässjö kommun"' in ada.get(PAGE).content.decode()
    html = ada.get("/formular/ansokan/2/").content.decode()
    assert 'value="många"' in html
    assert "Fler i arbete" in html
    assert response.url.startswith("/formular/ansokan/")
    assert Event.objects.get(type="submission.moved").transition == {"from": 1, "to": 6, "set_aside": 2}


def test_moving_step_by_step_ends_where_moving_at_once_does() -> None:
    form = first(draft_policy="forward")
    ada = begun(form)
    for pages in (
        [page("Ni", who(), area("Norr", "Syd"), CONTACT), page("Insats", GOAL)],
        [page("Ni", CONTACT), page("Insats", GOAL, who(), area("Norr", "Syd"))],
        [page("Ni", CONTACT), page("Insats", GOAL, who(), area("Norr", "Väst"))],
        [page("Ni", CONTACT), page("Insats", who(), area("Norr", "Väst"), COUNT)],
    ):
        form = publish(form, *pages)
        ada.post("/formular/ansokan/ny-version/")

    assert by_name(draft()) == {"organisation": "Nässjö kommun"}
    assert [entry["text"] for entry in draft().progress["left"]] == ["många", "Syd", "Fler i arbete"]


def test_a_form_may_let_drafts_be_finished_as_they_were_begun() -> None:
    form = first(draft_policy="finish")
    ada = begun(form)
    publish(form, page("Ni", CONTACT))

    assert 'value="Nässjö kommun"' in ada.get(PAGE).content.decode()
    assert ada.post("/formular/ansokan/ny-version/").url == "/formular/ansokan/2/"
    ada.fill("ansokan", 2, {"q-mal": "Fler", "q-deltagare": ""})
    ada.send()

    assert (draft().state, draft().version.number) == ("submitted", 1)


def test_a_page_opened_before_the_move_is_saved_where_it_belongs() -> None:
    form = first(draft_policy="forward")
    ada = begun(form)
    one, two = (ada.hidden(ada.get(f"/formular/ansokan/{number}/").content.decode()) for number in (1, 2))
    publish(form, page("Insats", COUNT), page("Ni", area("Norr", "Syd"), who()))
    ada.post("/formular/ansokan/ny-version/")

    ada.post(PAGE, {**one, "q-organisation": "Eksjö kommun", "q-omrade": "syd"})
    ada.post("/formular/ansokan/2/", {**two, "q-mal": "Ännu fler", "q-deltagare": "12"})

    assert by_name(draft()) == {"organisation": "Eksjö kommun", "omrade": "syd", "deltagare": 12}
    assert [entry["text"] for entry in draft().progress["left"]] == ["Fler i arbete", "Ännu fler"]


def test_an_unmoved_draft_is_saved_first_and_never_sent_on_the_old_version() -> None:
    form = first(draft_policy="forward")
    ada = begun(form)
    opened = ada.hidden(ada.get(PAGE).content.decode())
    summary = ada.hidden(ada.get("/formular/ansokan/granska/").content.decode())
    publish(form, page("Ni", who(), area("Norr", "Syd"), CONTACT), page("Insats", GOAL))

    ada.post(PAGE, {**opened, "q-organisation": "Eksjö kommun", "q-omrade": "syd"})

    assert by_name(draft())["organisation"] == "Eksjö kommun"
    assert ada.post("/formular/ansokan/granska/", summary).url == "/formular/ansokan/ny-version/"
    assert draft().is_draft


def test_moving_twice_or_setting_aside_twice_changes_nothing_more() -> None:
    form = first(draft_policy="forward")
    begun(form)
    form = publish(form, page("Ni", who()))

    for _time in range(2):
        move_draft(draft=draft(), to=form.version)
        set_aside(draft=draft(), entries=[{"page": "Ni", "label": "Annat", "text": "ett"}])

    assert Event.objects.filter(type="submission.moved").count() == 1
    assert len([entry for entry in draft().progress["left"] if entry["text"] == "ett"]) == 1


def test_answers_of_withdrawn_questions_stay_readable_with_what_was_sent() -> None:
    form = first()
    ada = begun(form)
    ada.fill("ansokan", 2, {"q-mal": "Fler i arbete", "q-deltagare": "12"})
    ada.send()
    publish(form, page("Ni", CONTACT))

    copy = ada.get(reverse("forms:copy", args=[Submission.objects.get().key])).content.decode()

    assert "Fler i arbete" in copy
    assert "Mål" in copy
    assert block_id("mal") in Submission.objects.get().answers


# --- the history in the admin -------------------------------------------------------------------------


@pytest.fixture
def editor(client: Any) -> Any:
    """Edda, who edits the forms of Höglandet, signed in."""
    form = first()
    edda = person("edda@hoglandet.example", first_name="Edda", last_name="Ek")
    roles.create(form.collection, "Höglandet")
    edda.groups.add(roles.groups(form.collection)["editor"])
    client.force_login(edda)
    return client


def history(form: Form) -> str:
    """The address of the form's history."""
    return reverse(Form.snippet_viewset.get_url_name("versions"), args=[form.pk])


def test_the_history_says_who_when_and_why_and_what_differs(editor: Any) -> None:
    form = Form.objects.get()
    revision = edited(form, page("Ni", who(), CONTACT), change_reason="Nämnden vill ha e-post.").get_latest_revision()
    revision.publish(user=get_user_model().objects.get(email="edda@hoglandet.example"))

    html = editor.get(history(form)).content.decode()
    back = editor.get(history(form), {"from": "2", "to": "1"}).content.decode()

    assert "Edda Ek" in html
    assert "Nämnden vill ha e-post." in html
    assert "E-post" in html
    assert "Deltagare" in back
    assert editor.get(history(form), {"from": "9", "to": "x"}).status_code == 200


def test_an_old_version_is_taken_up_as_a_draft_and_nothing_is_published_by_it(editor: Any) -> None:
    form = publish(Form.objects.get(), page("Ni", CONTACT), slug="ansokan", title="Ny titel")

    response = editor.post(history(form), {"restore": "1"})

    form = Form.objects.get()
    assert response.url == reverse(Form.snippet_viewset.get_url_name("edit"), args=[form.pk])
    assert form.version.number == 2
    draft_now = form.get_latest_revision_as_object()
    assert draft_now.title == "Ansökan"
    assert compare(form.versions.get(number=1).compiled, draft_now.compile()) == []
    assert Event.objects.get(type="form.restored").transition["number"] == 1
    assert "1" in draft_now.change_reason
    assert editor.get(history(form)).status_code == 200


def test_nobody_takes_up_a_version_without_the_right_or_by_a_get(editor: Any, client: Any) -> None:
    form = Form.objects.get()
    before = form.latest_revision_id

    editor.get(history(form), {"restore": "1"})
    editor.post(history(form), {"restore": "99"})
    editor.post(history(form), {"restore": "x"})
    with pytest.raises(NotAllowed):
        restore_version(definition=form, version=form.version, user=person("dag@klaralvdalen.example"))

    assert Form.objects.get().latest_revision_id == before


def test_a_locked_draft_is_not_replaced(editor: Any) -> None:
    form = Form.objects.get()
    form.locked, form.locked_by = True, person("bo@hoglandet.example")
    form.save()

    editor.post(history(form), {"restore": "1"})

    assert not Event.objects.filter(type="form.restored").exists()
