"""What stands in the way of publishing a workflow, and how to cure it, each at its own step."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import GroupCollectionPermission

from forms.expressions import Type
from forms.kinds import Problem
from records.policy import users_with
from workflows.compiling import Context, Draft, context_of, names_of
from workflows.roles import CONFIRM, CONFIRM_AS_DEPUTY, called

Graph = Mapping[str, list[str]]
RELATIONS = ("recusals", "people")
"""Of a matter: who has a conflict of interest, and who is a party. The lint is read by the models, so it asks them."""


def lint_workflow(workflow: Any) -> list[Problem]:
    """Everything wrong or doubtful in the draft."""
    context = context_of(workflow)
    if not context.drafts:
        return [
            Problem("no_steps", gettext("The workflow has no steps. Add at least one, and an end."), setting="steps")
        ]
    found = [*_settings(context), *_names(context), *_incomplete(workflow), *_targets(context)]
    for draft in context.drafts:
        context.block_id = draft.id
        found += draft.kind.lint(draft.value, context)
    return [*found, *_clocks(context), *_shape(context), *_returns(context), *_actors(context)]


def links(context: Context) -> dict[str, list[str]]:
    """Step id → the ids of the steps its outcomes lead to."""
    return {
        draft.id: [target.id for edge in draft.edges() if (target := context.target(edge.target)) is not None]
        for draft in context.drafts
    }


def reachable(graph: Graph, start: Iterable[str]) -> set[str]:
    """Every step that can be come to from `start`."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += graph.get(step, ())
    return found


def backwards(graph: Graph) -> dict[str, list[str]]:
    """The same steps with every link turned round."""
    turned: dict[str, list[str]] = {step: [] for step in graph}
    for step, targets in graph.items():
        for target in targets:
            turned[target].append(step)
    return turned


def in_circles(graph: Graph, within: set[str]) -> set[str]:
    """The steps of `within` from which one comes back to oneself without leaving `within`."""
    inside = {step: [target for target in targets if target in within] for step, targets in graph.items()}
    return {step for step in within if step in reachable(inside, inside.get(step, ()))}


def _settings(context: Context) -> Iterator[Problem]:
    workflow = context.workflow
    for form in context.forms.values():
        if form.collection_id != workflow.collection_id:
            yield Problem(
                "foreign_form",
                gettext("The form “%(form)s” belongs to another association.") % {"form": form},
                setting="starts_with",
            )
        elif form.latest_version is None:
            yield Problem(
                "unpublished_form",
                gettext("The form “%(form)s” has never been published. Publish it first.") % {"form": form},
                setting="starts_with",
            )
        else:
            others = form.workflows.filter(live=True, collection_id=workflow.collection_id).exclude(pk=workflow.pk)
            for other in others[:1]:
                yield Problem(
                    "form_taken",
                    gettext(
                        "The form “%(form)s” already starts the workflow “%(other)s”. Take it away from one of them."
                    )
                    % {"form": form, "other": other},
                    setting="starts_with",
                )
    if workflow.series is not None and workflow.series.collection_id != workflow.collection_id:
        yield Problem(
            "foreign_series", gettext("The registry series belongs to another association."), setting="series"
        )
    for setting, wanted in (("title_question", Type.TEXT), ("amount_question", Type.NUMBER)):
        yield from _question(context, setting, wanted)


def _question(context: Context, setting: str, wanted: Type) -> Iterator[Problem]:
    name = getattr(context.workflow, setting)
    if not name:
        return
    if not context.versions:
        yield Problem(
            "no_form",
            gettext("No form is bound, so there is no question “%(name)s”. Empty this or choose a form.")
            % {"name": name},
            setting=setting,
        )
    for pk, compiled in context.versions.items():
        found = names_of(compiled).get(name)
        if found is None or found.type != wanted:
            right = sorted(known for known, one in names_of(compiled).items() if one.type == wanted)
            yield Problem(
                "unknown_question",
                gettext("The form “%(form)s” has no such question named “%(name)s”. These can be used: %(known)s.")
                % {"form": context.title_of(pk), "name": name, "known": ", ".join(right) or "–"},
                setting=setting,
            )


