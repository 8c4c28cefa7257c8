"""What the matter page and the start page show, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import django.forms
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from forms.permissions import own_drafts, proved_addresses
from forms.queries import Difference, differences, summary
from records.models import Event, Message
from records.policy import collections_with, everywhere
from workflows import drawing, history, letters
from workflows.board import notices
from workflows.board.standing import coming_meetings
from workflows.compiling import kind_of
from workflows.kinds import Choice
from workflows.links import Link
from workflows.links import links as links_of
from workflows.models import Decision, Dossier, Letter, Matter, MatterLink, MatterPerson, Meeting, Note, Recusal, Task
from workflows.page_forms import (
    AssignForm,
    CloseForm,
    LiftForm,
    LinkForm,
    MarkForm,
    MessageForm,
    NoteForm,
    OfficePersonForm,
    PersonForm,
    RecuseForm,
    WithdrawForm,
)
from workflows.permissions import Standing, holds, mine, readable_notes, visible, why_not
from workflows.roles import APPLICANT, BOARD, EXPORT, HANDLE, REVIEW, SERVE, called

# --- the matter page -------------------------------------------------------------------------------------


@dataclass
class ChoiceForm:
    """A form on the page with the buttons below it."""

    form: django.forms.Form
    choices: list[Choice]
    folded: bool = False


@dataclass
class TaskPanel:
    """A task, what can be done with it, or why not."""

    task: Task
    forms: list[ChoiceForm] = field(default_factory=list)
    why_not: str | None = None

    @property
    def who(self) -> str:
        """Whom it waits for."""
        return str(called(self.task.role))


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter and how far its mails have come."""

    letter: Letter
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Written:
    """A note or message as one person sees it."""

    note: Note
    is_own: bool
    is_unread: bool
    readers: list[str]

    @property
    def who(self) -> str:
        """Who wrote it."""
        return self.note.sender or (str(self.note.author) if self.note.author else "")


@dataclass(frozen=True, slots=True)
class Related:
    """Another matter, and what it is to this one."""

    label: str
    matter: Matter
    link: MatterLink | None = None  # when this matter was linked to the other, and not the other way


BACKWARDS: dict[str, Any] = {
    MatterLink.Sort.FOLLOWS: gettext_noop("leads to"),
    MatterLink.Sort.AMENDS: gettext_noop("is changed by"),
    MatterLink.Sort.REPORTS: gettext_noop("is reported in"),
    MatterLink.Sort.CONCERNS: gettext_noop("has to do with"),
}


@dataclass
class MatterPage:
    """All papers of one matter, as one person may read them."""

    matter: Matter
    seen: Standing
    now: str = ""
    panels: list[TaskPanel] = field(default_factory=list)
    waits_for: list[TaskPanel] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)
    changes: dict[str, list[Difference]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    force: dict[int, str] = field(default_factory=dict)
    letters: list[SentLetter] = field(default_factory=list)
    timeline: list[history.Line] = field(default_factory=list)
    coming: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    related: list["Related"] = field(default_factory=list)
    notes: list["Written"] = field(default_factory=list)
    messages: list["Written"] = field(default_factory=list)
    follows: bool = False
    dossiers: list[Dossier] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)
    drawing: Any = ""
    forms: dict[str, django.forms.Form] = field(default_factory=dict)

    @property
    def unread(self) -> int:
        """How many notes and messages the person has not said to have read."""
        return sum(row.is_unread for row in (*self.notes, *self.messages))

    @property
    def asked(self) -> list[Any]:
        """The requests for completion, the latest first."""
        return list(self.matter.completion_requests.all())[::-1]


def find(key: Any) -> Matter | None:
    """The matter with everything its page asks about."""
    return (
        Matter.objects.filter(key=key)
        .select_related(
            "collection",
            "officer",
            "workflow_version",
            "submission",
            "submission__version",
            "submission__form",
        )
        .prefetch_related(
            "people",
            Prefetch("tasks", Task.objects.select_related("done_by", "assignee").order_by(F("done_at").asc(), "pk")),
            Prefetch("recusals", Recusal.objects.select_related("user", "lifted_by")),
            Prefetch("decisions", Decision.objects.select_related("author")),
            Prefetch("notes", Note.objects.select_related("author").prefetch_related("files", "readings")),
            Prefetch("links_out", MatterLink.objects.select_related("other")),
            Prefetch("links_in", MatterLink.objects.select_related("matter")),
            "subscriptions",
            "completion_requests",
            "statements",
        )
        .first()
    )


