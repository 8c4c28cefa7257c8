"""One example of each row an association can own, for the tests that hold of every model and every address.

A room adds its models here. The walker (``tests/records/walker.py``) plants a string in every text column of these
rows and then tries, as everybody from another association, to see or change them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from wagtail.models import Collection, Page

from forms import models as forms
from pages import models as pages
from records import models as records
from records.events import NewEvent, record
from records.mail import NewMail
from records.roles import roles
from tests.scoped import models as scoped
from tests.workflows import factories
from training import models as training
from workflows import models as workflows
from workflows.views.sitting import ACTS

PLANTED = "zqplantedxj"
"""What nobody from another association may ever see: lower case and letters only, so that it fits anywhere."""

SAMPLES: dict[type[Model], Callable[[Collection], Model]] = {}
"""Model → makes one row in this association, not public."""

UNSCOPED: dict[type[Model], str] = {}
"""Models of the house without an association, and why nothing of an association can be seen through them."""

PUBLIC: dict[type[Model], dict[str, str]] = {}
"""Columns that everybody may read anyway, and why: nothing is planted there. ``"*"`` stands for all."""

ARGUMENTS: dict[str, Callable[[Any], list[dict[str, Any]]]] = {}
"""Address name → the arguments to walk it with; ``world.planted[Model]`` is the planted row."""

LISTED: dict[str, str] = {}
"""Addresses that are not walked, and why."""


_writing = [PLANTED]


def word() -> str:
    """What a sample writes in its texts: the planted string, or a harmless one in the other association."""
    return _writing[-1]


@contextmanager
def writing(text: str) -> Iterator[None]:
    """Samples made here write this text."""
    _writing.append(text)
    try:
        yield
    finally:
        _writing.pop()


def sample(model: type[Model]) -> Callable[[Callable[[Collection], Model]], Callable[[Collection], Model]]:
    """Register the decorated function as the maker of one row of ``model``."""

    def register(make: Callable[[Collection], Model]) -> Callable[[Collection], Model]:
        SAMPLES[model] = make
        return make

    return register


# --- the tests' own app -----------------------------------------------------------------------------
@sample(scoped.Notebook)
def notebook(collection: Collection) -> scoped.Notebook:
    made = scoped.Notebook(collection=collection, title=f"{word()} notes", secret=word(), live=False)
    made.body = [("text", word())]
    made.save()
    made.save_revision()
    made.save_revision()
    return made


@sample(scoped.Link)
def link(collection: Collection) -> scoped.Link:
    return scoped.Link.objects.create(notebook=notebook(collection), target=notebook(collection))


@sample(scoped.Leaf)
def leaf(collection: Collection) -> scoped.Leaf:
    return scoped.Leaf.objects.create(notebook=notebook(collection), text=word())


# --- people -----------------------------------------------------------------------------------------
UNSCOPED[get_user_model()] = "a person can belong to several associations; only superusers see the list of people"


# --- records ----------------------------------------------------------------------------------------
UNSCOPED[records.RateCounter] = "counts hashed addresses; shown nowhere"
UNSCOPED[records.EventStream] = "the length and digest of a chain of events; shown nowhere"


@sample(records.RoleGroup)
def role_group(collection: Collection) -> records.RoleGroup:
    roles.create(collection, f"Association {collection.pk}")
    return records.RoleGroup.objects.filter(collection=collection).first()


PUBLIC[records.RoleGroup] = {"*": "says only that the association has officers, editors, …"}


@sample(records.Event)
def event(collection: Collection) -> records.Event:
    with transaction.atomic():
        return record(
            NewEvent(
                collection=collection,
                stream=f"sample:{uuid4()}",
                type="sample.made",
                transition={"word": word()},
                detail={"word": word()},
            )
        )


@sample(records.EventDetail)
def event_detail(collection: Collection) -> records.EventDetail:
    return records.EventDetail.objects.get(event=event(collection))


@sample(records.Effect)
def an_effect(collection: Collection) -> records.Effect:
    return message(collection).effect


@sample(records.Message)
def message(collection: Collection) -> records.Message:
    mail = NewMail(
        kind="records.invitation",
        key=str(uuid4()),
        to=f"{word()}@example.org",
        collection=collection,
        context={"person": word(), "roles": word(), "link": "/"},
    )
    with transaction.atomic():
        record(NewEvent(collection=collection, stream=f"sample:{uuid4()}", type="sample.mailed"), mails=[mail])
    return records.Message.objects.get(key=mail.key)


@sample(records.MailText)
def mail_text(collection: Collection) -> records.MailText:
    return records.MailText.objects.create(
        collection=collection, language="sv", kind="records.invitation", subject=word(), body=word()
    )


ARGUMENTS["records_message_resend"] = lambda world: [{"pk": world.planted[records.Message].pk}]


# --- pages ------------------------------------------------------------------------------------------
UNSCOPED[pages.AssociationPage] = "a page for the public; who may change it is asked of the page tree"
for part in (
    pages.ContactPerson,
    pages.Failing,
    pages.Municipality,
    pages.PlannedMeeting,
    pages.ProjectDocument,
    training.ProgrammeItem,
    training.Speaker,
):
    UNSCOPED[part] = "a part of a page, seen and changed with it"

ARGUMENTS["pages:search_association"] = lambda world: [{"slug": "hoglandet"}]
ARGUMENTS["pages:picture"] = lambda world: [{"name": f"{PLANTED}.png"}, {"name": f"{world.here.pk}.png"}]


ARGUMENTS["records_message_resend"] = lambda world: [{"pk": world.planted[records.Message].pk}]


# --- forms ------------------------------------------------------------------------------------------
@sample(forms.Form)
def unpublished_form(collection: Collection) -> forms.Form:
    made = factories.form(collection, slug=f"utkast-{uuid4()}", publish=False)
    made.save_revision()
    made.save_revision()
    return made


def published_form(collection: Collection) -> forms.Form:
    return factories.form(collection, slug=f"form-{uuid4()}")


@sample(forms.FormVersion)
def form_version(collection: Collection) -> forms.FormVersion:
    return published_form(collection).version


PUBLIC[forms.FormVersion] = {"*": "what anybody can fill in, anybody can read"}


@sample(forms.ChoiceList)
def choice_list(collection: Collection) -> forms.ChoiceList:
    made = forms.ChoiceList.objects.create(collection=collection, title=word())
    forms.ChoiceListOption.objects.create(choice_list=made, label=word(), key="one")
    return made


@sample(forms.ChoiceListOption)
def choice_list_option(collection: Collection) -> forms.ChoiceListOption:
    return choice_list(collection).options.get()


@sample(forms.Submission)
def submission(collection: Collection) -> forms.Submission:
    return factories.send(published_form(collection), title=word(), name=word(), email=f"{word()}@example.org")


@sample(forms.Upload)
def upload(collection: Collection) -> forms.Upload:
    return forms.Upload.objects.create(
        submission=submission(collection),
        field_id="files",
        name=f"{word()}.txt",
        size=4,
        content_type="text/plain",
        sha256="0" * 64,
        file=ContentFile(word().encode(), name="paper.txt"),
    )


@sample(forms.DraftLink)
def draft_link(collection: Collection) -> forms.DraftLink:
    return forms.DraftLink.objects.create(
        submission=submission(collection),
        token_digest=uuid4().hex,
        email=f"{word()}@example.org",
        expires_at=timezone.now() + timedelta(days=1),
    )


@sample(forms.Completion)
def completion(collection: Collection) -> forms.Completion:
    return forms.Completion.objects.create(
        submission=submission(collection),
        number=1,
        answers={"title": word()},
        nonce=uuid4(),
        digest="0" * 64,
        at=timezone.now(),
    )


@sample(forms.EntryCode)
def entry_code(collection: Collection) -> forms.EntryCode:
    return forms.EntryCode.objects.create(
        form=published_form(collection), code=word(), note=word(), valid_until=timezone.now() + timedelta(days=1)
    )


@sample(forms.TakenPlace)
def taken_place(collection: Collection) -> forms.TakenPlace:
    sent = submission(collection)
    return forms.TakenPlace.objects.create(
        form=sent.form, submission=sent, limit=forms.TakenPlace.Limit.PERSON, key=word(), number=1
    )


@sample(forms.DraftGuest)
def draft_guest(collection: Collection) -> forms.DraftGuest:
    return forms.DraftGuest.objects.create(
        submission=submission(collection), email=f"{word()}@example.org", name=word(), invited_by=word()
    )


@sample(forms.FormSettings)
def form_settings(collection: Collection) -> forms.FormSettings:
    return forms.FormSettings.objects.get_or_create(collection=collection)[0]


@sample(forms.FormTemplate)
def form_template(collection: Collection) -> forms.FormTemplate:
    return forms.FormTemplate.objects.create(
        collection=collection, title=word(), description=word(), part="question", content={"label": word()}
    )


@sample(forms.PartialUpload)
def partial_upload(collection: Collection) -> forms.PartialUpload:
    return forms.PartialUpload.objects.create(
        submission=submission(collection), field_id=word(), name=f"{word()}.txt", size=100
    )


@sample(forms.SubmissionText)
def submission_text(collection: Collection) -> forms.SubmissionText:
    row, _made = forms.SubmissionText.objects.update_or_create(
        submission=submission(collection), defaults={"text": word()}
    )
    return row


UNSCOPED[forms.RegisterView] = "a person's own filters and columns; shown to nobody else"


@sample(forms.Export)
def export(collection: Collection) -> forms.Export:
    return forms.Export.objects.create(
        collection=collection,
        form=published_form(collection),
        person=get_user_model().objects.create_user(f"{uuid4()}@example.org"),
        format=forms.Export.Format.values[0],
        file=ContentFile(word().encode(), name="export.csv"),
    )


ARGUMENTS |= {
    **{
        f"forms:{name}": lambda world: [{"key": world.planted[forms.Submission].key}]
        for name in ("draft", "receipt", "copy", "copy_pdf")
    },
    "forms:upload": lambda world: [{"key": world.planted[forms.Upload].key}],
    "forms:resume": lambda world: [{"token": "x" * 40}],
    **{
        f"forms:{name}": lambda world: [{"slug": world.planted[forms.Form].slug}]
        for name in ("begin", "summary", "later", "questions", "questions_pdf", "questions_document")
    },
    **{
        f"forms:{name}": lambda world: [{"slug": world.planted[forms.Form].slug}]
        for name in ("code", "sample", "language", "receive", "together", "forward")
    },
    **{
        f"forms_form_{name}": lambda world: [{"pk": world.planted[forms.Form].pk}]
        for name in ("around", "try", "purge_samples")
    },
    "forms_form_languages": lambda world: [{"pk": world.planted[forms.Form].pk, "language": "en"}],
    "forms_form_revoke_code": lambda world: [
        {"pk": world.planted[forms.EntryCode].form_id, "code": world.planted[forms.EntryCode].pk}
    ],
    "forms_submission_export_progress": lambda world: [{"key": world.planted[forms.Export].key}],
    "forms_submission_export_file": lambda world: [{"key": world.planted[forms.Export].key}],
    "forms_submission_print": lambda world: [{"pk": world.planted[forms.Submission].pk}],
    "forms:page": lambda world: [{"slug": world.planted[forms.Form].slug, "number": 1}],
    **{f"forms_library_{name}": lambda world: [{"pk": world.planted[forms.Form].pk}] for name in ("keep", "insert")},
    "forms_library_remove": lambda world: [{"pk": world.planted[forms.FormTemplate].pk}],
}


# --- workflows --------------------------------------------------------------------------------------
@sample(workflows.RegistrySeries)
def registry_series(collection: Collection) -> workflows.RegistrySeries:
    return workflows.RegistrySeries.objects.get_or_create(collection=collection, name="Diarium")[0]


@sample(workflows.RegistryCounter)
def registry_counter(collection: Collection) -> workflows.RegistryCounter:
    return matter(collection).series.counters.first()


@sample(workflows.Workflow)
def unpublished_workflow(collection: Collection) -> workflows.Workflow:
    made = factories.workflow(collection, slug=f"utkast-{uuid4()}", publish=False)
    made.save_revision()
    made.save_revision()
    return made


@sample(workflows.WorkflowVersion)
def workflow_version(collection: Collection) -> workflows.WorkflowVersion:
    made = factories.workflow(collection, published_form(collection), slug=f"flow-{uuid4()}")
    return workflows.WorkflowVersion.objects.get(workflow=made)


@sample(workflows.Replay)
def replay(collection: Collection) -> workflows.Replay:
    rows = [{"what": "same", "label": word(), "count": 1, "first": [word()]}]
    return workflows.Replay.objects.create(workflow=unpublished_workflow(collection), result=rows)


@sample(workflows.Matter)
def matter(collection: Collection) -> workflows.Matter:
    registry_series(collection)
    form = published_form(collection)
    factories.workflow(collection, form, slug=f"flow-{uuid4()}")
    sent = factories.send(form, title=word(), name=word(), email=f"{word()}@example.org")
    return workflows.Matter.objects.get(submission=sent)


@sample(workflows.MatterPerson)
def matter_person(collection: Collection) -> workflows.MatterPerson:
    return workflows.MatterPerson.objects.create(
        matter=matter(collection), email=f"colleague-{word()}@example.org", name=word()
    )


@sample(workflows.Task)
def task(collection: Collection) -> workflows.Task:
    return matter(collection).tasks.first()


@sample(workflows.CompletionRequest)
def completion_request(collection: Collection) -> workflows.CompletionRequest:
    return workflows.CompletionRequest.objects.create(
        matter=matter(collection), step="x", visit=99, message=word(), fields=[{"id": "x", "label": word()}]
    )


@sample(workflows.Statement)
def statement(collection: Collection) -> workflows.Statement:
    return workflows.Statement.objects.create(
        matter=matter(collection),
        step="x",
        visit=99,
        outcome=workflows.Statement.Outcome.values[0],
        text=word(),
    )


@sample(workflows.Decision)
def decision(collection: Collection) -> workflows.Decision:
    return workflows.Decision.objects.create(
        matter=matter(collection),
        step="x",
        visit=99,
        meeting_date=timezone.localdate(),
        paragraph=word(),
        outcome="rejected",
        conditions=word(),
    )


@sample(workflows.Recusal)
def recusal(collection: Collection) -> workflows.Recusal:
    person = get_user_model().objects.create_user(f"{uuid4()}@example.org")
    return workflows.Recusal.objects.create(matter=matter(collection), user=person, reason=word())


@sample(workflows.Letter)
def letter(collection: Collection) -> workflows.Letter:
    return workflows.Letter.objects.create(matter=matter(collection), subject=word(), body=word())


@sample(workflows.Note)
def note(collection: Collection) -> workflows.Note:
    return workflows.Note.objects.create(matter=matter(collection), text=word())


@sample(workflows.MatterFile)
def matter_file(collection: Collection) -> workflows.MatterFile:
    return workflows.MatterFile.objects.create(
        note=note(collection),
        name=f"{word()}.txt",
        size=4,
        content_type="text/plain",
        file=ContentFile(word().encode(), name="paper.txt"),
    )


@sample(workflows.Reading)
def reading(collection: Collection) -> workflows.Reading:
    return workflows.Reading.objects.create(note=note(collection), name=word())


@sample(workflows.MatterLink)
def matter_link(collection: Collection) -> workflows.MatterLink:
    return workflows.MatterLink.objects.create(matter=matter(collection), other=matter(collection), sort="follows")


@sample(workflows.Subscription)
def subscription(collection: Collection) -> workflows.Subscription:
    person = get_user_model().objects.create_user(f"{uuid4()}@example.org")
    return workflows.Subscription.objects.create(matter=matter(collection), user=person)


@sample(workflows.Dossier)
def dossier(collection: Collection) -> workflows.Dossier:
    person = get_user_model().objects.create_user(f"{uuid4()}@example.org")
    return workflows.Dossier.objects.create(
        matter=matter(collection),
        asked_by=person,
        state="ready",
        file=ContentFile(word().encode(), name="dossier.zip"),
    )


def _matters(**parts: tuple[type[Model], str]) -> Callable[[Any], list[dict[str, Any]]]:
    """The planted matter with the planted part, the part's own matter, and the walker's own matter with that part."""

    def walks(world: Any) -> list[dict[str, Any]]:
        values = {name: getattr(world.planted[model], column) for name, (model, column) in parts.items()}
        keys = [world.planted[workflows.Matter].key]
        keys += [_matter_of(world.planted[model]).key for model, _column in parts.values()]
        keys += [world.own[workflows.Matter].key] if parts else []
        return [{"key": key, **values} for key in keys]

    return walks


def _matter_of(part: Any) -> Any:
    return part.note.matter if hasattr(part, "note") else part.matter


ARGUMENTS |= {
    f"workflows:{name}": _matters()
    for name in (
        *("matter", "complete", "note", "assign", "add_person", "withdraw", "close", "recuse"),
        *("message", "read", "follow", "unfollow", "link", "mark", "ask_dossier"),
    )
}
ARGUMENTS |= {
    "workflows:choose": _matters(task=(workflows.Task, "pk")),
    "workflows:change_person": _matters(person=(workflows.MatterPerson, "pk")),
    "workflows:remove_person": _matters(person=(workflows.MatterPerson, "pk")),
    "workflows:lift": _matters(recusal=(workflows.Recusal, "key")),
    "workflows:file": _matters(file=(workflows.MatterFile, "key")),
    "workflows:unlink": _matters(link=(workflows.MatterLink, "pk")),
    "workflows:dossier": _matters(dossier=(workflows.Dossier, "key")),
}


# --- pages, training --------------------------------------------------------------------------------
UNSCOPED |= dict.fromkeys(
    (
        pages.Municipality,
        pages.PlannedMeeting,
        pages.ProjectDocument,
        pages.ContactPerson,
        pages.Failing,
        training.ProgrammeItem,
        training.Speaker,
    ),
    "a part of a page: Wagtail's page permissions keep it, and what is published is public",
)
UNSCOPED[pages.AssociationPage] = "a page: it is what ties an association to its collection"

ARGUMENTS |= {
    "pages:search_association": lambda world: [{"slug": world.planted[Page].slug}],
    "pages:picture": lambda world: [{"name": "unknown.png"}],
}


UNSCOPED[workflows.CalendarLink] = "a person's own secret address; it leads to what the person may see at the time"


# --- the board --------------------------------------------------------------------------------------
def _meetings(**parts: tuple[type[Model], str]) -> Callable[[Any], list[dict[str, Any]]]:
    """The planted meeting, and the walker's own, with the planted part."""

    def walks(world: Any) -> list[dict[str, Any]]:
        values = {name: getattr(world.planted[model], column) for name, (model, column) in parts.items()}
        keys = [rows[workflows.Meeting].key for rows in (world.planted, world.own)]
        for model, _column in parts.values():
            row = world.planted[model]
            keys.append((row.item if model is workflows.AgendaPaper else row).meeting.key)
        return [{"key": key, **values} for key in keys]

    return walks


