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
    block = Workflow._meta.get_field("steps").stream_block
    return {
        "format": FORMAT,
        "workflow": {
            **{name: getattr(draft, name) for name in SETTINGS},
            **({"overruled": draft.overruled} if draft.overruled else {}),
            "starts_with": sorted(form.slug for form in draft.starts_with.all()),
            "steps": copy.deepcopy(block.get_prep_value(draft.steps)),
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
    block = Workflow._meta.get_field("steps").stream_block
    values["steps"] = block.to_python(copy.deepcopy(described["steps"]))
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
    if template.get("format") != FORMAT:
        raise Invalid(_("The template was made by a newer version of the service."))
    workflow = template["workflow"]
    for name in ("title", "slug"):
        if not isinstance(workflow.get(name), str) or not workflow[name]:
            raise Invalid(_("The template has no “%(name)s”.") % {"name": name})
    slugs = workflow.get("starts_with", [])
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        raise Invalid(_("The template does not say in a readable way which forms start it."))
    steps = workflow.get("steps")
    if not isinstance(steps, list) or not all(_is_block(item) for item in steps):
        raise Invalid(_("The template has no readable steps."))
    try:
        unknown = list(unknown_types(Workflow._meta.get_field("steps").stream_block, steps))
    except (TypeError, KeyError, AttributeError) as error:
        raise Invalid(_("The template has no readable steps.")) from error
    if unknown:
        raise Invalid(" ".join(UnknownKinds(unknown).messages))


def _is_block(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("value"), dict)
