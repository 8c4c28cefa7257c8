"""A matter from the day it comes in until it is closed: Ada applies, Olle handles, Rut prepares, Bo confirms."""

from decimal import Decimal

import pytest

from forms import actions as form_actions
from records.errors import Conflict, Invalid, NotAllowed
from records.models import Event, Message
from tests.workflows.factories import House, again, ask, complete, do, field_id, record_decision, task
from workflows import actions
from workflows.history import Standpoint, events_of, replay
from workflows.models import Matter, MatterPerson, Task

pytestmark = pytest.mark.django_db


def test_an_application_becomes_a_matter_with_a_registry_number(hoglandet: House) -> None:
    matter = hoglandet.applied()

    assert matter.registry_number == f"HÖ {matter.registry_year}/1"
    assert matter.title == "Samverkansteam"
    assert matter.amount_applied == Decimal("450000.00")
    assert matter.step_name == "Formell granskning"
    assert [(person.email, person.name) for person in matter.people.all()] == [("ada@example.org", "Ada Ek")]
    assert [(one.what, one.role) for one in matter.tasks.all()] == [("check", "workflows.handle_matter")]


def test_the_whole_way_to_a_reduced_grant(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Beskriv behovet.", amount="Räkna om.")
    complete(matter, hoglandet.ada, background="Många faller mellan stolarna.", amount="400000")
    matter.refresh_from_db()
    assert (matter.step_name, matter.amount_applied) == ("Formell granskning", Decimal("400000.00"))
    do(matter, "check", "ga-vidare", hoglandet.olle)
    do(matter, "statement", "approve", hoglandet.rut, text="Väl underbyggd.")
    record_decision(matter, hoglandet.olle, conditions="Rapport senast 31 januari.")
    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")

    matter.refresh_from_db()
    assert (matter.state, matter.result, matter.amount_granted) == ("closed", "Beviljad", Decimal("300000.00"))
    letter = matter.letters.get()
    assert letter.body == "Hej Ada Ek! Ni får 300\xa0000 kr till Samverkansteam (§ 14)."
    assert Message.objects.get(kind="workflows.decision").to == "ada@example.org"
    assert not Task.objects.filter(matter=matter, done_at=None).exists()
    at = replay(events_of(matter), matter.graph)
    assert at.without_path() == Standpoint.of(matter)


def test_only_the_confirmation_moves_the_matter(hoglandet: House) -> None:
    matter = hoglandet.recorded()

    assert matter.step_name == "Styrelsens beslut"
    assert matter.amount_granted is None
    assert not matter.letters.exists()


def test_the_officer_may_correct_the_record_until_it_is_confirmed(hoglandet: House) -> None:
    matter = hoglandet.recorded()

    record_decision(matter, hoglandet.olle, outcome="rejected", amount="")
    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")

    matter.refresh_from_db()
    assert matter.result == "Avslag"
    assert [(row.number, row.outcome, bool(row.confirmed_at)) for row in matter.decisions.all()] == [
        (1, "granted_in_part", False),
        (2, "rejected", True),
    ]


def test_a_tabled_matter_comes_back_to_the_board(hoglandet: House) -> None:
    matter = hoglandet.recorded(outcome="tabled", amount="")

    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")

    matter.refresh_from_db()
    assert matter.step_name == "Styrelsens beslut"
    assert {one.what for one in matter.tasks.filter(done_at=None)} == {"record", "read"}


def test_a_matter_referred_back_is_checked_again(hoglandet: House) -> None:
    matter = hoglandet.recorded(outcome="referred_back", amount="")

    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")

    matter.refresh_from_db()
    assert matter.step_name == "Formell granskning"


@pytest.mark.parametrize(
    ("outcome", "amount", "sentence"),
    [
        ("granted", "", "Write the amount that the board granted."),
        ("granted", "0", "The amount must be more than 0 kronor."),
        ("granted", "450001", "The amount cannot be more than what was applied for."),
        ("granted_in_part", "450000", "Granted in part means less than what was applied for."),
        ("rejected", "1", "An amount is written only when money is granted."),
    ],
)
def test_an_amount_that_the_minutes_cannot_hold_is_refused(
    hoglandet: House, outcome: str, amount: str, sentence: str
) -> None:
    matter = hoglandet.at_board()

    with pytest.raises(Invalid) as refused:
        record_decision(matter, hoglandet.olle, outcome=outcome, amount=amount)

    assert str(refused.value.problems["amount"][0]).startswith(sentence)
    assert not matter.decisions.exists()


def test_small_amounts_skip_the_preparatory_group(hoglandet: House) -> None:
    matter = hoglandet.applied(amount="20000")

    do(matter, "check", "ga-vidare", hoglandet.olle)

    matter.refresh_from_db()
    assert matter.step_name == "Styrelsens beslut"


def test_a_completion_answers_only_what_was_asked(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    matter = ask(matter, hoglandet.olle, background="Beskriv behovet.")
    request = matter.open_request()

    assert request is not None
    assert request.fields == [
        {"id": field_id(matter, "background"), "label": "Bakgrund", "comment": "Beskriv behovet."}
    ]
    with pytest.raises(Conflict):
        form_actions.complete(
            submission=matter.submission,
            fields=[field_id(matter, "title")],
            answers={field_id(matter, "title"): "Något helt annat"},
            nonce=request.key,
            person=again(hoglandet.ada),
        )
    assert not matter.submission.completions.exists()


def test_the_office_may_go_on_without_the_completion(hoglandet: House) -> None:
    matter = hoglandet.applied()
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Beskriv behovet.")

    do(matter, "follow", "without", hoglandet.olle)

    with pytest.raises(AssertionError):
        complete(matter, hoglandet.ada, background="För sent.")
    matter.refresh_from_db()
    assert matter.step_name == "Formell granskning"


def test_the_applicant_withdraws_at_any_step(hoglandet: House) -> None:
    matter = hoglandet.at_board()

    actions.withdraw(matter=matter, actor=again(hoglandet.ada), reason="Vi löser det själva.")

    matter.refresh_from_db()
    assert (matter.state, matter.submission.state) == ("withdrawn", "withdrawn")
    assert not matter.tasks.filter(done_at=None).exists()
    with pytest.raises(NotAllowed):
        actions.withdraw(matter=matter, actor=again(hoglandet.ada))


def test_the_office_registers_a_phone_call_and_closes_it(hoglandet: House) -> None:
    matter = actions.register_by_hand(
        collection=hoglandet.collection,
        actor=hoglandet.olle,
        title="Fråga om nästa ansökningsdag",
        channel=Matter.Channel.CALL,
        sender="Eva Berg",
    )

    assert matter.registry_serial == 1
    assert matter.tasks.get().label == "Handle the matter"
    actions.close(matter=matter, actor=hoglandet.olle, result="Besvarad", reason="Ringde upp.")
    matter.refresh_from_db()
    assert (matter.state, matter.result, matter.notes.get().text) == ("closed", "Besvarad", "Ringde upp.")


def test_a_letter_on_paper_can_follow_a_workflow(hoglandet: House) -> None:
    matter = actions.register_by_hand(
        collection=hoglandet.collection,
        actor=hoglandet.olle,
        title="Ansökan på papper",
        channel=Matter.Channel.LETTER,
        sender="Nässjö kommun",
        workflow=hoglandet.workflow,
    )

    do(matter, "check", "ga-vidare", hoglandet.olle)
    do(matter, "statement", "approve", hoglandet.rut, text="Bra.")
    record_decision(matter, hoglandet.olle, outcome="granted", amount="")
    do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")

    matter.refresh_from_db()
    assert (matter.result, matter.letters.get().recipients) == ("Beviljad", [])


def test_a_form_whose_workflow_is_unpublished_still_gives_a_registered_matter(hoglandet: House) -> None:
    hoglandet.workflow.unpublish()

    matter = hoglandet.applied()

    assert (matter.registry_serial, matter.step, matter.tasks.get().what) == (1, "", "handle")


def test_running_matters_keep_the_version_they_began_with(hoglandet: House) -> None:
    matter = hoglandet.applied()
    from tests.workflows.factories import STEPS, stream

    changed = hoglandet.workflow
    changed.steps = changed._meta.get_field("steps").to_python(stream([(k, dict(v)) for k, v in STEPS]))
    changed.save_revision().publish()

    do(matter, "check", "ga-vidare", hoglandet.olle)

    matter.refresh_from_db()
    assert matter.workflow_version.number == 1
    assert matter.step_name == "Beredning"


def test_a_colleague_is_invited_by_mail_and_can_complete(hoglandet: House) -> None:
    matter = hoglandet.applied()
    from tests.workflows.factories import person

    eva = person("Eva")

    actions.add_person(matter=matter, actor=again(hoglandet.ada), email="EVA@example.org ", name="Eva Berg")
    do(matter, "check", "be-om-komplettering", hoglandet.olle)
    ask(matter, hoglandet.olle, background="Beskriv behovet.")
    complete(matter, eva, background="Så här.")

    assert Message.objects.get(kind="workflows.colleague").to == "eva@example.org"
    matter.refresh_from_db()
    assert matter.step_name == "Formell granskning"


def test_overdue_tasks_are_reminded_of_once(hoglandet: House) -> None:
    matter = hoglandet.applied()
    Task.objects.filter(matter=matter).update(due="2025-01-01")
    before = Message.objects.count()

    assert actions.remind_overdue() == 1
    assert actions.remind_overdue() == 0

    assert Message.objects.count() == before + 1
    assert Event.objects.filter(stream=matter.stream, type="matter.reminded").count() == 1


def test_people_without_the_right_are_told_why_not(hoglandet: House) -> None:
    matter = hoglandet.recorded()

    with pytest.raises(NotAllowed) as refused:
        do(matter, "confirm", "confirm", hoglandet.cy, agreed="on")

    assert str(refused.value.sentence) == (
        "The deputy chair confirms only when the chair has declared a conflict of interest."
    )
    with pytest.raises(NotAllowed) as refused:
        do(matter, "confirm", "confirm", hoglandet.olle, agreed="on")
    assert str(refused.value.sentence) == "Only the chair can do this."


def test_the_deputy_confirms_when_the_chair_has_a_conflict_of_interest(hoglandet: House) -> None:
    matter = hoglandet.recorded()

    actions.recuse(matter=matter, actor=again(hoglandet.bo), reason="Sitter i kommunens styrelse.")
    with pytest.raises(NotAllowed):
        do(matter, "confirm", "confirm", hoglandet.bo, agreed="on")
    do(matter, "confirm", "confirm", hoglandet.cy, agreed="on")

    matter.refresh_from_db()
    assert matter.result == "Beviljad"
    assert matter.confirmed_decision().confirmed_name == "Cy"


def test_whoever_recorded_the_decision_does_not_confirm_it(hoglandet: House) -> None:
    from records.roles import roles

    roles.assign(hoglandet.olle, hoglandet.collection, "chair")
    matter = hoglandet.recorded()

    with pytest.raises(NotAllowed) as refused:
        do(matter, "confirm", "confirm", hoglandet.olle, agreed="on")

    assert str(refused.value.sentence) == "You recorded this decision, so somebody else must confirm it."


def test_an_applicant_who_works_at_the_office_does_not_handle_the_own_matter(hoglandet: House) -> None:
    matter = hoglandet.applied(email=hoglandet.olle.email)

    with pytest.raises(NotAllowed) as refused:
        do(matter, "check", "ga-vidare", hoglandet.olle)

    assert str(refused.value.sentence) == "You are a party to this matter, so somebody else must do this."


def test_a_chair_who_applied_leaves_the_decision_to_the_deputy(hoglandet: House) -> None:
    matter = hoglandet.applied(email=hoglandet.bo.email, amount="1000")
    do(matter, "check", "ga-vidare", hoglandet.olle)

    record_decision(matter, hoglandet.olle, outcome="granted", amount="1000")

    assert task(matter, "confirm").role == "workflows.confirm_decision_as_deputy"


def test_the_second_officer_sees_who_was_first(hoglandet: House) -> None:
    matter = hoglandet.applied()
    seen = task(matter, "check")
    version = matter.version
    from tests.workflows.factories import person

    oda = person("Oda", hoglandet.collection, "officer")
    actions.choose(task=seen, choice="ga-vidare", actor=again(hoglandet.olle), data={}, expected_version=version)

    with pytest.raises(Conflict) as late:
        actions.choose(task=seen, choice="avvisa", actor=oda, data={"comment": "x"}, expected_version=version)

    sentence = str(late.value.sentence)
    assert sentence.startswith("Olle was first, ")
    assert "Formell granskning: Gå vidare" in sentence
    assert sentence.endswith("The matter is now at: Beredning.")


def test_nothing_in_another_association_can_be_done(hoglandet: House) -> None:
    matter = hoglandet.applied()
    klaralvdalen = House("Klarälvdalen", "-k")

    for dag in (klaralvdalen.olle, klaralvdalen.bo, klaralvdalen.ada):
        with pytest.raises(NotAllowed):
            do(matter, "check", "ga-vidare", dag)
        with pytest.raises(NotAllowed):
            actions.withdraw(matter=matter, actor=again(dag))
        with pytest.raises(NotAllowed):
            actions.add_note(matter=matter, actor=again(dag), text="Hej")
    assert matter.registry_number != klaralvdalen.applied().registry_number


def test_the_office_corrects_the_address_of_the_applicant(hoglandet: House) -> None:
    matter = hoglandet.applied(email="fel@example.org")
    row = matter.people.get()

    actions.change_person(person=row, actor=hoglandet.olle, email="Ada@Example.org", name="Ada Ek")

    assert MatterPerson.objects.get(matter=matter).email == "ada@example.org"
    from workflows.permissions import may_see

    assert may_see(again(hoglandet.ada), matter)
