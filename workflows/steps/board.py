"""The step at which the board's decision is recorded from the minutes and confirmed by the chair."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import django.forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms.fields.choices import Radios
from forms.fields.numbers import AffixInput, NumberAnswer
from records.errors import Conflict
from workflows.board.law import GRANTS, wrong_amount
from workflows.kinds import Choice, Compiled, Edge, Example, Move, Step, StepForm, StepSettings, TargetBlock, Wait
from workflows.models import AgendaItem, Decision, Meeting
from workflows.roles import CONFIRM, CONFIRM_AS_DEPUTY, HANDLE, SERVE

if TYPE_CHECKING:
    from workflows.engine import Run
    from workflows.models import Matter, Task

AMOUNTS = {
    "needless": _("An amount is written only when money is granted. Leave it empty."),
    "missing": _("Write the amount that the board granted."),
    "none": _("The amount must be more than 0 kronor."),
    "too_much": _("The amount cannot be more than what was applied for."),
    "whole": _("Granted in part means less than what was applied for. Otherwise choose “granted”."),
}


class DecisionForm(StepForm):
    """What the minutes say: when, which paragraph, what, how much and on which conditions."""

    meeting_date = django.forms.DateField(
        label=_("Date of the meeting"), widget=django.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    paragraph = django.forms.CharField(
        label=_("Paragraph (§)"), max_length=20, help_text=_("The number in the minutes, for example 14.")
    )
    outcome = django.forms.ChoiceField(label=_("The board's decision"), choices=Decision.Outcome.choices, widget=Radios)
    amount = NumberAnswer(
        label=_("Amount granted"),
        required=False,
        decimals=2,
        smallest=None,
        largest=None,
        money=True,
        widget=AffixInput({"inputmode": "decimal", "autocomplete": "off"}, suffix="kr"),
        help_text=_("In kronor; only when money is granted."),
    )
    conditions = django.forms.CharField(
        label=_("Conditions"),
        required=False,
        max_length=5000,
        widget=django.forms.Textarea(attrs={"rows": 4}),
        help_text=_("As they stand in the minutes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (known := self.matter.pending_decision()) is not None:
            for name in ("meeting_date", "paragraph", "outcome", "amount", "conditions"):
                self.fields[name].initial = getattr(known, name)

    def clean_meeting_date(self) -> Any:
        day = self.cleaned_data["meeting_date"]
        if day > timezone.localdate():
            raise ValidationError(_("The meeting has not been held yet. Record the decision when it has been made."))
        return day

    def clean_paragraph(self) -> str:
        text = self.cleaned_data["paragraph"].replace("§", "").strip()
        if not text:
            raise ValidationError(_("Write the number of the paragraph in the minutes."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome, amount = data.get("outcome"), data.get("amount")
        if "amount" in self.errors or outcome is None:
            return data
        wrong = wrong_amount(outcome, amount, self.matter.amount_applied)
        if wrong is not None:
            self.add_error("amount", AMOUNTS[wrong])
        elif outcome not in GRANTS:
            data["amount"] = None
        return data


class ConfirmForm(StepForm):
    """The chair's word that the record agrees with what the board decided."""

    agreed = django.forms.BooleanField(
        label=_("I confirm that this is what the board decided"),
        error_messages={"required": _("Tick the box to confirm. If something is wrong, tell the office.")},
    )


