"""What a new form, or a part of one, can begin from: shipped templates, kept ones, and other forms within reach."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from forms.exchange import to_template
from forms.fields import FIELDS, FieldKind
from forms.models import Form, FormTemplate
from forms.parts import labelled
from forms.permissions.form import ADD, CHANGE
from records import policy

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "forms"
SHIPPED, KEPT, FORM = "shipped", "kept", "form"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to begin from; ``key`` names it in addresses."""

    key: str
    title: str
    part: str
    origin: str | Promise
    template: Mapping[str, Any] = field(repr=False)
    description: str = ""
    kept: FormTemplate | None = None

    @property
    def is_form(self) -> bool:
        """Is it a whole form?"""
        return self.part == FormTemplate.Part.FORM

    @property
    def pages(self) -> list[dict[str, Any]]:
        """What can be taken out of it, with the labels people know; a lone question lies on a page of no name."""
        return labelled(stream_of(self.template), label_of)


def label_of(block: Mapping[str, Any]) -> str:
    """What people call a stored question."""
    kind = cast("FieldKind | None", FIELDS.get(block["type"]))
    if kind is None:
        return block["type"]
    return kind.label_of(block["value"]) or str(kind.label)


def stream_of(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pages a template holds; of a single question a page around it."""
    if "form" in template:
        return list(template["form"]["questions"])
    blocks = list(template["blocks"])
    loose = [block for block in blocks if block["type"] != "page"]
    pages = [block for block in blocks if block["type"] == "page"]
    return [*pages, *([{"type": "page", "id": "", "value": {"title": "", "questions": loose}}] if loose else [])]


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Mapping[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def shipped() -> list[Source]:
    """The templates that come with the service, by title."""
    found = []
    for path in FOLDER.glob("*.json"):
        template = _read(path, path.stat().st_mtime_ns)
        form = template["form"]
        about = form.get("intro", "").partition("\n")[0]
        found.append(
            Source(f"{SHIPPED}:{path.stem}", form["title"], "form", _("Comes with Samsyn"), template, description=about)
        )
    return sorted(found, key=lambda source: source.title)


def kept_for(user: Any) -> QuerySet[FormTemplate]:
    """The templates a person may begin from: their associations' and the whole installation's."""
    mine = policy.collections_with_any(user, [ADD, CHANGE])
    root = Collection.objects.filter(depth=1)
    return FormTemplate.objects.filter(Q(collection__in=mine) | Q(collection__in=root)).select_related("collection")


def may_keep_in(user: Any, collection: Collection) -> bool:
    """May this person keep and remove templates there? Those of the whole installation: superusers only."""
    if collection.depth == 1:
        return policy.everywhere(user)
    return policy.has(user, CHANGE, collection)


def forms_for(user: Any) -> QuerySet[Form]:
    """The forms a person may take something from."""
    mine = policy.collections_with_any(user, [ADD, CHANGE])
    return Form.objects.filter(collection__in=mine).select_related("collection").defer("questions").order_by("title")


def kept(user: Any, parts: Iterable[str] = FormTemplate.Part.values) -> list[Source]:
    """Kept templates as sources."""
    return [_of_kept(row) for row in kept_for(user).filter(part__in=list(parts))]


def _of_kept(row: FormTemplate) -> Source:
    origin = _("The whole installation") if row.collection.depth == 1 else row.collection.name
    return Source(f"{KEPT}:{row.pk}", row.title, row.part, origin, row.content, row.description, row)


def find(user: Any, key: str) -> Source | None:
    """The source of that key, where this person may use it."""
    sort, _colon, name = key.partition(":")
    if sort == SHIPPED:
        return next((source for source in shipped() if source.key == key), None)
    if not name.isdecimal() or len(name) > 18:
        return None
    if sort == KEPT:
        row = kept_for(user).filter(pk=name).first()
        return _of_kept(row) if row else None
    if sort == FORM:
        form = forms_for(user).filter(pk=name).first()
        if form is not None:
            return Source(key, form.title, "form", form.collection.name, to_template(form))
    return None
