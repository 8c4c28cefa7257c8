"""The small forms of a meeting in session: what each asks for; every choice is one of this meeting's own rows."""

from collections.abc import Iterable
from typing import Any

import django.forms
from django.utils.translation import gettext_lazy as _

from forms.fields.choices import Radios
from forms.fields.numbers import AffixInput, NumberAnswer
from forms.fields.option_inputs import Checkboxes
from workflows.kinds import comment_field
from workflows.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Decision,
    Disqualification,
    Meeting,
    Motion,
    Seat,
    Vote,
)


def _hidden(queryset: Any) -> Any:
    return django.forms.ModelChoiceField(queryset=queryset, widget=django.forms.HiddenInput)


def _clock() -> Any:
    return django.forms.TimeField(
        label=_("Time"),
        required=False,
        widget=django.forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty means now."),
    )


def _money() -> Any:
    return NumberAnswer(
        label=_("Amount"),
        required=False,
        decimals=2,
        smallest=None,
        largest=None,
        money=True,
        widget=AffixInput({"inputmode": "decimal", "autocomplete": "off"}, suffix="kr"),
        help_text=_("In kronor; only when money is concerned."),
    )


class SittingForm(django.forms.Form):
    """A form about one meeting."""

    def __init__(self, *args: Any, meeting: Meeting, item: AgendaItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.about = item
        rows: dict[str, Any] = {
            "item": meeting.items.all(),
            "seat": Seat.objects.filter(member__board=meeting.board_id),
            "attendance": meeting.attendance.all(),
            "motion": Motion.objects.filter(item__meeting=meeting),
            "ballot": Ballot.objects.filter(item__meeting=meeting),
            "disqualification": Disqualification.objects.filter(item__meeting=meeting),
        }
        rows["yes"] = rows["no"] = rows["motion"]
        for name, given in self.fields.items():
            if name in rows and isinstance(given, django.forms.ModelChoiceField):
                given.queryset = rows[name]
        if item is not None and "item" in self.fields:
            self.fields["item"].initial = item.pk

    def offer(self, name: str, rows: Iterable[Any], empty: Any = None) -> None:
        """Let a list offer just these rows, already read."""
        choices: list[tuple[Any, Any]] = [("", empty)] if empty is not None else []
        self.fields[name].widget.choices = [*choices, *((row.pk, str(row)) for row in rows)]  # type: ignore[attr-defined]


class Plain(SittingForm):
    """Nothing but the button."""


class ArriveForm(SittingForm):
    """Somebody with a seat is there."""

    seat = _hidden(Seat.objects.none())
    mode = django.forms.ChoiceField(
        label=_("How"), choices=Attendance.Mode.choices, required=False, initial=Attendance.Mode.ON_SITE
    )
    reason = django.forms.CharField(label=_("Why by sound only"), max_length=200, required=False)
    at = _clock()

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or Attendance.Mode.ON_SITE


class GuestForm(SittingForm):
    """Somebody without a seat is there."""

    name = django.forms.CharField(label=_("Name"), max_length=200)
    role = django.forms.CharField(label=_("As"), max_length=120, required=False, help_text=_("For example presenter."))


class AttendanceForm(SittingForm):
    """One noted attendance."""

    attendance = _hidden(Attendance.objects.none())
    at = _clock()


class UndoForm(SittingForm):
    """An arrival noted by mistake."""

    attendance = _hidden(Attendance.objects.none())


class SeatForm(SittingForm):
    """One person."""

    seat = django.forms.ModelChoiceField(label=_("Person"), queryset=Seat.objects.none())


class AdjustersForm(SittingForm):
    """Who adjusts the minutes."""

    seats = django.forms.ModelMultipleChoiceField(label=_("Adjusters"), queryset=Seat.objects.none(), widget=Checkboxes)
    reserves = django.forms.ModelMultipleChoiceField(
        label=_("In reserve"), queryset=Seat.objects.none(), widget=Checkboxes, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Any = Seat.objects.filter(member__board=self.meeting.board_id)
        for name in ("seats", "reserves"):
            given: Any = self.fields[name]
            given.queryset = rows


class ItemForm(SittingForm):
    """One item."""

    item = _hidden(AgendaItem.objects.none())


class ReasonForm(ItemForm):
    """One item, and why."""

    reason = comment_field(_("Why"), required=True)


class ProposeForm(ItemForm):
    """A proposal."""

    SORTS = tuple((sort.value, sort.label) for sort in Motion.Sort if sort != Motion.Sort.MAIN)

    sort = django.forms.ChoiceField(label=_("What it would lead to"), choices=SORTS)
    text = comment_field(_("The proposal"), required=True)
    amount = _money()
    seat = django.forms.ModelChoiceField(label=_("Put by"), queryset=Seat.objects.none(), required=False)


class MotionForm(SittingForm):
    """One proposal."""

    motion = _hidden(Motion.objects.none())


class CallVoteForm(ItemForm):
    """What stands against what."""

    yes = django.forms.ModelChoiceField(label=_("Yes is for"), queryset=Motion.objects.none())
    no = django.forms.ModelChoiceField(
        label=_("No is for"), queryset=Motion.objects.none(), required=False, empty_label=_("deciding today")
    )


class VoteForm(SittingForm):
    """One's vote."""

    ballot = _hidden(Ballot.objects.none())
    choice = django.forms.ChoiceField(label=_("Your vote"), choices=Vote.Choice.choices, widget=Radios)


class VoteForSeatForm(VoteForm):
    """A vote that the secretary takes down."""

    seat = django.forms.ModelChoiceField(label=_("Who votes"), queryset=Seat.objects.none())


class CloseBallotForm(SittingForm):
    """The end of a vote; at equal votes, the chair's word."""

    ballot = _hidden(Ballot.objects.none())
    casting = django.forms.ChoiceField(
        label=_("The chair's vote, if the votes are equal and the chair has abstained"),
        choices=[("", _("not needed")), *Vote.Choice.choices[:2]],
        required=False,
    )


class CountForm(SittingForm):
    """The counts of a closed ballot: one number for each candidate, and the blank ones."""

    ballot = _hidden(Ballot.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates: list[Motion] = []
        if self.about is not None:
            live = self.about.motions.filter(sort=Motion.Sort.CANDIDATE, withdrawn_at=None)
            self.candidates = list(live)
        for motion in self.candidates:
            self.fields[f"count-{motion.pk}"] = django.forms.IntegerField(label=motion.text, min_value=0, max_value=99)
        self.fields["blank"] = django.forms.IntegerField(label=_("Blank"), min_value=0, max_value=99, initial=0)


class BallotForm(SittingForm):
    """One vote."""

    ballot = _hidden(Ballot.objects.none())


class DecideForm(ItemForm):
    """What the board has decided."""

    motion = django.forms.ModelChoiceField(
        label=_("The board agrees to"), queryset=Motion.objects.none(), required=False, empty_label=_("choose")
    )
    decided = comment_field(
        _("The decision in the minutes' words"),
        required=False,
        help_text=_("Empty means the words of the proposal."),
    )


class DecideMatterForm(DecideForm):
    """What the board has decided in a matter."""

    outcome = django.forms.ChoiceField(
        label=_("For the matter this means"),
        choices=[("", _("as the proposal says")), *Decision.Outcome.choices],
        required=False,
    )
    amount = _money()
    conditions = comment_field(_("Conditions"), required=False)


class DeclareForm(ItemForm):
    """One's own conflict of interest."""

    ground = django.forms.ChoiceField(label=_("Ground"), choices=Disqualification.Ground.choices, widget=Radios)
    reason = comment_field(_("In what way"), required=False)
    sure = django.forms.BooleanField(label=_("I have a conflict of interest (jäv) in this item and leave it"))


class DeclareForSeatForm(ItemForm):
    """A conflict of interest that somebody has told of aloud, or that is asked about."""

    seat = django.forms.ModelChoiceField(label=_("Person"), queryset=Seat.objects.none())
    ground = django.forms.ChoiceField(label=_("Ground"), choices=Disqualification.Ground.choices)
    reason = comment_field(_("In what way"), required=False)


class ContestForm(SittingForm):
    """The answer that there is no conflict of interest."""

    disqualification = _hidden(Disqualification.objects.none())
    reason = comment_field(_("Why there is none"), required=False)


class SettleForm(SittingForm):
    """What the board has decided about a conflict of interest."""

    disqualification = _hidden(Disqualification.objects.none())
    stands = django.forms.TypedChoiceField(
        label=_("The board decides that there is"),
        choices=[("yes", _("a conflict of interest")), ("no", _("no conflict of interest"))],
        coerce=lambda given: given == "yes",
        widget=Radios,
    )


class ReserveForm(SittingForm):
    """A reservation against a decision."""

    item: Any = django.forms.ModelChoiceField(label=_("Against the decision"), queryset=AgendaItem.objects.none())
    text = comment_field(
        _("Reasons"), required=False, help_text=_("They can be written until the minutes are adjusted.")
    )
    seat = django.forms.ModelChoiceField(label=_("Who"), queryset=Seat.objects.none(), required=False)