def _boards(world: Any) -> list[dict[str, Any]]:
    return [{"board": rows[workflows.Board].pk} for rows in (world.planted, world.own)]


ARGUMENTS |= {
    f"workflows:{name}": _meetings()
    for name in ("meeting", "change_meeting", "cancel_meeting", "collect_matters", "propose_item")
}
ARGUMENTS |= {f"workflows:{name}": _meetings() for name in ("send_call", "add_item", "ask_pack")}
ARGUMENTS |= {
    f"workflows:{name}": _meetings(item=(workflows.AgendaItem, "key"))
    for name in ("meeting_item", "move_item", "remove_item", "add_paper")
}
ARGUMENTS |= {
    f"workflows:{name}": _meetings(paper=(workflows.AgendaPaper, "key")) for name in ("agenda_paper", "remove_paper")
}
ARGUMENTS |= {
    "workflows:board_pack": _meetings(pack=(workflows.BoardPack, "key")),
    **{f"workflows:{name}": _boards for name in ("plan_meeting", "plan_year", "composition")},
    "workflows:invite_to_seat": lambda world: [
        {**one, "seat": world.planted[workflows.Seat].key} for one in _boards(world)
    ],
    "workflows:feed": lambda world: [{"token": "x" * 40}],
}
ARGUMENTS |= {f"workflows:{name}": _meetings() for name in ("sitting", "sitting_live", "sitting_help")}
ARGUMENTS["workflows:sitting_act"] = lambda world: [
    {"key": world.planted[workflows.Meeting].key, "what": what}
    for what in list(ACTS)[:3]  # one view does them all
]


