"""Many at once: one form sent twenty times, one page saved by two, files beyond the limit, a link used twice."""

import uuid
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from forms.actions import begin, complete, keep_file, redeem_link, save_page, send_link, submit
from forms.actions.draft_link import token_of
from forms.filetypes import Refused
from forms.models import Completion, DraftLink, Submission, Upload
from forms.queries import answers_digest, runtime_of
from records.errors import Closed, Conflict
from records.models import Effect, Event
from tests.forms.files_in_tests import PDF, file
from tests.forms.forms_in_tests import block_id
from tests.forms.journey_in_tests import APPLICANT, Visitor, application, by_name, draft, mails
from tests.records.factories import at_once, person

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 20


@pytest.fixture(autouse=True)
def _patient(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    settings.FORMS_LIMITS = dict.fromkeys(("begin", "submit", "upload", "receipt_to", "resume"), (10000, 60))


def outcome(act: Any) -> str:
    """What came of it: "done", or the name of the refusal."""
    try:
        act()
    except (Closed, Conflict, Refused) as refusal:
        return type(refusal).__name__
    return "done"


def filled() -> Submission:
    """A draft that can be sent."""
    application()
    ada = Visitor()
    ada.fill_all()
    return draft()


def test_the_same_form_sent_twenty_times_at_once_is_one_submission() -> None:
    row = filled()
    seen = answers_digest(row, runtime_of(row).path(row.answers).answers, [])

    references = at_once(CROWD, lambda _number: submit(submission=row, seen=seen).reference)

    assert len(set(references)) == 1
    assert Submission.objects.count() == 1
    assert Event.objects.filter(type="submission.received").count() == 1
    assert len(mails("forms.receipt")) == 1
    assert Effect.objects.filter(cause=f"submission:{row.key}", kind="records.deliver").count() == 1


def test_a_double_click_through_the_web_leads_everybody_to_the_same_receipt() -> None:
    application()
    ada = Visitor()
    ada.fill_all()
    data = ada.hidden(ada.get(reverse("forms:summary", args=["ansokan"])).content.decode())
    cookies = ada.cookies

    def press(_number: int) -> tuple[int, str]:
        window = Visitor()
        window.cookies = cookies
        response = window.post(reverse("forms:summary", args=["ansokan"]), data)
        return response.status_code, response.url

    assert set(at_once(8, press)) == {(302, reverse("forms:receipt", args=[draft().key]))}
    assert len(mails("forms.receipt")) == 1


def test_the_first_page_posted_many_times_at_once_is_one_draft() -> None:
    version = application().version
    nonce = uuid.uuid4()
    page = runtime_of(Submission(version=version)).pages[0]
    given = {block_id("organisation"): "Nässjö kommun"}

    keys = at_once(CROWD, lambda _n: begin(version=version, nonce=nonce, page=page, given=given, by="ada").key)

    assert len(set(keys)) == 1
    assert by_name(draft()) == {"organisation": "Nässjö kommun"}


def test_two_pages_saved_at_once_are_both_kept() -> None:
    version = application().version
    row = begin(version=version, nonce=uuid.uuid4())
    pages = runtime_of(row).pages
    answers = [{block_id("namn"): "Ada"}, {block_id("deltagare"): 7}, {block_id("riktiga"): True}]

    def save(number: int) -> bool:
        mine = Submission.objects.select_related("version", "form").get(pk=row.pk)
        turn = number % 3
        return save_page(draft=mine, page=pages[turn], given=answers[turn], raw={}, by="ada")

    at_once(9, save)

    assert by_name(draft()) == {"namn": "Ada", "deltagare": 7, "riktiga": True}


def test_no_save_gets_past_the_sending() -> None:
    row = filled()
    runtime = runtime_of(row)
    seen = answers_digest(row, runtime.path(row.answers).answers, [])
    before = dict(runtime.path(row.answers).answers)

    def act(number: int) -> str:
        mine = Submission.objects.select_related("version", "form").get(pk=row.pk)
        if number == 5:
            return outcome(lambda: submit(submission=mine, seen=seen))
        given = {block_id("organisation"): "Nässjö kommun", block_id("namn"): "Ada Alm"}
        email = {block_id("email"): mine.answers.get(block_id("email"), "ada@example.se")}
        return outcome(
            lambda: save_page(draft=mine, page=runtime.pages[0], given={**given, **email}, raw={}, by=str(number))
        )

    at_once(CROWD, act)

    sent = draft()
    if sent.state == "submitted":
        assert sent.answers == before
        assert sent.digest == seen


def test_files_at_once_stay_within_the_limit() -> None:
    row = begin(version=application().version, nonce=uuid.uuid4())
    question = runtime_of(row).questions[block_id("bilagor")]

    found = Counter(
        at_once(
            10,
            lambda number: outcome(lambda: keep_file(submission=row, question=question, file=file(f"{number}", PDF))),
        )
    )

    assert found == {"done": 3, "Refused": 7}
    assert Upload.objects.count() == 3


def test_a_link_pressed_at_once_on_many_devices_opens_on_one() -> None:
    row = begin(version=application().version, nonce=uuid.uuid4())
    send_link(draft=row, email="ada@example.se")
    token = token_of(DraftLink.objects.get().pk, str(row.key))

    found = Counter(at_once(10, lambda _number: outcome(lambda: redeem_link(token=token))))

    assert found == {"done": 1, "Closed": 9}


def test_a_completion_pressed_twice_is_stored_once_and_others_are_numbered() -> None:
    application()
    ada = Visitor()
    owner = person("ada@example.se")
    ada.force_login(owner)
    ada.fill_all()
    ada.send()
    row = draft()
    nonces = [uuid.uuid4() for _one in range(3)]

    def press(number: int) -> int:
        return complete(
            submission=row, fields=[block_id("namn")], answers={}, nonce=nonces[number % 3], person=owner
        ).number

    at_once(9, press)

    assert sorted(Completion.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_many_visitors_at_once_all_get_a_receipt() -> None:
    application()

    def apply(number: int) -> str:
        visitor = Visitor()
        visitor.fill("ansokan", 1, {**APPLICANT, "q-email": f"ada{number}@example.se"})
        visitor.fill_all()
        return visitor.send().url

    receipts = at_once(8, apply)

    assert len(set(receipts)) == 8
    assert Submission.objects.filter(state="submitted").count() == 8
    assert len(mails("forms.receipt")) == 8
