"""What a matter's dossier says: as plain data, and as the document that is read."""

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from forms.paper import blocks_of, text_blocks
from forms.queries import differences, summary
from records import canonical
from records.association import facts as association_facts
from records.models import Event
from workflows import history
from workflows.letters import kronor
from workflows.models import Matter, MatterFile, Note


def moment(at: Any) -> str:
    """A time in words; nothing for no time."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


def facts(matter: Matter) -> list[dict[str, str]]:
    """What the matter is, line by line."""
    said = [
        (_("Registry number"), matter.registry_number),
        (_("Received"), f"{moment(matter.received_at)}, {matter.get_channel_display()}"),
        (_("Sender"), matter.sender),
        (_("State"), matter.result or matter.get_state_display()),
        (_("Step"), matter.step_name if matter.is_open else ""),
        (_("Amount applied for"), kronor(matter.amount_applied)),
        (_("Amount granted"), kronor(matter.amount_granted)),
        (_("Responsible officer"), str(matter.officer) if matter.officer else ""),
        (_("Confidentiality mark"), matter.confidential_ground),
        (_("Closed"), moment(matter.closed_at)),
        *[(str(row.get_sort_display()).capitalize(), str(row.other)) for row in _links(matter)],
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def _links(matter: Matter) -> Iterable[Any]:
    return matter.links_out.select_related("other")


def files(matter: Matter) -> list[tuple[str, Any]]:
    """Every file of the matter with a name of its own in the archive, and the row that holds it."""
    rows: list[tuple[str, Any]] = []
    if matter.submission is not None:
        rows += [("ansokan", row) for row in matter.submission.uploads.order_by("pk")]
    rows += [("meddelanden", row) for row in MatterFile.objects.filter(note__matter=matter).order_by("pk")]
    return [(f"filer/{place}/{number:03}-{row.name}", row) for number, (place, row) in enumerate(rows, start=1)]


def as_data(matter: Matter) -> dict[str, Any]:
    """The matter for machines: answers by question with the words that were shown, papers, people."""
    found: dict[str, Any] = {
        "registry_number": matter.registry_number,
        "key": str(matter.key),
        "title": matter.title,
        "association": matter.collection.name,
        "facts": facts(matter),
        "people": [{"name": row.name, "email": row.email, "role": row.role} for row in matter.people.all()],
        "answers": [],
        "completions": [],
        "statements": list(matter.statements.values("outcome", "text", "created_at")),
        "decisions": list(
            matter.decisions.values(
                "number",
                "meeting_date",
                "paragraph",
                "outcome",
                "amount",
                "conditions",
                "confirmed_at",
                "confirmed_name",
            )
        ),
        "letters": list(matter.letters.values("subject", "body", "recipients", "created_at")),
        "notes": [
            {"audience": row.audience, "from": _writer(row), "at": row.created_at, "text": row.text}
            for row in _notes(matter)
        ],
        "files": [
            {"path": path, "name": row.name, "sha256": row.sha256, "size": row.size, "type": row.content_type}
            for path, row in files(matter)
        ],
    }
    if matter.submission is not None:
        found["submission"] = {
            "reference": matter.submission.reference,
            "form": matter.submission.form.title,
            "version": matter.submission.version.number,
            "sent": matter.submission.submitted_at,
        }
        found["answers"] = [
            {"page": section.title, "question": row.label, "id": row.field_id, "answer": row.display}
            for section in summary(matter.submission)
            for row in section.rows
        ]
        found["completions"] = [
            {
                "number": change.number,
                "at": change.at,
                "question": change.label,
                "before": change.before.display,
                "after": change.after.display,
            }
            for change in differences(matter.submission)
        ]
    return dict(canonical.plain(found))


def _notes(matter: Matter) -> list[Note]:
    return list(matter.notes.select_related("author").order_by("pk"))


def _writer(note: Note) -> str:
    return note.sender or (str(note.author) if note.author else "")


def events(matter: Matter) -> list[dict[str, Any]]:
    """The chain of events as it is digested, so that anybody can do it again."""
    rows = Event.objects.filter(stream=matter.stream).select_related("detail").order_by("sequence")
    return [_event(row) for row in rows]


def _event(row: Event) -> dict[str, Any]:
    said: dict[str, Any] = {
        "stream": row.stream,
        "sequence": row.sequence,
        "type": row.type,
        "collection": row.collection_id,
        "transition": row.transition,
        "at": canonical.moment(row.at),
        "actor": row.actor_key,
        "detail": row.detail_digest,
        "previous": row.previous,
        "digest": row.digest,
    }
    if (detail := getattr(row, "detail", None)) is not None:
        said["told"] = {"salt": detail.salt, "payload": detail.payload}
    return said


def as_document(matter: Matter) -> dict[str, Any]:
    """The matter for people, as the paper template takes it."""
    about = association_facts(matter.collection)
    return {
        "title": matter.title,
        "kicker": about.name,
        "author": about.name,
        "footer": matter.registry_number,
        "facts": facts(matter),
        "intro": text_blocks(matter.description),
        "sections": [section for section in _sections(matter) if section["rows"]],
        "outro": [],
    }


def _sections(matter: Matter) -> list[dict[str, Any]]:
    return [
        *_application(matter),
        _section(
            _("Statements"),
            [(row.get_outcome_display(), moment(row.created_at), row.text) for row in matter.statements.all()],
        ),
        _section(
            _("Decisions"),
            [
                (
                    str(row),
                    f"{row.meeting_date:%Y-%m-%d} {kronor(row.amount)} {row.confirmed_name}".strip(),
                    row.conditions,
                )
                for row in matter.decisions.all()
            ],
        ),
        _section(
            _("Letters"),
            [
                (row.subject, f"{moment(row.created_at)} {', '.join(row.recipients)}", row.body)
                for row in matter.letters.all()
            ],
        ),
        _section(
            _("Notes and messages"),
            [
                (f"{_writer(row)} ({row.get_audience_display()})", moment(row.created_at), row.text)
                for row in _notes(matter)
            ],
        ),
        _section(
            _("Files"),
            [(row.name, f"{filesizeformat(row.size)}, SHA-256 {row.sha256}", path) for path, row in files(matter)],
        ),
        _section(
            _("What has happened"),
            [
                (moment(line.at), line.who, line.heading)
                for line in history.timeline(matter, [history.GROUP, history.BOARD, history.OFFICE], outside=False)[
                    ::-1
                ]
            ],
        ),
    ]


def _section(title: str, rows: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "title": title,
        "intro": [],
        "rows": [
            {"label": label or "–", "note": note, "help": "", "blocks": text_blocks(text or "–")}
            for label, note, text in rows
        ],
    }


def _application(matter: Matter) -> list[dict[str, Any]]:
    if matter.submission is None:
        return []
    found = [
        {
            "title": section.title or _("Application"),
            "intro": [],
            "rows": [
                {
                    "label": row.label,
                    "note": "",
                    "help": "",
                    "blocks": text_blocks(", ".join(upload.name for upload in row.uploads))
                    if row.uploads
                    else blocks_of(row.html) or text_blocks(_("Not answered")),
                }
                for row in section.rows
            ],
        }
        for section in summary(matter.submission)
    ]
    changed = [
        (change.label, f"{_('Completion')} {change.number}, {moment(change.at)}", change.before.display or "–")
        for change in differences(matter.submission)
    ]
    return [*found, _section(_("As it was before the completions"), changed)]
