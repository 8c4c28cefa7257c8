"""The page of the delegation scheme: its lines, the decisions of a year, and the forms to decide and to keep it."""

from dataclasses import dataclass, field
from typing import Any

import django.forms
from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.fields.numbers import AffixInput, NumberAnswer
from forms.fields.option_inputs import Checkboxes
from records.policy import users_with
from workflows import delegating
from workflows.board.standing import BoardStanding
from workflows.kinds import comment_field
from workflows.models import Board, DelegatedDecision, Delegation
from workflows.roles import BOARD, HANDLE

PER_PAGE = 50
MOST_LINES = 300


def _money(label: Any, help_text: Any) -> NumberAnswer:
    return NumberAnswer(
        label=label,
        required=False,
        decimals=2,
        smallest=None,
        largest=None,
        money=True,
        widget=AffixInput({"inputmode": "decimal", "autocomplete": "off"}, suffix="kr"),
        help_text=help_text,
    )


def _day(label: Any, **kwargs: Any) -> django.forms.DateField:
    return django.forms.DateField(
        label=label, widget=django.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


class DecideForm(django.forms.Form):
    """A decision on the board's behalf that belongs to no matter."""

    line: Any = django.forms.ModelChoiceField(
        label=_("Line of the delegation scheme"), queryset=Delegation.objects.none(), empty_label=None
    )
    text = comment_field(_("The decision"), required=True)
    amount = _money(_("Amount"), _("If the decision is about money."))
    reasons = comment_field(_("Reasons"), required=True, help_text=_("Kept with the decision and told to the board."))

    def __init__(self, *args: Any, board: Board, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = delegating.lines_of(board).filter(delegates=user)  # type: ignore[attr-defined]


class LineForm(django.forms.Form):
    """A line of the scheme, as the board has decided it."""

    number = django.forms.CharField(label=_("Number"), max_length=20, help_text=_("For example 2.1."))
    what = django.forms.CharField(label=_("What may be decided"), max_length=300)
    up_to = _money(_("Up to"), _("Leave it empty when there is no limit."))
    delegates: Any = django.forms.ModelMultipleChoiceField(label=_("Who may decide"), queryset=None, widget=Checkboxes)
    decided_on = _day(_("Decided by the board on"))
    paragraph = django.forms.CharField(label=_("Paragraph"), max_length=20, required=False)
    ends_on = _day(_("Until and including"), required=False)

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = users_with((HANDLE, *BOARD), board.collection).order_by("first_name", "email")
        self.fields["delegates"].queryset = who  # type: ignore[attr-defined]


class EndForm(django.forms.Form):
    """The last day of a line."""

    on = _day(_("The last day of the line"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what can be done with it."""

    row: Delegation
    holds: bool
    end: EndForm | None = None


@dataclass
class DelegationPage:
    """The scheme and the decisions of one year, as one person may read them."""

    board: Board
    seen: BoardStanding
    year: int
    lines: list[Line] = field(default_factory=list)
    decisions: Page[DelegatedDecision] | None = None
    years: list[int] = field(default_factory=list)
    unreported: int = 0
    decide: DecideForm | None = None
    new: LineForm | None = None


def delegation_page(seen: BoardStanding, *, year: int | None = None, number: Any = 1) -> DelegationPage:
    """What this person sees, in a fixed number of queries."""
    board, today = seen.board, timezone.localdate()
    rows = DelegatedDecision.objects.filter(delegation__board=board)
    years = list(rows.values_list("year", flat=True).order_by("-year").distinct())
    page = DelegationPage(board, seen, year or (years[0] if years else today.year))
    page.years = years
    lines = board.delegations.prefetch_related("delegates").order_by("number", "-decided_on")[:MOST_LINES]
    for row in lines:
        holds = row.decided_on <= today and (row.ends_on is None or row.ends_on >= today)
        open_ended = seen.is_office and (row.ends_on is None or row.ends_on > today)
        page.lines.append(Line(row, holds, EndForm(auto_id=f"id_end{row.pk}_%s") if open_ended else None))
    found = rows.filter(year=page.year).select_related("delegation", "matter__collection", "reported_in__meeting")
    page.decisions = Paginator(found.order_by("-number"), PER_PAGE).get_page(number)
    page.unreported = rows.filter(reported_in=None).count()
    if any(seen.user in line.row.delegates.all() for line in page.lines if line.holds):
        page.decide = DecideForm(board=board, user=seen.user, auto_id="id_decide_%s")
    if seen.is_office:
        page.new = LineForm(board=board, auto_id="id_line_%s")
    return page
