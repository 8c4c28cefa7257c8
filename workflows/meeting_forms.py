"""The forms of the board's pages before a meeting: its plan, its items, their papers, and a seat's invitation."""

from datetime import datetime, time
from typing import Any

import django.forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from forms.fields.numbers import AffixInput, NumberAnswer
from forms.fields.option_inputs import Checkboxes
from records.mail import ADDRESS_LENGTH
from records.policy import users_with
from workflows.kinds import comment_field
from workflows.models import AgendaItem, Board, Matter, Meeting
from workflows.roles import HANDLE

SORTS = [choice for choice in AgendaItem.Sort.choices if choice[0] != AgendaItem.Sort.MATTER]


class Moment(django.forms.DateTimeField):
    """A day and a time, as they are in Sweden."""

    widget = django.forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)


class HowForm(django.forms.Form):
    """What all meetings of a plan share."""

    title = django.forms.CharField(label=_("Title"), max_length=160)
    purpose = django.forms.ChoiceField(
        label=_("Sort"), choices=Meeting.Purpose.choices, help_text=_("The budget is decided in public.")
    )
    mode = django.forms.ChoiceField(label=_("How one attends"), choices=Meeting.Mode.choices)
    place = django.forms.CharField(label=_("Place"), max_length=200, required=False)
    link = django.forms.URLField(
        label=_("Link for those at a distance"), max_length=500, required=False, assume_scheme="https"
    )
    is_public = django.forms.BooleanField(label=_("Open to the public"), required=False)


class PlanForm(HowForm):
    """One meeting."""

    starts_at = Moment(label=_("Starts"))
    ends_at = Moment(label=_("Ends"), required=False)
    secretary: Any = django.forms.ModelChoiceField(
        label=_("Secretary"), queryset=None, required=False, empty_label=_("Nobody yet")
    )
    field_order = ("title", "purpose", "starts_at", "ends_at", "mode", "place", "link", "is_public", "secretary")

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secretary: Any = self.fields["secretary"]
        secretary.queryset = users_with(HANDLE, board.collection).order_by("first_name", "email")


class YearForm(HowForm):
    """The meetings of a year: their days, and what they share."""

    dates = django.forms.CharField(
        label=_("Days and times"),
        max_length=2_000,
        widget=django.forms.Textarea({"rows": 6}),
        help_text=_("One meeting on each line, for example 2027-02-11 13:00."),
    )
    field_order = ("title", "dates", "purpose", "mode", "place", "link", "is_public")

    def clean_dates(self) -> list[datetime]:
        found, wrong = [], []
        for line in self.cleaned_data["dates"].splitlines():
            if not (words := line.strip()):
                continue
            try:
                at = parse_datetime(words)
            except ValueError:
                at = None
            if at is None or at.timetz() == time():
                wrong.append(words)
            else:
                found.append(timezone.make_aware(at) if timezone.is_naive(at) else at)
        if wrong:
            raise ValidationError(
                _("Write a day and a time, like 2027-02-11 13:00. Not understood: %(lines)s"),
                params={"lines": ", ".join(wrong)},
            )
        return found


class CancelForm(django.forms.Form):
    """Why the meeting is cancelled."""

    reason = django.forms.CharField(
        label=_("Why it is cancelled"), max_length=300, help_text=_("Everybody with a seat is told by mail.")
    )


class ItemForm(django.forms.Form):
    """What an item says."""

    title = django.forms.CharField(label=_("Title"), max_length=200)
    sort = django.forms.ChoiceField(label=_("Sort"), choices=SORTS)
    background = comment_field(_("Background"), required=False)
    proposal = comment_field(_("Proposed decision"), required=False, help_text=_("One line for each “that …”."))
    amount = NumberAnswer(
        label=_("Amount"),
        required=False,
        decimals=2,
        smallest=None,
        largest=None,
        money=True,
        widget=AffixInput({"inputmode": "decimal", "autocomplete": "off"}, suffix="kr"),
    )
    presenter = django.forms.CharField(label=_("Presented by"), max_length=200, required=False)
    minutes = django.forms.IntegerField(
        label=_("Planned minutes"),
        required=False,
        min_value=1,
        max_value=600,
        widget=django.forms.NumberInput({"inputmode": "numeric"}),
    )
    is_secret = django.forms.BooleanField(
        label=_("Secret: title and papers are shown to the board and the office only"), required=False
    )

    def __init__(self, *args: Any, item: AgendaItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item is not None and item.matter_id is not None:
            del self.fields["sort"]


class ProposeForm(django.forms.Form):
    """A member raises a matter."""

    title = django.forms.CharField(label=_("What it is about"), max_length=200)
    background = comment_field(_("Why"), required=False)


class CollectForm(django.forms.Form):
    """Which of the matters that wait are put on the agenda."""

    matters = django.forms.ModelMultipleChoiceField(
        label=_("Matters that wait for the board"),
        queryset=Matter.objects.none(),
        widget=Checkboxes,
        error_messages={"required": _("Choose at least one matter.")},
    )

    def __init__(self, *args: Any, ready: list[Matter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        matters: Any = self.fields["matters"]
        matters.queryset = Matter.objects.filter(pk__in=[row.pk for row in ready])
        matters.initial = [row.pk for row in ready]
        matters.choices = [(row.pk, f"{row.registry_number} {row.title}") for row in ready]


class PaperForm(django.forms.Form):
    """A file for an item."""

    file = django.forms.FileField(
        label=_("File"), help_text=_("PDF and pictures are bound into the board pack; other files stay beside it.")
    )
    title = django.forms.CharField(
        label=_("What it is called"), max_length=200, required=False, help_text=_("Without one: the file's name.")
    )


class InviteForm(django.forms.Form):
    """The address of the person of a seat."""

    email = django.forms.EmailField(
        label=_("E-mail address"), max_length=ADDRESS_LENGTH, widget=django.forms.EmailInput({"autocomplete": "off"})
    )
