"""Steps that nobody waits at: a letter, a fork in the road, and the end."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms import expressions
from forms.conditions import ConditionBlock
from forms.expressions import ExpressionError, Type, sentence
from forms.kinds import Problem
from workflows import letters
from workflows.facts import holds
from workflows.kinds import Compiled, Edge, Example, Step, StepSettings, TargetBlock
from workflows.papers import write_letter

from .outcomes import letter_problems

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run

AUTOMATIC = _("Happens by itself")


class Message(Step):
    """Writes a letter to the applicant; it lies in the outbox and on the matter page."""

    name = "message"
    label = _("Letter to the applicant")
    icon = "mail"
    group = AUTOMATIC
    automatic = True
    shape = "slip"
    outcome_labels: ClassVar = {"sent": _("sent")}
    example: ClassVar = Example(
        {
            "label": "Letter",
            "letter": "workflows.letter",
            "subject": "{{ registry_number }}: your application",
            "text": "Hello {{ name }}, this is about “{{ title }}”.",
            "target": "next",
        },
        outcome="sent",
    )

    class Settings(StepSettings):
        """The letter and where the matter goes then."""

        letter = blocks.ChoiceBlock(
            label=_("Kind of letter"), choices=letters.KINDS, default="workflows.letter", help_text=letters.KINDS_HELP
        )
        subject = blocks.CharBlock(label=_("Subject"), max_length=150)
        text = blocks.TextBlock(label=_("Text"), rows=8, help_text=letters.PLACEHOLDERS_HELP)
        target = TargetBlock()

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge("sent", value.get("target") or "", setting="target")]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {"letter": value["letter"], "subject": value["subject"], "text": value["text"]}

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        return letter_problems(value, context.block_id)

    def enter(self, step: Compiled, run: "Run") -> str | None:
        settings = step["settings"]
        write_letter(run, kind=settings["letter"], subject=settings["subject"], text=settings["text"], step=step["id"])
        return "sent"


class Rule(blocks.StructBlock):
    """A condition and the step it leads to."""

    condition = ConditionBlock(label=_("If"), max_length=500)
    label = blocks.CharBlock(label=_("In words"), max_length=80, help_text=_("For example: large amounts"))
    target = TargetBlock()


class Branch(Step):
    """Chooses the way by rules over the answers and the amounts: the first that is true, else the usual way."""

    name = "branch"
    label = _("Fork by rules")
    icon = "arrow-down"
    group = AUTOMATIC
    automatic = True
    shape = "diamond"
    ruled_by = "rules"
    outcome_labels: ClassVar = {"otherwise": _("otherwise")}
    example: ClassVar = Example(
        {
            "label": "Large or small",
            "rules": [{"condition": "matter_amount_applied > 500000", "label": "Large amounts", "target": "next"}],
            "otherwise": "next",
        },
        outcome="otherwise",
    )

    class Settings(StepSettings):
        """The rules in order."""

        rules = blocks.ListBlock(Rule(), label=_("Rules"), min_num=1)
        otherwise = TargetBlock(label=_("Otherwise it leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [
            *(
                Edge(f"rule-{number}", row["target"], row["label"] or row["condition"], "target", block_id)
                for number, (row, block_id) in enumerate(_rows(value), 1)
            ),
            Edge("otherwise", value.get("otherwise") or "", setting="otherwise"),
        ]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {
            "rules": [
                {
                    "outcome": f"rule-{number}",
                    "condition": row["condition"],
                    "by_form": {
                        form: expressions.compile(row["condition"], names, expected=Type.BOOLEAN).to_json()
                        for form, names in context.names().items()
                    },
                }
                for number, (row, _block_id) in enumerate(_rows(value), 1)
            ]
        }

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        for row, block_id in _rows(value):
            for form, names in context.names().items():
                try:
                    expressions.compile(row["condition"] or "", names, expected=Type.BOOLEAN)
                except ExpressionError as error:
                    yield Problem(
                        "condition",
                        gettext("%(sentence)s (In the form “%(form)s”.)")
                        % {"sentence": sentence(error, gettext), "form": context.title_of(form)}
                        if form
                        else sentence(error, gettext),
                        block_id or context.block_id,
                        setting="condition",
                    )
                    break

    def foresee(self, step: Compiled, form: str, values: Mapping[str, Any], today: Any) -> str | None:
        rules = step["settings"]["rules"]
        return next((rule["outcome"] for rule in rules if holds(rule, form, values, today=today)), "otherwise")

    def enter(self, step: Compiled, run: "Run") -> str | None:
        return self.foresee(step, *run.values(), run.today)


def _rows(value: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    rows = value.get("rules") or []
    if hasattr(rows, "bound_blocks"):
        return [(child.value, child.id or "") for child in rows.bound_blocks]
    return [(row, "") for row in rows]


class End(Step):
    """Closes the matter with a result."""

    name = "end"
    label = _("End")
    icon = "crosshairs"
    group = AUTOMATIC
    automatic = True
    final = True
    shape = "pill"
    example: ClassVar = Example({"label": "Granted", "result": "Granted"})

    class Settings(StepSettings):
        """How it ended."""

        result = blocks.CharBlock(
            label=_("Result"), max_length=80, help_text=_("What the matter is closed as, for example “Granted”.")
        )

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        return {"result": value["result"]}

    def enter(self, step: Compiled, run: "Run") -> str | None:
        run.close(step["settings"]["result"])
        return None


__all__ = ["Branch", "End", "Message"]
