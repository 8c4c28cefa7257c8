"""What goes wrong with drafts every day: pages posted again, old pages, two tabs, the back button, dead links, clocks.

Each has one answer, and none of them loses a word. Clicks at the same time are in test_races.py, links in
test_draft.py, pages of earlier versions in test_versions.py.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from forms.actions import save_page, send_link
from forms.actions.draft_link import link_address
from forms.models import Form, Submission
from forms.queries import runtime_of
from tests.forms.forms_in_tests import block_id, edited, make_form, page, question
from tests.forms.journey_in_tests import ACTION, APPLICANT, PROMISE, Visitor, application, by_name, draft, mails
from tests.records.factories import at_once

PAGE = "/formular/ansokan/1/"
NOW = timezone.now


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0


@pytest.fixture
def ada(db: None) -> Visitor:
    application()
    visitor = Visitor()
    visitor.fill("ansokan", 1, APPLICANT)
    return visitor


def opened(visitor: Visitor, address: str = PAGE) -> dict[str, str]:
    """What the page carries when it is opened now."""
    return visitor.hidden(visitor.get(address).content.decode())


def finish(visitor: Visitor) -> Any:
    """Fill in the rest and send."""
    visitor.fill("ansokan", 2, ACTION)
    visitor.fill("ansokan", 3, PROMISE)
    return visitor.send()


# --- posted again -------------------------------------------------------------------------------------


def test_the_same_page_posted_again_is_one_draft_and_one_state(ada: Visitor) -> None:
    page = opened(ada)

    answers = [ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Ada Ett"}) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert draft().progress["pages"][draft().progress["last"]]["saves"] == 2
    assert by_name(draft())["namn"] == "Ada Ett"


@pytest.mark.django_db
def test_a_replayed_first_page_is_laid_upon_the_same_draft() -> None:
    application()
    ada = Visitor()
    first = opened(ada)
    ada.post(PAGE, {**first, **APPLICANT})
    ada.fill("ansokan", 2, ACTION)

    ada.post(PAGE, {**first, **APPLICANT})

    assert Submission.objects.count() == 1
    assert by_name(draft())["deltagare"] == 25


def test_the_summary_sent_again_gives_the_same_receipt_and_one_mail(ada: Visitor) -> None:
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, PROMISE)
    page = opened(ada, "/formular/ansokan/granska/")

    answers = [ada.post("/formular/ansokan/granska/", page) for _time in range(3)]

    assert len({answer.url for answer in answers}) == 1
    assert Submission.objects.count() == 1
    assert len(mails("forms.receipt")) == 1


def test_a_summary_read_before_a_change_is_not_sent(ada: Visitor) -> None:
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, PROMISE)
    page = opened(ada, "/formular/ansokan/granska/")
    ada.fill("ansokan", 1, {**APPLICANT, "q-organisation": "Eksjö kommun"})

    response = ada.post("/formular/ansokan/granska/", page)

    assert response.status_code == 409
    assert "Eksjö kommun" in response.content.decode()
    assert draft().is_draft


@pytest.mark.parametrize("button", ["continue", "form-autosave"])
def test_a_page_of_what_was_sent_changes_nothing_and_says_so(ada: Visitor, button: str) -> None:
    page = opened(ada)
    finish(ada)
    before = Submission.objects.values().get()

    response = ada.post(PAGE, {**page, **APPLICANT, "q-namn": "För sent", button: "1"})

    assert response.status_code == 409
    assert Submission.objects.values().get() == before


def test_a_stranger_who_replays_a_page_gets_a_draft_of_their_own(ada: Visitor) -> None:
    page = opened(ada)
    before = by_name(draft())

    Client().post(PAGE, {**page, **APPLICANT, "q-namn": "Dag"})

    first, second = Submission.objects.order_by("pk")
    assert by_name(first) == before
    assert by_name(second)["namn"] == "Dag"


# --- tabs and the back button ---------------------------------------------------------------------------


def test_two_tabs_keep_what_each_has_written(ada: Visitor) -> None:
    left, right = opened(ada), opened(ada)

    ada.post(PAGE, {**left, **APPLICANT, "q-organisation": "Eksjö kommun", "form-autosave": "1"})
    ada.post(PAGE, {**right, **APPLICANT, "q-namn": "Ada Ny"})

    assert by_name(draft()) == {"organisation": "Eksjö kommun", "email": "Ada@example.se", "namn": "Ada Ny"}


def test_the_same_answer_in_two_tabs_of_one_person_is_the_last_one_saved(ada: Visitor) -> None:
    left, right = opened(ada), opened(ada)

    ada.post(PAGE, {**left, **APPLICANT, "q-namn": "Vänster"})
    response = ada.post(PAGE, {**right, **APPLICANT, "q-namn": "Höger"})

    assert response.status_code == 302
    assert by_name(draft())["namn"] == "Höger"


def test_a_tab_on_another_page_is_not_in_the_way(ada: Visitor) -> None:
    one, two = opened(ada), opened(ada, "/formular/ansokan/2/")

    ada.post("/formular/ansokan/2/", {**two, **ACTION})
    ada.post(PAGE, {**one, **APPLICANT, "q-namn": "Ada Ny"})

    assert by_name(draft())["namn"] == "Ada Ny"
    assert by_name(draft())["deltagare"] == 25


def test_a_page_from_the_browsers_history_is_saved_like_any_other(ada: Visitor) -> None:
    old = opened(ada)
    ada.post(PAGE, {**old, **APPLICANT, "q-namn": "Ada Ett"})
    ada.fill("ansokan", 2, ACTION)

    response = ada.post(PAGE, {**old, **APPLICANT, "q-namn": "Ada Två"})

    assert response.status_code == 302
    assert by_name(draft())["namn"] == "Ada Två"
    assert by_name(draft())["deltagare"] == 25


def test_a_tab_left_open_while_another_draft_was_begun_still_saves_its_own(ada: Visitor) -> None:
    page = opened(ada)
    ada.post("/formular/ansokan/")
    ada.fill("ansokan", 1, {**APPLICANT, "q-namn": "Den andra"})

    ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Den första"})

    assert [by_name(row)["namn"] for row in Submission.objects.order_by("pk")] == ["Den första", "Den andra"]


def test_a_page_of_a_draft_that_was_removed_is_kept_in_a_new_one(ada: Visitor) -> None:
    page = opened(ada)
    ada.post(f"/formular/utkast/{draft().key}/", {"action": "discard"})

    response = ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Ada igen"})

    assert response.status_code == 302
    assert by_name(draft())["namn"] == "Ada igen"


# --- links, forms and clocks ------------------------------------------------------------------------------


def link_of(row: Submission) -> str:
    """The path of a new link."""
    return link_address(send_link(draft=row, email="ada@example.se")).removeprefix("http://localhost:8000")


def test_the_page_and_the_mail_tell_until_when_the_link_can_be_used(ada: Visitor) -> None:
    with time_machine.travel("2026-03-01 12:00+01:00", tick=False):
        ada.post("/formular/ansokan/senare/", {"email": "ada@example.se"})
        html = ada.get("/formular/ansokan/senare/?skickad").content.decode()

    assert "14 dagar" in html
    assert "15 mars 2026" in mails("forms.draft_link")[0].body


def test_a_link_that_has_expired_says_how_to_go_on(ada: Visitor) -> None:
    address = link_of(draft())

    with time_machine.travel(NOW() + timedelta(days=14, seconds=1)):
        response = Client().get(address)

    assert response.status_code == 410
    assert "/konto/logga-in/" in response.content.decode()
    assert Submission.objects.count() == 1


def test_a_form_closed_under_way_keeps_the_draft_and_says_until_when(ada: Visitor) -> None:
    form = draft().form
    page = opened(ada)
    form.unpublish()

    posted = ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Ada Ny"})
    shown = ada.get(PAGE)

    assert (posted.status_code, shown.status_code) == (410, 410)
    kept_until = timezone.localtime(draft().updated_at + timedelta(days=60))
    assert f"{kept_until.day} " in shown.content.decode()
    assert str(kept_until.year) in shown.content.decode()
    form.get_latest_revision().publish()
    assert ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Ada Ny"}).status_code == 302
    assert by_name(draft())["namn"] == "Ada Ny"


@pytest.mark.parametrize("has_begun", [True, False])
def test_what_comes_after_the_form_has_closed_is_there_to_copy_and_changes_nothing(db: None, has_begun: bool) -> None:
    form = application()
    ada = Visitor()
    if has_begun:
        ada.fill("ansokan", 1, APPLICANT)
    page = opened(ada)
    before = [row.answers for row in Submission.objects.all()]
    form.unpublish()
    typed = {**APPLICANT, "q-namn": "Ada <Ny>", "q-email": "ada@"}

    posted = ada.post(PAGE, {**page, **typed})
    itself = ada.post(PAGE, {**page, **typed, "form-autosave": "1"})

    html = posted.content.decode()
    assert (posted.status_code, itself.status_code) == (410, 410)
    assert itself.json() == {"saved": False}
    assert "Det du skrev på sidan" in html
    assert "Ada &lt;Ny&gt;" in html
    assert "ada@" in html
    assert ("Nässjö kommun" in html) is not has_begun, "what was saved before is in the draft"
    assert [row.answers for row in Submission.objects.all()] == before


@pytest.mark.parametrize("button", ["continue", "form-autosave", "form-check"])
def test_a_form_that_was_taken_away_has_a_sentence_for_every_page_that_is_open(ada: Visitor, button: str) -> None:
    page = opened(ada)
    summary = opened(ada, "/formular/ansokan/granska/")
    kept = draft().answers
    draft().form.unpublish()

    answers = [
        ada.post(PAGE, {**page, **APPLICANT, button: "q-email"}),
        ada.post("/formular/ansokan/granska/", summary),
        ada.get("/formular/ansokan/granska/"),
        ada.get("/formular/ansokan/2/"),
    ]

    assert [answer.status_code for answer in answers] == [410] * 4
    assert draft().answers == kept
    assert "stäng" in ada.get("/formular/ansokan/").content.decode()
    assert ada.get("/formular/utkast/").status_code == 200


def test_a_link_to_a_draft_of_a_form_that_has_closed_leads_to_what_is_kept(ada: Visitor) -> None:
    address = link_of(draft())
    draft().form.unpublish()
    other = Visitor()

    response = other.post(address, follow=True)

    assert response.status_code == 410
    assert "ditt utkast" in response.content.decode()
    assert draft().answers


def test_a_page_opened_before_the_clock_was_set_back_is_taken_at_once(db: None, settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 2
    application()
    ada = Visitor()
    page = opened(ada)

    with time_machine.travel(NOW() - timedelta(hours=1)):
        response = ada.post(PAGE, {**page, **APPLICANT})

    assert response.status_code == 302
    assert by_name(draft())["namn"] == "Ada Alm"


@pytest.mark.parametrize(
    ("closes", "said"),
    [
        ("2026-03-29 01:30+01:00", "29 mars 2026 kl. 01.30"),
        ("2026-03-29 03:00+02:00", "29 mars 2026 kl. 03.00"),
        ("2026-10-25 02:30+02:00", "25 oktober 2026 kl. 02.30"),
        ("2026-10-25 02:30+01:00", "25 oktober 2026 kl. 02.30"),
        ("2026-10-25 00:00+02:00", "24 oktober 2026"),
    ],
)
def test_a_form_closes_at_its_moment_on_the_nights_when_the_clock_is_changed(db: None, closes: str, said: str) -> None:
    moment = datetime.fromisoformat(closes)
    with time_machine.travel(moment - timedelta(hours=3), tick=False):
        Form.objects.filter(pk=application().pk).update(closes_at=moment)
        ada = Visitor()
        first = ada.get("/formular/ansokan/").content.decode()
        ada.fill("ansokan", 1, APPLICANT)
    outcomes = []
    for seconds in (-1, 0, 3600, -1):
        with time_machine.travel(moment + timedelta(seconds=seconds), tick=False):
            outcomes.append(ada.fill("ansokan", 1, {**APPLICANT, "q-namn": f"Ada {seconds}"}).status_code)

    assert "Öppet till och med" in first
    assert said in first
    assert outcomes == [302, 410, 410, 302], "a clock that is set back opens it again"
    assert by_name(draft())["namn"] == "Ada -1"


def test_a_form_that_closes_before_the_sending_keeps_everything(ada: Visitor) -> None:
    ada.fill("ansokan", 2, ACTION)
    ada.fill("ansokan", 3, PROMISE)
    page = opened(ada, "/formular/ansokan/granska/")
    form = edited(draft().form, closes_at=NOW() + timedelta(minutes=1))
    form.get_latest_revision().publish()

    with time_machine.travel(NOW() + timedelta(minutes=2)):
        response = ada.post("/formular/ansokan/granska/", page)

    assert response.status_code == 410
    assert draft().is_draft
    assert by_name(draft())["deltagare"] == 25


@pytest.mark.parametrize("moved", [timedelta(days=-400), timedelta(hours=-1), timedelta(hours=1), timedelta(days=30)])
def test_a_clock_that_is_set_forward_or_back_loses_no_answer(ada: Visitor, moved: timedelta) -> None:
    page = opened(ada)
    other = Visitor()
    other.post(link_of(draft()))
    theirs = opened(other)
    other.post(PAGE, {**theirs, **APPLICANT, "q-organisation": "Eksjö kommun"})

    with time_machine.travel(NOW() + moved):
        sessions = ada.session
        sessions.set_expiry(400 * 24 * 3600)
        sessions.save()
        ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Ada Ny"})

    texts = [by_name(row) for row in Submission.objects.order_by("pk")]
    assert "Eksjö kommun" in [found["organisation"] for found in texts]
    assert "Ada Ny" in [found["namn"] for found in texts]


def test_what_the_page_says_it_has_shown_is_never_trusted(ada: Visitor) -> None:
    other = Visitor()
    other.post(link_of(draft()))
    page = opened(ada)
    other.post(PAGE, {**opened(other), **APPLICANT, "q-namn": "Bos version"})

    for seen in ("", "x", "3", f"{block_id('namn')}:", ":" * 5000, f"{block_id('namn')}:{'f' * 5000}", "\x00 ²"):
        response = ada.post(PAGE, {**page, **APPLICANT, "q-namn": "Adas version", "form-seen": seen})
        assert response.status_code == 409
        assert "Bos version" in response.content.decode()
        assert by_name(draft())["namn"] == "Bos version"


# --- many hands at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_people_who_write_in_different_answers_at_once_lose_nothing() -> None:
    form = make_form(page("Alla", *(question("short_text", f"Ruta {n}", name=f"ruta{n}") for n in range(20))))
    form.get_latest_revision().publish()
    owner = Visitor()
    owner.fill("ansokan", 1, {"q-ruta0": "start"})
    row = draft()
    found = runtime_of(row).pages[0]

    seen = dict(part.rsplit(":", 1) for part in opened(owner)["form-seen"].split())

    def write(number: int) -> frozenset[str]:
        mine = Submission.objects.select_related("version", "form").get(pk=row.pk)
        given = {block_id("ruta0"): "start", block_id(f"ruta{number}"): f"svar {number}"}
        return save_page(draft=mine, page=found, given=given, raw={}, by=f"p{number}", seen=seen).clashes

    clashes = at_once(20, write)

    assert by_name(draft()) == {f"ruta{number}": f"svar {number}" for number in range(20)}
    assert clashes == [frozenset()] * 20


@pytest.mark.django_db(transaction=True)
def test_twenty_people_who_write_in_the_same_answer_at_once_all_stay_to_choose_from() -> None:
    application()
    owner = Visitor()
    owner.fill("ansokan", 1, APPLICANT)
    row = draft()
    found = runtime_of(row).pages[0]
    seen = dict(part.rsplit(":", 1) for part in opened(owner)["form-seen"].split())

    def write(number: int) -> bool:
        mine = Submission.objects.select_related("version", "form").get(pk=row.pk)
        given = {**row.answers, block_id("namn"): f"Namn {number}"}
        return bool(save_page(draft=mine, page=found, given=given, raw={}, by=f"p{number}", seen=seen).clashes)

    clashed = at_once(20, write)

    stands = by_name(draft())["namn"]
    beside = [kept["value"] for kept in draft().progress["clashes"][block_id("namn")].values()]
    assert sorted([stands, *beside]) == sorted(f"Namn {number}" for number in range(20))
    assert clashed.count(True) == 19
    html = owner.get(PAGE).content.decode()
    assert all(f"Namn {number}" in html for number in range(20))
