"""The notice is posted here and by the members, and the time to appeal runs from the last of them."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.effects import run_due
from records.errors import Closed, Conflict, Invalid, NotAllowed
from records.models import Message
from tests.workflows.board.after import adjusted, decided, held, ready
from tests.workflows.board.people import Boardroom
from tests.workflows.factories import again
from workflows.actions import notices as actions
from workflows.board.clocks import last_day_to_appeal
from workflows.minutes_page import has_legal_force
from workflows.models import Member, Notice, Posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(room: Boardroom) -> Notice:
    """Adjusted minutes of one decision; the two members with notice boards have an address for notices."""
    for number, member in enumerate(room.board.members.filter(party__in=("municipality", "region"))):
        Member.objects.filter(pk=member.pk).update(notice_email=f"anslag{number}@example.org")
    meeting = held(room)
    decided(room, room.item(meeting))
    return adjusted(room, ready(room, meeting)).notice


def posted(room: Boardroom, notice: Notice) -> list[Posting]:
    """The notice is posted here; the members' postings in order."""
    actions.post_notice(notice=notice, actor=again(room.olle))
    notice.refresh_from_db()
    return list(notice.postings.order_by("pk"))


def test_the_office_posts_and_municipalities_and_regions_are_asked(room: Boardroom, notice: Notice) -> None:
    with pytest.raises(NotAllowed):
        actions.post_notice(notice=notice, actor=again(room.people["Bo"]))

    postings = posted(room, notice)

    assert [posting.member.name for posting in postings] == ["Eksjö kommun", "Region Jönköpings län"]
    assert notice.posted_on == timezone.localdate()
    assert notice.last_day_to_appeal is None
    assert Message.objects.filter(kind="workflows.post_notice").count() == 2
    with pytest.raises(Conflict):
        actions.post_notice(notice=notice, actor=again(room.olle))


def test_the_link_is_stored_nowhere(room: Boardroom, notice: Notice) -> None:
    posting = posted(room, notice)[0]
    token = actions.token_of(posting)

    message = Message.objects.filter(kind="workflows.post_notice", to="anslag0@example.org").get()
    assert token not in message.body
    assert token not in str(list(Posting.objects.values()))
    assert actions.find_posting(token) == posting
    assert actions.find_posting(token[:-1] + "x") is None


def test_the_mail_that_leaves_holds_the_link(room: Boardroom, notice: Notice, mailoutbox: list[Any]) -> None:
    posting = posted(room, notice)[0]

    run_due()

    mail = next(mail for mail in mailoutbox if mail.to == ["anslag0@example.org"])
    assert actions.link_address(posting) in mail.body
    assert "Förvaltningsrätten i Jönköping" in mail.body


def test_the_clock_runs_from_the_last_posting(room: Boardroom, notice: Notice) -> None:
    first, second = posted(room, notice)
    today = timezone.localdate()
    actions.confirm_posting(posting=first, posted_on=today, proof="eksjo.example/anslag", name="Ina, registrator")
    notice.refresh_from_db()
    assert notice.last_day_to_appeal is None

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        last = timezone.localdate()
        actions.confirm_posting(posting=second, posted_on=last, name="Olle", actor=again(room.olle))

    notice.refresh_from_db()

    assert notice.last_day_to_appeal == last_day_to_appeal(last)
    with pytest.raises(Conflict):
        actions.confirm_posting(posting=first, posted_on=today, name="Ina")
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(pk=first.pk).update(posted_on=today - timedelta(days=9))


@pytest.mark.parametrize("days", [1, -1])
def test_a_day_that_cannot_be_is_refused(room: Boardroom, notice: Notice, days: int) -> None:
    posting = posted(room, notice)[0]

    with pytest.raises(Invalid):
        actions.confirm_posting(
            posting=posting, posted_on=timezone.localdate() + timedelta(days=days), name="Ina, registrator"
        )
    with pytest.raises(Invalid):
        actions.confirm_posting(posting=posting, posted_on=timezone.localdate(), name=" ")


def in_force(room: Boardroom, notice: Notice) -> date:
    """Everybody has posted today; the last day to appeal."""
    for posting in posted(room, notice):
        actions.confirm_posting(posting=posting, posted_on=timezone.localdate(), name="Ina")
    notice.refresh_from_db()
    assert notice.last_day_to_appeal is not None
    return notice.last_day_to_appeal


