"""What the page after a meeting shows: the minutes, who signs them, the notice and its postings; and its forms."""

from dataclasses import dataclass, field
from typing import Any

import django.forms
from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.fields.option_inputs import Checkboxes
from records.errors import SamsynError
from workflows.actions import minutes as actions
from workflows.board import clocks, notices, record
from workflows.board.notices import NoticeText
from workflows.board.standing import BoardStanding
from workflows.kinds import comment_field
from workflows.models import Adjustment, AgendaItem, Letter, Meeting, Minutes, Notice, Posting, Seat

State = Minutes.State


# --- forms ---------------------------------------------------------------------------------------------
class AccountForm(django.forms.Form):
    """What the minutes tell of one §, and the text it was written over."""

    account = django.forms.CharField(
        label=_("Account of the matter"),
        required=False,
        max_length=50_000,
        strip=False,
        widget=django.forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "What was told and said, beyond what is written by itself. Leave an empty line between paragraphs."
        ),
    )
    seen = django.forms.CharField(required=False, strip=False, widget=django.forms.HiddenInput)


class TakeBackForm(django.forms.Form):
    """Why fixed minutes are taken back."""

    reason = comment_field(_("Why they are taken back"), required=True)


class SignForm(django.forms.Form):
    """The word of the person who signs, and the digest of what was read."""

    agreed = django.forms.BooleanField(
        label=_("I have read the minutes and they agree with what was decided"),
        error_messages={"required": _("Tick the box to sign. If something is wrong, tell the office.")},
    )
    digest = django.forms.CharField(required=False, widget=django.forms.HiddenInput)


class AttachForm(django.forms.Form):
    """Minutes signed outside the system."""

    file = django.forms.FileField(label=_("The signed minutes as PDF"))


