"""Small forms to test with: plain functions that make drafts and publish them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.models import Collection

from forms.fields import FIELDS
from forms.models import Form

SPACE = uuid.UUID("5a3c4a43-0d7c-4f0e-8a55-3f7b6f7d9b10")


def block_id(*parts: object) -> str:
    """The same id for the same words, so that a test can name a question it has made."""
    return str(uuid.uuid5(SPACE, "/".join(map(str, parts))))


def association(name: str = "Höglandet") -> Collection:
    """A collection below Wagtail's root."""
    return Collection.objects.get(depth=1).add_child(name=name)


def items(values: Sequence[Mapping[str, Any]], *path: object) -> list[dict[str, Any]]:
    """Stored list items with stable ids: the name or key of each where it has one."""
    return [
        {"type": "item", "value": dict(value), "id": value.get("name") or value.get("key") or block_id(*path, number)}
        for number, value in enumerate(values)
    ]


def question(kind: str, label: str = "", /, **settings: Any) -> dict[str, Any]:
    """A stored question; lists of options and columns get their item ids."""
    values = {"required": True, **settings}
    if label:
        values["label"] = label
    for name in ("choices", "columns"):
        if name in values:
            rows = [
                {**row, "choices": items(row["choices"], label, row.get("label"))} if "choices" in row else row
                for row in values[name]
            ]
            values[name] = items(rows, label, name)
    key = settings.get("name") or label or settings.get("heading") or kind
    return {"type": kind, "value": values, "id": block_id(key)}


def page(title: str, *questions: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A stored page with questions."""
    value = {"title": title, "intro": "", "name": "", "shown_if": "", **settings, "questions": list(questions)}
    return {"type": "page", "value": value, "id": block_id("page", title)}


def make_form(*pages: dict[str, Any], collection: Collection | None = None, **values: Any) -> Form:
    """A draft of an ordinary form, not published."""
    collection = collection or association()
    before = Form.objects.count()
    slug = f"ansokan-{before}" if before else "ansokan"
    values = {"title": "Ansökan", "slug": slug, "privacy_text": "Vi sparar uppgifterna i två år.", **values}
    form = Form(collection=collection, questions=list(pages), **values)
    form.save()
    form.save_revision(clean=False)
    return form


def edited(form: Form, *pages: dict[str, Any], **values: Any) -> Form:
    """The form with another draft."""
    draft = form.get_latest_revision_as_object()
    if pages:
        draft.questions = list(pages)
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save_revision(clean=False)
    return Form.objects.get(pk=form.pk)


def field_of(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A compiled question of a kind with these settings, as a published version would hold it."""
    stored = question(kind, **{"name": "fraga", **settings})
    form = Form(title="Prov", slug="prov", questions=[page("Sida", stored)], privacy_text="Så används uppgifterna.")
    return form.compile()["pages"][0]["fields"][0]


def kinds() -> list[str]:
    """The name of every kind of question."""
    return list(FIELDS)
