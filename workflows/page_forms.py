"""The small forms on the matter page that belong to no step."""

from typing import Any

import django.forms
from django.utils.translation import gettext_lazy as _

from records.mail import ADDRESS_LENGTH
from records.policy import users_with
from workflows.kinds import comment_field
from workflows.models import Matter, MatterPerson
from workflows.roles import HANDLE


class NoteForm(django.forms.Form):
    """An internal note."""

    text = comment_field(_("New note"), required=True, help_text=_("Only the office sees it."))


class AssignForm(django.forms.Form):
    """Who at the office answers for the matter."""

    officer: Any = django.forms.ModelChoiceField(
        label=_("Responsible officer"), queryset=None, required=False, empty_label=_("Nobody in particular")
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officer: Any = self.fields["officer"]
        officer.queryset = users_with(HANDLE, matter.collection).order_by("first_name", "email")
        officer.initial = matter.officer_id


class PersonForm(django.forms.Form):
    """Somebody who is to follow the matter."""

    email = django.forms.EmailField(
        label=_("E-mail address"),
        max_length=ADDRESS_LENGTH,
        widget=django.forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("The person signs in with this address; we mail a code to it."),
    )
    name = django.forms.CharField(label=_("Name"), max_length=200, required=False)


class OfficePersonForm(PersonForm):
    """The office also says what the person is in the matter."""

    role = django.forms.ChoiceField(label=_("Role"), choices=MatterPerson.Role.choices)


class WithdrawForm(django.forms.Form):
    """Taking an application back."""

    reason = comment_field(_("Reason"), required=False)
    sure = django.forms.BooleanField(label=_("I want to withdraw. It cannot be undone."))


class CloseForm(django.forms.Form):
    """Closing a matter by hand."""

    result = django.forms.CharField(
        label=_("Closed as"), max_length=120, help_text=_("For example “Answered” or “No further action”.")
    )
    reason = comment_field(_("Comment"), required=False, help_text=_("Only the office sees it."))


class RecuseForm(django.forms.Form):
    """Declaring a conflict of interest."""

    reason = comment_field(_("Why"), required=False, help_text=_("The office and the board see it."))
    sure = django.forms.BooleanField(label=_("I have a conflict of interest (jäv) in this matter"))


class LiftForm(django.forms.Form):
    """Lifting a declaration made by mistake."""

    reason = comment_field(_("Why it is lifted"), required=True)
