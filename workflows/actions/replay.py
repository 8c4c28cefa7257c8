"""Before and after publishing: the draft run over all matters, and open matters moved to the new version."""

import json
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from forms.definition import LintFailed
from records.errors import Conflict, Invalid, NotAllowed, SamsynError
from records.events import NewEffect, NewEvent, record
from records.policy import has
from workflows.compiling import kind_of
from workflows.engine import Run, locked
from workflows.models import Matter, Replay, Workflow, WorkflowVersion
from workflows.replaying import replay_draft

TELL_EVERY = 1.0  # seconds
PUBLISH = Workflow.permission("publish")


def ask_replay(*, workflow: Workflow, person: Any) -> Replay:
    """Have the newest draft run over every matter in the background. Raises NotAllowed, and LintFailed."""
    _require(person, workflow)
    draft = workflow.get_latest_revision_as_object()
    problems = [problem for problem in draft.problems() if problem.is_error]
    if problems:
        raise LintFailed(problems, draft.describe(problems))
    compiled = json.loads(json.dumps(draft.compile()))
    total = workflow.matters.exclude(workflow_version=None).count()
    return _ask(Replay(workflow=workflow, person=person, compiled=compiled, total=total))


def ask_move(*, workflow: Workflow, person: Any) -> Replay:
    """Have every open matter of older versions moved to the one in use. Raises NotAllowed, Invalid."""
    _require(person, workflow)
    version = workflow.version
    if version is None:
        raise Invalid(_("Nothing is published, so there is nothing to move matters to. Publish the draft first."))
    return _ask(
        Replay(workflow=workflow, person=person, sort=Replay.Sort.MOVE, version=version, total=movable(version).count())
    )


def movable(version: WorkflowVersion) -> Any:
    """The open matters that follow an older version of the same workflow, the oldest first."""
    return (
        Matter.objects.filter(workflow=version.workflow_id, state=Matter.State.OPEN)
        .exclude(workflow_version=None)
        .exclude(workflow_version=version.pk)
        .order_by("pk")
    )


def _require(person: Any, workflow: Workflow) -> None:
    if not has(person, PUBLISH, workflow.collection):
        raise NotAllowed(_("Only those who may publish the workflow decide how its matters go on."))


@transaction.atomic
def _ask(replay: Replay) -> Replay:
    replay.save()
    workflow = replay.workflow
    record(
        NewEvent(
            collection=workflow.collection,
            stream=workflow.stream,
            type="workflow.replay_asked",
            actor=replay.person,
            transition={"replay": str(replay.key), "sort": replay.sort, "matters": replay.total},
        ),
        effects=[
            NewEffect(
                kind="workflows.replay",
                key=f"workflows.replay:{replay.key}",
                collection=workflow.collection,
                object_id=str(replay.key),
            )
        ],
    )
    return replay


def make_replay(key: str) -> None:
    """Do what was asked for; a worker that is started anew begins again, and matters that were moved stay moved."""
    replay = Replay.objects.select_related("workflow", "version", "person").filter(key=key).first()
    if replay is None or replay.is_finished:
        return
    mine = Replay.objects.filter(pk=replay.pk)
    mine.update(state=Replay.State.WORKING)
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            mine.update(done=done)
            told = time.monotonic()

    if replay.sort == Replay.Sort.LOOK:
        result = replay_draft(replay.workflow, replay.compiled, tell)
    else:
        result = _move_all(replay, tell)
    mine.update(state=Replay.State.READY, done=replay.total, result=result, finished_at=timezone.now(), compiled={})


def give_up_replay(key: str) -> None:
    """It could not be done; what was moved stays moved."""
    Replay.objects.filter(key=key).update(state=Replay.State.FAILED, finished_at=timezone.now())


def _move_all(replay: Replay, tell: Any) -> list[dict[str, Any]]:
    rows = []
    assert replay.version is not None
    with override(settings.LANGUAGE_CODE):
        for count, matter in enumerate(list(movable(replay.version).only("pk", "registry_number", "key")), 1):
            row = {"number": matter.registry_number, "key": str(matter.key), "ok": True, "why": ""}
            try:
                move_to_version(matter=matter, version=replay.version, actor=replay.person)
            except SamsynError as error:
                row |= {"ok": False, "why": str(error.sentence)}
            rows.append(row)
            tell(count)
    return rows


@transaction.atomic
def move_to_version(*, matter: Matter, version: WorkflowVersion, actor: Any) -> Matter:
    """Let an open matter follow another version of its workflow from the step where it stands; its tasks are renewed.

    Raises NotAllowed, Conflict when it is there already or closed, and Invalid when the version has not its step.
    """
    matter = locked(matter)
    if matter.workflow_id != version.workflow_id:
        raise Invalid(_("The version belongs to another workflow."))
    _require(actor, version.workflow)
    if not matter.is_open:
        raise Conflict(_("The matter is no longer open, so it keeps its version."))
    before = matter.workflow_version
    if before is None or before.pk == version.pk:
        raise Conflict(_("The matter has no older version to move from."))
    here, there = matter.current, version.compiled["steps"].get(matter.step)
    if here is None or there is None:
        raise Invalid(_("The step “%(step)s” is not in the new version.") % {"step": matter.step_name})
    if here["kind"] != there["kind"] or kind_of(there).automatic:
        raise Invalid(_("The step “%(step)s” is of another kind in the new version.") % {"step": matter.step_name})
    matter.workflow_version = version
    matter.step_name = there["label"]
    run = Run(matter, actor)
    run.changed(
        "rerouted",
        {"from": before.pk, "to": version.pk, "from_number": before.number, "to_number": version.number},
    )
    run.renew_tasks()
    return matter
