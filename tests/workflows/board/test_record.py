"""The minutes are written from what was noted, say what the law asks, and leave out what is secret for others."""

import io
from collections.abc import Iterable
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.board.after import adjusted, decided, held, ready
from tests.workflows.board.at_the_meeting import Session
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows.actions import minutes as actions
from workflows.actions import sitting
from workflows.board import paper, record
from workflows.models import AgendaItem, Attendance, Disqualification, Minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db: None) -> Session:
    return Session()


def words(blocks: Iterable[Any]) -> list[str]:
    """Every line of the blocks, tables cell by cell."""
    found = []
    for block in blocks:
        if block["kind"] == "table":
            rows = [block["header"], *block["rows"]]
            found += [" | ".join("".join(run[1] for run in cell["runs"]) for cell in row) for row in rows]
        elif block["kind"] == "list":
            found += ["".join(run[1] for run in entry) for entry in block["entries"]]
        else:
            found.append("".join(run[1] for run in block["runs"]))
    return found


def told(minutes: Minutes) -> dict[str, list[str]]:
    """The sections of the minutes by heading, in English."""
    meeting = actions.find_meeting(minutes.meeting_id)
    items = actions.covered(minutes, meeting)
    content = record.write(meeting, items, whole=True)
    return {section["title"]: words(section["blocks"]) for section in content["sections"]}


def test_a_vote_is_told_by_name_with_the_order_of_propositions(session: Session) -> None:
    meeting = session.opened("Budget")
    sitting.choose_adjusters(meeting=meeting, actor=session.user("Olle"), seats=[session.seat("Mia")])
    session.leave("Kim")
    session.arrive("Ulf")
    item = session.open_item()
    main = item.motions.get()
    against = session.put(item, "Hans", "att avslå budgeten")
    ballot = sitting.call_vote(item=item, actor=session.user("Olle"), yes=main, no=against)
    session.vote(ballot, Bo="yes", Cy="yes", Mia="yes", Hans="no", Ivar="no", Jon="no")
    sitting.close_ballot(ballot=ballot, actor=session.user("Olle"))
    item = sitting.close_item(item=item, actor=session.user("Olle"))
    sitting.reserve(item=item, actor=session.user("Hans"), text="Budgeten är för stor.")
    meeting = sitting.close_meeting(meeting=meeting, actor=session.user("Olle"))
    minutes = actions.write_draft(meeting=meeting, actor=session.user("Olle"))

    said = told(minutes)

    assert said["Who took part"][0] == "Name | Member | Serves as | Present | §"
    assert "Bo | Eksjö kommun | chair | the whole meeting | all" in said["Who took part"]
    assert any(line.startswith("Ulf | Arbetsförmedlingen | deputy for Kim | from ") for line in said["Who took part"])
    assert said["§ 1 Budget"] == [
        "Ulf served for Kim.",
        "Proposals",
        "The proposal in the papers: att godkänna Budget",
        "Hans proposes rejection: att avslå budgeten",
        "Vote 1",
        "The chair put this order of propositions, which the board approved: yes for the proposal in the papers, "
        "no for rejection.",
        "Name | Vote",
        *sorted_as_served(item, {"Bo", "Cy", "Mia"}, {"Hans", "Ivar", "Jon"}),
        "Result: 3 yes, 3 no and 2 who abstained.",
        "The votes were even, and the chair's casting vote decided.",
        "Decision",
        "The board decides",
        "att godkänna Budget",
        "How it was decided: the chair's casting vote.",
        "Reservations",
        "Hans reserves against the decision. Budgeten är för stor.",
    ]


def sorted_as_served(item: AgendaItem, yes: set[str], no: set[str]) -> list[str]:
    """The rows of the table of votes, in the order of service."""
    names = [row.seat.name for row in item.service.select_related("seat")]
    return [f"{name} | {'yes' if name in yes else 'no' if name in no else 'abstain'}" for name in names]


def test_a_conflict_of_interest_and_who_stood_in_are_told(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    Disqualification.objects.create(item=item, seat=room.seats["Ivar"], ground="party", state="declared")

    said = told(actions.write_draft(meeting=meeting, actor=again(room.olle)))

    assert (
        "Ivar has a conflict of interest (the matter concerns the person or someone close), took no part and was "
        "not present." in said["§ 1 Verksamhetsplan"]
    )


def test_arrivals_leavings_and_others_are_told(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    opened = meeting.opened_at
    Attendance.objects.create(meeting=meeting, name="Rita Rask", role="revisor", arrived_at=opened)
    Attendance.objects.create(
        meeting=meeting, seat=room.seats["Fia"], name="Fia", arrived_at=opened, mode="sound", reason="fast i snö"
    )
    Attendance.objects.filter(name="Cy").update(left_at=opened + (meeting.closed_at - opened) / 2)

    said = told(actions.write_draft(meeting=meeting, actor=again(room.olle)))["Who took part"]

    assert any(line.startswith("Cy | Region Jönköpings län | vice chair | until ") for line in said)
    assert "Fia | Region Jönköpings län | deputy | the whole meeting, by sound only (fast i snö)" in said
    assert "Rita Rask | revisor | the whole meeting" in said


def test_secret_items_are_left_out_for_others(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting, "Anställning av Eva", is_secret=True, account="Lönen är 50 000 kr."), paragraph=1)
    decided(room, room.item(meeting), paragraph=2)
    minutes = ready(room, meeting)

    public = record.public(minutes.content)

    assert "Eva" in str(minutes.content)
    assert "Eva" not in str(public)
    assert "50 000" not in str(public)
    assert [row["title"] for row in public["sections"]][1:] == ["§ 1 Secret item", "§ 2 Verksamhetsplan"]


def test_the_paper_is_tagged_and_kept_for_ever(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting, account="Direktören berättar <b>allt</b> och #let x = 1."))
    minutes = adjusted(room, ready(room, meeting))

    made = paper.of_minutes(minutes)

    assert made == paper.of_minutes(Minutes.objects.get(pk=minutes.pk))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.Lang == "sv"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_outline() as outline:
            titles = [child.title for root in outline.root for child in (root, *root.children)]
        assert any("Verksamhetsplan" in title for title in titles)
        assert len(pdf.pages) >= 2
        assert minutes.content["title"] in str(pdf.docinfo["/Title"])


def test_an_extract_holds_only_the_chosen_paragraphs(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting, "Budget"), paragraph=1)
    decided(room, room.item(meeting, "Val"), paragraph=2)
    minutes = adjusted(room, ready(room, meeting))

    made = paper.of_minutes(minutes, paragraphs=[2])

    chosen = record.extract(minutes.content, [2])
    assert [row["title"] for row in chosen["sections"]][1:] == ["§ 2 Val"]
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_outline() as outline:
        titles = [child.title for root in outline.root for child in (root, *root.children)]
    assert not any("Budget" in title for title in titles)
    assert any("§ 2 Val" in title for title in titles)


def test_reading_costs_the_same_for_one_paragraph_and_for_many(room: Boardroom, django_assert_num_queries: Any) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))

    record.write(actions.find_meeting(meeting.pk), record.items_of(meeting), whole=True)  # the association is known
    with CaptureQueriesContext(connection) as few:
        record.write(actions.find_meeting(meeting.pk), record.items_of(meeting), whole=True)
    for number in range(2, 6):
        decided(room, room.item(meeting, f"Ärende {number}"), paragraph=number)

    with django_assert_num_queries(len(few)):
        record.write(actions.find_meeting(meeting.pk), record.items_of(meeting), whole=True)