def _minutes(*, notice: bool = False) -> Callable[[Any], list[dict[str, Any]]]:
    """The planted minutes (or posting) at their own meeting, and at the walker's."""

    def walks(world: Any) -> list[dict[str, Any]]:
        posting = world.planted[workflows.Posting]
        row = posting.notice.minutes if notice else world.planted[workflows.Minutes]
        keys = [row.meeting.key, world.own[workflows.Meeting].key]
        return [{"key": key, "minutes": row.key, **({"posting": posting.key} if notice else {})} for key in keys]

    return walks


ARGUMENTS |= {f"workflows:{name}": _meetings() for name in ("minutes", "minutes_begin", "minutes_at_once")}
ARGUMENTS |= {
    f"workflows:{name}": _minutes()
    for name in (
        "minutes_ready",
        "minutes_take_back",
        "minutes_sign",
        "minutes_attach",
        "minutes_signed",
        "minutes_pdf",
        "minutes_letters",
        "notice_post",
        "notice_appeal",
        "notice_down",
    )
}
ARGUMENTS |= {
    "workflows:minutes_account": _meetings(item=(workflows.AgendaItem, "key")),
    "workflows:notice_confirm": _minutes(notice=True),
    "workflows:posting": lambda world: [{"token": "x" * 64}],
    "workflows:delegation": _boards,
    "workflows:delegation_decide": _boards,
    "workflows:delegation_add": _boards,
    "workflows:delegation_end": lambda world: [
        {**one, "line": world.planted[workflows.Delegation].pk} for one in _boards(world)
    ],
    "workflows:notice_board": lambda world: [{"slug": "hoglandet"}],
}


