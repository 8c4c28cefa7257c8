"""From the draft steps of a workflow to the compiled graph its matters follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ListBlock, StructBlock

from forms import expressions
from forms.expressions import ExpressionError, Name, Type, sentence
from forms.kinds import Problem, family
from workflows.kinds import Edge, Step, TargetBlock, step_name

FORMAT = 1

BY_HAND = "handle"
_HANDLE = _("Handle the matter")

# What a rule can speak of besides the answers.
MATTER_NAMES = {
    "matter_amount_applied": Name("matter.amount_applied", Type.NUMBER),
    "matter_amount_granted": Name("matter.amount_granted", Type.NUMBER),
    "matter_recommendation": Name("matter.recommendation", Type.TEXT),
    "matter_decision": Name("matter.decision", Type.TEXT),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """One step as the editor set it."""

    id: str
    kind: Step
    value: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What staff call it."""
        return (self.value.get("label") or "").strip()

    @property
    def name(self) -> str:
        """What other steps point at it by."""
        return step_name(self.value.get("name")) or step_name(self.label)

    def edges(self) -> list[Edge]:
        """Its outcomes."""
        return self.kind.edges(self.value)


@dataclass
class Context:
    """What a kind may need to know while it is checked or compiled: the steps around it and the bound forms."""

    workflow: Any
    drafts: list[Draft] = field(default_factory=list)
    block_id: str = ""

    @cached_property
    def by_name(self) -> dict[str, Draft]:
        """The first step of each name."""
        found: dict[str, Draft] = {}
        for draft in self.drafts:
            found.setdefault(draft.name, draft)
        return found

    @cached_property
    def by_id(self) -> dict[str, Draft]:
        """The steps by their stable ids."""
        return {draft.id: draft for draft in self.drafts if draft.id}

    def target(self, written: str) -> Draft | None:
        """The step an outcome points at, by its id or, as drafts used to, by its short name."""
        return self.by_id.get((written or "").strip()) or self.by_name.get(step_name(written))

    def condition(self, written: str) -> dict[str, Any]:
        """A condition as a version keeps it: as written, and compiled for each bound form. Raises ExpressionError."""
        return {
            "condition": written,
            "by_form": {
                form: expressions.compile(written, names, expected=Type.BOOLEAN).to_json()
                for form, names in self.names().items()
            },
        }

    def condition_problems(self, written: str, block_id: str, setting: str) -> Iterator[Problem]:
        """What is wrong with a condition, told for the first form it does not fit."""
        for form, names in self.names().items():
            try:
                expressions.compile(written, names, expected=Type.BOOLEAN)
            except ExpressionError as error:
                said = sentence(error, gettext)
                if form:
                    said = gettext("%(sentence)s (In the form “%(form)s”.)") % {
                        "sentence": said,
                        "form": self.title_of(form),
                    }
                yield Problem("condition", said, block_id or self.block_id, setting=setting)
                return

    @cached_property
    def forms(self) -> dict[str, Any]:
        """The bound forms by primary key, as text."""
        return {str(form.pk): form for form in self.workflow.starts_with.all()}

    @cached_property
    def versions(self) -> dict[str, dict[str, Any]]:
        """The newest compiled version of each bound form that has one."""
        found = {pk: form.latest_version for pk, form in self.forms.items()}
        return {pk: version.compiled for pk, version in found.items() if version is not None}

    def title_of(self, form: str) -> str:
        """What a bound form is called."""
        return str(self.forms[form])

    def names(self) -> dict[str, dict[str, Name]]:
        """What a rule can speak of, for each bound form; "" stands for matters without a form."""
        return self._names

    @cached_property
    def _names(self) -> dict[str, dict[str, Name]]:
        return {form: {**MATTER_NAMES, **names_of(compiled)} for form, compiled in self.versions.items()} or {
            "": dict(MATTER_NAMES)
        }


def names_of(form: Mapping[str, Any]) -> dict[str, Name]:
    """What a compiled form's questions are called in rules."""
    kinds: Mapping[str, Any] = family("field")
    fields = [question for page in form["pages"] for question in page["fields"]]
    named = {question["name"]: kinds[question["kind"]].expression_name(question) for question in fields}
    return {name: found for name, found in named.items() if found is not None}


