"""The step at which the office checks a matter and chooses how it goes on."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms.kinds import Problem
from workflows.kinds import Choice, Compiled, Edge, Example, Move, Step, StepSettings, Wait
from workflows.roles import CONFIRM, HANDLE, REVIEW

from .outcomes import (
    OFFICER,
    Outcome,
    check_outcomes,
    choices_of,
    compile_outcomes,
    edges_of,
    take_outcome,
    why_not_outcome,
)

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run
    from workflows.models import Matter, Task


WHO = {
    "": HANDLE,
    OFFICER: HANDLE,
    REVIEW: REVIEW,
    CONFIRM: CONFIRM,
}
"""Who does a check, and the right that it asks for; the responsible officer is one of the office."""


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
        who = blocks.ChoiceBlock(
            label=_("Who does it"),
            choices=[
                (OFFICER, _("the responsible officer, or the office when there is none")),
                (REVIEW, _("the preparatory group")),
                (CONFIRM, _("the chair")),
            ],
            required=False,
            help_text=_("Empty: anybody at the office."),
        )

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return edges_of(value.get("outcomes"))

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        who = {"who": value["who"]} if value.get("who") else {}
        return {"outcomes": compile_outcomes(value.get("outcomes"), context), **who}

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        return check_outcomes(value.get("outcomes"), context)

    def conditions(self, step: Compiled) -> Mapping[str, Mapping[str, Any]]:
        outcomes = step["settings"]["outcomes"]
        return {name: said["condition"] for name, said in outcomes.items() if "condition" in said}

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (_role(step.get("settings", step)),)

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        return [Wait("check", _role(step["settings"]))]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        return choices_of(step, matter)

    def usual(self, step: Compiled) -> str:
        """The first button that is the usual way on."""
        said = step["settings"]["outcomes"]
        names = [edge["name"] for edge in step["outcomes"]]
        return next((name for name in names if said[name]["tone"] == "primary"), names[0] if names else "")

    def trial(self, step: Compiled, matter: "Matter", what: str, outcome: str) -> Move | None:
        offered = {choice.name: choice for choice in self.choices(step, matter, what)}
        chosen = outcome if outcome in offered else next(iter(offered), None)
        if chosen is None:
            return None
        data: dict[str, Any] = {"comment": gettext("A trial."), "agreed": "on", "send": "on"}
        for name, field in offered[chosen].form(**self.about(offered[chosen], step, matter)).fields.items():
            data.setdefault(name, field.initial)
        return Move(what, chosen, chosen, data)

    def why_not(self, step: Compiled, matter: "Matter", what: str, user: Any) -> str | None:
        officer = matter.officer
        if step["settings"].get("who") != OFFICER or officer is None or not officer.is_active or officer.pk == user.pk:
            return None
        return gettext("Only the responsible officer, %(name)s, can do this.") % {"name": officer}

    def why_not_choice(self, step: Compiled, matter: "Matter", choice: str, user: Any) -> str | None:
        return why_not_outcome(step, matter, choice, user)

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        return take_outcome(step, run, choice, data)


def _role(settings: Mapping[str, Any]) -> str:
    return WHO[settings.get("who") or ""]
