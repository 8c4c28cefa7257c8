"""The step at which the office checks a matter and chooses how it goes on."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms.kinds import Problem
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
    step_name,
)
from workflows.roles import HANDLE

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run
    from workflows.models import Matter, Task


class CommentForm(StepForm):
    """An internal comment that goes with the choice."""

    comment = comment_field(_("Comment"), required=False, help_text=_("Only the office sees it."))


class RequiredCommentForm(StepForm):
    """A choice that must be explained."""

    comment = comment_field(_("Reason"), required=True, help_text=_("Only the office sees it."))


class Outcome(blocks.StructBlock):
    """One way out of the check, as the editor names it."""

    label = blocks.CharBlock(label=_("What the button says"), max_length=80)
    target = TargetBlock()
    tone = blocks.ChoiceBlock(
        label=_("Looks like"),
        choices=[("primary", _("the usual way on")), ("secondary", _("another way")), ("danger", _("a refusal"))],
        default="primary",
    )
    explain = blocks.BooleanBlock(label=_("A reason must be written"), required=False)


class Check(Step):
    """The office reads, and chooses one of the outcomes the editor has named."""

    name = "check"
    label = _("Check by the office")
    icon = "tasks"
    group = _("People act")
    example: ClassVar = Example(
        {
            "label": "Formal check",
            "applicant_now": "The office is reading your application",
            "due_days": 7,
            "outcomes": [
                {"label": "Go on", "target": "next", "tone": "primary", "explain": False},
                {"label": "Reject", "target": "next", "tone": "danger", "explain": True},
            ],
        },
        [
            Move("check", "go-on", "go-on", {"comment": "All is there."}),
            Move("check", "reject", "reject", {"comment": "It came after the last day."}),
        ],
    )

    class Settings(StepSettings):
        """The outcomes, each with a button."""

        outcomes = blocks.ListBlock(Outcome(), label=_("Outcomes"), min_num=1)

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        rows = value.get("outcomes") or []
        ids = [child.id or "" for child in rows.bound_blocks] if hasattr(rows, "bound_blocks") else [""] * len(rows)
        return [
            Edge(step_name(row["label"]), row["target"], row["label"], "target", block_id)
            for row, block_id in zip(rows, ids, strict=True)
        ]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {
            "outcomes": {
                step_name(row["label"]): {"tone": row.get("tone") or "primary", "explain": bool(row.get("explain"))}
                for row in value.get("outcomes") or []
            }
        }

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        names = [edge.name for edge in self.edges(value)]
        for edge in self.edges(value):
            if not edge.name or names.count(edge.name) > 1:
                yield Problem(
                    "same_outcome",
                    gettext(
                        "Two outcomes cannot be told apart by “%(label)s”. Write something different on each button."
                    )
                    % {"label": edge.label},
                    edge.block_id or context.block_id,
                    setting="label",
                )

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (HANDLE,)

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        return [Wait("check", HANDLE)]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        settings = step["settings"]["outcomes"]
        return [
            Choice(
                edge["name"],
                edge["label"],
                RequiredCommentForm if settings[edge["name"]]["explain"] else CommentForm,
                tone=settings[edge["name"]]["tone"],
                outcomes=(edge["name"],),
            )
            for edge in step["outcomes"]
        ]

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        if comment := data.get("comment"):
            run.note(comment)
        return choice
