"""The step at which a matter rests until a date, and then goes on by itself."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms.expressions import Type
from forms.kinds import Problem
from workflows.facts import values_of
from workflows.kinds import Choice, Compiled, Edge, Example, Move, Step, StepSettings, TargetBlock, Wait
from workflows.roles import CLOCK, HANDLE

from .outcomes import CommentForm

if TYPE_CHECKING:
    from workflows.compiling import Context
    from workflows.engine import Run
    from workflows.models import Matter, Task


class WaitUntil(Step):
    """Nothing is done until a number of days have passed or a date has come; the office can let it go on before."""

    name = "wait"
    label = _("Wait until a date")
    icon = "time"
    group = _("Happens by itself")
    has_own_due = True
    outcome_labels: ClassVar = {"passed": _("the date has come")}
    task_labels: ClassVar = {"wait": _("Rests until a date"), "go_on": _("Let it go on before its date")}
    example: ClassVar = Example(
        {"label": "Wait for the appeal", "days": 21, "passed": "next"},
        [Move("go_on", "passed", "passed", {"comment": "Nobody appeals."})],
    )

    class Settings(StepSettings):
        """How long, and where it leads."""

        days = blocks.IntegerBlock(label=_("Number of days"), required=False, min_value=1, max_value=3650)
        question = blocks.CharBlock(
            label=_("Or until the date answered to"),
            required=False,
            max_length=60,
            help_text=_("The name of a question with a date. The days, if any, are counted from that date."),
        )
        passed = TargetBlock(label=_("Then it leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge("passed", value.get("passed") or "", setting="passed")]

    def compile(self, value: Mapping[str, Any], context: "Context") -> dict[str, Any]:
        asked = value.get("question") or ""
        by_form = {form: names[asked].id for form, names in context.names().items() if asked in names}
        return {"days": value.get("days"), **({"question": by_form} if asked else {})}

    def check(self, value: Mapping[str, Any], context: "Context") -> Iterable[Problem]:
        asked = value.get("question") or ""
        if not asked and value.get("days") is None:
            yield Problem(
                "no_date",
                gettext("The step waits for no date. Write a number of days, or the name of a question with a date."),
                context.block_id,
                setting="days",
            )
        for form, names in context.names().items():
            if asked and (asked not in names or names[asked].type != Type.DATE):
                dates = sorted(name for name, found in names.items() if found.type == Type.DATE)
                said = gettext("The form “%(form)s” has no question with a date named “%(name)s”. There is: %(known)s.")
                words = {
                    "form": context.title_of(form) if form else "–",
                    "name": asked,
                    "known": ", ".join(dates) or "–",
                }
                yield Problem("unknown_question", said % words, context.block_id, setting="question")
                return

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (HANDLE,)

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        return [Wait("wait", CLOCK), Wait("go_on", HANDLE, blocking=False)]

    def due(self, step: Compiled, matter: "Matter", what: str) -> Any:
        return self.until(step, matter) if what == "wait" else None

    def until(self, step: Compiled, matter: "Matter") -> date:
        """The day on which it goes on; a question that has no answer counts as the day it came here."""
        settings = step["settings"]
        begun = timezone.localdate(matter.step_since) if matter.step_since else timezone.localdate()
        if "question" in settings:
            form, values = values_of(matter)
            answered = values.get(settings["question"].get(form, ""))
            begun = answered if isinstance(answered, date) else begun
        return begun + timedelta(days=settings["days"] or 0)

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        if what != "go_on":
            return []
        return [
            Choice("passed", _("Let it go on now"), CommentForm, tone="secondary", outcomes=("passed",), folded=True)
        ]

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        if comment := data.get("comment"):
            run.note(comment)
        return choice
