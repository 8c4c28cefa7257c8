"""What happens to a workflow besides editing: published, taken in from a template."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from records.errors import Invalid, NotAllowed
from records.events import NewEvent, record
from records.policy import has
from workflows.exchange import from_template
from workflows.models import Workflow, WorkflowVersion


def publish_workflow(*, workflow: Workflow, user: Any = None) -> WorkflowVersion:
    """Publish the newest draft now. Raises NotAllowed and LintFailed; without a user nobody's rights are asked."""
    with transaction.atomic():
        draft = workflow.get_latest_revision_as_object()
        draft.save_revision(user=user, clean=False).publish(user=user)
        workflow.refresh_from_db()
    return workflow.latest_version


def import_workflow(
    *,
    template: Mapping[str, Any],
    collection: Collection,
    user: Any = None,
    slug: str = "",
    title: str = "",
    forms: Sequence[str] | None = None,
    replace: bool = False,
    publish: bool = False,
) -> Workflow:
    """Make a workflow of a template, or with ``replace`` a new draft of the workflow that has its short name.

    All or nothing. Raises Invalid, NotAllowed, and LintFailed when it is to be published.
    """
    with transaction.atomic():
        values = from_template(template, collection, forms)
        values["slug"] = slug or values["slug"]
        values["title"] = title or values["title"]
        stored = Workflow.objects.select_for_update(no_key=True).filter(slug=values["slug"]).first()
        action = Workflow.permission("change" if stored else "add")
        if user is not None and not has(user, action, stored.collection if stored else collection):
            raise NotAllowed(_("You may not add workflows in this association."))
        if stored is not None and (not replace or stored.collection_id != collection.pk):
            raise Invalid(_("There is already a workflow with the short name “%(slug)s”.") % {"slug": values["slug"]})
        workflow = stored.get_latest_revision_as_object() if stored else Workflow(collection=collection)
        for name, value in values.items():
            setattr(workflow, name, value)
        workflow.fill_names()
        try:
            workflow.full_clean(exclude=["steps"])
        except ValidationError as error:
            raise Invalid(" ".join(error.messages)) from error
        if stored is None:
            workflow.save()
        revision = workflow.save_revision(user=user, clean=False)
        record(
            NewEvent(
                collection=collection,
                stream=workflow.stream,
                type="workflow.imported",
                actor=user,
                transition={"slug": workflow.slug, "revision": revision.pk, "replaced": stored is not None},
            )
        )
        if publish:
            revision.publish(user=user)
        return Workflow.objects.get(pk=workflow.pk)
