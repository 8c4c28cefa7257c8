"""A form as a JSON template that another installation can read; every id is kept."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import Block, ListBlock, StreamBlock, StreamValue, StructBlock
from wagtail.models import Collection
from wagtail.snippets.blocks import SnippetChooserBlock

from forms.kinds import UnknownKinds, unknown_types
from forms.models import ChoiceList, ChoiceListOption, Form
from forms.names import readable_name
from records.errors import Invalid

FORMAT = 1
SETTINGS = (
    "title",
    "slug",
    "purpose",
    "language",
    "intro",
    "closed_text",
    "next_steps",
    "contact",
    "privacy_text",
    "contact_email_field",
    "contact_name_field",
    "keep_drafts_days",
)
"""What belongs to the form wherever it is; times, association and publication do not."""
SELDOM = ("anonymous", "draft_policy", "translations", "organisation_field", "overruled")
"""The same, but written only where they are not as usual."""


OVERRULED = "overruled"


def _overruled(draft: Form) -> dict[str, Any]:
    """Why the warnings of the form may stand, where it has any."""
    return {OVERRULED: draft.overruled} if draft.overruled else {}


def to_template(form: Form) -> dict[str, Any]:
    """The newest draft as a template, with the choice lists it uses."""
    draft = form.get_latest_revision_as_object()
    questions, lists = portable(draft.questions)
    usual = Form()
    seldom = {name: getattr(draft, name) for name in SELDOM if getattr(draft, name) != getattr(usual, name)}
    return {
        "format": FORMAT,
        "form": {**{name: getattr(draft, name) for name in SETTINGS}, **seldom, "questions": questions},
        "choice_lists": lists,
    }


def portable(questions: StreamValue) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The stored blocks of a stream with choice lists by name instead of key, and those lists."""
    block = Form._meta.get_field("questions").stream_block
    lists: dict[str, dict[str, Any]] = {}
    names: dict[int, str] = {}

    def by_name(pk: int) -> str | None:
        found = ChoiceList.objects.filter(pk=pk).first()
        if found is None:
            return None
        if pk not in names:
            names[pk] = readable_name(found.title, lists, "choice_list")
            options = [{"key": o.key, "label": o.label, "help": o.help} for o in found.options.all()]
            lists[names[pk]] = {"title": found.title, "options": options}
        return names[pk]

    # Settings that were never set come as their defaults, which need not be JSON yet.
    stored = json.loads(json.dumps(block.get_prep_value(questions), cls=DjangoJSONEncoder))
    map_choice_lists(block, stored, by_name)
    return stored, lists


def settled(stored: Any, described: Mapping[str, Any], collection: Collection) -> list[dict[str, Any]]:
    """Portable blocks with the choice lists of this association; makes those that are missing. Raises Invalid."""
    block = Form._meta.get_field("questions").stream_block
    made: dict[str, int] = {}

    def by_pk(name: str) -> int:
        if name not in made:
            if name not in described:
                raise Invalid(
                    _("The template names a choice list, “%(name)s”, that it does not hold.") % {"name": name}
                )
            made[name] = _choice_list(described[name], collection).pk
        return made[name]

    questions = copy.deepcopy(stored)
    map_choice_lists(block, questions, by_pk)
    return questions


def from_template(template: Mapping[str, Any], collection: Collection) -> dict[str, Any]:
    """The values of a form in this association; makes the choice lists that are missing. Raises Invalid.

    Called inside the transaction that stores the form.
    """
    check_template(template)
    given = template["form"]
    values = {name: given[name] for name in (*SETTINGS, *SELDOM) if name in given}
    return {**values, "questions": settled(given["questions"], template.get("choice_lists") or {}, collection)}


def check_template(template: Any) -> None:
    """Refuse what is no template of ours, or needs kinds that are not installed. Raises Invalid."""
    if not isinstance(template, dict) or not isinstance(template.get("form"), dict):
        raise Invalid(_("This is not a form template."))
    if template.get("format") != FORMAT:
        raise Invalid(_("The template was made by a newer version of the service."))
    form = template["form"]
    for name in ("title", "slug"):
        if not isinstance(form.get(name), str) or not form[name]:
            raise Invalid(_("The template has no “%(name)s”.") % {"name": name})
    reasons = form.get(OVERRULED, {})
    if not isinstance(reasons, dict) or not all(isinstance(reason, str) for reason in reasons.values()):
        raise Invalid(_("The template has no readable reasons for its warnings."))
    check_blocks(form.get("questions"))


def check_blocks(questions: Any) -> None:
    """Refuse what are no stored pages, or need kinds that are not installed. Raises Invalid."""
    if not isinstance(questions, list) or not all(_is_block(item) for item in questions):
        raise Invalid(_("The template has no readable questions."))
    try:
        unknown = list(unknown_types(Form._meta.get_field("questions").stream_block, questions))
    except (TypeError, KeyError, AttributeError) as error:
        raise Invalid(_("The template has no readable questions.")) from error
    if unknown:
        raise Invalid(" ".join(UnknownKinds(unknown).messages))


def _is_block(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("value"), dict)


def _choice_list(described: Mapping[str, Any], collection: Collection) -> ChoiceList:
    """The association's own list of that title (or one above it), whatever its options; else a new one as described.

    So a template asks for "Medlemskommuner", and each association answers with its own; the lint tells when a
    condition names an option that the list does not have.
    """
    in_reach = collection.get_ancestors(inclusive=True)
    found = ChoiceList.objects.filter(title=described["title"], collection__in=in_reach).order_by("-collection__depth")
    if found:
        return found[0]
    options = [(option["key"], option["label"], option.get("help", "")) for option in described["options"]]
    made = ChoiceList.objects.create(title=described["title"], collection=collection)
    for number, (key, label, help_text) in enumerate(options):
        ChoiceListOption.objects.create(choice_list=made, key=key, label=label, help=help_text, sort_order=number)
    return made


def map_choice_lists(block: Block, raw: Any, change: Callable[[Any], Any]) -> None:
    """Replace every reference to a choice list in stored JSON, in place."""
    if isinstance(block, StreamBlock):
        for item in raw or ():
            map_choice_lists(block.child_blocks[item["type"]], item["value"], change)
    elif isinstance(block, ListBlock):
        for item in raw or ():
            inner = item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
            map_choice_lists(block.child_block, inner, change)
    elif isinstance(block, StructBlock) and isinstance(raw, dict):
        for name, child in block.child_blocks.items():
            if raw.get(name) is None:
                continue
            if isinstance(child, SnippetChooserBlock) and child.target_model is ChoiceList:
                raw[name] = change(raw[name])
            else:
                map_choice_lists(child, raw[name], change)
