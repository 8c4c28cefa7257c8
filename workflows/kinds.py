"""What every step kind answers: who may act, what can be chosen, what happens, how it is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import django.forms
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.staticfiles import versioned_static
from wagtail.blocks.struct_block import BlockGroup

from forms.kinds import Kind, Problem
from workflows.roles import CONFIRM_AS_DEPUTY, HANDLE, called

Compiled = Mapping[str, Any]
"""One step of a compiled graph."""

Matter = Any
Task = Any
Run = Any
Context = Any
"""A matter, a task, a transaction's work (``engine.Run``), the draft around a step (``compiling.Context``): what a kind
is handed. They are built on the kinds, so they are not imported here."""


LONGEST = 120
"""Days before or after its last day that a task can be reminded of."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An outcome as the editor set it: its stable name, the step it leads to by name, and what the editor calls it."""

    name: str
    target: str
    label: str = ""
    setting: str = ""
    block_id: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Something a step waits for: what, and who by role (a permission) or relation (the applicant)."""

    what: str
    role: str
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be done with a task: a button, the form above it, and the outcomes it can lead to."""

    name: str
    label: str | Promise
    form: type[django.forms.Form]
    help: str | Promise = ""
    tone: str = "primary"
    outcomes: tuple[str, ...] = ()
    url: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """How a test walks a kind: the task, the choice, what is typed, and the outcome (none: it stays)."""

    what: str
    choice: str
    outcome: str | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A kind's settings as an editor would set them, and every move that can be made with them."""

    settings: Mapping[str, Any]
    moves: Sequence[Move] = ()
    outcome: str | None = None


class Plain(django.forms.Form):
    """Nothing more to say than the choice itself."""


class StepForm(django.forms.Form):
    """A form shown with a choice; `matter` and `step` tell what it is about."""

    def __init__(self, *args: Any, matter: Matter, step: Compiled, **kwargs: Any) -> None:
        self.matter = matter
        self.step = step
        super().__init__(*args, **kwargs)


class Reminder(blocks.StructBlock):
    """A day on which those a task waits for are reminded."""

    days = blocks.IntegerBlock(label=_("Days"), min_value=1, max_value=LONGEST)
    when = blocks.ChoiceBlock(
        label=_("When"), choices=[("before", _("before the last day")), ("after", _("after the last day"))]
    )

    class Meta:
        label_format = "{days} {when}"


class StepSettings(blocks.StructBlock):
    """What every step lets the editor set: its name and the three labels of the state."""

    label = blocks.CharBlock(label=_("What staff call the step"), max_length=80)
    name = blocks.CharBlock(
        label=_("Short name"),
        required=False,
        max_length=80,
        help_text=_("What the step is called in files. Empty: as above."),
    )
    applicant_now = blocks.CharBlock(
        label=_("To the applicant, while it is here"),
        required=False,
        max_length=120,
        help_text=_("For example: “The office is reading your application”. Empty: the name of the step."),
    )
    applicant_future = blocks.CharBlock(
        label=_("To the applicant, before it comes here"),
        required=False,
        max_length=120,
        help_text=_("For example: “The board decides”. Empty: not shown among the coming steps."),
    )
    due_days = blocks.IntegerBlock(
        label=_("Days until it is due"),
        required=False,
        min_value=0,
        max_value=730,
        help_text=_("Counted from the day the matter comes to the step. Empty: no date."),
    )
    reminders = blocks.ListBlock(
        Reminder(),
        label=_("Reminders by mail"),
        required=False,
        default=[],
        max_num=6,
        help_text=_("None: one reminder, the day after the last day."),
    )
    late_days = blocks.IntegerBlock(
        label=_("Days late before somebody else may do it too"), required=False, min_value=1, max_value=LONGEST
    )
    late_to = blocks.ChoiceBlock(
        label=_("Who then may do it too"),
        choices=[(role, called(role)) for role in (HANDLE, CONFIRM_AS_DEPUTY)],
        required=False,
        help_text=_("They are told by mail. Whoever it waited for can still do it."),
    )

    def get_form_layout(self) -> BlockGroup:
        """What the kind itself asks for first; days, reminders and the short name are folded away."""
        folded = ("name", "due_days", "reminders", "late_days", "late_to")
        return BlockGroup(
            [name for name in self.child_blocks if name not in folded],
            settings=[name for name in folded if name in self.child_blocks],
        )


class TargetInput(django.forms.TextInput):
    """Where a step is chosen: the script `step-target.js` lays a list of the present steps over it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-controller": "step-target", "data-say": _("Choose a step"), **(attrs or {})})

    @property
    def media(self) -> django.forms.Media:  # type: ignore[override]
        return django.forms.Media(js=[versioned_static("workflows/step-target.js")])


class TargetBlock(blocks.CharBlock):
    """The step an outcome leads to, by its stable id; a draft from before, or from a file, may hold its short name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("label", _("Leads to the step"))
        super().__init__(**kwargs)
        self.field.widget = TargetInput()


