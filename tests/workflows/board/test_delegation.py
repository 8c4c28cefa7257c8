"""What is decided on the board's behalf: within the scheme, numbered, and told to the next meeting."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.errors import Conflict, Invalid, NotAllowed
from records.models import Event
from tests.workflows.board.at_the_meeting import Session
from tests.workflows.factories import again, delegation_line, do, form, send, workflow
from workflows.actions import delegation as actions
from workflows.actions import recuse, sitting
from workflows.board import record
from workflows.models import AgendaItem, DelegatedDecision, Delegation, Letter, Matter

pytestmark = pytest.mark.django_db

STEPS: list[tuple[str, dict[str, Any]]] = [
    (
        "delegated_decision",
        {
            "label": "Direktören beslutar",
            "name": "delegation",
            "line": "2.1",
            "granted": "brev",
            "granted_in_part": "brev",
            "rejected": "slut",
            "to_board": "styrelse",
        },
    ),
    (
        "message",
        {
            "label": "Brev",
            "name": "brev",
            "letter": "workflows.decision",
            "subject": "Beslut",
            "text": "{{ decision }} {{ amount_granted }} § {{ paragraph }}",
            "target": "slut",
        },
    ),
    (
        "board_decision",
        {
            "label": "Styrelsen",
            "name": "styrelse",
            **dict.fromkeys(("granted", "granted_in_part", "rejected", "referred_back", "tabled"), "slut"),
        },
    ),
    ("end", {"label": "Slut", "name": "slut", "result": "Avslutat"}),
]


@pytest.fixture
def session(db: None) -> Session:
    return Session()


@pytest.fixture
def line(session: Session) -> Delegation:
    """Olle may grant up to 50,000 kronor by line 2.1."""
    return delegation_line(session.collection, "2.1", by=[session.olle])


def at_the_delegate(session: Session, **given: Any) -> Matter:
    """Ada's application stands at the delegated decision."""
    asked = form(session.collection, slug="ansok-litet")
    workflow(session.collection, asked, steps=STEPS, slug="delegerad")
    return Matter.objects.get(submission=send(asked, **{"amount": "40000", "email": session.house.ada.email, **given}))


def decide(session: Session, line: Delegation, **given: Any) -> DelegatedDecision:
    """Olle decides outside any matter."""
    given = {"text": "Köp av stolar", "reasons": "De gamla är trasiga.", "amount": Decimal(900), **given}
    return actions.decide(line=line, actor=again(session.olle), **given)


def test_the_office_keeps_the_scheme(session: Session) -> None:
    given = {
        "board": session.board,
        "number": "3",
        "what": "Inköp",
        "delegates": [session.olle],
        "decided_on": timezone.localdate(),
    }

    with pytest.raises(NotAllowed):
        actions.delegate(actor=session.user("Mia"), **given)
    line = actions.delegate(actor=session.user("Olle"), **given)

    assert list(line.delegates.all()) == [session.olle]
    with pytest.raises(Conflict):
        actions.delegate(actor=session.user("Olle"), **given)
    with pytest.raises(Invalid) as refused:
        actions.delegate(actor=session.user("Olle"), **{**given, "number": " ", "delegates": []})
    assert set(refused.value.problems) == {"number", "delegates"}


def test_decisions_are_numbered_per_year(session: Session, line: Delegation) -> None:
    other = delegation_line(session.collection, "2.2", by=[session.olle])

    numbers = [decide(session, one).number for one in (line, other, line)]

    assert numbers == [1, 2, 3]
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegatedDecision.objects.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegatedDecision.objects.all().delete()
    assert Event.objects.filter(type="decision.delegated").count() == 3


def test_too_much_is_refused_and_the_line_is_named(session: Session, line: Delegation) -> None:
    with pytest.raises(Invalid, match=r"Line 2\.1 of the delegation scheme goes up to"):
        decide(session, line, amount=Decimal("50000.01"))
    assert decide(session, line, amount=Decimal(50000)).number == 1


