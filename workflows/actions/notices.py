"""The notice of adjusted minutes: posted here and by every member that has a notice board, and the time to appeal."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from forms.actions.draft_link import token_digest
from records.errors import Closed, Conflict, Invalid
from records.events import NewMail
from records.mail import mark, secret
from workflows import letters
from workflows.actions.meeting_events import happened
from workflows.actions.minutes import demand_office, tell_office
from workflows.board import clocks, notices
from workflows.models import Meeting, Notice, Posting

POSTING_LINK = "workflows.posting_link"
REMINDED_AFTER = timedelta(days=2)


def token_of(posting: Posting) -> str:
    """The token of the member's link, made from the secret key each time, so that no copy of the database holds it."""
    return salted_hmac("workflows.posting", str(posting.key), algorithm="sha256").hexdigest()


def link_address(posting: Posting) -> str:
    """The full address that is mailed to the member."""
    return settings.BASE_URL + reverse("workflows:posting", args=[token_of(posting)])


@secret(POSTING_LINK)
def _posting_link(key: str) -> str:
    """The address, put into the mail at delivery."""
    return link_address(Posting.objects.get(key=key))


def find_posting(token: str) -> Posting | None:
    """The posting whose link this is."""
    rows = Posting.objects.select_related("member", "notice__minutes__meeting__board__collection")
    return rows.filter(token_digest=token_digest(token)).first()


def _locked(notice: Notice) -> Notice:
    return (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("minutes__meeting__board__collection")
        .get(pk=notice.pk)
    )


# --- posting -------------------------------------------------------------------------------------------
@transaction.atomic
def post_notice(*, notice: Notice, actor: Any) -> Notice:
    """Post the notice on our own board from today, and ask every member with a notice board to post it too.

    Raises NotAllowed, or Conflict when it is posted already.
    """
    notice = _locked(notice)
    meeting = notice.minutes.meeting
    demand_office(actor, meeting)
    if notice.posted_on is not None:
        raise Conflict(_("The notice has been posted already."))
    notice.posted_on = timezone.localdate()
    notice.save()
    mails = []
    for member in meeting.board.members.all():
        gone = member.left_on is not None and member.left_on < notice.posted_on
        if not member.has_own_notice_board or gone:
            continue
        posting = Posting(notice=notice, member=member)
        posting.token_digest = token_digest(token_of(posting))
        if member.notice_email:
            posting.asked_at = timezone.now()
            mails.append(_ask(posting, "ask"))
        posting.save()
    happened(meeting, "notice_posted", actor, {"minutes": str(notice.minutes.key)}, mails=mails)
    _start_clock(notice, actor)
    return notice


def _ask(posting: Posting, cause: str) -> NewMail:
    """The mail that asks a member to post the notice; the link is put in at delivery."""
    notice = posting.notice
    meeting = notice.minutes.meeting
    with translation.override(settings.LANGUAGE_CODE):
        return NewMail(
            kind=letters.POST_NOTICE,
            key=f"{meeting.stream}:posting:{posting.key}:{cause}",
            to=posting.member.notice_email,
            collection=meeting.board.collection,
            context={
                "member": posting.member.name,
                "meeting": str(meeting),
                "due": letters.day(notice.due),
                "notice": notices.text_of(notice).plain,
                "link": mark(POSTING_LINK),
            },
            attachments=[(POSTING_LINK, str(posting.key))],
        )


@transaction.atomic
def confirm_posting(
    *, posting: Posting, posted_on: date, proof: str = "", name: str = "", actor: Any = None
) -> Posting:
    """The member (by its link) or the office (``actor``) tells that the notice is posted, since when, with proof.

    Raises NotAllowed, Conflict when it is told already, Closed when the notice is taken down, Invalid.
    """
    notice = _locked(posting.notice)
    meeting = notice.minutes.meeting
    posting = Posting.objects.select_for_update(of=("self",), no_key=True).select_related("member").get(pk=posting.pk)
    if actor is not None:
        demand_office(actor, meeting)
    if posting.posted_on is not None:
        raise Conflict(_("It has already been told that this notice is posted."))
    if notice.removed_on is not None:
        raise Closed(_("The notice has been taken down."))
    problems: dict[str, list[Any]] = {}
    adjusted = timezone.localdate(notice.minutes.adjusted_at)
    if posted_on > timezone.localdate():
        problems["posted_on"] = [_("The day has not come yet. Tell us when the notice is posted.")]
    elif posted_on < adjusted:
        problems["posted_on"] = [_("The minutes had not been adjusted then. Look at the date again.")]
    if not name.strip():
        problems["name"] = [_("Write who says so.")]
    if problems:
        raise Invalid(problems)
    posting.posted_on, posting.proof, posting.confirmed_by = posted_on, proof.strip()[:300], name.strip()[:200]
    posting.save()
    happened(
        meeting,
        "posting_confirmed",
        actor,
        {"posting": str(posting.key), "posted_on": posted_on, "by_office": actor is not None},
    )
    _start_clock(notice, actor)
    return posting


