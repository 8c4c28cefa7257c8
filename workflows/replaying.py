"""A draft run over what has happened: which matters would go the same way, stop elsewhere, or skip a step.

Nothing is written and no kind does its work: the choices that people made are read from the events, and what happens
by itself is foreseen from the graph.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils import timezone

from forms.models import Submission
from forms.queries import completions_of, effective_answers, runtime_of
from records.models import Event
from workflows.compiling import kind_of, steps_of
from workflows.facts import holds
from workflows.models import Matter, Workflow, WorkflowVersion

Graph = Mapping[str, Any]

SAME, STOPS, SKIPS, ENDS = "same", "stops", "skips", "ends"
AT_ONCE = 500
COLUMNS = (
    "pk",
    "key",
    "registry_number",
    "state",
    "step",
    "result",
    "amount_applied",
    "submission",
    "submission__form",
)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """What people chose at one step, and what rules know of the matter after it."""

    step: str
    outcome: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What one matter has been through."""

    pk: int
    number: str
    is_open: bool
    step: str
    result: str
    form: str
    facts: Mapping[str, Any]
    chosen: Sequence[Chosen]


@dataclass(frozen=True, slots=True)
class Fate:
    """How a matter would have gone: the same way, stopped at a step, past a step, or to another end."""

    what: str
    step: str = ""


def by_itself(graph: Graph, start: str, form: str, values: Mapping[str, Any], today: date) -> str:
    """The step at which somebody must act, or the end, that is come to from `start` without anybody."""
    at = start
    for _step in graph["steps"]:
        step = graph["steps"][at]
        kind = kind_of(step)
        outcome = kind.foresee(step, form, values, today) if kind.automatic and not kind.final else None
        target = next((edge["target"] for edge in step["outcomes"] if edge["name"] == outcome), None)
        if target is None:
            return at
        at = target
    return at


def fate(graph: Graph, past: Past, today: date) -> Fate:
    """How the matter would have gone by this graph, with the choices that were made."""
    values = dict(past.facts)
    at = by_itself(graph, graph["start"], past.form, values, today)
    left, skipped = 0, ""
    while not kind_of(graph["steps"][at]).final:
        there = next((n for n in range(left, len(past.chosen)) if past.chosen[n].step == at), None)
        if there is None:
            break
        skipped = skipped or next((one.step for one in past.chosen[left:there]), "")
        chosen = past.chosen[there]
        left = there + 1
        values |= chosen.facts
        target = _target(graph["steps"][at], chosen.outcome, past.form, values, today)
        if target is None:
            return Fate(STOPS, at)
        at = by_itself(graph, target, past.form, values, today)
    step = graph["steps"][at]
    if not kind_of(step).final:
        if at != past.step:
            return Fate(STOPS, at)
    elif past.is_open or step["settings"].get("result") != past.result:
        return Fate(ENDS, at)
    skipped = skipped or next((one.step for one in past.chosen[left:]), "")
    return Fate(SKIPS, skipped) if skipped else Fate(SAME)


def _target(step: Mapping[str, Any], outcome: str, form: str, values: Mapping[str, Any], today: date) -> str | None:
    """Where an outcome that was chosen leads; nowhere when it is gone or its condition does not hold."""
    condition = kind_of(step).conditions(step).get(outcome)
    if condition is not None and not holds(condition, form, values, today=today):
        return None
    return next((edge["target"] for edge in step["outcomes"] if edge["name"] == outcome), None)


# --- reading what has happened -----------------------------------------------------------------------------
def asked_questions(graph: Graph) -> set[str]:
    """The questions that the rules of a graph speak of; without any, no answer need be read."""
    found: set[str] = set()
    rules = (rule for step in steps_of(graph) for rule in kind_of(step).conditions(step).values())
    waiting: list[Any] = [rule["by_form"] for rule in rules]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            waiting += part.values()
        elif isinstance(part, list | tuple):
            if len(part) > 1 and part[0] in ("name", "column"):
                found.add(str(part[1]))
            waiting += [inner for inner in part if isinstance(inner, list | tuple | Mapping)]
    return {name for name in found if not name.startswith("matter.")}


