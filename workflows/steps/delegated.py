"""The step at which somebody decides on the board's behalf, by a line of the delegation scheme (Finsam 10 §)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import django.forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms.fields.choices import Radios
from forms.fields.numbers import AffixInput, NumberAnswer
from forms.kinds import Problem
from records.errors import Invalid
from workflows import delegating
from workflows.kinds import (
    Choice,
    Compiled,
    Edge,
    Example,
    Move,
    Plain,
    Step,
    StepForm,
    StepSettings,
    TargetBlock,
    Wait,
    comment_field,
)
from workflows.models import Decision
from workflows.roles import CONFIRM, HANDLE
from workflows.steps.board import GRANTS

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run
    from workflows.models import Matter, Task

Outcome = Decision.Outcome
OUTCOMES = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REJECTED)
TO_BOARD = "to_board"
WHO = [(HANDLE, _("the office")), (CONFIRM, _("the chair"))]


class DelegatedForm(StepForm):
    """What the delegate decides, how much, and why."""

    outcome = django.forms.ChoiceField(
        label=_("Your decision on the board's behalf"),
        choices=[(outcome.value, outcome.label) for outcome in OUTCOMES],
        widget=Radios,
    )
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
    reasons = comment_field(_("Reasons"), required=True, help_text=_("Kept with the decision and told to the board."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome, amount, applied = data.get("outcome"), data.get("amount"), self.matter.amount_applied
        if "amount" in self.errors or outcome is None:
            return data
        if outcome not in GRANTS:
            if amount:
                self.add_error("amount", _("An amount is written only when money is granted. Leave it empty."))
            data["amount"] = None
            return data
        if amount is None:
            if applied is not None or outcome == Outcome.GRANTED_IN_PART:
                self.add_error("amount", _("Write the amount that you grant."))
        elif applied is not None and amount > applied:
            self.add_error("amount", _("The amount cannot be more than what was applied for."))
        elif applied is not None and outcome == Outcome.GRANTED_IN_PART and amount >= applied:
            self.add_error(
                "amount", _("Granted in part means less than what was applied for. Otherwise choose “granted”.")
            )
        line = delegating.line_called(self.matter.collection, self.step["settings"]["line"])
        if line is not None and (too_much := delegating.why_not_so_much(line, amount)) is not None:
            self.add_error("amount", too_much)
        return data


class DelegatedDecision(Step):
    """Whoever the delegation scheme names decides in the board's place, or hands the matter to the board."""

    name = "delegated_decision"
    label = _("Delegated decision")
    icon = "check"
    group = _("People act")
    shape = "seal"
    outcome_labels: ClassVar = {**{outcome.value: outcome.label for outcome in OUTCOMES}, TO_BOARD: _("to the board")}
    task_labels: ClassVar = {"decide": _("Decide on the board's behalf")}
    example: ClassVar = Example(
        {
            "label": "The director decides",
            "line": "1",
            "who": HANDLE,
            "due_days": 14,
            **dict.fromkeys((*(outcome.value for outcome in OUTCOMES), TO_BOARD), "next"),
        },
        [
            Move("decide", "decide", "granted", {"outcome": "granted", "amount": "2000", "reasons": "It is needed."}),
            Move(
                "decide",
                "decide",
                "granted_in_part",
                {"outcome": "granted_in_part", "amount": "1000", "reasons": "Half is enough."},
            ),
            Move("decide", "decide", "rejected", {"outcome": "rejected", "amount": "", "reasons": "It is done twice."}),
            Move("decide", TO_BOARD, TO_BOARD),
        ],
    )

    class Settings(StepSettings):
        """The line of the scheme, who is asked, and where each decision leads."""

        line = blocks.CharBlock(
            label=_("Line of the delegation scheme"),
            max_length=20,
            help_text=_("Its number, for example 2.1. The line says who may decide, and up to how much."),
        )
        who = blocks.ChoiceBlock(label=_("Who is asked"), choices=WHO, default=HANDLE)
        granted = TargetBlock(label=_("Granted: leads to the step"))
        granted_in_part = TargetBlock(label=_("Granted in part: leads to the step"))
        rejected = TargetBlock(label=_("Rejected: leads to the step"))
        to_board = TargetBlock(label=_("Handed to the board: leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        names = [*(outcome.value for outcome in OUTCOMES), TO_BOARD]
        return [Edge(name, value.get(name) or "", setting=name) for name in names]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {"line": (value.get("line") or "").strip(), "who": value.get("who") or HANDLE}

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        number = (value.get("line") or "").strip()
        collection = getattr(context.workflow, "collection", None)
        if collection is None or delegating.line_called(collection, number) is not None:
            return
        yield Problem(
            "delegation",
            gettext("The delegation scheme has no line “%(line)s”. Write the line first, or choose another.")
            % {"line": number},
            context.block_id,
            setting="line",
        )

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (step.get("settings", step).get("who") or HANDLE,)  # a draft's settings are asked too

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        return [Wait("decide", step["settings"]["who"])]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        return [
            Choice(
                "decide",
                _("Decide"),
                DelegatedForm,
                outcomes=tuple(outcome.value for outcome in OUTCOMES),
                help=_("The decision takes effect at once. It is told to the board at its next meeting."),
            ),
            Choice(TO_BOARD, _("Hand it to the board"), Plain, tone="secondary", outcomes=(TO_BOARD,)),
        ]

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        if choice == TO_BOARD:
            return TO_BOARD
        matter, number = run.matter, step["settings"]["line"]
        line = delegating.line_called(matter.collection, number)
        if line is None:
            raise Invalid(_no_line(number))
        decision = delegating.write(
            line=line,
            actor=run.actor,
            matter=matter,
            outcome=data["outcome"],
            amount=data["amount"],
            text=f"{matter.title}: {Outcome(data['outcome']).label}",
            reasons=data["reasons"],
        )
        if decision.outcome in GRANTS:
            matter.amount_granted = decision.amount
        run.changed(
            "delegated",
            {
                "decision": str(decision.key),
                "number": f"{decision.year}:{decision.number}",
                "line": line.number,
                "outcome": decision.outcome,
                "amount": str(decision.amount) if decision.amount is not None else None,
            },
        )
        return decision.outcome

    def why_not(self, step: Compiled, matter: "Matter", what: str, user: Any) -> str | None:
        """Only whoever the line names decides, while it holds, and without a conflict of interest."""
        number = step["settings"]["line"]
        line = delegating.line_called(matter.collection, number)
        return _no_line(number) if line is None else delegating.why_not(line, user, matter=matter)


def _no_line(number: str) -> str:
    return gettext("The delegation scheme has no line %(line)s.") % {"line": number}
