"""From the opened meeting to legal force: one story with nothing made by hand, and a worker that dies on the way."""

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from records.effects import release, run_due
from records.models import Effect, Message
from tests.records.test_worker import database_url
from tests.workflows.board.at_the_meeting import Session
from tests.workflows.factories import delegation_line
from workflows.actions import delegation, notices, sitting
from workflows.actions import minutes as actions
from workflows.minutes_page import has_legal_force
from workflows.models import AgendaItem, Letter, Meeting, Member, Minutes

ROOT = Path(__file__).resolve().parents[3]

KILLED = """
import os, django
django.setup()
from django.db.models.signals import post_save
from records.effects import run_due
from workflows.models import Letter
post_save.connect(lambda **more: os._exit(9), sender=Letter, weak=False)
run_due()
"""


def held(session: Session) -> Meeting:
    """The board has met about Ada's application and the budget, and has been told of what Olle decided."""
    line = delegation_line(session.collection, by=[session.olle])
    delegation.decide(
        line=line, actor=session.user("Olle"), text="Köp av stolar", reasons="Behövs.", amount=Decimal(900)
    )
    matter = session.matter()
    meeting = session.called("Budget")
    session.matter_item(meeting, matter, proposal="att bevilja 450 000 kronor")
    session.item(meeting, "Delegationsbeslut", sort=AgendaItem.Sort.DELEGATED)
    session.arrive("Bo", "Hans", "Cy", "Ivar", "Mia")
    session.meeting_ = sitting.open_meeting(meeting=meeting, actor=session.user("Olle"))
    sitting.choose_adjusters(meeting=session.meeting_, actor=session.user("Olle"), seats=[session.seat("Mia")])
    sitting.close_item(item=session.open_item("Budget"), actor=session.user("Olle"))
    sitting.close_item(
        item=session.open_item(matter.title), actor=session.user("Olle"), outcome="granted", amount=Decimal(450000)
    )
    sitting.close_item(item=session.open_item("Delegationsbeslut"), actor=session.user("Olle"))
    return sitting.close_meeting(meeting=session.meeting_, actor=session.user("Olle"))


def signed(session: Session, meeting: Meeting) -> Minutes:
    """The minutes are written, fixed and signed; nothing that follows has been done yet."""
    minutes = actions.write_draft(meeting=meeting, actor=session.user("Olle"))
    minutes = actions.make_ready(minutes=minutes, actor=session.user("Olle"))
    for name in ("Bo", "Mia"):
        actions.sign(minutes=minutes, digest=minutes.digest, actor=session.user(name))
    return Minutes.objects.get(pk=minutes.pk)


@pytest.mark.django_db
def test_from_the_opened_meeting_to_legal_force() -> None:
    session = Session()
    Member.objects.filter(party__in=("municipality", "region")).update(notice_email="anslag@example.org")
    meeting = held(session)
    minutes = signed(session, meeting)
    run_due()

    matter = meeting.items.get(sort="matter").matter
    assert matter is not None
    assert (matter.state, matter.amount_granted) == ("closed", Decimal(450000))
    assert "Köp av stolar" in str(minutes.content)
    assert "450" in str(minutes.content)
    actions.send_letter(letter=Letter.objects.get(), actor=session.user("Olle"))
    assert Message.objects.filter(kind="workflows.decision").count() == 1

    notice = notices.post_notice(notice=minutes.notice, actor=session.user("Olle"))
    for posting in notice.postings.all():
        notices.confirm_posting(posting=posting, posted_on=timezone.localdate(), name="Ina, registrator")
    notice.refresh_from_db()
    last = notice.last_day_to_appeal
    assert last is not None
    with time_machine.travel(timezone.now() + (last - timezone.localdate()) + timedelta(days=1)):
        notices.keep_time()
        notice.refresh_from_db()
        assert notice.removed_on == timezone.localdate()
        assert has_legal_force(notice)
        browser = Client()
        browser.force_login(session.olle)
        assert "The decision has legal force since" in browser.get(matter.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_decision_and_the_letter_does_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    meeting = held(session)
    signed(session, meeting)
    matter = meeting.items.get(sort="matter").matter
    assert matter is not None
    version = matter.version
    for name, value in {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }.items():
        monkeypatch.setenv(name, value)

    died = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, timeout=300, check=False)

    assert died.returncode == 9
    matter.refresh_from_db()
    assert (matter.version, matter.confirmed_decision(), Letter.objects.count()) == (version, None, 0)
    release(Effect.objects.filter(state="running").values_list("lease", flat=True))
    run_due()
    run_due()
    matter.refresh_from_db()
    assert (matter.state, matter.amount_granted) == ("closed", Decimal(450000))
    assert Letter.objects.count() == 1
    assert matter.decisions.exclude(confirmed_at=None).count() == 1