def _start_clock(notice: Notice, actor: Any) -> None:
    """When the last posting is there, the time to appeal runs from it."""
    days = list(notice.postings.values_list("posted_on", flat=True))
    told = [day for day in (notice.posted_on, *days) if day is not None]
    if len(told) <= len(days):
        return
    notice.last_day_to_appeal = clocks.last_day_to_appeal(max(told))
    notice.save(update_fields=["last_day_to_appeal"])
    happened(
        notice.minutes.meeting,
        "appeal_time_runs",
        actor,
        {"minutes": str(notice.minutes.key), "last_day": notice.last_day_to_appeal},
    )


@transaction.atomic
def record_appeal(*, notice: Notice, on: date, about: str, actor: Any) -> Notice:
    """The office notes that the decisions have been appealed: no legal force until the court has decided.

    Raises NotAllowed or Invalid.
    """
    notice = _locked(notice)
    demand_office(actor, notice.minutes.meeting)
    if not about.strip():
        raise Invalid({"about": [_("Write which paragraphs are appealed, and the court's number if you know it.")]})
    if notice.posted_on is None or on > timezone.localdate():
        raise Invalid({"on": [_("An appeal is noted when the notice is posted and the appeal has come.")]})
    notice.appealed_on, notice.appeal = on, about.strip()[:300]
    notice.save(update_fields=["appealed_on", "appeal"])
    happened(notice.minutes.meeting, "appealed", actor, {"minutes": str(notice.minutes.key), "on": on})
    return notice


@transaction.atomic
def take_down(*, notice: Notice, actor: Any = None, today: date | None = None) -> Notice:
    """Take the notice down from our own board when the time to appeal has run.

    Raises NotAllowed, Conflict when it is down already, Invalid while the time still runs (KL 8:12).
    """
    today = today or timezone.localdate()
    notice = _locked(notice)
    if actor is not None:
        demand_office(actor, notice.minutes.meeting)
    if notice.removed_on is not None:
        raise Conflict(_("The notice has been taken down already."))
    if notice.last_day_to_appeal is None or today <= notice.last_day_to_appeal:
        raise Invalid(_("The notice stays up until the time to appeal has run (KL 8:12)."))
    notice.removed_on = today
    notice.save(update_fields=["removed_on"])
    happened(notice.minutes.meeting, "notice_taken_down", actor, {"minutes": str(notice.minutes.key), "on": today})
    return notice


# --- in time -------------------------------------------------------------------------------------------
def keep_time(*, today: date | None = None) -> int:
    """Each day: take down what has run its time, and remind once of what should be posted; returns how many."""
    today = today or timezone.localdate()
    done = 0
    for notice in Notice.objects.filter(removed_on=None, last_day_to_appeal__lt=today):
        take_down(notice=notice, today=today)
        done += 1
    for notice in Notice.objects.filter(posted_on=None, reminded_on=None, due__lte=today):
        done += _remind_office(notice, today)
    late = Posting.objects.filter(
        posted_on=None, reminded_at=None, notice__posted_on__lte=today - REMINDED_AFTER, notice__removed_on=None
    )
    for posting in late:
        done += _remind_member(posting)
    return done


@transaction.atomic
def _remind_office(notice: Notice, today: date) -> int:
    notice = _locked(notice)
    if notice.posted_on is not None or notice.reminded_on is not None:
        return 0
    notice.reminded_on = today
    notice.save(update_fields=["reminded_on"])
    _tell_of_notice(notice, f"notice:{notice.pk}")
    return 1


@transaction.atomic
def _remind_member(posting: Posting) -> int:
    notice = _locked(posting.notice)
    posting = Posting.objects.select_for_update(of=("self",), no_key=True).select_related("member").get(pk=posting.pk)
    if posting.posted_on is not None or posting.reminded_at is not None:
        return 0
    posting.notice = notice
    posting.reminded_at = timezone.now()
    posting.save(update_fields=["reminded_at"])
    _tell_of_notice(notice, f"posting:{posting.key}:late", [_ask(posting, "again")] if posting.asked_at else [])
    return 1


def _tell_of_notice(notice: Notice, cause: str, mails: list[NewMail] | None = None) -> None:
    meeting: Meeting = notice.minutes.meeting
    office = tell_office(meeting, letters.NOTICE_DUE, cause=cause, due=letters.day(notice.due))
    happened(meeting, "notice_reminded", None, {"minutes": str(notice.minutes.key)}, mails=[*office, *(mails or [])])