@sample(workflows.Board)
def board(collection: Collection) -> workflows.Board:
    return workflows.Board.objects.get_or_create(collection=collection)[0]


@sample(workflows.Member)
def board_member(collection: Collection) -> workflows.Member:
    return workflows.Member.objects.create(
        board=board(collection), name=f"{word()} {uuid4()}", party="municipality", notice_email=f"{word()}@example.org"
    )


@sample(workflows.Seat)
def seat(collection: Collection) -> workflows.Seat:
    return workflows.Seat.objects.create(
        member=board_member(collection), name=word(), kind="ordinary", starts_on=timezone.localdate()
    )


@sample(workflows.StandingItem)
def standing_item(collection: Collection) -> workflows.StandingItem:
    return workflows.StandingItem.objects.create(board=board(collection), title=word(), proposal=word())


@sample(workflows.Meeting)
def meeting(collection: Collection) -> workflows.Meeting:
    return workflows.Meeting.objects.create(board=board(collection), title=word(), starts_at=timezone.now())


@sample(workflows.AgendaItem)
def agenda_item(collection: Collection) -> workflows.AgendaItem:
    return workflows.AgendaItem.objects.create(
        meeting=meeting(collection), position=1, sort="decision", title=word(), proposal=word()
    )


@sample(workflows.ParagraphCounter)
def paragraph_counter(collection: Collection) -> workflows.ParagraphCounter:
    return workflows.ParagraphCounter.objects.get_or_create(board=board(collection), year=2026)[0]