def matter_page(seen: Standing) -> MatterPage:
    """What this person sees of the matter."""
    matter = seen.matter
    page = MatterPage(matter, seen)
    if seen.sees_head_only:
        return page
    outside = seen.is_applicant
    page.now = history.now_outside(matter) if outside else matter.step_name or matter.get_state_display()
    page.panels, page.waits_for = _panels(seen)
    if matter.submission is not None:
        page.sections = summary(matter.submission)
        for change in differences(matter.submission):
            page.changes.setdefault(change.question.id, []).append(change)
    page.decisions = [row for row in matter.decisions.all() if row.confirmed_at or _reads_records(seen, row)]
    if any(row.confirmed_as == "minutes" for row in page.decisions):
        page.force = notices.force_of(page.decisions)
    page.letters = _letters(matter) if outside or seen.is_office or seen.is_board else []
    audiences = [history.EVERYONE]
    audiences += [history.GROUP] if seen.sees_statements else []
    audiences += [history.BOARD] if seen.is_office or seen.is_board else []
    audiences += [history.OFFICE] if seen.is_office else []
    page.timeline = history.timeline(matter, audiences, outside=outside)
    page.coming = coming(matter) if outside else []
    page.links = links_of(matter)
    page.related = _related(seen)
    _correspondence(page)
    page.recusals = list(matter.recusals.all()) if seen.is_office or seen.is_board else []
    if matter.graph and not outside:
        passed = {task.step for task in matter.tasks.all()}
        page.drawing = drawing.draw(matter.graph, current=matter.step, passed=passed)
    page.forms = _page_forms(seen)
    return page


def _correspondence(page: MatterPage) -> None:
    """Notes and messages in their two boxes, and what the person has asked for of the matter."""
    seen, user = page.seen, page.seen.user
    for note in readable_notes(seen, page.matter.notes.all()):
        read = {row.user_id for row in note.readings.all()}
        readers = [row.name for row in note.readings.all() if row.user_id != note.author_id]
        row = Written(note, note.author_id == user.pk, user.pk not in read, readers)
        (page.notes if note.audience == Note.Audience.INTERNAL else page.messages).append(row)
    page.follows = any(row.user_id == user.pk for row in page.matter.subscriptions.all())
    if seen.is_office:
        page.dossiers = list(page.matter.dossiers.filter(asked_by=user)[:3])


def _related(seen: Standing) -> list[Related]:
    """The linked matters that the person may open."""
    matter = seen.matter
    found = [Related(str(row.get_sort_display()), row.other, row) for row in matter.links_out.all()]
    found += [Related(gettext(BACKWARDS[row.sort]), row.matter) for row in matter.links_in.all()]
    if not found or seen.is_office:
        return found
    shown = set(visible(seen.user).filter(pk__in=[row.matter.pk for row in found]).values_list("pk", flat=True))
    return [row for row in found if row.matter.pk in shown]


def _reads_records(seen: Standing, decision: Decision) -> bool:
    """A record that is not confirmed is a board paper; one that was corrected is only history."""
    last = [row for row in seen.matter.decisions.all() if row.visit == decision.visit][-1]
    return (seen.is_office or seen.is_board) and decision is last


def _panels(seen: Standing) -> tuple[list[TaskPanel], list[TaskPanel]]:
    """What the person can do, and what waits for others and why the person cannot do it."""
    matter = seen.matter
    own, others = [], []
    for task in matter.tasks.all():
        if task.done_at is not None or not matter.is_open:
            continue
        task.matter = matter
        reason = why_not(seen.user, task, as_seen=seen)
        panel = TaskPanel(task, why_not=reason)
        if reason is None:
            panel.forms = choice_forms(task, seen.user)
            own.append(panel)
        elif task.blocking and not seen.is_applicant:
            others.append(panel)
    return sorted(own, key=lambda panel: not panel.task.blocking), others