class BoardDecision(Step):
    """The officer records the decision from the minutes; it takes effect when the chair, signed in, confirms it."""

    name = "board_decision"
    label = _("Decision by the board")
    icon = "check"
    group = _("People act")
    shape = "seal"
    comes_back = ("referred_back", "tabled")
    outcome_labels: ClassVar = dict(Decision.Outcome.choices)
    task_labels: ClassVar = {
        "record": _("Record the board's decision"),
        "correct": _("Wait for the decision to be confirmed"),
        "confirm": _("Confirm the board's decision"),
        "read": _("Read the papers before the meeting"),
    }
    example: ClassVar = Example(
        {
            "label": "The board decides",
            "applicant_future": "The board decides",
            "due_days": 30,
            **dict.fromkeys(Decision.Outcome.values, "next"),
        },
        [
            move
            for outcome in Decision.Outcome.values
            for move in (
                Move(
                    "record",
                    "record",
                    None,
                    {
                        "meeting_date": "2026-03-12",
                        "paragraph": "§ 14",
                        "outcome": outcome,
                        "amount": "1000" if outcome in GRANTS else "",
                        "conditions": "A report by 31 January.",
                    },
                ),
                Move("confirm", "confirm", outcome, {"agreed": "on"}),
            )
        ],
    )

    class Settings(StepSettings):
        """Where each decision leads."""

        granted = TargetBlock(label=_("Granted: leads to the step"))
        granted_in_part = TargetBlock(label=_("Granted in part: leads to the step"))
        rejected = TargetBlock(label=_("Rejected: leads to the step"))
        referred_back = TargetBlock(label=_("Referred back: leads to the step"))
        tabled = TargetBlock(label=_("Tabled: leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge(name, value.get(name) or "", setting=name) for name in Decision.Outcome.values]

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (HANDLE, CONFIRM)

    def facts_after(self, step: Compiled, outcome: str) -> Mapping[str, Any]:
        return {"matter.decision": outcome}

    def trial(self, step: Compiled, matter: "Matter", what: str, outcome: str) -> Move | None:
        if what == "confirm":
            return Move(what, "confirm", outcome, {"agreed": "on"})
        if what != "record":
            return None
        applied = matter.amount_applied or Decimal(1000)
        amount = {Decision.Outcome.GRANTED: applied, Decision.Outcome.GRANTED_IN_PART: applied / 2}.get(
            Decision.Outcome(outcome), ""
        )
        held = {"meeting_date": timezone.localdate().isoformat(), "paragraph": "1", "conditions": ""}
        return Move(what, "record", None, {**held, "outcome": outcome, "amount": amount and f"{amount:.2f}"})

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        read = Wait("read", SERVE, blocking=False)
        if is_with_the_board(matter):
            return [read]
        if matter.pending_decision() is None:
            return [Wait("record", HANDLE), read]
        role = CONFIRM_AS_DEPUTY if matter.chair_is_recused() else CONFIRM
        return [
            Wait("confirm", role),
            Wait("correct", HANDLE, blocking=False),
            read,
        ]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        if what == "confirm":
            return [
                Choice(
                    "confirm",
                    _("Confirm the decision"),
                    ConfirmForm,
                    outcomes=tuple(Decision.Outcome.values),
                    help=_("Nothing is decided until you have confirmed."),
                )
            ]
        if what == "record":
            return [Choice("record", _("Record the decision"), DecisionForm)]
        if what == "correct":
            return [Choice("record", _("Correct the record"), DecisionForm, tone="secondary", folded=True)]
        return []

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        if choice == "record":
            self._record(step, run, data)
            return None
        return self._confirm(run, as_deputy=task.role == CONFIRM_AS_DEPUTY)

    def _record(self, step: Compiled, run: "Run", data: Mapping[str, Any]) -> None:
        """A new record of what the minutes say; one that was made before stays, and no longer counts."""
        record_decision(run, **{name: data[name] for name in DECIDED})

    def _confirm(self, run: "Run", *, as_deputy: bool) -> str:
        """The latest record becomes the decision."""
        matter = run.matter
        decision = matter.pending_decision()
        if decision is None:
            raise Conflict(_("There is no recorded decision to confirm."))
        role = CONFIRM_AS_DEPUTY if as_deputy else CONFIRM
        return confirm_decision(run, decision, by=run.actor, name=str(run.actor), role=role)

    def why_not(self, step: Compiled, matter: "Matter", what: str, user: Any) -> str | None:
        """Four eyes: whoever recorded the decision does not confirm it."""
        if what != "confirm":
            return None
        decision = matter.pending_decision()
        if decision is not None and decision.author_id == user.pk:
            return gettext("You recorded this decision, so somebody else must confirm it.")
        return None


DECIDED = ("meeting_date", "paragraph", "outcome", "amount", "conditions")


def record_decision(
    run: "Run", *, meeting_date: Any, paragraph: str, outcome: str, amount: Any, conditions: str
) -> Decision:
    """A new record of what the board decided; one that was made before stays, and no longer counts."""
    matter = run.matter
    decision = Decision.objects.create(
        matter=matter,
        author=run.actor,
        step=matter.step,
        visit=matter.visit,
        number=matter.decisions.filter(visit=matter.visit).count() + 1,
        meeting_date=meeting_date,
        paragraph=paragraph,
        outcome=outcome,
        amount=amount,
        conditions=conditions,
    )
    run.changed("decision_recorded", _facts(decision))
    return decision


def confirm_decision(run: "Run", decision: Decision, *, by: Any, name: str, role: str) -> str:
    """The decision counts from now: by somebody's word, or because its § has been adjusted; answers its outcome."""
    decision.confirmed_at = run.now
    decision.confirmed_by = by
    decision.confirmed_name = name
    decision.confirmed_as = role
    decision.save()
    if decision.outcome in GRANTS:
        run.matter.amount_granted = decision.amount
    run.changed("decided", {**_facts(decision), "as": role})
    return decision.outcome


def is_with_the_board(matter: "Matter") -> bool:
    """Does a called or open meeting deal with the matter, or do its minutes wait for adjustment?

    Then nobody records or confirms the decision by hand: the § does, and the adjusted minutes.
    """
    items = matter.agenda_items.exclude(state=AgendaItem.State.REMOVED)
    decided = matter.pending_decision()
    if decided is not None:
        return items.filter(decision=decided).exists()
    return items.filter(
        state__in=(AgendaItem.State.WAITING, AgendaItem.State.OPEN),
        meeting__state__in=(Meeting.State.CALLED, Meeting.State.OPEN),
    ).exists()


def _facts(decision: Decision) -> dict[str, Any]:
    """What an event keeps of a decision."""
    return {
        "decision": str(decision.key),
        "number": decision.number,
        "outcome": decision.outcome,
        "amount": str(decision.amount) if decision.amount is not None else None,
    }
