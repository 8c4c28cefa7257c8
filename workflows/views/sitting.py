"""The meeting in session: one live page for everyone present, and what each may do on it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import wraps
from typing import Any

import django.forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from records.errors import Conflict, Invalid, SamsynError
from records.privacy import private
from workflows import sitting_forms as forms
from workflows.actions import sitting
from workflows.board.live import LivePage, find_meeting, live_page, version_mark
from workflows.board.standing import BoardStanding
from workflows.models import AgendaItem, Disqualification, Meeting, Motion

from .matter import put_errors

View = Callable[..., HttpResponse]
Cleaned = Mapping[str, Any]


def of_sitting(view: View) -> View:
    """Give the view the person's standing in the meeting at the address; a meeting one may not see is not there."""

    @private
    @login_required
    @wraps(view)
    def found(request: HttpRequest, key: uuid.UUID, **kwargs: Any) -> HttpResponse:
        seen = find_meeting(request.user, key)
        if seen is None:
            raise Http404
        return view(request, seen, **kwargs)

    return found


# --- looking -----------------------------------------------------------------------------------------------
@require_safe
@of_sitting
def page(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """The meeting as it is now."""
    return _show(request, _page(seen))


@private
@login_required
@require_safe
def live(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The live part alone, asked for every few seconds; 304 when nothing has happened since (three queries)."""
    version = Meeting.objects.filter(key=key).values_list("version", flat=True).first()
    if version is None:
        raise Http404
    mark = version_mark(request.user, key, version)
    if request.headers.get("If-None-Match", "") == mark:
        # Only somebody who has been let in a short while ago can show this mark.
        answer: HttpResponse = HttpResponseNotModified()
    else:
        seen = find_meeting(request.user, key)
        if seen is None:
            raise Http404
        answer = render(request, "workflows/board/_sitting_live.html", _context(_page(seen)))
    answer["ETag"] = mark
    return answer


@require_safe
@of_sitting
def help_page(request: HttpRequest, seen: BoardStanding) -> HttpResponse:
    """How a meeting is held here: for the chair, the members and the secretary."""
    return render(request, "workflows/board/sitting_help.html", {**_frame(seen), "tab": "sitting"})


def _frame(seen: BoardStanding) -> dict[str, Any]:
    return {"meeting": seen.meeting, "seen": seen, "collection": seen.board.collection}


def _context(shown: LivePage, **more: Any) -> dict[str, Any]:
    return {**_frame(shown.seen), "page": shown, "item": shown.item, "tab": "sitting", **more}


def _show(request: HttpRequest, shown: LivePage, status: int = 200, **more: Any) -> HttpResponse:
    meeting = shown.meeting
    more["mark"] = version_mark(request.user, meeting.key, meeting.version)
    return render(request, "workflows/board/sitting.html", _context(shown, **more), status=status)


def _page(seen: BoardStanding) -> LivePage:
    """The page with the forms the person may use."""
    shown = live_page(seen)
    for name, act in ACTS.items():
        if act.drawn and act.offered(shown):
            shown.forms[name] = _form(name, shown)
    return shown


def _form(name: str, shown: LivePage, data: Any = None) -> django.forms.Form:
    """One form, whose lists offer what can be chosen now."""
    kind = ACTS[name].form
    if name == "close_item" and shown.item is not None and shown.item.matter_id:
        kind = forms.DecideMatterForm
    form = kind(data, meeting=shown.meeting, item=shown.item, auto_id=f"id_{name}_%s")
    serving, left = shown.now.serving, shown.left
    offers: dict[str, tuple[Any, Any]] = {
        "seats": (serving, None),
        "reserves": (serving, None),
        "yes": (shown.motions, None),
        "no": (left, _("deciding today")),
        "motion": ([motion for motion in shown.motions if motion.withdrawn_at is None], _("choose")),
        "seat": (shown.not_voted if name == "vote_for" else serving, _("choose")),
    }
    if "ballot" in form.fields and (ballot := shown.ballot or shown.lot) is not None:
        form.fields["ballot"].initial = ballot.pk
    if name == "reserve":
        offers["item"] = (shown.reservable(), None)
    for field, (rows, empty) in offers.items():
        if field in form.fields and not form.fields[field].widget.is_hidden:
            form.offer(field, rows, empty)
    if not shown.seen.is_office and name in ("propose", "reserve"):
        del form.fields["seat"]
    return form


# --- acting ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Act:
    """Something one can do on the page: what it asks for, the action, who is offered it, and the word afterwards."""

    form: type[forms.SittingForm]
    do: Callable[[LivePage, Any, Cleaned], Any]
    done: str | Promise
    offered: Callable[[LivePage], bool] = lambda shown: False
    drawn: bool = True  # one form on the page; else one for each row, written in the template


def _at(shown: LivePage, given: time | None) -> datetime | None:
    """The moment meant by a clock time: on the day it is, in the association's time."""
    if given is None:
        return None
    return timezone.make_aware(datetime.combine(timezone.localdate(), given))


def _deals(shown: LivePage) -> bool:
    return shown.item is not None and shown.is_open


def _leads_item(shown: LivePage) -> bool:
    return _deals(shown) and shown.may_lead


def _serves_item(shown: LivePage) -> bool:
    return _deals(shown) and shown.serves and shown.ballot is None


def _counts(form: Cleaned) -> dict[Motion, int]:
    found = {int(name[6:]): count for name, count in form.items() if name.startswith("count-")}
    return {motion: found[motion.pk] for motion in Motion.objects.filter(pk__in=found)}


ACTS: dict[str, Act] = {
    # the roll
    "arrive": Act(
        forms.ArriveForm,
        lambda shown, actor, data: sitting.arrive(
            meeting=shown.meeting,
            actor=actor,
            seat=data["seat"],
            mode=data["mode"],
            reason=data["reason"],
            at=_at(shown, data["at"]),
        ),
        _("Noted as present."),
        drawn=False,
    ),
    "guest": Act(
        forms.GuestForm,
        lambda shown, actor, data: sitting.arrive(meeting=shown.meeting, actor=actor, **data),
        _("Noted as present."),
        lambda shown: shown.takes_roll_call and shown.may_lead,
    ),
    "leave": Act(
        forms.AttendanceForm,
        lambda shown, actor, data: sitting.leave(attendance=data["attendance"], actor=actor, at=_at(shown, data["at"])),
        _("Noted as gone."),
        drawn=False,
    ),
    "undo": Act(
        forms.UndoForm,
        lambda shown, actor, data: sitting.undo_arrival(attendance=data["attendance"], actor=actor),
        _("The arrival is taken back."),
        drawn=False,
    ),
    "elect_chair": Act(
        forms.SeatForm,
        lambda shown, actor, data: sitting.choose_chair(meeting=shown.meeting, actor=actor, seat=data["seat"]),
        _("It is noted who leads the meeting."),
        lambda shown: (
            shown.takes_roll_call and shown.may_lead and (shown.now.chair is None or not shown.now.chair.office)
        ),
    ),
    # the meeting
    "open": Act(
        forms.Plain,
        lambda shown, actor, data: sitting.open_meeting(meeting=shown.meeting, actor=actor),
        _("The meeting is open."),
        lambda shown: shown.takes_roll_call and not shown.is_open and shown.may_lead,
    ),
    "adjusters": Act(
        forms.AdjustersForm,
        lambda shown, actor, data: sitting.choose_adjusters(
            meeting=shown.meeting, actor=actor, seats=list(data["seats"]), reserves=list(data["reserves"])
        ),
        _("The adjusters are noted."),
        lambda shown: shown.is_open and shown.may_lead,
    ),
    "close": Act(
        forms.Plain,
        lambda shown, actor, data: sitting.close_meeting(meeting=shown.meeting, actor=actor),
        _("The meeting is closed."),
        lambda shown: shown.is_open and shown.may_lead and shown.item is None,
    ),
    # items
    "open_item": Act(
        forms.ItemForm,
        lambda shown, actor, data: sitting.open_item(actor=actor, **data),
        _("The item is open."),
        drawn=False,
    ),
    "close_item": Act(
        forms.DecideForm,
        lambda shown, actor, data: sitting.close_item(actor=actor, **data),
        _("The paragraph is closed."),
        lambda shown: _leads_item(shown) and shown.ballot is None,
    ),
    "refer_back": Act(
        forms.ReasonForm,
        lambda shown, actor, data: sitting.refer_back(actor=actor, **data),
        _("The item is referred back."),
        lambda shown: _leads_item(shown) and shown.ballot is None,
    ),
    "table": Act(
        forms.ReasonForm,
        lambda shown, actor, data: sitting.table(actor=actor, **data),
        _("The item is tabled."),
        lambda shown: shown.is_open and shown.may_lead and shown.ballot is None,
    ),
    "strike": Act(
        forms.ReasonForm,
        lambda shown, actor, data: sitting.strike(actor=actor, **data),
        _("The item is off the agenda."),
        lambda shown: shown.is_open and shown.may_lead and shown.ballot is None,
    ),
    # conflicts of interest
    "declare": Act(
        forms.DeclareForm,
        lambda shown, actor, data: sitting.declare(
            item=data["item"], seat=_own(shown), actor=actor, ground=data["ground"], reason=data["reason"]
        ),
        _("Your conflict of interest is noted. Leave the room until the item has been dealt with."),
        lambda shown: (
            _deals(shown)
            and shown.ballot is None
            and shown.seat is not None
            and shown.seat.pk in shown.now.present
            and shown.seat.pk not in shown.now.out
        ),
    ),
    "declare_for": Act(
        forms.DeclareForSeatForm,
        lambda shown, actor, data: sitting.declare(actor=actor, **data),
        _("The conflict of interest is noted."),
        lambda shown: _deals(shown) and shown.seen.is_office and shown.ballot is None,
    ),
    "question": Act(
        forms.DeclareForSeatForm,
        lambda shown, actor, data: sitting.question_conflict(actor=actor, **data),
        _("The question is raised. It is settled before the decision."),
        lambda shown: _deals(shown) and (shown.may_lead or shown.serves) and shown.ballot is None,
    ),
    "confirm_conflict": Act(
        forms.ContestForm,
        lambda shown, actor, data: _confirm_conflict(actor, data["disqualification"], data["reason"]),
        _("The conflict of interest is noted."),
        drawn=False,
    ),
    "contest": Act(
        forms.ContestForm,
        lambda shown, actor, data: sitting.contest(actor=actor, **data),
        _("Your answer is noted. The board decides, without you."),
        drawn=False,
    ),
    "settle": Act(
        forms.SettleForm,
        lambda shown, actor, data: sitting.settle_disqualification(actor=actor, **data),
        _("The board's decision is noted."),
        drawn=False,
    ),
    # proposals and votes
    "propose": Act(
        forms.ProposeForm,
        lambda shown, actor, data: sitting.propose(actor=actor, **data),
        _("The proposal is put."),
        lambda shown: _serves_item(shown) or (_leads_item(shown) and shown.seen.is_office and shown.ballot is None),
    ),
    "second": Act(
        forms.MotionForm,
        lambda shown, actor, data: sitting.second(actor=actor, **data),
        _("You support the proposal."),
        drawn=False,
    ),
    "withdraw": Act(
        forms.MotionForm,
        lambda shown, actor, data: sitting.withdraw_motion(actor=actor, **data),
        _("The proposal is withdrawn."),
        drawn=False,
    ),
    "call_vote": Act(
        forms.CallVoteForm,
        lambda shown, actor, data: sitting.call_vote(actor=actor, **data),
        _("The vote is open."),
        lambda shown: _leads_item(shown) and shown.ballot is None and len(shown.motions) > 0,
    ),
    "call_closed": Act(
        forms.ItemForm,
        lambda shown, actor, data: sitting.call_vote(actor=actor, closed=True, **data),
        _("The closed ballot is open."),
        lambda shown: (
            _leads_item(shown)
            and shown.ballot is None
            and shown.item is not None
            and shown.item.sort == AgendaItem.Sort.ELECTION
        ),
    ),
    "vote": Act(
        forms.VoteForm,
        lambda shown, actor, data: sitting.vote(actor=actor, **data),
        _("Your vote is counted."),
        lambda shown: shown.ballot is not None and shown.serves and shown.my_vote is None,
    ),
    "vote_for": Act(
        forms.VoteForSeatForm,
        lambda shown, actor, data: sitting.vote(actor=actor, **data),
        _("The vote is taken down."),
        lambda shown: shown.ballot is not None and shown.seen.is_office and bool(shown.not_voted),
    ),
    "close_ballot": Act(
        forms.CloseBallotForm,
        lambda shown, actor, data: sitting.close_ballot(actor=actor, **data),
        _("The vote is closed."),
        lambda shown: _leads_item(shown) and shown.ballot is not None and shown.ballot.sort == "open",
    ),
    "count": Act(
        forms.CountForm,
        lambda shown, actor, data: sitting.close_ballot(
            ballot=data["ballot"], actor=actor, counts=_counts(data), blank=data["blank"]
        ),
        _("The ballot is counted."),
        lambda shown: _leads_item(shown) and shown.ballot is not None and shown.ballot.sort == "closed",
    ),
    "lot": Act(
        forms.BallotForm,
        lambda shown, actor, data: sitting.draw_lot(actor=actor, **data),
        _("The lot is drawn."),
        lambda shown: _leads_item(shown) and shown.lot is not None,
    ),
    "reserve": Act(
        forms.ReserveForm,
        lambda shown, actor, data: sitting.reserve(actor=actor, **data),
        _("The reservation is noted."),
        lambda shown: bool(shown.reservable()),
    ),
}


def _own(shown: LivePage) -> Any:
    if shown.seat is None:
        raise Invalid(_("Only those with a seat in the board have a conflict of interest here."))
    return shown.seat


def _confirm_conflict(actor: Any, asked: Disqualification, reason: str) -> Any:
    return sitting.declare(item=asked.item, seat=asked.seat, actor=actor, ground=asked.ground, reason=reason)


@require_POST
@of_sitting
def act(request: HttpRequest, seen: BoardStanding, what: str) -> HttpResponse:
    """Do one of the acts, and come back to the page; refused, the page tells why and keeps what was typed."""
    if what not in ACTS:
        raise Http404
    shown = live_page(seen)
    form = _form(what, shown, request.POST)
    try:
        if not form.is_valid():
            raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
        given = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        ACTS[what].do(shown, request.user, given)
    except SamsynError as error:
        return _refused(request, seen, what, form, error)
    messages.success(request, str(ACTS[what].done))
    return redirect(reverse("workflows:sitting", args=[shown.meeting.key]))


def _refused(
    request: HttpRequest, seen: BoardStanding, what: str, form: django.forms.Form, error: SamsynError
) -> HttpResponse:
    fresh = find_meeting(request.user, seen.meeting.key) if seen.meeting else None
    if fresh is None:
        raise Http404
    shown = _page(fresh)
    if isinstance(error, Invalid):
        put_errors(form, error)
    kept = what in shown.forms
    if kept:
        shown.forms[what] = form
    typed = [] if kept else [(each.label, each.value()) for each in form if each.value() and not each.is_hidden]
    return _show(
        request,
        shown,
        status=error.status,
        refusal=error.sentence,
        is_conflict=isinstance(error, Conflict),
        wrong=form if form.is_bound and form.errors else None,
        is_kept=kept,
        typed=typed,
        opened=what,
    )