def _names(context: Context) -> Iterator[Problem]:
    for draft in context.drafts:
        if not draft.name:
            yield Problem(
                "no_name", gettext("The step has no name. Write what staff call it."), draft.id, setting="label"
            )
        elif context.by_name[draft.name] is not draft:
            yield Problem(
                "same_name",
                gettext("Another step is also called “%(name)s”. Give one of them another short name.")
                % {"name": draft.name},
                draft.id,
                setting="name",
            )


def _incomplete(workflow: Any) -> Iterator[Problem]:
    """Settings that their own blocks refuse: publishing may come from code, which passes no editor."""
    for child in workflow.steps:
        try:
            child.block.clean(child.value)
        except StructBlockValidationError as error:
            for setting, inside in error.block_errors.items():
                if setting == "label":
                    continue
                own = isinstance(inside, ValidationError) and type(inside) is ValidationError
                sentence = " ".join(inside.messages) if own else gettext("Something is not filled in here.")
                yield Problem("incomplete", sentence, child.id, setting=setting)
        except ValidationError as error:
            yield Problem("incomplete", " ".join(error.messages), child.id)


def _targets(context: Context) -> Iterator[Problem]:
    known = get_text_list([f"“{draft.label}”" for draft in context.drafts if draft.label], gettext("and"))
    for draft in context.drafts:
        for edge in draft.edges():
            if not (edge.target or "").strip():
                yield Problem(
                    "no_target",
                    gettext("This outcome leads nowhere. Choose the step it leads to: %(known)s.") % {"known": known},
                    edge.block_id or draft.id,
                    setting=edge.setting,
                )
            elif context.target(edge.target) is None:
                said = gettext("The step this outcome led to is no longer there. The steps are %(known)s.")
                if not _is_id(edge.target):
                    said = gettext("There is no step “%(name)s”. The steps are %(known)s.")
                yield Problem(
                    "unknown_target",
                    said % {"name": edge.target, "known": known},
                    edge.block_id or draft.id,
                    setting=edge.setting,
                )


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _clocks(context: Context) -> Iterator[Problem]:
    """Reminders and late days that count from a last day the step does not have, or name nobody."""
    for draft in context.drafts:
        value = draft.value
        counts = bool(value.get("reminders")) or bool(value.get("late_days"))
        if counts and value.get("due_days") is None and not draft.kind.has_own_due:
            yield Problem(
                "no_last_day",
                gettext("“%(step)s” has no last day for the reminders to count from. Write how many days it has.")
                % {"step": draft.label},
                draft.id,
                setting="due_days",
            )
        for row in value.get("reminders") or ():
            before = row["days"] if row.get("when") == "before" else 0
            if before and value.get("due_days") is not None and before > value["due_days"]:
                yield Problem(
                    "early_reminder",
                    gettext(
                        "“%(step)s” is due after %(due)s days, so a reminder %(before)s days before could never be "
                        "sent. Write fewer days, or give the step more."
                    )
                    % {"step": draft.label, "due": value["due_days"], "before": before},
                    draft.id,
                    setting="reminders",
                )
        if bool(value.get("late_days")) != bool(value.get("late_to")):
            yield Problem(
                "half_late",
                gettext("Write both after how many days “%(step)s” goes on to somebody else and to whom, or neither.")
                % {"step": draft.label},
                draft.id,
                setting="late_to" if value.get("late_days") else "late_days",
            )


def _shape(context: Context) -> Iterator[Problem]:
    graph = links(context)
    by_id: dict[str, Draft] = {draft.id: draft for draft in context.drafts}
    ends = [draft.id for draft in context.drafts if draft.kind.final]
    if not ends:
        yield Problem("no_end", gettext("No matter would ever be closed. Add an end."), setting="steps")
    reached = reachable(graph, [context.drafts[0].id])
    to_an_end = reachable(backwards(graph), ends)
    circles = in_circles(graph, {draft.id for draft in context.drafts if draft.kind.automatic})
    for step, draft in by_id.items():
        if step not in reached:
            yield Problem(
                "unreachable",
                gettext("No matter ever comes to “%(step)s”. Let an outcome of another step lead here, or remove it.")
                % {"step": draft.label},
                step,
            )
        if ends and step not in to_an_end:
            yield Problem(
                "dead_end",
                gettext("From “%(step)s” no way leads to an end. Let one of its outcomes lead on.")
                % {"step": draft.label},
                step,
            )
        if step in circles:
            yield Problem(
                "circle",
                gettext(
                    "“%(step)s” leads back to itself through steps that happen by themselves, without end. "
                    "Let somebody act on the way."
                )
                % {"step": draft.label},
                step,
            )


