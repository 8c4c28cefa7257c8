"""The step at which the preparatory group says what it recommends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from workflows.kinds import (
    Choice,
    Compiled,
    Edge,
    Example,
    Move,
    Step,
    StepForm,
    StepSettings,
    TargetBlock,
    Wait,
    comment_field,
)
from workflows.models import Statement as Paper
from workflows.roles import REVIEW

if TYPE_CHECKING:
    from workflows.engine import Run
    from workflows.models import Matter, Task

BUTTONS = {
    "approve": (_("Recommend approval"), "primary"),
    "supplement": (_("Recommend that it is supplemented first"), "secondary"),
    "reject": (_("Recommend rejection"), "danger"),
}


class StatementForm(StepForm):
    """Why the group recommends what it does."""

    text = comment_field(
        _("The group's statement"),
        required=True,
        help_text=_("The office and the board read it now, the applicant when the matter is decided."),
    )


class Statement(Step):
    """The preparatory group recommends with a text; a recommendation is not a decision."""

    name = "statement"
    label = _("Statement by the preparatory group")
    icon = "group"
    group = _("People act")
    outcome_labels: ClassVar = dict(Paper.Outcome.choices)
    example: ClassVar = Example(
        {
            "label": "Preparation",
            "due_days": 14,
            "approve": "next",
            "supplement": "next",
            "reject": "next",
        },
        [
            Move("statement", "approve", "approve", {"text": "Well founded."}),
            Move("statement", "supplement", "supplement", {"text": "The budget is thin."}),
            Move("statement", "reject", "reject", {"text": "Outside the association's task."}),
        ],
    )

    class Settings(StepSettings):
        """Where each recommendation leads."""

        approve = TargetBlock(label=_("Approval recommended: leads to the step"))
        supplement = TargetBlock(label=_("Supplement recommended: leads to the step"))
        reject = TargetBlock(label=_("Rejection recommended: leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge(name, value.get(name) or "", setting=name) for name in Paper.Outcome.values]

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (REVIEW,)

    def facts_after(self, step: Compiled, outcome: str) -> Mapping[str, Any]:
        return {"matter.recommendation": outcome}

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        return [Wait("statement", REVIEW)]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        return [
            Choice(name, label, StatementForm, tone=tone, outcomes=(name,)) for name, (label, tone) in BUTTONS.items()
        ]

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        paper = Paper.objects.create(
            matter=run.matter,
            author=run.actor,
            step=step["id"],
            visit=run.matter.visit,
            outcome=choice,
            text=data["text"],
        )
        run.record("stated", {"statement": str(paper.key), "outcome": choice})
        return choice
