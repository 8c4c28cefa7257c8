"""Kinds that are answered with contact details: e-mail, phone, web address, organisation number."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

import django.forms
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from stdnum.se import orgnr
from wagtail.blocks import BooleanBlock

from forms.expressions import Type

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock
from .texts import CONTACT, SHORT_LIMIT, ShapedAnswer, web_address


def _email(text: str) -> str:
    try:
        EmailValidator()(text)
    except ValidationError as error:
        raise ValueError(text) from error
    return text


def own_block(label: Any) -> BooleanBlock:
    """The setting that says whose detail is asked for; browsers then offer to fill it in."""
    return BooleanBlock(label=label, required=False, default=True)


class AddressSettings(QuestionBlock):
    """An address, of mail or post: whose it is."""

    own = own_block(_("It is the address of the person who fills in the form"))


class OwnDetail(FieldKind):
    """What the kinds share that ask how somebody is reached: their own, or another's."""

    group = CONTACT
    personal = True

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"own": bool(value.get("own"))}


class Email(OwnDetail):
    """An e-mail address."""

    name = "email"
    label = _("E-mail address")
    icon = "mail"
    type = Type.TEXT
    is_email = True
    example = Example(
        settings={"label": "E-post"},
        data={"": " ada@nassjo.example "},
        stored="ada@nassjo.example",
        display="ada@nassjo.example",
        cells=["ada@nassjo.example"],
        wrong=[{"": "ada"}, {"": "ada@nassjo.example\nBcc: bo@example.org"}, {"": f"{'a' * 250}@nassjo.example"}],
    )

    Settings = AddressSettings

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        attrs = {"inputmode": "email", "maxlength": 254, "spellcheck": "false"}
        attrs["autocomplete"] = "email" if field["settings"]["own"] else "off"
        return ShapedAnswer(
            shape=_email,
            message=_("Write an e-mail address, like name@example.se."),
            max_length=254,
            widget=django.forms.EmailInput(attrs),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"": f"prov{rng.randint(1, 999)}@example.com"}

    def display_html(self, field: Field, stored: Any) -> SafeString:
        return format_html('<a href="mailto:{}">{}</a>', stored, stored) if stored else SafeString("")

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "text", "constraint": r"regex(., '^[^@\s]+@[^@\s]+\.[^@\s]+$')"}


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Phone(OwnDetail):
    """A phone number; a number without country code is Swedish."""

    name = "phone"
    label = _("Phone number")
    icon = "mobile-alt"
    type = Type.TEXT
    example = Example(
        settings={"label": "Telefon"},
        data={"": "0380-51 80 00"},
        stored="+46380518000",
        display="0380-51 80 00",
        cells=["0380-51 80 00"],
        wrong=[{"": "12"}, {"": "ring mig"}],
    )

    class Settings(QuestionBlock):
        """A number: whose it is."""

        own = own_block(_("It is the number of the person who fills in the form"))

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        attrs = {"type": "tel", "inputmode": "tel", "maxlength": 40}
        attrs["autocomplete"] = "tel" if field["settings"]["own"] else "off"
        return ShapedAnswer(
            shape=_phone,
            message=_("Write a phone number, like 070-123 45 67; for another country begin with + and its code."),
            max_length=40,
            widget=django.forms.TextInput(attrs),
            **self.common(field, required),
        )

    def from_json(self, field: Field, stored: Any) -> Any:
        return self.display(field, stored)

    def display(self, field: Field, stored: Any) -> str:
        if not stored:
            return ""
        try:
            number = phonenumbers.parse(stored, None)
        except phonenumbers.NumberParseException:
            return str(stored)
        national = number.country_code == 46
        form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def display_html(self, field: Field, stored: Any) -> SafeString:
        return format_html('<a href="tel:{}">{}</a>', stored, self.display(field, stored)) if stored else SafeString("")


def _organisation_number(text: str) -> str:
    number = orgnr.compact(re.sub(r"[\u2010-\u2015\u2212]", "-", text))
    if len(number) == 12 and number.startswith("16"):
        number = number[2:]
    if not orgnr.is_valid(number):
        raise ValueError(text)
    return orgnr.format(number)


class OrganisationAnswer(ShapedAnswer):
    """An organisation number; a personal identity number, which has the same check digit, is refused by name."""

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        # The third digit of a legal person's number is at least 2; that of a person is a month.
        if number and int(number[2]) < 2:
            raise ValidationError(
                _("This is a personal identity number. Write the organisation's number; do not give anybody's own."),
                code="personal",
            )
        return number


class OrganisationNumber(FieldKind):
    """A Swedish organisation number, its check digit tested."""

    name = "organisation_number"
    label = _("Organisation number")
    icon = "key"
    group = CONTACT
    type = Type.TEXT
    example = Example(
        settings={"label": "Organisationsnummer"},
        data={"": "2220001719"},
        stored="222000-1719",
        display="222000-1719",
        cells=["222000-1719"],
        wrong=[{"": "222000-1718"}, {"": "811228-9874"}, {"": "kommunen"}],
    )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return OrganisationAnswer(
            shape=_organisation_number,
            message=_(
                "Write the organisation number with ten digits, like 212000-0142. Check that each digit is right."
            ),
            max_length=40,
            widget=django.forms.TextInput({"inputmode": "numeric", "maxlength": 40, "autocomplete": "off"}),
            **self.common(field, required),
        )

    def redact(self, field: Field, stored: Any) -> Any:
        return stored


class WebAddress(FieldKind):
    """A web address; https is added where nothing is written before it."""

    name = "web_address"
    label = _("Web address")
    icon = "link"
    group = CONTACT
    type = Type.TEXT
    example = Example(
        settings={"label": "Webbplats"},
        data={"": "www.example.se/samverkan"},
        stored="https://www.example.se/samverkan",
        display="https://www.example.se/samverkan",
        cells=["https://www.example.se/samverkan"],
        wrong=[{"": "ingen"}, {"": "javascript:alert(1)"}, {"": "ftp://example.se"}],
    )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        attrs = {"type": "url", "inputmode": "url", "maxlength": SHORT_LIMIT, "autocomplete": "off"}
        return ShapedAnswer(
            shape=web_address,
            message=_("Write a web address, like https://www.example.se."),
            max_length=SHORT_LIMIT,
            widget=django.forms.TextInput({**attrs, "spellcheck": "false"}),
            **self.common(field, required),
        )

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        return format_html('<a href="{}" rel="nofollow noopener">{}</a>', stored, stored)

    def redact(self, field: Field, stored: Any) -> Any:
        return stored