def choice_forms(task: Task, user: Any) -> list[ChoiceForm]:
    """The forms of a task: choices that ask for the same share one, with a button each."""
    step = task.matter.current
    if step is None:
        return []
    kind = kind_of(step)
    found: list[ChoiceForm] = []
    for choice in kind.choices(step, task.matter, task.what):
        if kind.why_not_choice(step, task.matter, choice.name, user):
            continue
        known = next((one for one in found if type(one.form) is choice.form), None)
        if known is not None:
            known.choices.append(choice)
            continue
        about = kind.about(choice, step, task.matter)
        form = choice.form(auto_id=form_id(task, choice.name), **about)
        # The usual way on is in sight, another that asks for something else is folded away.
        found.append(ChoiceForm(form, [choice], folded=choice.folded or bool(found and form.fields)))
    return found


def form_id(task: Task, choice: str) -> str:
    """How the inputs of a choice are told apart from those of others on the page."""
    return f"id_{task.pk}_{choice}_%s"


def _letters(matter: Matter) -> list[SentLetter]:
    rows = [row for row in matter.letters.all() if not row.is_draft]
    if not rows:
        return []
    kinds = (letters.LETTER, letters.DECISION)
    messages = list(Message.objects.filter(cause=matter.stream, kind__in=kinds).defer("body"))
    return [
        SentLetter(row, [message for message in messages if f":letter:{row.key}:" in message.key]) for row in rows[::-1]
    ]


def coming(matter: Matter) -> list[str]:
    """The steps that may still come, in the words meant for the applicant."""
    if not matter.is_open or not matter.graph:
        return []
    steps = matter.graph["steps"]
    been = {task.step for task in matter.tasks.all()}
    found, waiting, known = [], [matter.step], {matter.step}
    while waiting:
        step = steps[waiting.pop(0)]
        words = step["applicant_future"]
        if words and step["id"] not in been and words not in found:
            found.append(words)
        for edge in step["outcomes"]:
            if edge["target"] and edge["target"] not in known:
                known.add(edge["target"])
                waiting.append(edge["target"])
    return found


def _page_forms(seen: Standing) -> dict[str, django.forms.Form]:
    """The small forms the person may use."""
    forms: dict[str, django.forms.Form] = {}
    matter = seen.matter
    if seen.is_officer:
        forms["note"] = NoteForm(auto_id="id_note_%s")
        forms["link"] = LinkForm(auto_id="id_link_%s")
        forms["mark"] = MarkForm(auto_id="id_mark_%s", matter=matter)
        forms["assign"] = AssignForm(auto_id="id_assign_%s", matter=matter)
        forms["person"] = OfficePersonForm(auto_id="id_person_%s")
        if any(row.lifted_at is None for row in matter.recusals.all()) and matter.is_open:
            forms["lift"] = LiftForm(auto_id="id_lift_%s")
        if matter.is_open:
            forms["close"] = CloseForm(auto_id="id_close_%s")
    elif seen.is_applicant:
        forms["person"] = PersonForm(auto_id="id_person_%s")
    if seen.may_write:
        forms["message"] = MessageForm(auto_id="id_message_%s")
    if seen.is_office and holds(seen.user, EXPORT, matter.collection):
        forms["dossier"] = django.forms.Form()
    if seen.may_withdraw:
        forms["withdraw"] = WithdrawForm(auto_id="id_withdraw_%s")
    if seen.may_recuse:
        forms["recuse"] = RecuseForm(auto_id="id_recuse_%s")
    return forms


# --- the start page --------------------------------------------------------------------------------------

RECENT = 8
MOST = 200  # tasks and matters shown


