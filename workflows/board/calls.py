"""The call (kallelse) and the days counted back and forth from a meeting: what is due when, and who is told what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.mail import mail_kind
from workflows.models import AgendaItem, Board, Meeting, Seat

CALL = "workflows.call"
AMENDED = "workflows.amended_call"
CANCELLED = "workflows.meeting_cancelled"

ADJUSTMENT = timedelta(days=14)
"""Minutes are adjusted within fourteen days of the meeting (KL 5:69)."""

_ABOUT = {
    "name": gettext_lazy("The name of the person the mail goes to"),
    "board": gettext_lazy("The name of the board"),
    "title": gettext_lazy("The title of the meeting"),
    "date": gettext_lazy("The date of the meeting"),
    "time": gettext_lazy("The time of the meeting"),
    "place": gettext_lazy("The place of the meeting, and how one attends from a distance"),
    "link": gettext_lazy("The address of the meeting's page"),
}
_CALL = {**_ABOUT, "agenda": gettext_lazy("The items of the agenda, without the titles of secret ones")}
_EXAMPLE: dict[str, Any] = {
    "name": "Bo Berg",
    "board": "Styrelsen",
    "title": gettext_lazy("Board meeting"),
    "date": gettext_lazy("14 May 2026"),
    "time": "13:00",
    "place": "Stadshuset, Eksjö",
    "link": "https://samsyn.example/mote/…/",
}
_EXAMPLE_CALL = {**_EXAMPLE, "agenda": gettext_lazy("1. The meeting is opened\n2. The agenda is approved")}

mail_kind(
    key=CALL,
    label=gettext_lazy("Call to a meeting of the board"),
    placeholders=_CALL,
    examples=_EXAMPLE_CALL,
    subject=gettext_lazy("Call: {{ title }} {{ date }}"),
    body=gettext_lazy(
        "Hello {{ name }},\n\nyou are called to a meeting of {{ board }}.\n\n{{ title }}\n{{ date }}, {{ time }}\n"
        "{{ place }}\n\nAgenda\n{{ agenda }}\n\nThe papers are here; sign in with this e-mail address:\n{{ link }}\n\n"
        "If you cannot come, tell us as soon as you can, so that a deputy can be called.\n\n"
        "{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=AMENDED,
    label=gettext_lazy("Amended call to a meeting of the board"),
    placeholders=_CALL,
    examples=_EXAMPLE_CALL,
    subject=gettext_lazy("Amended call: {{ title }} {{ date }}"),
    body=gettext_lazy(
        "Hello {{ name }},\n\nsomething has changed since you were called. This is what holds now.\n\n{{ title }}\n"
        "{{ date }}, {{ time }}\n{{ place }}\n\nAgenda\n{{ agenda }}\n\nThe papers are here; sign in with this e-mail "
        "address:\n{{ link }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)
mail_kind(
    key=CANCELLED,
    label=gettext_lazy("A meeting of the board is cancelled"),
    placeholders={**_ABOUT, "reason": gettext_lazy("Why it was cancelled")},
    examples={**_EXAMPLE, "reason": gettext_lazy("Too few can come.")},
    subject=gettext_lazy("Cancelled: {{ title }} {{ date }}"),
    body=gettext_lazy(
        "Hello {{ name }},\n\nthis meeting of {{ board }} is cancelled:\n\n{{ title }}\n{{ date }}, {{ time }}\n\n"
        "{{ reason }}\n\n{{ association_name }}\n{{ association_email }}"
    ),
)


# --- what a call says -----------------------------------------------------------------------------------
def about(meeting: Meeting, name: str) -> dict[str, str]:
    """What every mail about a meeting can say, in the language that is active."""
    starts = timezone.localtime(meeting.starts_at)
    time = date_format(starts, "H:i")
    if meeting.ends_at:
        time = f"{time}–{date_format(timezone.localtime(meeting.ends_at), 'H:i')}"
    return {
        "name": name,
        "board": meeting.board.name,
        "title": meeting.title,
        "date": date_format(starts, "DATE_FORMAT"),
        "time": time,
        "place": "\n".join(part for part in (meeting.place, str(meeting.get_mode_display()), meeting.link) if part),
        "link": f"{settings.BASE_URL}{meeting.get_absolute_url()}",
    }


def agenda_text(items: Iterable[AgendaItem], closed: Iterable[int] = ()) -> str:
    """The agenda as one line per item; no secret title, and none that a conflict of interest closes to the reader."""
    out = set(closed)
    return "\n".join(f"{number}. {title_for(item, item.pk in out)}" for number, item in enumerate(items, start=1))


def title_for(item: AgendaItem, is_closed: bool) -> str:
    """What the item is called in a mail."""
    if is_closed:
        return _("An item you do not take part in")
    return _("A secret item: see the papers") if item.is_secret else item.title


def called(seats: Iterable[Seat], meeting: Meeting) -> list[Seat]:
    """Every seat that holds on the day of the meeting, deputies too; a person with two is called once."""
    day, known, found = timezone.localdate(meeting.starts_at), set(), []
    for seat in sorted(seats, key=lambda row: row.is_deputy):
        if seat.holds_on(day) and (seat.user_id is None or seat.user_id not in known):
            known.add(seat.user_id)
            found.append(seat)
    return found


# --- days -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Clock:
    """A day by which something is to be done."""

    what: str
    day: date
    law: str = ""
    is_done: bool = False

    def light(self, today: date) -> str:
        """late, soon (a week) or calm."""
        if self.is_done:
            return "calm"
        return "late" if self.day < today else "soon" if self.day <= today + timedelta(days=7) else "calm"


def before(meeting: Meeting) -> list[Clock]:
    """Counted back from the meeting: complete, prepared, discussed, called."""
    board, day = meeting.board, timezone.localdate(meeting.starts_at)
    prepared = day - timedelta(days=board.preparation_days)
    return [
        Clock(_("Last day for applications to be complete"), prepared - timedelta(days=board.completion_days)),
        Clock(_("Meeting of the preparatory group"), prepared),
        Clock(_("Meeting of the presidium"), day - timedelta(days=board.presidium_days)),
        Clock(_("Last day to send the call"), call_due(meeting), is_done=meeting.called_at is not None),
    ]


def call_due(meeting: Meeting) -> date:
    """The last day for the call."""
    return timezone.localdate(meeting.starts_at) - timedelta(days=meeting.board.notice_days)


def of_the_year(board: Board, meetings: Sequence[Meeting], today: date) -> list[Clock]:
    """What the law sets a day for in the association's year, and the minutes that wait for adjustment."""
    budget = date(today.year if today <= date(today.year, 11, 30) else today.year + 1, 11, 30)
    report = date(today.year if today <= date(today.year, 3, 31) else today.year + 1, 3, 31)
    has_budget = any(
        row.purpose == Meeting.Purpose.BUDGET
        and row.state != Meeting.State.CANCELLED
        and timezone.localdate(row.starts_at).year == budget.year
        and timezone.localdate(row.starts_at) <= budget
        for row in meetings
    )
    found = [
        Clock(
            _("The budget is fixed, at a meeting in public")
            if has_budget
            else _("The budget is fixed, at a meeting in public: no such meeting is planned yet"),
            budget,
            _("Finsam Act, section 23"),
            is_done=False,
        ),
        Clock(_("The annual report is handed over"), report, _("Finsam Act, section 24")),
    ]
    found += [
        Clock(_("The call to %(meeting)s is sent") % {"meeting": row}, call_due(row))
        for row in meetings
        if row.state == Meeting.State.PLANNED and timezone.localdate(row.starts_at) >= today
    ][:3]
    return sorted(found, key=lambda clock: clock.day)


@dataclass(frozen=True, slots=True)
class Timed:
    """An item with its number and when it is expected to begin; without planned minutes nothing is known after it."""

    item: AgendaItem
    number: int
    at: datetime | None
    is_closed: bool = False


def timed(items: Iterable[AgendaItem], starts_at: datetime, closed: Iterable[int] = ()) -> list[Timed]:
    """The agenda with running times."""
    out, found = set(closed), []
    at: datetime | None = timezone.localtime(starts_at)
    for number, item in enumerate(items, start=1):
        found.append(Timed(item, number, at, item.pk in out))
        at = at + timedelta(minutes=item.minutes) if at and item.minutes else None
    return found
