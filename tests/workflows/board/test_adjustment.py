"""Minutes are fixed, signed by the right people, and what they decide is carried out once."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.effects import run_due
from records.errors import Conflict, Invalid, NotAllowed
from records.models import Effect, Message
from tests.workflows.board.after import adjusted, decided, held, ready
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows.actions import minutes as actions
from workflows.actions import withdraw
from workflows.models import AgendaItem, Letter, Minutes

pytestmark = pytest.mark.django_db


def test_the_office_alone_writes_the_minutes(room: Boardroom) -> None:
    meeting = held(room)

    with pytest.raises(NotAllowed):
        actions.write_draft(meeting=meeting, actor=again(room.people["Bo"]))

    minutes = actions.write_draft(meeting=meeting, actor=again(room.olle))
    assert actions.write_draft(meeting=meeting, actor=again(room.olle)) == minutes
    assert minutes.due == timezone.localdate(meeting.closed_at) + timedelta(days=14)


def test_what_the_law_asks_must_be_there(room: Boardroom) -> None:
    meeting = held(room)
    meeting.adjusters.all().delete()
    decided(room, room.item(meeting), decided="", method="")
    room.item(meeting, "Budget")
    minutes = actions.write_draft(meeting=meeting, actor=again(room.olle))

    with pytest.raises(Invalid) as refused:
        actions.make_ready(minutes=minutes, actor=again(room.olle))

    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.DRAFT
    assert refused.value.problems[""] == [
        "Nobody has been chosen to adjust the minutes beside the chair.",
        "§ 1 Verksamhetsplan: it is not written what the board decided (KL 5:66).",
        "§ 1 Verksamhetsplan: it is not noted how the decision was made (KL 5:66).",
        "Budget: the item has not been dealt with.",
    ]


def test_what_two_write_at_once_is_not_overwritten(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    actions.change_account(item=item, account="Direktören redogör.", seen="", actor=again(room.olle))

    with pytest.raises(Conflict):
        actions.change_account(item=item, account="Något annat.", seen="", actor=again(room.olle))

    item.refresh_from_db()
    assert item.account == "Direktören redogör."
    actions.change_account(item=item, account="Mer.", seen="Direktören redogör.\r\n", actor=again(room.olle))
    item.refresh_from_db()
    assert item.account == "Mer."


def test_fixed_minutes_are_not_changed(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    minutes = ready(room, meeting)

    with pytest.raises(Conflict):
        actions.change_account(item=item, account="Nytt.", seen="", actor=again(room.olle))
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(content={"title": "annat"})

    actions.take_back(minutes=minutes, reason="Fel datum.", actor=again(room.olle))
    actions.change_account(item=item, account="Nytt.", seen="", actor=again(room.olle))
    again_ready = actions.make_ready(minutes=minutes, actor=again(room.olle))
    assert again_ready.digest != minutes.digest


def test_those_who_sign_are_told(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))

    ready(room, meeting)

    assert set(Message.objects.filter(kind="workflows.adjust").values_list("to", flat=True)) == {
        "bo@example.org",
        "mia@example.org",
    }


def test_chair_and_adjuster_sign_and_nobody_else(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = ready(room, meeting)

    for name in ("Hans", "Eva"):
        with pytest.raises(NotAllowed):
            actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people[name]))
    with pytest.raises(NotAllowed):
        actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.olle))
    actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Bo"]))
    with pytest.raises(Conflict, match="already signed"):
        actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Bo"]))
    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.READY
    actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Mia"]))

    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.ADJUSTED
    assert [(row.name, row.role, row.digest) for row in minutes.adjustments.all()] == [
        (str(room.people["Bo"]), "chair", minutes.digest),
        (str(room.people["Mia"]), "adjuster", minutes.digest),
    ]
    assert minutes.notice.due == timezone.localdate() + timedelta(days=2)


def test_a_signature_counts_for_the_text_that_was_read(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.item(meeting))
    minutes = ready(room, meeting)
    read = minutes.digest
    actions.sign(minutes=minutes, digest=read, actor=again(room.people["Bo"]))
    actions.take_back(minutes=minutes, reason="Ett namn saknas.", actor=again(room.olle))
    actions.change_account(item=item, account="Ett namn till.", seen="", actor=again(room.olle))

    with pytest.raises(Conflict, match="being changed"):
        actions.sign(minutes=minutes, digest=read, actor=again(room.people["Mia"]))
    minutes = actions.make_ready(minutes=minutes, actor=again(room.olle))
    with pytest.raises(Conflict, match="have changed"):
        actions.sign(minutes=minutes, digest=read, actor=again(room.people["Mia"]))
    actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Mia"]))

    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.READY  # Bo has to sign the new text
    actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Bo"]))
    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.ADJUSTED


def test_adjusted_minutes_stay_as_they_are(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = adjusted(room, ready(room, meeting))

    with pytest.raises(Conflict):
        actions.take_back(minutes=minutes, reason="Ångrar oss.", actor=again(room.olle))
    for change in ({"content": {}}, {"digest": ""}, {"state": "draft"}, {"adjusted_at": None}, {"sha256": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Minutes.objects.filter(pk=minutes.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        minutes.adjustments.update(name="Någon annan")


def test_a_signed_pdf_adjusts_the_minutes_and_its_hash_is_kept(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = ready(room, meeting)
    signed = b"%PDF-1.7\n" + b"x" * 200 + b"\n%%EOF\n"

    with pytest.raises(Invalid):
        actions.attach_signed(
            minutes=minutes, file=SimpleUploadedFile("a.pdf", b"inte en pdf" * 9), actor=again(room.olle)
        )
    actions.attach_signed(minutes=minutes, file=SimpleUploadedFile("a.pdf", signed), actor=again(room.olle))

    minutes.refresh_from_db()
    assert minutes.state == Minutes.State.ADJUSTED
    assert {(row.name, row.means) for row in minutes.adjustments.all()} == {("Bo", "outside"), ("Mia", "outside")}
    assert minutes.signed_sha256 == hashlib.sha256(signed).hexdigest()
    with minutes.signed_file.open() as file:
        assert file.read() == signed


def test_a_matter_goes_on_when_its_paragraph_is_adjusted(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.matter_item(meeting), outcome="granted_in_part", amount=300000, paragraph=7)
    minutes = ready(room, meeting)
    matter = item.matter
    assert matter.confirmed_decision() is None

    adjusted(room, minutes)

    matter.refresh_from_db()
    decision = matter.confirmed_decision()
    assert (decision.confirmed_name, decision.confirmed_as, decision.paragraph) == ("Bo", "minutes", "7")
    assert (matter.state, matter.result) == ("closed", "Beviljad")
    letter = Letter.objects.get(matter=matter)
    assert letter.is_draft
    assert letter.held_for == minutes
    assert not Message.objects.filter(kind="workflows.decision").exists()


def test_it_goes_on_once_however_often_the_work_is_done(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.matter_item(meeting))
    adjusted(room, ready(room, meeting))
    item.matter.refresh_from_db()
    version = item.matter.version

    actions.carry_out(item=item)

    item.matter.refresh_from_db()
    assert item.matter.version == version
    assert Letter.objects.count() == 1


def test_paragraphs_adjusted_at_once_are_not_carried_out_again_with_the_whole(room: Boardroom) -> None:
    meeting = held(room, state="open")
    item = decided(room, room.matter_item(meeting))
    other = decided(room, room.item(meeting), paragraph=2)
    first = actions.adjust_at_once(meeting=meeting, items=[item], actor=again(room.olle))

    adjusted(room, first)

    item.matter.refresh_from_db()
    version = item.matter.version
    assert item.matter.state == "closed"
    with pytest.raises(Conflict):
        actions.adjust_at_once(meeting=meeting, items=[item], actor=again(room.olle))
    meeting.state = "closed"
    meeting.save()
    whole = adjusted(room, ready(room, meeting))
    item.matter.refresh_from_db()
    assert item.matter.version == version
    assert Effect.objects.filter(kind=actions.CARRY_OUT).count() == 1
    assert [row["paragraph"] for row in whole.content["sections"] if row.get("paragraph")] == [1, 2]
    assert other.pk in {row.pk for row in actions.covered(whole, meeting)}
    assert first.notice.pk != whole.notice.pk


def test_a_matter_that_was_withdrawn_meanwhile_stays_so(room: Boardroom) -> None:
    meeting = held(room)
    item = decided(room, room.matter_item(meeting))
    minutes = ready(room, meeting)
    withdraw(matter=item.matter, actor=again(room.olle), reason="På telefon.")
    adjusted(room, minutes)

    item.matter.refresh_from_db()
    assert item.matter.state == "withdrawn"
    assert item.matter.amount_granted is None
    assert not Effect.objects.filter(kind=actions.CARRY_OUT).exclude(state="done").exists()


def test_letters_of_the_meeting_are_sent_together_once(room: Boardroom) -> None:
    meeting = held(room)
    for number in (1, 2):
        decided(room, room.matter_item(meeting, room.house.at_board(title=f"Insats {number}")), paragraph=number)
    adjusted(room, ready(room, meeting))
    drafts = list(Letter.objects.all())
    assert [letter.is_draft for letter in drafts] == [True, True]

    with pytest.raises(NotAllowed):
        actions.send_letter(letter=drafts[0], actor=again(room.people["Bo"]))
    for letter in drafts:
        actions.send_letter(letter=letter, actor=again(room.olle))
    with pytest.raises(Conflict):
        actions.send_letter(letter=drafts[0], actor=again(room.olle))

    mails = Message.objects.filter(kind="workflows.decision")
    assert mails.count() == 2
    assert all("450 000 kr" in mail.body.replace("\xa0", " ") for mail in mails)


def test_minutes_that_are_late_are_reminded_of_once(room: Boardroom) -> None:
    meeting = held(room)
    decided(room, room.item(meeting))
    minutes = ready(room, meeting)
    actions.sign(minutes=minutes, digest=minutes.digest, actor=again(room.people["Bo"]))
    before = Message.objects.count()

    assert actions.remind(today=minutes.due - timedelta(days=4)) == 0
    assert actions.remind(today=minutes.due - timedelta(days=3)) == 1
    assert actions.remind(today=minutes.due) == 0

    assert Message.objects.count() == before + 1
    assert Message.objects.latest("queued_at").to == "mia@example.org"


def test_the_file_is_kept_with_the_signatures(room: Boardroom) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    meeting = held(room)
    decided(room, room.item(meeting))

    minutes = adjusted(room, ready(room, meeting))
    run_due()

    with minutes.file.open() as file:
        made = file.read()
    assert hashlib.sha256(made).hexdigest() == minutes.sha256
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) >= 2


def test_all_items_are_asked_for(room: Boardroom) -> None:
    meeting = held(room)

    with pytest.raises(Invalid):
        actions.adjust_at_once(meeting=meeting, items=AgendaItem.objects.none(), actor=again(room.olle))