def pasts(workflow: Workflow, graph: Graph) -> Iterator[Past]:
    """What every matter of the workflow has been through, read in a fixed number of queries for each block."""
    versions = WorkflowVersion.objects.filter(workflow=workflow)
    by_itself_at = {
        step["id"] for version in versions for step in steps_of(version.compiled) if kind_of(step).automatic
    }
    asked = asked_questions(graph)
    rows = Matter.objects.filter(workflow=workflow, workflow_version__isnull=False).order_by("pk").values_list(*COLUMNS)
    left = rows.iterator(chunk_size=AT_ONCE)
    while block := list(islice(left, AT_ONCE)):
        chosen = _chosen([f"matter:{row[1]}" for row in block], by_itself_at)
        answers = _answers([row[7] for row in block if row[7]], asked) if asked else {}
        for pk, key, number, state, step, result, amount, submission, form in block:
            yield Past(
                pk=pk,
                number=number,
                is_open=state == Matter.State.OPEN,
                step=step,
                result=result,
                form=str(form or ""),
                facts={**answers.get(submission, {}), "matter.amount_applied": amount},
                chosen=chosen.get(f"matter:{key}", ()),
            )


def _chosen(streams: Sequence[str], by_itself_at: set[str]) -> dict[str, list[Chosen]]:
    """What people chose in each matter, in order."""
    found: dict[str, list[Chosen]] = defaultdict(list)
    facts: dict[str, dict[str, Any]] = defaultdict(dict)
    events = Event.objects.filter(
        stream__in=streams, type__in=("matter.moved", "matter.stated", "matter.decided")
    ).order_by("stream", "sequence")
    for stream, kind, say in events.values_list("stream", "type", "transition").iterator():
        if kind == "matter.stated":
            facts[stream]["matter.recommendation"] = say["outcome"]
        elif kind == "matter.decided":
            facts[stream]["matter.decision"] = say["outcome"]
            if say.get("amount") is not None:
                facts[stream]["matter.amount_granted"] = Decimal(say["amount"])
        elif say["from"] and say["from"] not in by_itself_at:
            found[stream].append(Chosen(say["from"], say["outcome"], dict(facts[stream])))
    return found


def _answers(submissions: Sequence[int], asked: set[str]) -> dict[int, dict[str, Any]]:
    """What the asked questions are worth in rules, by submission."""
    rows = list(Submission.objects.filter(pk__in=submissions).select_related("version"))
    completions = completions_of(rows)
    found = {}
    for row in rows:
        runtime = runtime_of(row)
        given = effective_answers(row, completions.get(row.pk, []), runtime)
        found[row.pk] = {
            name: runtime.questions[name].kind.expression_value(runtime.questions[name].field, given[name])
            for name in asked
            if name in given and name in runtime.questions
        }
    return found


# --- the sum of it ------------------------------------------------------------------------------------------
@dataclass
class Outcome:
    """Matters that would go the same way: how many, and the first of them."""

    what: str
    label: str
    count: int = 0
    first: list[str] = field(default_factory=list)


def summed(graph: Graph, old: Graph, fates: Iterable[tuple[Past, Fate]]) -> list[dict[str, Any]]:
    """How many would go which way, the commonest change first; kept as JSON."""
    groups: dict[Fate, Outcome] = {}
    for past, found in fates:
        step = graph["steps"].get(found.step) or old.get("steps", {}).get(found.step)
        group = groups.setdefault(found, Outcome(found.what, step["label"] if step else ""))
        group.count += 1
        if len(group.first) < SHOWN:
            group.first.append(past.number)
    ordered = sorted(groups.values(), key=lambda group: (group.what != SAME, -group.count, group.label))
    return [{"what": g.what, "label": g.label, "count": g.count, "first": g.first} for g in ordered]


def replay_draft(workflow: Workflow, graph: Graph, tell: Any = None) -> list[dict[str, Any]]:
    """Run a graph over every matter of the workflow; `tell` is told after each how many have been looked at."""
    newest = workflow.latest_version
    today = timezone.localdate()

    def each() -> Iterator[tuple[Past, Fate]]:
        for count, past in enumerate(pasts(workflow, graph), 1):
            if tell is not None:
                tell(count)
            yield past, fate(graph, past, today)

    return summed(graph, newest.compiled if newest else {}, each())