class AtOnceForm(django.forms.Form):
    """The paragraphs that are adjusted at once."""

    items: Any = django.forms.ModelMultipleChoiceField(
        label=_("Paragraphs"), queryset=AgendaItem.objects.none(), widget=Checkboxes
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = meeting.items.filter(  # type: ignore[attr-defined]
            state=AgendaItem.State.DONE, in_minutes=None
        )


class PostingForm(django.forms.Form):
    """Since when the notice is on a member's notice board, where, and who says so."""

    posted_on = django.forms.DateField(
        label=_("The notice has been posted since"),
        widget=django.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = django.forms.CharField(label=_("Who says so"), max_length=200, help_text=_("Name and post."))
    proof = django.forms.CharField(
        label=_("Where"),
        max_length=300,
        required=False,
        help_text=_("The address of the notice on the member's notice board, if it has one."),
    )


class AppealForm(django.forms.Form):
    """That the decisions have been appealed."""

    on = django.forms.DateField(
        label=_("The appeal came on"), widget=django.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    about = django.forms.CharField(
        label=_("What is appealed"), max_length=300, help_text=_("The paragraphs, and the court's number if known.")
    )


# --- the page ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may sign, and the signature when it is there."""

    seat: Seat
    role: str
    in_reserve: bool
    signature: Adjustment | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One section of the minutes, and the form in which the office writes its account."""

    section: Any
    item: AgendaItem | None = None
    form: AccountForm | None = None


@dataclass
class Posted:
    """The notice on one member's board, and the form in which the office tells that it is there."""

    posting: Posting
    form: PostingForm | None = None


@dataclass
class Part:
    """Minutes of the whole meeting or of paragraphs adjusted at once, as one person may read them."""

    minutes: Minutes
    paragraphs: list[Paragraph] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)
    waits_for: list[Seat] = field(default_factory=list)
    may_sign: bool = False
    why_not: str = ""
    forms: dict[str, Any] = field(default_factory=dict)
    notice: Notice | None = None
    notice_text: NoticeText | None = None
    postings: list[Posted] = field(default_factory=list)
    letters: int = 0
    drafts: int = 0

    @property
    def reads(self) -> bool:
        """Is there anything for this person to read?"""
        return bool(self.paragraphs)

    @property
    def in_force(self) -> Any:
        """The day from which the decisions have legal force, once the time to appeal is known."""
        last = self.notice.last_day_to_appeal if self.notice else None
        return clocks.legal_force_from(last) if last else None

    @property
    def has_legal_force(self) -> bool:
        """Has the time to appeal run out without an appeal?"""
        return has_legal_force(self.notice)

    @property
    def light(self) -> str:
        """How pressing the adjustment is: late, soon or calm."""
        due = self.minutes.due
        days = (due - timezone.localdate()).days if due else 99
        return "late" if days < 0 else "soon" if days <= actions.REMINDED_BEFORE else "calm"


def has_legal_force(notice: Notice | None) -> bool:
    """Has the time to appeal run out, and has nobody appealed?"""
    if notice is None or notice.last_day_to_appeal is None or notice.appealed_on is not None:
        return False
    return timezone.localdate() > notice.last_day_to_appeal


@dataclass
class MinutesPage:
    """Everything after one meeting, as one person may read it."""

    seen: BoardStanding
    meeting: Meeting
    parts: list[Part] = field(default_factory=list)
    may_begin: bool = False
    at_once: AtOnceForm | None = None

    def part(self, minutes: Minutes) -> Part:
        """The part of these minutes."""
        return next(part for part in self.parts if part.minutes.pk == minutes.pk)


def minutes_page(seen: BoardStanding) -> MinutesPage:
    """The page, in a fixed number of queries for each set of minutes."""
    assert seen.meeting is not None
    meeting = actions.find_meeting(seen.meeting.pk)
    page = MinutesPage(seen, meeting)
    rows = list(
        meeting.minutes.select_related("notice")
        .prefetch_related("adjustments", Prefetch("notice__postings", Posting.objects.select_related("member")))
        .annotate(letter_count=Count("letters"), draft_count=Count("letters", filter=Q(letters__sent_at=None)))
        .order_by("is_immediate", "number")
    )
    items = record.items_of(meeting)
    page.parts = [_part(seen, meeting, row, items) for row in rows]
    for part, row in zip(page.parts, rows, strict=True):
        part.letters, part.drafts = row.letter_count, row.draft_count
    whole = next((row for row in rows if not row.is_immediate), None)
    running = meeting.state in (Meeting.State.OPEN, Meeting.State.CLOSED)
    page.may_begin = seen.is_office and whole is None and running
    if seen.is_office and running and (whole is None or whole.state == State.DRAFT):
        page.at_once = AtOnceForm(meeting=meeting, auto_id="id_at_once_%s")
    return page


def _part(seen: BoardStanding, meeting: Meeting, minutes: Minutes, items: list[AgendaItem]) -> Part:
    minutes.meeting = meeting
    part = Part(minutes)
    items = actions.covered(minutes, meeting, items)
    is_draft = minutes.state == State.DRAFT
    if not is_draft or seen.is_office:
        content = actions.written(minutes, meeting, items)
        part.facts = content["facts"]
        part.paragraphs = _paragraphs(seen, minutes, content, items)
    if is_draft and seen.is_office:
        part.missing = record.missing(meeting, items, whole=not minutes.is_immediate)
    _signing(seen, part, actions.signers(meeting, items))
    if seen.is_office and minutes.state == State.READY:
        part.forms["take_back"] = TakeBackForm(auto_id=f"id_back{minutes.pk}_%s")
        part.forms["attach"] = AttachForm(auto_id=f"id_attach{minutes.pk}_%s")
    if minutes.state == State.ADJUSTED:
        _noticed(seen, part)
    return part


def _paragraphs(
    seen: BoardStanding, minutes: Minutes, content: record.Content, items: list[AgendaItem]
) -> list[Paragraph]:
    by_key = {str(item.key): item for item in items}
    hidden = {str(item.key) for item in items if not seen.reads(item)}
    found = []
    for section in content["sections"]:
        item = by_key.get(section["key"])
        if section["key"] in hidden and (section["secret"] or minutes.state == State.DRAFT):
            section = record.covered(section)
            item = None
        form = None
        if item is not None and minutes.state == State.DRAFT and seen.is_office:
            given = {"account": item.account, "seen": item.account}
            form = AccountForm(initial=given, auto_id=f"id_account{item.pk}_%s")
        found.append(Paragraph(section, item, form))
    return found


def _signing(seen: BoardStanding, part: Part, who: list[tuple[Seat, str, bool]]) -> None:
    signed = {row.seat_id: row for row in actions.signatures(part.minutes)}
    names = dict(Adjustment.Role.choices)
    part.signers = [Signer(seat, str(names[role]), reserve, signed.get(seat.pk)) for seat, role, reserve in who]
    part.waits_for = actions.waits_for(part.minutes, who)
    if part.minutes.state != State.READY:
        return
    try:
        actions.may_sign(part.minutes, seen.user, who)
    except SamsynError as refused:
        part.why_not = str(refused.sentence)
        return
    part.may_sign = True
    part.forms["sign"] = SignForm(initial={"digest": part.minutes.digest}, auto_id=f"id_sign{part.minutes.pk}_%s")


def _noticed(seen: BoardStanding, part: Part) -> None:
    notice = part.notice = part.minutes.notice
    notice.minutes = part.minutes
    part.notice_text = notices.text_of(notice)
    for posting in notice.postings.all():
        asked = seen.is_office and posting.posted_on is None
        form = PostingForm(auto_id=f"id_posting{posting.pk}_%s") if asked else None
        part.postings.append(Posted(posting, form))
    if seen.is_office and notice.posted_on and notice.appealed_on is None:
        part.forms["appeal"] = AppealForm(auto_id=f"id_appeal{part.minutes.pk}_%s")


def letters_of(minutes: Minutes) -> list[Letter]:
    """The letters that follow from these minutes, those that wait first."""
    return list(
        minutes.letters.select_related("matter__collection")
        .prefetch_related("matter__people")
        .order_by("sent_at", "pk")
    )
