"""The small forms on the matter page that belong to no step."""

from typing import Any

import django.forms
from django.utils.translation import gettext_lazy as _

from records.mail import ADDRESS_LENGTH
from records.policy import users_with
from workflows.kinds import comment_field
from workflows.models import Matter, MatterLink, MatterPerson
from workflows.roles import HANDLE


class SeveralFiles(django.forms.ClearableFileInput):
    """One input that takes several files."""

    allow_multiple_selected = True


class Files(django.forms.FileField):
    """Several files at once, or none."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        rows = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(Files, self).clean(row, initial) for row in rows]


class WriteForm(django.forms.Form):
    """A text with files beside it."""

    text = comment_field(_("Text"), required=True)
    files: Any = Files(
        label=_("Files"),
        required=False,
        help_text=_("PDF, Word, Excel, OpenDocument or pictures; at most 20 MB each."),
    )


class NoteForm(WriteForm):
    """An internal note."""

    text = comment_field(_("New note"), required=True, help_text=_("Only the office sees it."))


class MessageForm(WriteForm):
    """A message between the office and the applicant."""

    text = comment_field(
        _("New message"),
        required=True,
        help_text=_("The office and those in the matter read it here. They get a mail that says so, without the text."),
    )


class LinkForm(django.forms.Form):
    """Another matter that this one has to do with."""

    sort = django.forms.ChoiceField(label=_("This matter"), choices=MatterLink.Sort.choices)
    number = django.forms.CharField(
        label=_("Registry number of the other matter"), max_length=60, help_text=_("As it stands in the register.")
    )


class MarkForm(django.forms.Form):
    """The confidentiality mark."""

    ground = django.forms.CharField(
        label=_("Provision"),
        required=False,
        max_length=200,
        help_text=_("For example “OSL 26 kap. 1 §”. Empty: the mark is taken away."),
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].initial = matter.confidential_ground


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
