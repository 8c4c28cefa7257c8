"""The step at which the applicant completes just the questions the office has marked."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import django.forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows import letters
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
from workflows.models import CompletionRequest
from workflows.roles import APPLICANT, HANDLE

if TYPE_CHECKING:
    from workflows.engine import Run
    from workflows.models import Matter, Task

OUTCOMES = {"completed": _("completed by the applicant"), "without": _("went on without completion")}
DEFAULT_DAYS = 14


class AskForm(StepForm):
    """Which questions are to be completed, a comment at each, and by when."""

    template_name = "workflows/_ask_form.html"

    message = comment_field(
        _("To the applicant"), required=False, help_text=_("Shown above the questions and in the mail.")
    )
    due = django.forms.DateField(
        label=_("Last day"), widget=django.forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.step["due_days"] if self.step["due_days"] is not None else DEFAULT_DAYS
        self.fields["due"].initial = timezone.localdate() + timedelta(days=days)
        self.questions: list[tuple[str, str, str]] = []
        for question in self.matter.questions():
            self.fields[f"ask-{question.id}"] = django.forms.BooleanField(label=question.label, required=False)
            self.fields[f"comment-{question.id}"] = django.forms.CharField(
                label=gettext("Comment on “%(question)s”") % {"question": question.label},
                required=False,
                max_length=2000,
                widget=django.forms.Textarea(attrs={"rows": 2}),
            )
            self.questions.append((question.page.title, question.id, question.label))
        self.order_fields([*(name for name in self.fields if name not in ("message", "due")), "message", "due"])

    def sections(self) -> list[dict[str, Any]]:
        """The questions by page, each with its tick box and comment, for the template."""
        found: list[dict[str, Any]] = []
        for title, question_id, _label in self.questions:
            if not found or found[-1]["title"] != title:
                found.append({"title": title, "rows": []})
            found[-1]["rows"].append((self[f"ask-{question_id}"], self[f"comment-{question_id}"]))
        return found

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due < timezone.localdate():
            raise ValidationError(_("Choose a day that has not passed."))
        return due

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = []
        for _page, question_id, label in self.questions:
            comment = (data.get(f"comment-{question_id}") or "").strip()
            # A comment without its tick is an easy slip: it says just as clearly that the question is meant.
            if data.get(f"ask-{question_id}") or comment:
                chosen.append({"id": question_id, "label": label, "comment": comment})
        if not chosen:
            raise ValidationError(_("Mark at least one question that is to be completed."), code="none")
        data["fields"] = chosen
        return data


class Completion(Step):
    """The office marks questions with a comment at each; the applicant answers only these; staff see what changed."""

    name = "completion"
    label = _("Completion by the applicant")
    icon = "edit"
    group = _("People act")
    has_own_due = True
    comes_back = ("completed",)
    outcome_labels: ClassVar = OUTCOMES
    task_labels: ClassVar = {
        "request": _("Choose what the applicant is to complete"),
        "complete": _("Complete the application"),
        "follow": _("Wait for the applicant's completion"),
    }
    example: ClassVar = Example(
        {
            "label": "Completion",
            "applicant_now": "You are asked to complete your application",
            "due_days": 14,
            "completed": "next",
            "without": "next",
        },
        [Move("request", "without", "without")],
    )

    class Settings(StepSettings):
        """Where the matter goes when the completion has come, and when it goes on without it."""

        completed = TargetBlock(label=_("Completed: leads to the step"))
        without = TargetBlock(label=_("Without completion: leads to the step"))

    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        return [Edge(name, value.get(name) or "", setting=name) for name in OUTCOMES]

    def actors(self, step: Compiled) -> tuple[str, ...]:
        return (HANDLE,)

    def waits(self, step: Compiled, matter: "Matter") -> list[Wait]:
        if matter.open_request() is None:
            return [Wait("request", HANDLE)]
        return [
            Wait("complete", APPLICANT),
            Wait("follow", HANDLE, blocking=False),
        ]

    def choices(self, step: Compiled, matter: "Matter", what: str) -> list[Choice]:
        without = Choice("without", _("Go on without completion"), Plain, tone="secondary", outcomes=("without",))
        if what == "complete":
            return [Choice("complete", _("Complete the application"), Plain, outcomes=("completed",), url="complete")]
        if what == "request" and matter.submission_id:
            return [Choice("ask", _("Ask for completion"), AskForm), without]
        return [without]

    def apply(self, step: Compiled, run: "Run", task: "Task", choice: str, data: Mapping[str, Any]) -> str | None:
        if choice == "ask":
            self._ask(step, run, fields=data["fields"], message=data["message"], due=data["due"])
            return None
        return "completed" if choice == "complete" else choice

    def _ask(self, step: Compiled, run: "Run", *, fields: list[dict[str, str]], message: str, due: date) -> None:
        request = CompletionRequest.objects.create(
            matter=run.matter,
            author=run.actor,
            step=step["id"],
            visit=run.matter.visit,
            fields=fields,
            message=message,
            due=due,
        )
        with translation.override(run.matter.language):
            said = {
                "message": message or gettext("Each question has a comment that says what is missing."),
                "due": letters.day(due),
            }
        mails = [run.mail(letters.COMPLETION, f"completion:{request.key}", person, **said) for person in run.people()]
        run.changed("completion_asked", {"request": str(request.key), "fields": request.field_ids}, mails=mails)

    def leave(self, step: Compiled, run: "Run") -> None:
        run.matter.completion_requests.filter(ended_at=None).update(ended_at=run.now)

    def due(self, step: Compiled, matter: "Matter", what: str) -> Any:
        request = matter.open_request()
        return request.due if request else None

    def now(self, step: Compiled, matter: "Matter") -> str:
        if matter.open_request() is None:
            return gettext("The office is reading your application")
        return super().now(step, matter)