@dataclass(frozen=True, slots=True)
class StartPage:
    """What waits for one person, and what is theirs."""

    tasks: list[Task]
    others: list[Task]
    matters: list["OwnMatter"]
    drafts: list[Any]
    recent: list[Matter]
    meetings: list[Meeting]
    is_office: bool

    @property
    def collection(self) -> int | None:
        """The one association that all of it belongs to; None for more than one, or nothing."""
        found = {task.matter.collection_id for task in (*self.tasks, *self.others)}
        found |= {own.matter.collection_id for own in self.matters}
        found |= {row.collection_id for row in (*self.drafts, *self.recent)}
        return found.pop() if len(found) == 1 else None

    @property
    def is_new(self) -> bool:
        """Is there nothing at all yet?"""
        return not (self.tasks or self.others or self.matters or self.drafts or self.recent or self.meetings)


def open_tasks(user: Any) -> QuerySet[Task]:
    """Every open task that waits for this person: by role, or as the applicant."""
    addresses = proved_addresses(user)
    party = MatterPerson.objects.filter(email__in=addresses).values("matter")
    recused = Recusal.objects.filter(user=user, lifted_at=None).values("matter")
    by_role = Q(pk__in=[])
    for role in (HANDLE, REVIEW, *BOARD):
        where = _places(user, role)
        if where is not None:
            by_role |= Q(role=role, matter__collection__in=where)
    by_role &= ~Q(matter__in=party) & ~Q(matter__in=recused) & (Q(blocking=True) | Q(role=SERVE))
    return (
        Task.objects.filter(by_role | Q(role=APPLICANT, matter__in=party))
        .filter(done_at=None, matter__state=Matter.State.OPEN)
        .select_related("matter", "matter__collection", "matter__workflow_version", "assignee")
        .order_by(F("due").asc(nulls_last=True), "pk")
    )


def _places(user: Any, role: str) -> Any:
    """The associations where the person holds the role; a superuser sits in no board and no group."""
    if not everywhere(user):
        return collections_with(user, role)
    if role == HANDLE:
        return collections_with(user, role)
    return None


def start_page(user: Any) -> StartPage:
    """What this person is met by after signing in."""
    waiting = list(open_tasks(user)[:MOST])
    own = [task for task in waiting if task.assignee_id in (None, user.pk)]
    others = [task for task in waiting if task.assignee_id not in (None, user.pk)]
    matters = list(mine(user).select_related("collection", "workflow_version", "officer").defer("description")[:MOST])
    return StartPage(
        tasks=own,
        others=others,
        matters=with_open_requests(matters),
        drafts=list(own_drafts(user).select_related("form", "collection").defer("answers")[:MOST]),
        recent=_recent(user),
        meetings=coming_meetings(user),
        is_office=collections_with(user, HANDLE).exists(),
    )


@dataclass(frozen=True, slots=True)
class OwnMatter:
    """A matter of the applicant's, with what is told about it now."""

    matter: Matter
    told: str
    waits_for_applicant: bool


def with_open_requests(matters: Iterable[Matter]) -> list[OwnMatter]:
    """The matters, each with what the applicant is told about it now."""
    rows = list(matters)
    asked = dict.fromkeys(
        Task.objects.filter(matter__in=[row.pk for row in rows], role=APPLICANT, done_at=None).values_list(
            "matter_id", flat=True
        )
    )
    return [
        OwnMatter(row, gettext("You are asked to complete it") if row.pk in asked else _told(row), row.pk in asked)
        for row in rows
    ]


def _told(matter: Matter) -> str:
    """What the applicant is told, without asking the database once per matter."""
    if not matter.is_open:
        return matter.result or matter.get_state_display()
    step = matter.current
    return (step["applicant_now"] or step["label"]) if step else gettext("The office is handling your matter")


def _recent(user: Any) -> list[Matter]:
    """The matters this person did something in last."""
    streams = Event.objects.filter(actor_key=str(user.key), stream__startswith="matter:").order_by("-at")
    keys = list(dict.fromkeys(stream.partition(":")[2] for stream in streams.values_list("stream", flat=True)[:100]))

    rows = {str(row.key): row for row in visible(user).filter(key__in=keys[:RECENT]).select_related("collection")}
    return [rows[key] for key in keys[:RECENT] if key in rows]
