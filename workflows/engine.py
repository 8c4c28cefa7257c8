"""What moves a matter: the compiled graph decides, one locked row at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forms.queries import runtime_of
from records.errors import Conflict, Invalid, SamsynError
from records.events import NewEffect, NewEvent, NewMail, record
from records.models import Event
from records.policy import users_with
from workflows import history, letters, news
from workflows.compiling import BY_HAND, kind_of
from workflows.facts import answers_of, values_of
from workflows.kinds import Wait
from workflows.models import Matter, MatterPerson, Note, Task
from workflows.roles import APPLICANT, CLOCK, HANDLE


class GoesInCircles(SamsynError):  # noqa: N818 (a word of the house)
    """A workflow leads from one automatic step to the next without end."""

    default = _("The workflow goes in circles, so nothing was done. Tell whoever edits the workflow.")
    status = 500


def locked(matter: Matter) -> Matter:
    """The matter as it is now, locked until the transaction ends."""
    return (
        Matter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("collection", "workflow_version")
        .get(pk=matter.pk)
    )


def expect(matter: Matter, version: int | None, *, outside: bool = False) -> None:
    """Raise Conflict, telling who did what, when the matter has moved since the person saw it."""
    if version is not None and version != matter.version:
        raise Conflict(history.who_was_first(matter, outside=outside))


class Run:
    """One transaction's work on one locked matter; what kinds use to write, mail and close."""

    def __init__(self, matter: Matter, actor: Any) -> None:
        self.matter = matter
        self.actor = actor if getattr(actor, "is_authenticated", False) else None
        self.now: datetime = timezone.now()
        self.has_moved = False
        self.letters_wait_for: Any = None
        """Minutes whose letters the office reads together and sends itself; without them letters leave at once."""

    @property
    def today(self) -> Any:
        """Today in the association."""
        return timezone.localdate(self.now)

    # -- writing --------------------------------------------------------------------------------------
    def record(
        self,
        type: str,  # noqa: A002 (the event's own word)
        transition: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
        mails: Iterable[NewMail] = (),
        effects: Iterable[NewEffect] = (),
    ) -> Event:
        """Write what happened, with the mail and the work it causes, in the matter's stream."""
        return record(
            NewEvent(
                collection=self.matter.collection,
                stream=self.matter.stream,
                type=f"matter.{type}",
                actor=self.actor,
                transition=transition or {},
                detail=detail or {},
            ),
            mails=mails,
            effects=effects,
        )

    def changed(
        self,
        type: str,  # noqa: A002 (the event's own word)
        transition: Mapping[str, Any] | None = None,
        detail: Mapping[str, Any] | None = None,
        mails: Iterable[NewMail] = (),
        effects: Iterable[NewEffect] = (),
    ) -> Event:
        """Write what happened and count it: whoever saw the matter before must look again."""
        self.matter.version += 1
        counted = {**(transition or {}), "version": self.matter.version}
        event = self.record(type, counted, detail, mails, effects)
        self.matter.save()
        return event

    def mail(self, kind: str, cause: str, person: MatterPerson, **context: str) -> NewMail:
        """A mail to somebody outside the office about this matter."""
        return NewMail(
            kind=kind,
            key=f"{self.matter.stream}:{cause}:{person.pk}",
            to=person.email,
            collection=self.matter.collection,
            language=self.matter.language,
            context={**letters.about(self.matter, str(person)), **context},
        )

    def reminders(self, task: Task) -> list[NewMail]:
        """The mails that remind those a task waits for; one per person and reminder."""
        cause = "overdue" if task.reminded_days in (None, 1) else f"overdue({task.reminded_days})"
        if task.role != APPLICANT:
            return tell_of(task, cause=cause)
        with translation.override(self.matter.language):
            waits = {"task": task.label, "due": letters.day(task.due) or gettext("no date set")}
        return [self.mail(letters.TASK, f"{cause}:{task.pk}", person, **waits) for person in self.people()]

    def people(self) -> list[MatterPerson]:
        """Everyone outside the office."""
        return list(self.matter.people.all())

    def note(self, text: str) -> Note:
        """Write an internal note."""
        note = Note.objects.create(matter=self.matter, author=self.actor, text=text)
        self.record("noted", {"note": str(note.key)})
        return note

    # -- moving ---------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Put the matter at the first step."""
        self._enter(self.matter.graph["steps"][self.matter.graph["start"]], "", "")

    def take(self, outcome: str) -> None:
        """Leave the present step by one of its outcomes and go on through what happens by itself."""
        step = self.matter.current
        if step is None:
            raise Invalid(_("The matter has no steps."))
        edge = next((edge for edge in step["outcomes"] if edge["name"] == outcome), None)
        if edge is None or not edge["target"]:
            raise Invalid(_("The step has no such outcome."))
        kind_of(step).leave(step, self)
        self._enter(self.matter.graph["steps"][edge["target"]], step["id"], outcome)

    def _enter(self, step: Mapping[str, Any], left: str, outcome: str) -> None:
        by_itself = 0
        while True:
            self._stand_at(step, left, outcome)
            kind = kind_of(step)
            taken = kind.enter(step, self)
            if taken is None:
                break
            by_itself += 1
            if by_itself > len(self.matter.graph["steps"]):
                raise GoesInCircles
            edge = next(edge for edge in step["outcomes"] if edge["name"] == taken)
            kind.leave(step, self)
            left, outcome, step = step["id"], taken, self.matter.graph["steps"][edge["target"]]
        self.renew_tasks()

    def _stand_at(self, step: Mapping[str, Any], left: str, outcome: str) -> None:
        self.matter.step = step["id"]
        self.matter.step_name = step["label"]
        self.matter.step_since = self.now
        self.matter.visit = self.matter.version + 1
        self.has_moved = True
        self._finish_tasks(self._open_tasks(), outcome)
        self.changed("moved", {"from": left, "outcome": outcome, "to": step["id"]})

    def close(self, result: str) -> None:
        """Close the matter with a result."""
        self.matter.state = Matter.State.CLOSED
        self.matter.result = result
        self.matter.closed_at = self.now
        self.has_moved = True
        self.changed("closed", {"result": result})
        self.renew_tasks()

    def withdraw(self, by: str, reason: str) -> None:
        """Take the matter back on the applicant's word."""
        if (step := self.matter.current) is not None:
            kind_of(step).leave(step, self)
        self.matter.state = Matter.State.WITHDRAWN
        self.matter.closed_at = self.now
        self.has_moved = True
        self.changed("withdrawn", {"by": by}, {"reason": reason} if reason else {})
        self.renew_tasks()

    # -- tasks ----------------------------------------------------------------------------------------
    def _open_tasks(self) -> list[Task]:
        return list(self.matter.tasks.filter(done_at=None))

    def _finish_tasks(self, tasks: Iterable[Task], outcome: str = "") -> None:
        for task in tasks:
            task.done_at = self.now
            task.done_by = self.actor
            task.outcome = outcome
            task.save()

    def waits(self) -> list[Wait]:
        """What the matter waits for now."""
        if not self.matter.is_open:
            return []
        step = self.matter.current
        return kind_of(step).waits(step, self.matter) if step else [Wait(BY_HAND, HANDLE)]

    def renew_tasks(self) -> None:
        """Let the open tasks be what the matter waits for: finish the others, open the missing, tell who must act."""
        wanted = {(wait.role, wait.what): wait for wait in self.waits()}
        tasks = self._open_tasks()
        late = (self.matter.current or {}).get("late")
        for task in tasks:
            if late and task.escalated_at and (wait := wanted.get((task.role, task.what))) is not None:
                wanted.setdefault((late["to"], task.what), replace(wait, role=late["to"]))
        self._finish_tasks(task for task in tasks if (task.role, task.what) not in wanted)
        there = {(task.role, task.what) for task in tasks}
        for key, wait in wanted.items():
            if key not in there:
                self._open(wait)
        if self.has_moved and (mails := news.to_followers(self.matter, but=self.actor)):
            self.record("news", mails=mails)

    def _open(self, wait: Wait) -> None:
        task = Task.objects.create(
            matter=self.matter,
            step=self.matter.step,
            visit=self.matter.visit,
            what=wait.what,
            role=wait.role,
            blocking=wait.blocking,
            assignee=self.matter.officer if wait.role == HANDLE else None,
            due=self._due(wait),
            opened_at=self.now,
        )
        tell = wait.blocking or wait.role != HANDLE
        if wait.role not in (APPLICANT, CLOCK) and tell:
            self.record("waiting", {"role": wait.role, "what": wait.what}, mails=tell_of(task, but=self.actor))

    def _due(self, wait: Wait) -> Any:
        step = self.matter.current
        if step is None:
            return None
        own = kind_of(step).due(step, self.matter, wait.what)
        if own is not None or step["due_days"] is None:
            return own
        return self.today + timedelta(days=step["due_days"])

    # -- reading --------------------------------------------------------------------------------------
    def values(self) -> tuple[str, dict[str, Any]]:
        """The form's key and what rules are evaluated over: answers by question, and facts of the matter."""
        return values_of(self.matter)


