"""Completing what was sent: new answers to chosen questions, beside the old ones and never over them."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils.datastructures import MultiValueDict

from forms.actions import complete
from forms.models import Completion, Submission
from forms.permissions import completers
from forms.queries import differences, effective_answers, runtime_of, summary
from forms.signals import completion_received
from records.errors import Conflict, Invalid, NotAllowed
from records.models import Event
from tests.forms.forms_in_tests import block_id
from tests.forms.journey_in_tests import Visitor, application, by_name, draft
from tests.records.factories import person

pytestmark = pytest.mark.django_db

BUDGET, FUNDED, WHO, NAME = (block_id(name) for name in ("budget", "medfinansiering", "vem", "namn"))


@pytest.fixture
def sent(settings: Any) -> Submission:
    """What Ada has sent, signed in."""
    settings.FORMS_SHORTEST_SECONDS = 0
    application()
    ada = Visitor()
    ada.force_login(person("ada@example.se", first_name="Ada"))
    ada.fill_all()
    ada.send()
    return draft()


def fill(sent: Submission, fields: list[str], **typed: str) -> Any:
    """The chosen questions as a form, with something typed in them."""
    data = MultiValueDict({name.replace("__", "-"): [value] for name, value in typed.items()})
    return runtime_of(sent).questions_form(fields, effective_answers(sent), data)


def test_the_form_holds_only_the_chosen_questions_with_what_was_answered(sent: Submission) -> None:
    form = runtime_of(sent).questions_form([NAME, BUDGET], effective_answers(sent))

    html = "".join(asked.bound.as_field_group() for asked in form.asked)

    assert [asked.question.label for asked in form.asked] == ["Namn", "Budget"]
    assert 'value="Ada Alm"' in html
    assert 'value="Lokal"' in html


def test_a_completion_lies_beside_what_was_sent(sent: Submission) -> None:
    heard: list[Completion] = []

    def hear(sender: Any, completion: Completion, **kwargs: Any) -> None:
        heard.append(completion)

    form = fill(sent, [BUDGET], **{"q-budget-count": "1", "q-budget-0-kostnad": "Lokal", "q-budget-0-belopp": "900"})
    completion_received.connect(hear)
    try:
        made = complete(submission=sent, fields=[BUDGET], answers=form.given, nonce=uuid.uuid4(), person=sent.person)
    finally:
        completion_received.disconnect(hear)

    assert form.is_valid
    assert heard == [made]
    assert by_name(draft())["summa"] == "301200"
    now = {row.label: row.display for section in summary(sent) for row in section.rows}
    assert now["Summa"] == "900\xa0kr"
    assert [(change.label, change.before.display, change.after.display) for change in differences(sent)] == [
        ("Budget", "Kostnad: Lokal, Belopp: 1\xa0200\xa0kr\nKostnad: Personal, Belopp: 300\xa0000\xa0kr",
         "Kostnad: Lokal, Belopp: 900\xa0kr"),
        ("Summa", "301\xa0200\xa0kr", "900\xa0kr"),
    ]  # fmt: skip
    event = Event.objects.get(type="submission.completed")
    assert event.transition["fields"] == [BUDGET]
    assert "Lokal" not in str(event.transition)


def test_an_answer_taken_away_is_absent_and_questions_that_depend_follow(sent: Submission) -> None:
    answers = {FUNDED: True, WHO: "Regionen"}
    complete(submission=sent, fields=[FUNDED, WHO], answers=answers, nonce=uuid.uuid4(), person=sent.person)
    complete(submission=sent, fields=[NAME], answers={}, nonce=uuid.uuid4(), person=sent.person)

    now = effective_answers(draft())

    assert (now[FUNDED], now[WHO]) == (True, "Regionen")
    assert NAME not in now
    assert [change.number for change in differences(sent)] == [1, 1, 2]


def test_the_same_nonce_completes_once(sent: Submission) -> None:
    nonce = uuid.uuid4()

    made = [
        complete(submission=sent, fields=[NAME], answers={NAME: "Ada Ek"}, nonce=nonce, person=sent.person)
        for _press in range(2)
    ]

    assert made[0] == made[1]
    assert Completion.objects.count() == 1


def test_questions_that_were_not_chosen_are_refused(sent: Submission) -> None:
    for fields, answers in (
        ([NAME], {BUDGET: []}),
        (["finns inte"], {}),
        ([block_id("summa")], {block_id("summa"): "1"}),
    ):
        with pytest.raises(Invalid):
            complete(submission=sent, fields=fields, answers=answers, nonce=uuid.uuid4(), person=sent.person)

    assert Completion.objects.count() == 0


def test_a_missing_answer_and_a_foreign_file_are_refused(sent: Submission) -> None:
    files = block_id("bilagor")
    for fields, answers in (([BUDGET], {}), ([files], {files: [str(uuid.uuid4())]})):
        with pytest.raises(Invalid):
            complete(submission=sent, fields=fields, answers=answers, nonce=uuid.uuid4(), person=sent.person)


def test_only_the_sender_or_who_a_higher_room_allows_completes(sent: Submission) -> None:
    bo = person("bo@example.se")

    def allow(user: Any, submission: Submission) -> bool:
        return user == bo

    with pytest.raises(NotAllowed):
        complete(submission=sent, fields=[NAME], answers={}, nonce=uuid.uuid4(), person=bo)
    completers.append(allow)
    try:
        made = complete(submission=sent, fields=[NAME], answers={}, nonce=uuid.uuid4(), person=bo)
    finally:
        completers.remove(allow)

    assert made.person_key == bo.key


def test_a_draft_cannot_be_completed(settings: Any) -> None:
    settings.FORMS_SHORTEST_SECONDS = 0
    application()
    ada = Visitor()
    ada.force_login(person("ada@example.se"))
    ada.fill("ansokan", 1, {})

    with pytest.raises(Conflict):
        complete(submission=draft(), fields=[NAME], answers={}, nonce=uuid.uuid4(), person=draft().person)


def test_a_completion_cannot_be_changed_in_the_database(sent: Submission) -> None:
    made = complete(submission=sent, fields=[NAME], answers={NAME: "A"}, nonce=uuid.uuid4(), person=sent.person)

    with pytest.raises(DatabaseError), transaction.atomic():
        Completion.objects.filter(pk=made.pk).update(answers={})
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
