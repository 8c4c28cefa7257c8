"""A draft tried with a sample application: the real engine and the real outbox, in a transaction that is undone.

Everything that would happen happens: the draft is published, an application is sent, people act, mails are queued.
Then all of it is rolled back, so no number is taken, nothing is kept and nothing leaves.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.models import Collection

from forms import actions as form_actions
from forms.actions.sample import fill_sample
from forms.models import Submission
from forms.queries import answers_digest, runtime_of
from records.errors import SamsynError
from records.models import Message
from records.policy import users_with
from workflows import actions
from workflows.compiling import context_of, kind_of
from workflows.examples import Told, outcome_for
from workflows.models import Matter, Task, Workflow
from workflows.permissions import why_not
from workflows.roles import APPLICANT, HANDLE, called

MOST_TURNS = 60
ADDRESS = "prov@samsyn.example"
"""Whom the sample application is from; nothing is ever sent there."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would have been sent."""

    to: str
    subject: str
    body: str


@dataclass
class Stop:
    """Something that happened: what, who did it, and the mails that it led to."""

    what: str
    who: str = ""
    now: str = ""
    mails: list[Mail] = field(default_factory=list)


@dataclass
class Trial:
    """The whole way of the sample application."""

    stops: list[Stop] = field(default_factory=list)
    result: str = ""
    trouble: list[str] = field(default_factory=list)

    @property
    def mails(self) -> int:
        """How many mails would have been sent."""
        return sum(len(stop.mails) for stop in self.stops)


class _Undo(Exception):  # noqa: N818 (no fault: the way out of the transaction)
    """Rolls everything back."""


def try_out(*, workflow: Workflow, value: Mapping[str, Any] | None = None) -> Trial:
    """Walk a sample application through the newest draft; `value` is an example's facts and choices.

    Nothing is kept and nothing leaves, whatever happens on the way.
    """
    trial = Trial()
    try:
        with transaction.atomic():
            _walk(trial, workflow, value or {})
            raise _Undo
    except _Undo:
        pass
    except SamsynError as error:
        trial.trouble.append(str(error.sentence))
    return trial


def _walk(trial: Trial, workflow: Workflow, value: Mapping[str, Any]) -> None:
    draft = workflow.get_latest_revision_as_object()
    draft.overruled = {problem.key: "–" for problem in draft.problems() if not problem.is_error}
    draft.save_revision(clean=False).publish()
    workflow = Workflow.objects.get(pk=workflow.pk)
    told = Told.of(value, context_of(workflow))
    seen: set[Any] = set()
    begun = timezone.now()
    matter, sender = _received(trial, workflow, value)
    _happened(trial, gettext("The application comes in"), sender, matter, begun, seen)
    applicant = _applicant(matter)
    chosen = {step: list(outcomes) for step, outcomes in told.choices.items()}
    aims: dict[tuple[str, int], str] = {}
    for _turn in range(MOST_TURNS):
        matter = Matter.objects.select_related("collection", "workflow_version").get(pk=matter.pk)
        if not matter.is_open:
            trial.result = matter.result or matter.get_state_display()
            return
        step = matter.current
        assert step is not None
        # What a step is led to is settled once each time the matter comes there, however many tasks it takes.
        aim = aims.get((matter.step, matter.visit))
        if aim is None:
            aim = aims[matter.step, matter.visit] = outcome_for(step, chosen)
        acted = _act(matter, step, aim, applicant)
        if isinstance(acted, str):
            trial.trouble.append(acted)
            trial.result = matter.step_name
            return
        _happened(trial, acted.what, acted.who, Matter.objects.get(pk=matter.pk), begun, seen)
    trial.trouble.append(gettext("The matter goes round and round, so the trial was stopped."))