def tell_of(task: Task, *, but: Any = None, cause: str = "task") -> list[NewMail]:
    """The mails that tell those a task waits for: not who just acted, nor anyone with a conflict of interest."""
    matter = task.matter
    kept_out = set(matter.recusals.filter(lifted_at=None).values_list("user_id", flat=True))
    parties = set(matter.people.values_list("email", flat=True))
    who: Iterable[Any] = users_with(task.role, matter.collection)
    if task.assignee is not None:
        who = [task.assignee] if task.assignee.is_active else []
    with translation.override(matter.language):
        waits = {"task": task.label, "due": letters.day(task.due) or gettext("no date set")}
    mails = []
    for user in who:
        if (
            user.pk in kept_out
            or user.email in parties
            or (but is not None and user.pk == but.pk)
            or not _writable(user)
        ):
            continue
        mails.append(
            NewMail(
                kind=letters.TASK,
                key=f"{matter.stream}:{cause}:{task.pk}:{user.pk}",
                to=user.email,
                collection=matter.collection,
                language=matter.language,
                context={**letters.about(matter, str(user)), **waits},
            )
        )
    return mails


def _writable(user: Any) -> bool:
    try:
        validate_email(user.email)
    except ValidationError:
        return False
    return True


def _answer_named(matter: Matter, name: str) -> Any:
    if not name or matter.submission is None:
        return None
    found = next((q for q in runtime_of(matter.submission).questions.values() if q.field["name"] == name), None)
    return answers_of(matter.submission).get(found.id) if found else None


def read_amount(matter: Matter) -> Decimal | None:
    """The amount applied for according to the answers, or nothing."""
    value = _answer_named(matter, matter.graph.get("questions", {}).get("amount", ""))
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01")) if value is not None else None
    except ArithmeticError:
        return None
    return amount if amount is not None and 0 <= amount < Decimal("1e12") else None


def read_title(matter: Matter) -> str:
    """The title according to the answers; else the form's title and who sent it."""
    value = _answer_named(matter, matter.graph.get("questions", {}).get("title", ""))
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())[:200]
    submission: Any = matter.submission
    title = runtime_of(submission).title
    return f"{title}: {submission.name}"[:200] if submission.name else title[:200]
