"""What happens to a form: published, closed, taken in from a template; each is one transaction."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection

from forms.exchange import from_template
from forms.models import Form, FormVersion
from forms.permissions.form import ADD, CHANGE
from records.errors import Invalid, NotAllowed
from records.events import NewEvent, record
from records.policy import has


def publish_form(*, form: Form, user: Any = None) -> FormVersion:
    """Publish the form's newest draft now. Raises NotAllowed, LintFailed; without a user nobody's rights are asked."""
    with transaction.atomic():
        draft = form.get_latest_revision_as_object()
        draft.save_revision(user=user, clean=False).publish(user=user)
        form.refresh_from_db()
    return form.latest_version


def close_form(*, form: Form, user: Any = None) -> None:
    """Close the form: what has been sent stays, nothing new begins. Raises NotAllowed."""
    form.unpublish(user=user)
    form.refresh_from_db()


def import_form(
    *,
    template: Mapping[str, Any],
    collection: Collection,
    user: Any = None,
    slug: str = "",
    title: str = "",
    replace: bool = False,
    publish: bool = False,
) -> Form:
    """Make a form of a template, or with ``replace`` a new draft of the form that has its address.

    All or nothing. Raises Invalid (no template, address taken), NotAllowed, and LintFailed when it is to be published.
    """
    with transaction.atomic():
        values = from_template(template, collection)
        values["slug"] = slug or values["slug"]
        values["title"] = title or values["title"]
        stored = Form.objects.select_for_update(no_key=True).filter(slug=values["slug"]).first()
        if user is not None and not has(user, CHANGE if stored else ADD, stored.collection if stored else collection):
            raise NotAllowed(_("You may not add forms in this association."))
        if stored is not None and (not replace or stored.collection_id != collection.pk):
            raise Invalid(_("There is already a form with the address “%(slug)s”.") % {"slug": values["slug"]})
        form = stored.get_latest_revision_as_object() if stored else Form(collection=collection)
        for name, value in values.items():
            setattr(form, name, value)
        form.fill_names()
        try:
            form.full_clean(exclude=["questions"])
        except ValidationError as error:
            raise Invalid(" ".join(error.messages)) from error
        if stored is None:
            form.save()
        revision = form.save_revision(user=user, clean=False)
        record(
            NewEvent(
                collection=collection,
                stream=form.stream,
                type="form.imported",
                actor=user,
                transition={"slug": form.slug, "revision": revision.pk, "replaced": stored is not None},
            )
        )
        if publish:
            revision.publish(user=user)
        return Form.objects.get(pk=form.pk)