def _returns(context: Context) -> Iterator[Problem]:
    """Outcomes that promise to come back, from which no way leads back."""
    graph = links(context)
    for draft in context.drafts:
        for edge in draft.edges():
            target = context.target(edge.target)
            if edge.name not in draft.kind.comes_back or target is None or draft.id in reachable(graph, [target.id]):
                continue
            said = gettext(
                "After “%(outcome)s” no way leads back to “%(step)s”, so nobody would take it up again. "
                "Let the outcome lead to a step from which one comes back."
            )
            called = draft.kind.outcome_labels.get(edge.name) or edge.label
            yield Problem(
                "no_way_back", said % {"outcome": called, "step": draft.label}, draft.id, "warning", edge.setting
            )


def _actors(context: Context) -> Iterator[Problem]:
    collection = context.workflow.collection
    held = {
        f"{app}.{codename}"
        for app, codename in GroupCollectionPermission.objects.filter(
            collection__in=collection.get_ancestors(inclusive=True), permission__content_type__app_label="workflows"
        ).values_list("permission__content_type__app_label", "permission__codename")
    }
    asked = held & {role for draft in context.drafts for role in draft.kind.actors(draft.value)}
    holders = {role: dict(users_with(role, collection).values_list("pk", "email")) for role in sorted(asked)}
    # Where nobody has been given any role yet, nobody need be told so at every step.
    is_staffed = any(holders.values())
    for draft in context.drafts:
        for role in draft.kind.actors(draft.value):
            words = {"step": draft.label, "association": collection.name, "who": called(role)}
            if role not in held:
                said = gettext(
                    "Nobody can act at “%(step)s”: no group of %(association)s may act as %(who)s. "
                    "Give a group that right under Settings, Groups."
                )
                yield Problem("nobody", said % words, draft.id)
            elif is_staffed and not holders[role]:
                said = gettext(
                    "Nobody can act at “%(step)s”: the group that may act as %(who)s is empty. "
                    "Put somebody in it under Settings, Users."
                )
                yield Problem("empty_group", said % words, draft.id, "warning")
    yield from _nobody_left(context, holders)


def _nobody_left(context: Context, holders: Mapping[str, Mapping[int, str]]) -> Iterator[Problem]:
    """Open matters whose every holder of a role is a party or has a conflict of interest; a fixed number of queries."""
    if context.workflow.pk is None or not any(holders.values()):
        return
    open_matters = {"matter__workflow": context.workflow.pk, "matter__state": "open"}
    recused, parties = (context.workflow.matters.model._meta.get_field(name).related_model for name in RELATIONS)
    out: dict[int, set[int]] = defaultdict(set)
    rows = recused._default_manager.filter(lifted_at=None, **open_matters).values_list("matter", "user")
    for matter, user in rows:
        out[matter].add(user)
    deputies = dict(users_with(CONFIRM_AS_DEPUTY, context.workflow.collection).values_list("pk", "email"))
    holders = {role: {**found, **(deputies if role == CONFIRM else {})} for role, found in holders.items()}
    by_address = {email: pk for found in holders.values() for pk, email in found.items()}
    own = parties._default_manager.filter(email__in=by_address, **open_matters).values_list("matter", "email")
    for matter, email in own:
        out[matter].add(by_address[email])
    for draft in context.drafts:
        for role in draft.kind.actors(draft.value):
            found = set(holders.get(role, ()))
            count = sum(1 for kept_out in out.values() if found and found <= kept_out)
            if count:
                said = ngettext(
                    "In %(count)s open matter everybody who may act as %(who)s at “%(step)s” is a party or has a "
                    "conflict of interest. Let somebody more act as %(who)s.",
                    "In %(count)s open matters everybody who may act as %(who)s at “%(step)s” is a party or has a "
                    "conflict of interest. Let somebody more act as %(who)s.",
                    count,
                )
                words = {"count": count, "who": called(role), "step": draft.label}
                yield Problem("nobody_left", said % words, draft.id, "warning")