def _received(trial: Trial, workflow: Workflow, value: Mapping[str, Any]) -> tuple[Matter, str]:
    """A sample of the form that starts it, sent in; by hand when there is no form, or the samples do not fit it."""
    form = next((form for form in workflow.starts_with.all() if form.version is not None), None)
    if form is not None:
        try:
            with transaction.atomic():
                return _sent(form, workflow, value), gettext("A sample applicant")
        except SamsynError as error:
            sentence = gettext(
                "The sample answers did not fit the form (%(why)s), so the matter was registered by hand."
            )
            trial.trouble.append(sentence % {"why": error.sentence})
    officer = users_with(HANDLE, workflow.collection).order_by("pk").first()
    matter = actions.register_by_hand(
        collection=workflow.collection,
        actor=officer,
        title=gettext("A trial"),
        channel=Matter.Channel.LETTER,
        sender=gettext("A sample applicant"),
        email=ADDRESS,
        workflow=workflow,
        amount=value.get("amount"),
    )
    return matter, str(officer)


def _sent(form: Any, workflow: Workflow, value: Mapping[str, Any]) -> Matter:
    version = form.version
    sample = fill_sample(version=version, person=None, seed=1)
    answers = dict(sample.answers)
    given = {row["question"]: row["value"] for row in value.get("answers") or () if row.get("question")}
    if value.get("amount") is not None and workflow.amount_question:
        given.setdefault(workflow.amount_question, str(value["amount"]))
    for question in runtime_of(sample).questions.values():
        if question.field["name"] in given and question.is_asked:
            answers[question.id] = given[question.field["name"]]
    draft = form_actions.begin(version=version, nonce=uuid.uuid4(), given=answers)
    shown = answers_digest(draft, runtime_of(draft).path(draft.answers).answers, [])
    sent: Submission = form_actions.submit(submission=draft, seen=shown)
    matter = Matter.objects.get(submission=sent)
    if matter.amount_applied is None and value.get("amount") is not None:
        matter.amount_applied = value["amount"]
        matter.save()
    return matter


def _applicant(matter: Matter) -> Any:
    """The sample applicant with a login, for the steps at which the applicant acts."""
    person = matter.people.first()
    if person is None:
        person = matter.people.create(email=ADDRESS, name=gettext("A sample applicant"))
    model = get_user_model()
    user: Any = model._default_manager.filter(email=person.email).first()
    user = user or model.objects.create_user(person.email)  # type: ignore[attr-defined]
    user._proved_addresses = {person.email}
    return user


def _act(matter: Matter, step: Mapping[str, Any], aim: str, applicant: Any) -> Stop | str:
    """Let somebody do what the step waits for; a sentence when nobody can."""
    kind = kind_of(step)
    waiting = list(matter.tasks.filter(done_at=None).order_by("-blocking", "pk"))
    reasons = []
    for task in waiting:
        task.matter = matter
        move = kind.trial(step, matter, task.what, aim)
        if move is None:
            continue
        for user in _who(task, applicant, matter.collection):
            if (reason := why_not(user, task)) is not None:
                reasons.append(f"{user}: {reason}")
                continue
            actions.choose(task=task, choice=move.choice, actor=user, data=move.data)
            done = gettext("%(task)s: %(outcome)s") % {
                "task": task.label,
                "outcome": kind.outcome_label(step, move.outcome or aim),
            }
            return Stop(done, str(user))
    who = ", ".join(str(called(task.role)) for task in waiting if task.blocking)
    said = gettext("At “%(step)s” nobody can go on: it waits for %(who)s, and nobody holds that role or may do it.")
    return " ".join([said % {"step": step["label"], "who": who or "–"}, *reasons])


def _who(task: Task, applicant: Any, collection: Collection) -> list[Any]:
    if task.role == APPLICANT:
        return [applicant]
    return list(users_with(task.role, collection).order_by("pk")[:20])


def _happened(trial: Trial, what: str, who: str, matter: Matter, begun: Any, seen: set[Any]) -> None:
    """Take down what happened and the mails since then that have not been seen."""
    rows = list(Message.objects.filter(queued_at__gte=begun).exclude(pk__in=seen).order_by("queued_at"))
    seen.update(row.pk for row in rows)
    now = matter.result if not matter.is_open else matter.step_name
    trial.stops.append(Stop(what, who, now, [Mail(row.to, row.subject, row.body) for row in rows]))