def test_it_stays_up_until_the_time_has_run_and_is_then_taken_down(room: Boardroom, notice: Notice) -> None:
    last = in_force(room, notice)

    with pytest.raises(Invalid):
        actions.take_down(notice=notice, actor=again(room.olle), today=last)
    assert actions.keep_time(today=last) == 0
    assert actions.keep_time(today=last + timedelta(days=1)) == 1
    assert actions.keep_time(today=last + timedelta(days=1)) == 0

    notice.refresh_from_db()
    assert notice.removed_on == last + timedelta(days=1)


def test_legal_force_comes_unless_somebody_appeals(room: Boardroom, notice: Notice) -> None:
    last = in_force(room, notice)
    assert not has_legal_force(notice)

    with time_machine.travel(timezone.now() + (last - timezone.localdate()) + timedelta(days=1)):
        assert has_legal_force(notice)
        actions.record_appeal(notice=notice, on=last, about="§ 1", actor=again(room.olle))
        notice.refresh_from_db()
        assert not has_legal_force(notice)


def test_what_is_not_posted_is_reminded_of_once(room: Boardroom, notice: Notice) -> None:
    assert actions.keep_time(today=notice.due - timedelta(days=1)) == 0
    assert actions.keep_time(today=notice.due) == 1
    assert actions.keep_time(today=notice.due) == 0
    posting = posted(room, notice)[0]
    actions.confirm_posting(posting=posting, posted_on=timezone.localdate(), name="Ina")

    later = timezone.localdate() + timedelta(days=2)
    assert actions.keep_time(today=later) == 1
    assert actions.keep_time(today=later) == 0

    again_asked = Message.objects.filter(kind="workflows.post_notice", to="anslag1@example.org")
    assert again_asked.count() == 2


def test_looking_at_the_members_page_changes_nothing_and_the_button_does(
    client: Client, room: Boardroom, notice: Notice
) -> None:
    posting = posted(room, notice)[0]
    address = reverse("workflows:posting", args=[actions.token_of(posting)])

    for _time in range(3):
        assert client.get(address).status_code == 200
    posting.refresh_from_db()
    assert posting.posted_on is None

    wrong = client.post(address, {"posted_on": "2099-01-01", "name": "Ina Ek", "proof": "Stadshuset"})
    assert wrong.status_code == 422
    assert b"Ina Ek" in wrong.content
    assert client.post(address, {"posted_on": timezone.localdate().isoformat(), "name": "Ina Ek"}).status_code == 302
    posting.refresh_from_db()
    assert (posting.posted_on, posting.confirmed_by) == (timezone.localdate(), "Ina Ek")
    assert client.post(address, {"posted_on": timezone.localdate().isoformat(), "name": "X"}).status_code == 409
    assert client.get(reverse("workflows:posting", args=["x" * 64])).status_code == 404


def test_a_notice_that_is_down_takes_no_more_postings(room: Boardroom, notice: Notice) -> None:
    posting = posted(room, notice)[0]
    Notice.objects.filter(pk=notice.pk).update(removed_on=timezone.localdate())

    with pytest.raises(Closed):
        actions.confirm_posting(posting=posting, posted_on=timezone.localdate(), name="Ina")


def test_everybody_reads_the_notice_board(
    client: Client, room: Boardroom, notice: Notice, django_assert_max_num_queries: Any
) -> None:
    address = reverse("workflows:notice_board", args=["hoglandet"])
    assert b"Verksamhetsplan" not in client.get(address).content
    posted(room, notice)

    with django_assert_max_num_queries(12):
        page = client.get(address)

    assert page.status_code == 200
    assert "Förvaltningsrätten i Jönköping" in page.content.decode()
    assert client.get("/anslagstavla/finns-inte/").status_code == 404
    actions_last = in_force_without_posting(room, notice)
    actions.keep_time(today=actions_last + timedelta(days=1))
    assert "Förvaltningsrätten" not in client.get(address).content.decode()


def in_force_without_posting(room: Boardroom, notice: Notice) -> date:
    """The members confirm; the last day to appeal."""
    for posting in notice.postings.all():
        actions.confirm_posting(posting=posting, posted_on=timezone.localdate(), name="Ina")
    notice.refresh_from_db()
    assert notice.last_day_to_appeal is not None
    return notice.last_day_to_appeal
