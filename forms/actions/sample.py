"""Trying a form: answers made up by the kinds themselves, in submissions that never count and are removed together."""

import uuid
from random import Random
from typing import Any

from django.db import transaction
from django.utils.datastructures import MultiValueDict

from forms.models import Form, FormVersion, Submission
from forms.permissions.form import may_change
from forms.queries import runtime_of
from forms.runtime import Page
from records.errors import NotAllowed
from records.events import NewEvent, record

from .submission import begin, save_page
from .upload import delete_uploads

ROUNDS = 3  # answers lead to other questions, which want answers


def sample_data(page: Page, rng: Random) -> MultiValueDict:
    """What somebody could post for a page, by the names of its inputs."""
    data: MultiValueDict = MultiValueDict()
    for question in page.questions:
        if not question.is_asked or question.takes_files:
            continue
        for end, value in question.kind.sample(question.field, rng).items():
            data.setlist(f"{question.html_name}{end}", value if isinstance(value, list) else [value])
    return data


def fill_sample(
    *, version: FormVersion, person: Any, draft: Submission | None = None, page: Page | None = None, seed: int = 0
) -> Submission:
    """Fill in one page, or every page that is met, with sample answers; a draft is begun when there is none."""
    if draft is None:
        draft = begin(version=version, nonce=uuid.uuid4(), person=person, is_sample=True)
    if not draft.is_sample:
        raise NotAllowed
    rng = Random(seed or draft.pk)  # noqa: S311 (samples, no secrets)
    runtime = runtime_of(draft)
    for _round in range(ROUNDS):
        met = runtime.path(draft.answers).pages
        for one in met if page is None else [page]:
            uploads = list(draft.uploads.filter(field_id__in=[question.id for question in one.questions]))
            form = runtime.page_form(one, draft.answers, sample_data(one, rng), uploads=uploads, live=True)
            save_page(draft=draft, page=one, given=form.given, raw=form.raw, by="sample")
        if page is not None or runtime.path(draft.answers).pages == met:
            break
    return draft


def purge_samples(*, form: Form, person: Any) -> int:
    """Remove everything that was filled in to try the form; returns how many there were. Raises NotAllowed."""
    if not may_change(person, form):
        raise NotAllowed
    return remove_samples(form=form, person=person)


def remove_samples(*, form: Form, person: Any = None) -> int:
    """The same for whoever may anyway, or keeps the machine; returns how many there were."""
    with transaction.atomic():
        rows = list(Submission.objects.select_for_update().filter(form=form, is_sample=True).only("pk"))
        for row in rows:
            delete_uploads(list(row.uploads.all()))
            row.delete()
        if rows:
            record(
                NewEvent(
                    collection=form.collection,
                    stream=f"form:{form.pk}",
                    type="form.samples_purged",
                    actor=person,
                    transition={"count": len(rows)},
                )
            )
    return len(rows)
