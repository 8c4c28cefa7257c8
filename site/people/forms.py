"""The forms people sign in with."""

from typing import Any

import django.forms
from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.core import context
from django.contrib.auth import get_user_model
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from people import limits

NO_ADDRESS = _("Write your e-mail address.")


class _Plain:
    """Labels of our own, no placeholders in the fields (they vanish when one types)."""

    labels: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    fields: dict[str, django.forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            if name in self.missing:
                field.error_messages["required"] = self.missing[name]


class PasswordForm(_Plain, LoginForm):
    """Address and password."""

    labels = {"login": _("E-mail address"), "password": _("Password")}
    missing = {"login": NO_ADDRESS, "password": _("Write your password.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)


class RequestCodeForm(_Plain, RequestLoginCodeForm):
    """The address a code is mailed to. One that nobody has used yet gets an account without any rights,

    so that the answer is the same for every address, and an applicant can open her matter.
    """

    labels = {"email": _("E-mail address")}
    missing = {"email": NO_ADDRESS}

    _user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = get_user_model()._meta.get_field("email").max_length
        self.fields["email"].validators.append(MaxLengthValidator(longest))

    def clean_email(self) -> str:
        email = super().clean_email()
        if not limits.may_mail(context.request, email):
            raise get_adapter().validation_error("too_many_login_attempts")
        if self._user is None:
            people = get_user_model()._default_manager
            if not people.filter(email__iexact=email).exists():
                self._user = people.create_user(email)
        if self._user is not None and self._user.email.lower() == email.lower():
            # The row that the right code marks as proved.
            EmailAddress.objects.get_or_create(user=self._user, email=self._user.email, defaults={"primary": True})
        return email


class ConfirmCodeForm(_Plain, ConfirmLoginCodeForm):
    """The code from the mail."""

    labels = {"code": _("Code")}
    missing = {"code": _("Write the code from the mail.")}

    def clean_code(self) -> str:
        if not limits.may_try_code(context.request):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


class ForgottenPasswordForm(_Plain, ResetPasswordForm):
    """The address a link for choosing a new password is mailed to."""

    labels = {"email": _("E-mail address")}
    missing = {"email": NO_ADDRESS}

    def clean_email(self) -> str:
        if not limits.may_mail(context.request, self.cleaned_data["email"]):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_email()
