"""Who may change and publish forms, and why not."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from forms.models import Form
from records.policy import has

ADD, CHANGE, DELETE, PUBLISH = (f"forms.{action}_form" for action in ("add", "change", "delete", "publish"))
DEFINE = (ADD, CHANGE, DELETE, PUBLISH, "forms.add_choicelist", "forms.change_choicelist")
SETTINGS = ("forms.add_formsettings", "forms.change_formsettings")
READ = ("forms.view_submission", "forms.export_submission")


def may_change(user: Any, form: Form) -> bool:
    """May this person edit the draft?"""
    return has(user, CHANGE, form.collection)


def may_publish(user: Any, form: Form) -> bool:
    """May this person publish and close the form?"""
    return has(user, PUBLISH, form.collection)


def why_not_publish(user: Any, form: Form) -> Any:
    """The sentence that says why a person may not publish the form; None when they may."""
    if may_publish(user, form):
        return None
    return _("You may not publish forms in this association. Ask one of its editors.")