def drafts(steps: Any) -> list[Draft]:
    """The steps of a StreamField, in order."""
    kinds = family("step")
    return [Draft(child.id or "", cast("Step", kinds[child.block_type]), child.value) for child in steps]


def context_of(workflow: Any) -> Context:
    """The context in which this draft is checked and compiled."""
    return Context(workflow, drafts(workflow.steps))


def fill_names(steps: Any) -> bool:
    """Give every step without a short name one made from its label; tells whether any was given."""
    given = False
    for child in steps:
        if not step_name(child.value.get("name")) and step_name(child.value.get("label")):
            child.value["name"] = step_name(child.value["label"])
            given = True
    return given


def pin_targets(steps: Any, *others: Any) -> bool:
    """Let every outcome point at its step by id, so that no new name breaks it; tells whether any was changed.

    So it is for `others` too: streams whose blocks speak of the steps.
    """
    context = Context(None, drafts(steps))
    return sum(_pin(child.block, child.value, context) for stream in (steps, *others) for child in stream) > 0


def _pin(block: Any, value: Any, context: Context) -> int:
    """Pin the outcomes inside a block; tells how many were changed."""
    if isinstance(block, ListBlock):
        return sum(_pin(block.child_block, child.value, context) for child in value.bound_blocks)
    if not isinstance(block, StructBlock):
        return 0
    pinned = 0
    for name, child in block.child_blocks.items():
        if isinstance(child, TargetBlock):
            target = context.target(value.get(name) or "")
            if target is not None and target.id and target.id != value[name]:
                value[name] = target.id
                pinned += 1
        else:
            pinned += _pin(child, value.get(name), context)
    return pinned


def compile_workflow(workflow: Any) -> dict[str, Any]:
    """The graph as JSON. Asked only when the lint found no error."""
    context = context_of(workflow)
    return {
        "format": FORMAT,
        "title": workflow.title,
        "start": context.drafts[0].id,
        "order": [draft.id for draft in context.drafts],
        "questions": {"title": workflow.title_question, "amount": workflow.amount_question},
        "steps": {draft.id: _compile_step(draft, context) for draft in context.drafts},
    }


def _compile_step(draft: Draft, context: Context) -> dict[str, Any]:
    context.block_id = draft.id
    return {
        "id": draft.id,
        "name": draft.name,
        "kind": draft.kind.name,
        "label": draft.label,
        "applicant_now": (draft.value.get("applicant_now") or "").strip(),
        "applicant_future": (draft.value.get("applicant_future") or "").strip(),
        "due_days": draft.value.get("due_days"),
        **_clock(draft.value),
        "settings": draft.kind.compile(draft.value, context),
        "outcomes": [
            {"name": edge.name, "label": edge.label, "target": _id(context.target(edge.target))}
            for edge in draft.edges()
        ],
    }


def _clock(value: Mapping[str, Any]) -> dict[str, Any]:
    """When those a step waits for are reminded, in days after the last day, and to whom it goes when it is late."""
    kept: dict[str, Any] = {}
    days = {
        row["days"] * (-1 if row["when"] == "before" else 1)
        for row in value.get("reminders") or ()
        if row.get("days") and row.get("when")
    }
    if days:
        kept["reminders"] = sorted(days)
    if value.get("late_days") and value.get("late_to"):
        kept["late"] = {"days": value["late_days"], "to": value["late_to"]}
    return kept


def _id(draft: Draft | None) -> str | None:
    return draft.id if draft else None


def kind_of(step: Mapping[str, Any]) -> Step:
    """The kind of a compiled step."""
    return cast("Step", family("step")[step["kind"]])


def task_label(graph: Mapping[str, Any], step_id: str, what: str) -> str:
    """What a task of a step is called, in the reader's language; without steps there is only one."""
    step = graph.get("steps", {}).get(step_id)
    return kind_of(step).task_label(step, what) if step else str(_HANDLE)


def steps_of(graph: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The compiled steps in the editor's order; PostgreSQL keeps no order in a JSON object."""
    for step_id in graph.get("order", ()):
        yield graph["steps"][step_id]
