"""A workflow as a JSON template that another association or installation can read; the ids of steps are kept."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from forms.kinds import UnknownKinds, unknown_types
from forms.models import Form
from records.errors import Invalid
from workflows.models import Workflow

FORMAT = 1
SETTINGS = ("title", "slug", "title_question", "amount_question", "by_hand")
"""What belongs to the workflow wherever it is; registry series, association and publication do not."""


def to_template(workflow: Workflow) -> dict[str, Any]:
    """The newest draft as a template; the forms that start it by their addresses."""
    draft = workflow.get_latest_revision_as_object()
    block, examples = _block("steps"), _block("examples")
    return {
        "format": FORMAT,
        "workflow": {
            **{name: getattr(draft, name) for name in SETTINGS},
            **({"overruled": draft.overruled} if draft.overruled else {}),
            "starts_with": sorted(form.slug for form in draft.starts_with.all()),
            "steps": copy.deepcopy(block.get_prep_value(draft.steps)),
            **({"examples": copy.deepcopy(examples.get_prep_value(draft.examples))} if len(draft.examples) else {}),
        },
    }


def from_template(
    template: Mapping[str, Any], collection: Collection, forms: Sequence[str] | None = None
) -> dict[str, Any]:
    """The values of a workflow in this association; `forms` are the addresses to use instead of the template's.

    Raises Invalid for what is no template of ours, needs kinds that are not installed, or names a missing form.
    """
    check_template(template)
    described = template["workflow"]
    values = {name: described[name] for name in (*SETTINGS, "overruled") if name in described}
    block = _block("steps")
    values["steps"] = block.to_python(copy.deepcopy(described["steps"]))
    values["examples"] = _block("examples").to_python(copy.deepcopy(described.get("examples", [])))
    values["starts_with"] = _forms(described.get("starts_with", []) if forms is None else forms, collection)
    return values


def _forms(slugs: Sequence[str], collection: Collection) -> list[Form]:
    found = {form.slug: form for form in Form.objects.filter(slug__in=list(slugs), collection=collection)}
    if missing := [slug for slug in slugs if slug not in found]:
        raise Invalid(
            _("The association has no form with the address “%(slug)s”. Import it first, or name another form.")
            % {"slug": missing[0]}
        )
    return [found[slug] for slug in slugs]


def check_template(template: Any) -> None:
    """Refuse what is no template of ours. Raises Invalid."""
    if not isinstance(template, dict) or not isinstance(template.get("workflow"), dict):
        raise Invalid(_("This is not a workflow template."))
    made_by = template.get("format")
    if not isinstance(made_by, int) or isinstance(made_by, bool) or made_by < 1:
        raise Invalid(_("This is not a workflow template."))
    if made_by > FORMAT:
        raise Invalid(
            _("The template was made by a newer version of the service. Nothing was taken in. Update this one first.")
        )
    workflow = template["workflow"]
    for name in ("title", "slug"):
        if not isinstance(workflow.get(name), str) or not workflow[name]:
            raise Invalid(_("The template has no “%(name)s”.") % {"name": name})
    slugs = workflow.get("starts_with", [])
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        raise Invalid(_("The template does not say in a readable way which forms start it."))
    _check_blocks("steps", workflow.get("steps"), _("The template has no readable steps."))
    _check_blocks("examples", workflow.get("examples", []), _("The template has no readable examples."))


def _check_blocks(field: str, rows: Any, unreadable: Any) -> None:
    """Refuse a list of blocks that cannot be read, or holds kinds that are not installed here."""
    if not isinstance(rows, list) or not all(_is_block(item) for item in rows):
        raise Invalid(unreadable)
    block = _block(field)
    try:
        unknown = list(unknown_types(block, rows))
        if not unknown:
            # What cannot even be read as blocks is found here, before anything is stored.
            for child in block.to_python(copy.deepcopy(rows)):
                block.child_blocks[child.block_type].get_prep_value(child.value)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise Invalid(unreadable) from error
    if unknown:
        raise Invalid(" ".join(UnknownKinds(unknown).messages))


def _block(name: str) -> Any:
    """What a stream of the workflow may hold."""
    field: Any = Workflow._meta.get_field(name)
    return field.stream_block


def _is_block(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("value"), dict)