@sample(workflows.AgendaPaper)
def agenda_paper(collection: Collection) -> workflows.AgendaPaper:
    return workflows.AgendaPaper.objects.create(
        item=agenda_item(collection),
        title=word(),
        name=f"{word()}.txt",
        size=4,
        content_type="text/plain",
        file=ContentFile(word().encode(), name="paper.txt"),
    )


@sample(workflows.BoardPack)
def board_pack(collection: Collection) -> workflows.BoardPack:
    return workflows.BoardPack.objects.create(
        meeting=meeting(collection), state="ready", file=ContentFile(word().encode(), name="pack.pdf")
    )


@sample(workflows.Attendance)
def attendance(collection: Collection) -> workflows.Attendance:
    return workflows.Attendance.objects.create(meeting=meeting(collection), name=word(), arrived_at=timezone.now())


@sample(workflows.Service)
def service(collection: Collection) -> workflows.Service:
    return workflows.Service.objects.create(item=agenda_item(collection), seat=seat(collection))


@sample(workflows.Disqualification)
def disqualification(collection: Collection) -> workflows.Disqualification:
    return workflows.Disqualification.objects.create(
        item=agenda_item(collection), seat=seat(collection), ground="other", reason=word(), state="declared"
    )


@sample(workflows.Motion)
def motion(collection: Collection) -> workflows.Motion:
    return workflows.Motion.objects.create(item=agenda_item(collection), sort="main", text=word())


