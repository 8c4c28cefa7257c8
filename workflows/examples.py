"""Examples kept with a workflow: "applied for 90,000 → the board decides". Nothing is published that breaks one."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from forms.expressions import Name, Type
from forms.kinds import Kind, Problem
from workflows.compiling import Context, compile_workflow, context_of, kind_of
from workflows.kinds import TargetBlock, step_name

MOST_VISITS = 3
"""How many times an example may come to one step before it is said to go round and round."""


class ExampleKind(Kind, family="example"):
    """One kind of example."""


class Answer(blocks.StructBlock):
    """What somebody answered."""

    question = blocks.CharBlock(label=_("Name of the question"), max_length=60)
    value = blocks.CharBlock(label=_("Answer"), max_length=200)


class Choice(blocks.StructBlock):
    """What was chosen at a step."""

    step = TargetBlock(label=_("At the step"))
    outcome = blocks.CharBlock(label=_("was chosen"), max_length=80, help_text=_("What the button says."))


class Case(ExampleKind):
    """A matter with these facts and choices comes to this step."""

    name = "case"
    label = _("Example")
    icon = "check"

    class Settings(blocks.StructBlock):
        """What is known, what is chosen, and where it must lead."""

        label = blocks.CharBlock(
            label=_("The example in words"), max_length=120, help_text=_("For example: applied for 90,000")
        )
        amount = blocks.DecimalBlock(label=_("Amount applied for"), required=False, min_value=0, decimal_places=2)
        answers = blocks.ListBlock(Answer(), label=_("Other answers"), default=[])
        choices = blocks.ListBlock(
            Choice(),
            label=_("Choices on the way"),
            default=[],
            help_text=_("Where nothing is said, the usual way on is taken."),
        )
        comes_to = TargetBlock(label=_("Comes to the step"))
        never = TargetBlock(label=_("And never to the step"), required=False)

        class Meta:
            label_format = "{label}"


@dataclass
class Told:
    """An example as a walk needs it: what rules know, and what is chosen at each step in turn."""

    form: str
    values: dict[str, Any]
    choices: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, value: Mapping[str, Any], context: Context) -> "Told":
        """Read from what the editor set; answers that no question has are left out."""
        form, names = next(iter(context.names().items()))
        values: dict[str, Any] = {}
        given = {row["question"]: row["value"] for row in value.get("answers") or () if row.get("question")}
        if value.get("amount") is not None:
            values["matter.amount_applied"] = value["amount"]
            if context.workflow.amount_question:
                given.setdefault(context.workflow.amount_question, str(value["amount"]))
        for name, text in given.items():
            if name in names:
                values[names[name].id] = read(text, names[name])
        told = cls(form, values)
        for row in value.get("choices") or ():
            if (step := context.target(row.get("step") or "")) is not None:
                told.choices[step.id].append(step_name(row.get("outcome")))
        return told


def read(text: str, name: Name) -> Any:
    """A written answer as rules see it; nothing for one that does not fit."""
    text = (text or "").strip()
    if name.type == Type.NUMBER:
        try:
            return Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
        except InvalidOperation:
            return None
    if name.type == Type.BOOLEAN:
        return text.lower() in ("ja", "yes", "true", "1")
    if name.type == Type.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    if name.type == Type.LIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def walk(graph: Mapping[str, Any], told: Told) -> list[str]:
    """The steps that the example comes to, in order, until an end or until it goes round and round."""
    values, today = dict(told.values), timezone.localdate()
    chosen = {step: list(outcomes) for step, outcomes in told.choices.items()}
    been: Counter[str] = Counter()
    way: list[str] = []
    at: str | None = graph["start"]
    while at is not None and been[at] < MOST_VISITS:
        step = graph["steps"][at]
        kind = kind_of(step)
        been[at] += 1
        way.append(at)
        if kind.final:
            break
        if kind.automatic:
            outcome = kind.foresee(step, told.form, values, today) or ""
        else:
            outcome = outcome_for(step, chosen)
            values |= kind.facts_after(step, outcome)
        at = next((edge["target"] for edge in step["outcomes"] if edge["name"] == outcome), None)
    return way


def outcome_for(step: Mapping[str, Any], chosen: dict[str, list[str]]) -> str:
    """What is chosen at a step this time: the next of what was said, by what the button says; else the usual."""
    kind = kind_of(step)
    if not (said := chosen.get(step["id"])):
        return kind.usual(step)
    wanted = said.pop(0)
    called = {step_name(kind.outcome_label(step, edge["name"])): edge["name"] for edge in step["outcomes"]}
    return called.get(wanted, wanted)


def check_examples(workflow: Any) -> Iterator[Problem]:
    """The examples that the draft breaks. Asked only when nothing else is wrong."""
    if not len(workflow.examples):
        return
    context = context_of(workflow)
    graph = compile_workflow(workflow)
    for child in workflow.examples:
        yield from _check(child, context, graph)


def _check(child: Any, context: Context, graph: Mapping[str, Any]) -> Iterator[Problem]:
    value, called = child.value, child.value.get("label") or "…"
    wanted, never = (context.target(value.get(name) or "") for name in ("comes_to", "never"))
    if wanted is None:
        said = gettext("The example “%(example)s” names no step that is there. Choose where it must come.")
        yield Problem("example_step", said % {"example": called}, child.id, setting="comes_to")
        return
    names = next(iter(context.names().values()))
    for row in value.get("answers") or ():
        name = names.get(row.get("question") or "")
        if name is None or read(row.get("value"), name) is None:
            said = gettext("The example “%(example)s” has an answer to “%(name)s” that no question of the form takes.")
            yield Problem(
                "example_answer", said % {"example": called, "name": row.get("question")}, child.id, setting="answers"
            )
            return
    way = walk(graph, Told.of(value, context))
    last = graph["steps"][way[-1]]["label"]
    if wanted.id not in way:
        said = gettext(
            "The example “%(example)s” does not hold: the matter ends at “%(last)s” and never comes to “%(step)s”. "
            "Change the steps, or the example."
        )
        yield Problem(
            "example", said % {"example": called, "last": last, "step": wanted.label}, child.id, setting="comes_to"
        )
    elif never is not None and never.id in way:
        said = gettext(
            "The example “%(example)s” does not hold: the matter comes to “%(step)s”. Change the steps, or the example."
        )
        yield Problem("example", said % {"example": called, "step": never.label}, child.id, setting="never")