def test_an_ended_line_is_refused(session: Session, line: Delegation) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end(line=line, on=yesterday, actor=session.user("Olle"))
    line.refresh_from_db()

    with pytest.raises(NotAllowed, match=r"Line 2\.1 of the delegation scheme ended on"):
        decide(session, line)
    with pytest.raises(Conflict):
        actions.end(line=line, on=timezone.localdate(), actor=session.user("Olle"))


def test_whoever_is_no_delegate_is_refused(session: Session, line: Delegation) -> None:
    with pytest.raises(NotAllowed, match=r"line 2\.1"):
        actions.decide(line=line, actor=session.user("Mia"), text="Köp", reasons="Bra.")


def test_text_and_reasons_are_asked_for(session: Session, line: Delegation) -> None:
    with pytest.raises(Invalid) as refused:
        decide(session, line, text=" ", reasons="", amount=Decimal(0))

    assert set(refused.value.problems) == {"text", "reasons", "amount"}
    assert not DelegatedDecision.objects.exists()


def test_a_matter_is_decided_and_goes_on(session: Session, line: Delegation) -> None:
    matter = at_the_delegate(session)

    do(matter, "decide", "decide", session.olle, outcome="granted_in_part", amount="30000", reasons="Det räcker.")

    matter.refresh_from_db()
    decision = DelegatedDecision.objects.get()
    assert (decision.matter, decision.outcome, decision.amount) == (matter, "granted_in_part", Decimal(30000))
    assert (matter.state, matter.amount_granted) == ("closed", Decimal(30000))
    letter = Letter.objects.get(matter=matter)
    assert not letter.is_draft
    assert str(decision) in letter.body


def test_a_matter_about_too_much_is_handed_to_the_board(session: Session, line: Delegation) -> None:
    matter = at_the_delegate(session, amount="90000")

    with pytest.raises(Invalid, match=r"Line 2\.1"):
        do(matter, "decide", "decide", session.olle, outcome="granted", amount="90000", reasons="Bra.")
    do(matter, "decide", "to_board", session.olle)

    matter.refresh_from_db()
    assert matter.step_name == "Styrelsen"
    assert not DelegatedDecision.objects.exists()


def test_a_delegate_with_a_conflict_of_interest_does_not_decide(session: Session, line: Delegation) -> None:
    matter = at_the_delegate(session)
    recuse(matter=matter, actor=again(session.olle), reason="Min bror söker.")

    with pytest.raises(NotAllowed):
        do(matter, "decide", "decide", session.olle, outcome="granted", amount="40000", reasons="Bra.")
    with pytest.raises(NotAllowed, match="conflict of interest"):
        decide(session, line, matter=matter)


def test_an_officer_who_is_no_delegate_is_told_the_line(session: Session) -> None:
    delegation_line(session.collection, "2.1", by=[session.people["Bo"]])
    matter = at_the_delegate(session)

    with pytest.raises(NotAllowed, match=r"line 2\.1 of the delegation scheme"):
        do(matter, "decide", "decide", session.olle, outcome="granted", amount="40000", reasons="Bra.")


def test_everything_since_the_last_report_is_told_to_the_meeting(session: Session, line: Delegation) -> None:
    first, second = decide(session, line), decide(session, line, text="Köp av bord")
    meeting = session.opened(present=("Bo", "Hans", "Cy", "Ivar", "Mia"))
    item = session.item(meeting, "Delegationsbeslut", sort=AgendaItem.Sort.DELEGATED)
    session.open_item()

    item = sitting.close_item(
        item=item, actor=session.user("Olle"), decided="att lägga redovisningen till handlingarna"
    )

    later = decide(session, line)
    assert [row.reported_in for row in (refreshed(first), refreshed(second), refreshed(later))] == [item, item, None]
    section = record.write(meeting, record.items_of(meeting), whole=True)["sections"][-1]
    assert "Köp av bord" in str(section["blocks"])
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegatedDecision.objects.filter(pk=first.pk).update(reported_in=None)


def refreshed(row: DelegatedDecision) -> DelegatedDecision:
    """The row as it is stored now."""
    return DelegatedDecision.objects.get(pk=row.pk)