class Step(Kind, family="step"):
    """One kind of step. Stateless: every method is given the compiled step."""

    automatic: ClassVar[bool] = False
    final: ClassVar[bool] = False
    shape: ClassVar[str] = "box"
    ruled_by: ClassVar[str] = ""  # the compiled setting that holds the conditions of its outcomes
    comes_back: ClassVar[tuple[str, ...]] = ()  # outcomes after which the matter is to come here again
    has_own_due: ClassVar[bool] = False  # its last day is set where it is used, not by the step's days
    example: ClassVar[Example]
    # What outcomes and tasks are called where the editor does not name them; shown in the reader's language.
    outcome_labels: ClassVar[Mapping[str, Any]] = {}
    task_labels: ClassVar[Mapping[str, Any]] = {}

    Settings = StepSettings

    # -- while a draft is checked and compiled ---------------------------------------------------
    def edges(self, value: Mapping[str, Any]) -> list[Edge]:
        """The outcomes the editor has set."""
        return []

    def compile(self, value: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The settings this kind keeps in a version, beyond names, labels and outcomes."""
        return {}

    def check(self, value: Mapping[str, Any], context: Context) -> Iterable[Problem]:
        """What this kind needs to be valid, beyond what every step needs."""
        return ()

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        return self.check(settings, context)

    def conditions(self, step: Compiled) -> Mapping[str, Mapping[str, Any]]:
        """The conditions its outcomes hang on, by outcome: what was written, and compiled ``by_form``."""
        return {rule["outcome"]: rule for rule in step["settings"].get(self.ruled_by, ())} if self.ruled_by else {}

    def actors(self, step: Compiled) -> tuple[str, ...]:
        """The roles and relations without which the matter would stand still here."""
        return ()

    # -- while a matter is at the step -------------------------------------------------------------
    def about(self, choice: Choice, step: Compiled, matter: Matter) -> dict[str, Any]:
        """What the form of a choice is told besides what was typed."""
        return {"matter": matter, "step": step} if issubclass(choice.form, StepForm) else {}

    def waits(self, step: Compiled, matter: Matter) -> list[Wait]:
        """What the step waits for now."""
        return []

    def choices(self, step: Compiled, matter: Matter, what: str) -> list[Choice]:
        """What can be chosen with the task `what`."""
        return []

    def enter(self, step: Compiled, run: Run) -> str | None:
        """The matter comes to the step; an automatic kind does its work and answers its outcome."""
        return None

    def foresee(self, step: Compiled, form: str, values: Mapping[str, Any], today: Any) -> str | None:
        """The outcome that an automatic kind would take, worked out without doing anything."""
        return step["outcomes"][0]["name"] if step["outcomes"] else None

    def facts_after(self, step: Compiled, outcome: str) -> Mapping[str, Any]:
        """What rules know of a matter that has left by this outcome, for those who only foresee."""
        return {}

    def usual(self, step: Compiled) -> str:
        """The outcome that examples and trials take where nothing else is said."""
        return next((edge["name"] for edge in step["outcomes"]), "")

    def trial(self, step: Compiled, matter: Matter, what: str, outcome: str) -> Move | None:
        """What somebody would type to lead a sample matter towards an outcome; nothing when the task does not."""
        moves = [move for move in self.example.moves if move.what == what]
        return next((move for move in moves if move.outcome == outcome), next(iter(moves), None))

    def apply(self, step: Compiled, run: Run, task: Task, choice: str, data: Mapping[str, Any]) -> str | None:
        """A person chose; answers the outcome that leads on, or nothing when the matter stays."""
        return choice

    def leave(self, step: Compiled, run: Run) -> None:
        """The matter leaves the step, by an outcome or because it was closed or withdrawn."""

    def due(self, step: Compiled, matter: Matter, what: str) -> Any:
        """The date by which a task is due, when something other than the step's days decides."""
        return None

    def why_not(self, step: Compiled, matter: Matter, what: str, user: Any) -> str | None:
        """A sentence that tells why a person who holds the role may not do just this task, or nothing."""
        return None

    def why_not_choice(self, step: Compiled, matter: Matter, choice: str, user: Any) -> str | None:
        """A sentence that tells why a person who may do the task may not choose just this, or nothing."""
        return None

    def outcome_label(self, step: Compiled, outcome: str) -> str:
        """What an outcome is called."""
        if outcome in self.outcome_labels:
            return str(self.outcome_labels[outcome])
        return next((edge["label"] for edge in step["outcomes"] if edge["name"] == outcome), outcome)

    def task_label(self, step: Compiled, what: str) -> str:
        """What a task is called."""
        return str(self.task_labels.get(what) or step["label"])

    def now(self, step: Compiled, matter: Matter) -> str:
        """What the applicant is told while the matter is here."""
        return str(step["applicant_now"] or step["label"])

    def overdue(self, step: Compiled, run: Run, task: Task) -> list[Any]:
        """A task is late: the mails that remind those it waits for. The matter itself never moves by a date."""
        return run.reminders(task)

    # -- how it is drawn -----------------------------------------------------------------------------
    def draw(self, step: Compiled) -> tuple[str, str]:
        """Its shape (box, diamond, pill or slip) and the line under its name: who acts, or what it does."""
        return self.shape, str(self.label)


def step_name(text: str | None) -> str:
    """The short name a text stands for; "Formell granskning" and "formell-granskning" are the same."""
    return slugify(text or "")[:80]


def comment_field(label: Any, *, required: bool, help_text: Any = "") -> django.forms.CharField:
    """A free text of reasonable length."""
    return django.forms.CharField(
        label=label,
        required=required,
        max_length=5000,
        help_text=help_text,
        widget=django.forms.Textarea(attrs={"rows": 4}),
    )


__all__ = [
    "LONGEST",
    "Choice",
    "Compiled",
    "Edge",
    "Example",
    "Move",
    "Plain",
    "Reminder",
    "Step",
    "StepForm",
    "StepSettings",
    "TargetBlock",
    "Wait",
    "comment_field",
    "step_name",
]