@sample(workflows.Ballot)
def ballot(collection: Collection) -> workflows.Ballot:
    return workflows.Ballot.objects.create(item=agenda_item(collection))


@sample(workflows.Vote)
def vote(collection: Collection) -> workflows.Vote:
    return workflows.Vote.objects.create(ballot=ballot(collection), seat=seat(collection), choice="yes")


@sample(workflows.Reservation)
def reservation(collection: Collection) -> workflows.Reservation:
    return workflows.Reservation.objects.create(item=agenda_item(collection), seat=seat(collection), text=word())


@sample(workflows.Minutes)
def minutes(collection: Collection) -> workflows.Minutes:
    return workflows.Minutes.objects.create(
        meeting=meeting(collection), content={"text": word()}, file=ContentFile(word().encode(), name="minutes.pdf")
    )


@sample(workflows.Adjuster)
def adjuster(collection: Collection) -> workflows.Adjuster:
    return workflows.Adjuster.objects.create(meeting=meeting(collection), seat=seat(collection))


@sample(workflows.Adjustment)
def adjustment(collection: Collection) -> workflows.Adjustment:
    return workflows.Adjustment.objects.create(minutes=minutes(collection), name=word(), role="chair")


@sample(workflows.Notice)
def notice(collection: Collection) -> workflows.Notice:
    return workflows.Notice.objects.create(minutes=minutes(collection), due=timezone.localdate())


@sample(workflows.Posting)
def posting(collection: Collection) -> workflows.Posting:
    return workflows.Posting.objects.create(
        notice=notice(collection), member=board_member(collection), proof=word(), confirmed_by=word()
    )


@sample(workflows.Delegation)
def delegation(collection: Collection) -> workflows.Delegation:
    return workflows.Delegation.objects.create(
        board=board(collection), number=str(uuid4())[:20], what=word(), decided_on=timezone.localdate()
    )


@sample(workflows.DelegatedDecision)
def delegated_decision(collection: Collection) -> workflows.DelegatedDecision:
    return workflows.DelegatedDecision.objects.create(
        delegation=delegation(collection), year=2026, number=1, decided_name=word(), text=word(), reasons=word()
    )
