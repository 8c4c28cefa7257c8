"""Keeping forms and parts of them for reuse, and putting a part into a draft; each is one transaction."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from forms.exchange import FORMAT, check_blocks, portable, settled, to_template
from forms.kinds import Problem
from forms.models import Form, FormTemplate
from forms.parts import NoSuchPlace, Place, put, take
from forms.permissions.form import may_change
from forms.template_sources import forms_for, may_keep_in, stream_of
from records.errors import Invalid, NotAllowed
from records.events import NewEvent, record


def keep_template(
    *,
    form: Form,
    user: Any,
    collection: Collection,
    title: str,
    description: str = "",
    block_id: str = "",
) -> FormTemplate:
    """Keep a form's draft, or one page or question of it, as a template. Raises NotAllowed, Invalid."""
    if not forms_for(user).filter(pk=form.pk).exists() or not may_keep_in(user, collection):
        raise NotAllowed(_("You may not keep templates there."))
    with transaction.atomic():
        part, content = _content(form, block_id)
        made = FormTemplate.objects.create(
            collection=collection, title=title, description=description, part=part, content=content
        )
        _note(form.collection, f"template:{made.pk}", "template.kept", user, {"form": form.pk, "part": part})
        return made


def _content(form: Form, block_id: str) -> tuple[str, dict[str, Any]]:
    if not block_id:
        return FormTemplate.Part.FORM, to_template(form)
    stream, lists = portable(form.get_latest_revision_as_object().questions)
    blocks = take(stream, [block_id])
    if not blocks:
        raise Invalid(_("That page or question is no longer in the form. Choose another."))
    part = FormTemplate.Part.PAGE if blocks[0]["type"] == "page" else FormTemplate.Part.QUESTION
    return part, {"format": FORMAT, "blocks": blocks, "choice_lists": lists}


def remove_template(*, template: FormTemplate, user: Any) -> None:
    """Forget a template; forms made of it stay as they are. Raises NotAllowed."""
    if not may_keep_in(user, template.collection):
        raise NotAllowed(_("You may not remove this template."))
    with transaction.atomic():
        _note(template.collection, f"template:{template.pk}", "template.removed", user, {"part": template.part})
        template.delete()


def insert_parts(
    *, form: Form, user: Any, source: Mapping[str, Any], block_ids: Iterable[str], place: Place
) -> list[Problem]:
    """Put pages and questions of a template or another form into this form's draft, as a new revision.

    Returns what the lint says about that which came in, so that it can be told at once. Raises NotAllowed, Invalid.
    """
    if not may_change(user, form):
        raise NotAllowed(_("You may not change this form."))
    with transaction.atomic():
        stored = Form.objects.select_for_update(no_key=True).get(pk=form.pk)
        lock = stored.get_lock()
        if lock is not None and lock.for_user(user):
            raise Invalid(_("Somebody else has locked the form, so nothing was put into it."))
        parts = take(copy.deepcopy(stream_of(source)), block_ids)
        if not parts:
            raise Invalid(_("Choose at least one page or question to insert."))
        parts = _settled(parts, source.get("choice_lists") or {}, stored.collection)
        draft = stored.get_latest_revision_as_object()
        stream = Form._meta.get_field("questions").stream_block.get_prep_value(draft.questions)
        try:
            ids = put(stream, parts, place)
        except NoSuchPlace as error:
            raise Invalid(_("There is no such place in the form any more. Choose where to insert it.")) from error
        draft.questions = stream
        draft.fill_names()
        revision = draft.save_revision(user=user, clean=False, log_action=True)
        _note(stored.collection, stored.stream, "form.parts_inserted", user, {"revision": revision.pk, "ids": ids})
    inside = set(ids)
    for part in parts:
        inside |= {question["id"] for question in part["value"].get("questions") or ()}
    return [problem for problem in revision.as_object().problems() if problem.block_id in inside]


def _settled(parts: list[dict[str, Any]], described: Mapping[str, Any], collection: Collection) -> list[dict[str, Any]]:
    """The parts with the choice lists of this association. Raises Invalid for what cannot be read here."""
    around = [part if part["type"] == "page" else _page_around(part) for part in parts]
    check_blocks(around)
    found = settled(around, described, collection)
    return [
        inside if part["type"] == "page" else inside["value"]["questions"][0]
        for part, inside in zip(parts, found, strict=True)
    ]


def _page_around(question: dict[str, Any]) -> dict[str, Any]:
    return {"type": "page", "id": "", "value": {"title": "", "questions": [question]}}


def _note(collection: Collection, stream: str, type_: str, user: Any, transition: dict[str, Any]) -> None:
    record(NewEvent(collection=collection, stream=stream, type=type_, actor=user, transition=transition))
