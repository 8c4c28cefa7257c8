"""What happens to a submission: begun, saved page by page, sent, withdrawn; each is one transaction."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms import receipts
from forms.models import DraftGuest, DraftLink, EntryCode, Form, FormVersion, PartialUpload, Submission, Upload
from forms.opening import opens_for
from forms.permissions import is_contact, withdrawers
from forms.places import free_places, organisation_of, take_places
from forms.queries import answers_digest, file_keys, runtime_of
from forms.reference import new_reference
from forms.runtime import FormRuntime, Page
from forms.signals import submission_received, submission_withdrawn
from forms.together import GUEST, Merge, Seen, merged_page, undecided
from records import transactions
from records.errors import Closed, Conflict, Invalid, NotAllowed
from records.events import NewEvent, NewMail, record
from records.prepared import Prepared, PreparedInsert, PreparedUpdate

from .upload import delete_uploads

ALREADY_SENT = _("This has already been sent, and cannot be changed here.")
MOVED = _("The form has been changed, and the draft has been moved to the new version.")

TRIES = 3  # without a lock


def require_open(form: Form, code: EntryCode | None = None, *, is_sample: bool = False) -> None:
    """Raise Closed unless the form takes answers now, or with this late-entry code, or only to be tried."""
    if not opens_for(form, code, is_sample=is_sample):
        raise Closed(_("The form is closed."))


def stream_of(submission: Submission) -> str:
    """Where the events of a submission are written."""
    return f"submission:{submission.key}"


def _person(person: Any) -> Any:
    return person if person is not None and person.is_authenticated else None


def _owner(draft: Submission, person: Any) -> Any:
    """Who a draft may be tied to: nobody, where the form is anonymous."""
    return None if draft.form.anonymous else _person(person)


def begin(
    *,
    version: FormVersion,
    nonce: uuid.UUID,
    person: Any = None,
    page: Page | None = None,
    given: Mapping[str, Any] | None = None,
    raw: Mapping[str, Sequence[str]] | None = None,
    by: str = "",
    code: EntryCode | None = None,
    is_sample: bool = False,
    language: str = "",
    subject: str = "",
) -> Submission:
    """Store a draft with what the first posted page holds; the same nonce again gives the same draft.

    Nobody is told and no event is written: a draft is its owner's working paper. Raises Closed.
    """
    require_open(version.form, code, is_sample=is_sample)
    draft = Submission(
        collection=version.form.collection,
        form=version.form,
        version=version,
        nonce=nonce,
        person=None if version.form.anonymous else _person(person),
        entry_code=code,
        is_sample=is_sample,
        subject=subject,
        language=language or version.form.language,
        updated_at=timezone.now(),
        answers=dict(given or {}),
        saves=1,
    )
    if page is not None:
        draft.progress = merged_page(draft, page, given=given or {}, raw=raw or {}, by=by).progress
    if not _drafts.one(draft):
        known = Submission.objects.select_related("form", "version").filter(nonce=nonce, form=version.form).first()
        if known is None:
            # It is the nonce of a page of another form, and says nothing about this one.
            return begin(
                version=version,
                nonce=uuid.uuid4(),
                person=person,
                page=page,
                given=given,
                raw=raw,
                by=by,
                code=code,
                is_sample=is_sample,
                language=language,
                subject=subject,
            )
        if page is not None:
            save_page(draft=known, page=page, given=given or {}, raw=raw or {}, by=by)
        return known
    return draft


_drafts = PreparedInsert(Submission, known="nonce")


def save_page(
    *,
    draft: Submission,
    page: Page,
    given: Mapping[str, Any],
    raw: Mapping[str, Sequence[str]],
    by: str,
    seen: Seen | None = None,
    chosen: Mapping[str, tuple[str, str]] | None = None,
    person: Any = None,
) -> Merge:
    """Put one page's answers in the draft, which is brought up to date; `changed` is False when nothing had changed.

    `raw` is what was typed and could not be accepted. `seen` is what the page showed the visitor, and `by` who saves:
    what someone else has written since stays (`kept`), and where both have written, both versions are kept
    (`clashes`) until one is `chosen`. Raises Conflict when the draft has been sent.
    """
    for attempt in range(TRIES):
        if attempt and not _reload(draft):
            raise Conflict(ALREADY_SENT)
        merge = _store_page(draft, page, given, raw, by, seen, chosen, _owner(draft, person))
        if merge is not None:
            _guest_was_here(by, page)
            return merge
    with transaction.atomic():
        # Many write at once: from here on one at a time.
        Submission.objects.select_for_update(no_key=True).only("pk").filter(pk=draft.pk).first()
        if not _reload(draft):
            raise Conflict(ALREADY_SENT)
        merge = _store_page(draft, page, given, raw, by, seen, chosen, _owner(draft, person))
    if merge is None:
        raise Conflict(MOVED)
    _guest_was_here(by, page)
    return merge


def _guest_was_here(by: str, page: Page) -> None:
    """Remember where an invited person last wrote, and when."""
    if by.startswith(GUEST):
        guest = by.removeprefix(GUEST).partition(".")[0]
        DraftGuest.objects.filter(pk=guest).update(seen_at=timezone.now(), page_id=page.id)


def _store_page(
    draft: Submission,
    page: Page,
    given: Mapping[str, Any],
    raw: Mapping[str, Sequence[str]],
    by: str,
    seen: Seen | None,
    chosen: Mapping[str, tuple[str, str]] | None,
    person: Any,
) -> Merge | None:
    """Store the page upon the draft as it was read; None when somebody else has stored it since."""
    if not draft.is_draft:
        raise Conflict(ALREADY_SENT)
    merge = merged_page(draft, page, given=given, raw=raw, by=by, seen=seen, chosen=chosen)
    files = _files(draft, page)
    answers = {key: value for key, value in merge.answers.items() if key not in files}
    answers |= {key: value for key, value in files.items() if value}
    values: dict[str, Any] = {"answers": answers, "progress": merge.progress}
    if person is not None and draft.person_id is None:
        values["person"] = person
    if not merge.changed and answers == draft.answers and len(values) == 2:
        return merge
    values |= {"saves": draft.saves + 1, "updated_at": timezone.now()}
    mine = Submission.objects.filter(pk=draft.pk, state=Submission.State.DRAFT, saves=draft.saves)
    mine = mine.filter(version=draft.version_id)
    if not mine.update(**values):
        return None
    for name, value in values.items():
        setattr(draft, name, value)
    return replace(merge, changed=True)


def _files(draft: Submission, page: Page) -> dict[str, list[str]]:
    """The stored files of each question on the page that takes files; without such questions nothing is asked."""
    asked = [question.id for question in page.questions if question.takes_files]
    if not asked:
        return {}
    found: dict[str, list[str]] = {field_id: [] for field_id in asked}
    rows = Upload.objects.filter(submission=draft, field_id__in=asked).order_by("pk")
    for field_id, key in rows.values_list("field_id", "key"):
        found[field_id].append(str(key))
    return found


def _reload(draft: Submission) -> bool:
    """Bring the draft up to date with what somebody else stored; False when it is gone."""
    try:
        draft.refresh_from_db(fields=["answers", "progress", "saves", "state", "updated_at", "person"])
    except Submission.DoesNotExist:
        return False
    return True


def submit(
    *,
    submission: Submission,
    seen: str,
    person: Any = None,
    admit: Callable[[str], bool] | None = None,
    just_read: bool = False,
) -> Submission:
    """Send it: answers frozen, reference given, the rooms above told, the receipt queued; all or nothing.

    `seen` is the digest of what the sender saw on the summary. Sending the same again gives what was sent. `admit` is
    asked first in the transaction, with the address of the receipt: it counts the try, says whether a receipt may be
    mailed, and raises TooMany. Whoever has `just_read` the draft with its form and version spares reading it again:
    it is sent if it is still the same. Raises Conflict when something else than what was seen would be sent or has
    been sent, Invalid with the problems by question id, and Closed, also when the last place a limit allows has gone to
    somebody else.
    """
    if just_read and (row := _as_read(submission, seen, person, admit)) is not None:
        return row
    with transactions.writing():
        found = cast("Submission | None", _to_send.first(submission.pk))
        if found is None:
            raise Submission.DoesNotExist
        found.version.form = found.form
        if found.is_draft:
            return _send(found, _judged(found, seen, person), admit)
        if found.digest == seen and found.state == Submission.State.SUBMITTED:
            return found
        raise Conflict(ALREADY_SENT)


_to_send = Prepared(
    lambda pk: (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("form", "form__collection", "version", "collection")
        .defer("form__questions", "version__compiled")  # the runtime has them
        .filter(pk=pk)
    ),
    -1,
)


class _Changed(Exception):  # noqa: N818 (not a fault)
    """The draft is not any more what was read."""


def _as_read(draft: Submission, seen: str, person: Any, admit: Callable[[str], bool] | None) -> Submission | None:
    """Send the draft as it was read; None when it has changed since, or must be looked at under its lock."""
    if not draft.is_draft or runtime_of(draft).takes_files:
        return None
    row = copy(draft)
    try:
        judged = _judged(row, seen, person)
        with transactions.writing():
            return _send(row, judged, admit)
    except (_Changed, Closed, Conflict, Invalid):
        return None


class _Judged(NamedTuple):
    """A draft that can be sent: what it becomes, and the form it was judged by."""

    runtime: FormRuntime
    values: dict[str, Any]


def _judged(row: Submission, seen: str, person: Any) -> _Judged:
    """What the draft becomes when it is sent now; see `submit` for what is raised."""
    require_open(row.form, row.entry_code, is_sample=row.is_sample)
    now = timezone.now()
    runtime = runtime_of(row)
    uploads = list(row.uploads.all()) if runtime.takes_files else []
    path = runtime.path(row.answers, timezone.localdate(now))
    problems = [*runtime.problems(path, row.raw), *undecided(row, path)]
    if problems:
        raise Invalid({question.id: sentences for question, sentences in problems})
    digest = answers_digest(row, path.answers, uploads)
    if digest != seen:
        raise Conflict(_("Your answers have changed since you opened this page. Read through them once more."))
    person = None if row.form.anonymous else _person(person) or row.person
    name, email = ("", "") if row.form.anonymous else runtime.contact_in(path)
    values = {
        "answers": dict(path.answers),
        "progress": {},
        "person": person,
        "name": name or (person.get_full_name() if person else ""),
        "email": email or (person.email.lower() if person else ""),
        "state": Submission.State.SUBMITTED,
        "reference": new_reference(),
        "submitted_at": now,
        "updated_at": now,
        "digest": digest,
        "organisation": organisation_of(runtime, path, row.form.organisation_field),
    }
    return _Judged(runtime, values)


def _has(model: type[Model]) -> str:
    """SQL: does a row of the model belong to this submission?"""
    table, column = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name("submission_id")
    mine = f"{connection.ops.quote_name(Submission._meta.db_table)}.{connection.ops.quote_name('id')}"
    return f"EXISTS(SELECT 1 FROM {table} WHERE {table}.{column} = {mine})"  # noqa: S608 (the names are ours)


_frozen = PreparedUpdate(
    Submission,
    [
        "answers",
        "progress",
        "person",
        "name",
        "email",
        "state",
        "reference",
        "submitted_at",
        "updated_at",
        "digest",
        "organisation",
    ],
    ["id", "state", "saves", "version"],
    returning=lambda: ", ".join(map(_has, (Upload, DraftLink, PartialUpload))),
)


def _send(row: Submission, judged: _Judged, admit: Callable[[str], bool] | None) -> Submission:
    """The draft becomes what was judged. Call inside the transaction. Raises _Changed when it is another by now."""
    may_mail = admit is None or admit(judged.values["email"])
    values = {**judged.values, "person": judged.values["person"] and judged.values["person"].pk}
    changed = _frozen.rows(*values.values(), row.pk, Submission.State.DRAFT, row.saves, row.version_id)
    if not changed:
        raise _Changed
    [(_pk, has_files, has_links, has_pieces)] = changed
    for name, value in judged.values.items():
        setattr(row, name, value)
    if not row.is_sample:
        take_places(row)
    if has_files:
        used = set(file_keys(judged.runtime, row.answers))
        delete_uploads([upload for upload in row.uploads.all() if str(upload.key) not in used])
    if has_links:
        row.links.all().delete()
    if has_pieces:
        row.partial_uploads.all().delete()  # what had come of them is swept with other loose files
    if not row.is_sample:
        submission_received.send(sender=Submission, submission=row)
    record(
        NewEvent(
            collection=row.collection,
            stream=stream_of(row),
            type="submission.sample_received" if row.is_sample else "submission.received",
            actor=row.person,
            transition={
                "form": row.form_id,
                "version": row.version.number,
                "reference": row.reference,
                "digest": row.digest,
            },
            begins=True,
        ),
        mails=[_receipt(row)] if row.email and may_mail and not row.is_sample else [],
    )
    return row


def _receipt(submission: Submission) -> NewMail:
    facts = receipts.facts(submission)
    lines = [f"{fact.label}: {fact.value}" for fact in facts]
    runtime = runtime_of(submission)
    return NewMail(
        kind="forms.receipt",
        key=f"forms.receipt:{submission.key}",
        to=submission.email,
        collection=submission.collection,
        language=submission.language,
        context={
            "form_title": runtime.title,
            "reference": submission.reference or "",
            "facts": "\n".join(lines),
            "next_steps": runtime.texts.get("next_steps", ""),
            "contact": runtime.texts.get("contact", ""),
            "start_url": f"{settings.BASE_URL}{settings.LOGIN_REDIRECT_URL}",
        },
        attachments=[("forms.copy_pdf", str(submission.key)), ("forms.copy", str(submission.key))],
    )


def withdraw(*, submission: Submission, person: Any) -> Submission:
    """Take back what was sent; it stays readable. Raises NotAllowed, and Conflict when it is not there to take back."""
    with transaction.atomic():
        row = (
            Submission.objects.select_for_update(of=("self",), no_key=True)
            .select_related("collection")
            .get(pk=submission.pk)
        )
        if not (is_contact(person, row) or any(allows(person, row) for allows in withdrawers)):
            raise NotAllowed(_("Only the one who sent it can take it back."))
        if row.state == Submission.State.WITHDRAWN:
            return row
        if row.state != Submission.State.SUBMITTED:
            raise Conflict(_("This has not been sent, and cannot be taken back."))
        row.state = Submission.State.WITHDRAWN
        row.updated_at = timezone.now()
        row.save(update_fields=["state", "updated_at"])
        free_places(row)
        if not row.is_sample:
            submission_withdrawn.send(sender=Submission, submission=row)
        record(
            NewEvent(
                collection=row.collection,
                stream=stream_of(row),
                type="submission.withdrawn",
                actor=person,
                transition={"reference": row.reference},
            )
        )
    return row


def discard(*, draft: Submission) -> None:
    """Remove a draft and its files, for its owner or because nobody touches it. Raises Conflict once it was sent."""
    with transaction.atomic():
        row = Submission.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            return
        if not row.is_draft:
            raise Conflict(ALREADY_SENT)
        delete_uploads(list(row.uploads.all()))
        row.delete()
