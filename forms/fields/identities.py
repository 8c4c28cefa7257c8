"""Kinds that say who somebody is and where they live: personal identity number, postal address."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from random import Random
from typing import Any

import django.forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.se import personnummer
from wagtail.blocks import BooleanBlock

from forms.expressions import Name
from forms.kinds import Problem

from .answer import AnswerField
from .base import Column, Example, Field, FieldKind, QuestionBlock
from .contacts import AddressSettings, OwnDetail
from .text_cleaning import clean_line
from .texts import CONTACT, ShapedAnswer, postcode

_DASH = re.compile(r"[\u2010-\u2015\u2212]")
_DIGITS = re.compile(r"[0-9]{6}(?:[0-9]{2})?[-+][0-9]{4}")
COORDINATION = 60
"""A coordination number is a personal identity number whose day is this much higher."""


class CoordinationError(ValueError):
    """A coordination number where only personal identity numbers are taken."""


def identity_number(text: str, *, coordination: bool = True) -> str:
    """A personal identity or coordination number as "19881228-9874". Raises ValueError for anything else."""
    try:
        number = personnummer.compact(_DASH.sub("-", text))
    except IndexError as error:
        raise ValueError(text) from error
    if not _DIGITS.fullmatch(number):
        raise ValueError(text)
    sign, last = number[-5], number[-4:]
    day = int(number[-7:-5])
    is_coordination = day > COORDINATION
    real = f"{number[:-7]}{day - COORDINATION:02}{number[-5:]}" if is_coordination else number
    try:
        born = personnummer.get_birth_date(real)
        luhn.validate(number[-11:-5] + last)
    except WrongNumber as error:
        raise ValueError(text) from error
    if born > date.today() or (len(number) == 13 and sign == "+"):  # noqa: DTZ011 (a day of slack does no harm)
        raise ValueError(text)
    if is_coordination and not coordination:
        raise CoordinationError(text)
    return f"{born.year:04}{born.month:02}{day:02}-{last}"


class IdentityAnswer(ShapedAnswer):
    """A personal identity number; a coordination number only where it is taken."""

    def __init__(self, *, coordination: bool, **kwargs: Any) -> None:
        self.coordination = coordination
        super().__init__(shape=self._read, **kwargs)

    def _read(self, text: str) -> str:
        try:
            return identity_number(text, coordination=self.coordination)
        except CoordinationError as error:
            raise ValidationError(
                self.own_error or _("This is a coordination number. Write a personal identity number."),
                code="coordination",
            ) from error


class PersonalNumber(FieldKind):
    """A Swedish personal identity number or coordination number, its day and check digit tested."""

    name = "personal_number"
    label = _("Personal identity number")
    icon = "user"
    group = CONTACT
    personal = True
    example = Example(
        settings={"label": "Personnummer", "coordination": True},
        data={"": "811228 9874"},
        stored="19811228-9874",
        display="19811228-9874",
        cells=["19811228-9874"],
        wrong=[{"": "811228-9873"}, {"": "811328-9874"}, {"": "222000-1719"}, {"": "Anna"}, {"": "1"}],
    )

    class Settings(QuestionBlock):
        """Which numbers are taken."""

        coordination = BooleanBlock(label=_("Coordination numbers are taken too"), required=False, default=True)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return {"coordination": bool(value.get("coordination"))}

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        allowing = apps.get_model("forms", "FormSettings")._default_manager.filter(
            collection=context.draft.form.collection_id, allow_personal_numbers=True
        )
        if not allowing.exists():
            yield Problem(
                "personal_numbers_off",
                _(
                    "The association does not allow its forms to ask for personal identity numbers. Remove the "
                    "question, or let whoever is responsible allow it in the form settings."
                ),
                context.block_id,
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return IdentityAnswer(
            coordination=field["settings"]["coordination"],
            message=_("Write the number with year, month, day and four digits, like ÅÅÅÅMMDD-NNNN. Check every digit."),
            max_length=40,
            widget=django.forms.TextInput({"inputmode": "numeric", "maxlength": 40, "autocomplete": "off"}),
            **self.common(field, required),
        )

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        # Of somebody born in the 1890s: nobody living has it.
        digits = f"{rng.randint(90, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(980, 999)}"
        return {"": f"18{digits[:6]}-{digits[6:]}{luhn.calc_check_digit(digits)}"}

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "text"}


# --- postal address -------------------------------------------------------------------------------

PARTS = (
    ("street", _("Street and number, or box"), "street-address", 200),
    ("postcode", _("Postcode"), "postal-code", 12),
    ("town", _("Town"), "address-level2", 100),
)


class AddressInput(django.forms.Widget):
    """Street, postcode and town, each a text field."""

    template_name = "forms/widgets/address.html"
    use_fieldset = True

    def __init__(self, *, own: bool) -> None:
        self.own = own
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {part: str(data.get(f"{name}-{part}", "")) for part, *_rest in PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part, *_rest in PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-street" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        base = context["widget"]["attrs"].get("id", name)
        value = value if isinstance(value, Mapping) else {}
        context["parts"] = [
            {
                "part": part,
                "name": f"{name}-{part}",
                "id": f"{base}-{part}",
                "label": label,
                "value": value.get(part, ""),
                "autocomplete": autocomplete if self.own else "off",
                "length": length,
                "invalid": context["widget"]["attrs"].get("aria-invalid"),
            }
            for part, label, autocomplete, length in PARTS
        ]
        return context


class AddressAnswer(AnswerField):
    """A whole address."""

    default_error_messages = {"required": _("Write the address.")}

    def to_python(self, value: Any) -> dict[str, str]:
        value = value if isinstance(value, Mapping) else {}
        address = {part: clean_line(value.get(part) or "") for part, *_rest in PARTS}
        return address if any(address.values()) else {}

    def validate(self, value: dict[str, str]) -> None:
        super().validate(value)
        if not value:
            return
        missing = [str(label).lower() for part, label, *_rest in PARTS if not value[part]]
        if missing:
            raise ValidationError(
                _("The address is not complete. Write also: %(parts)s.") % {"parts": ", ".join(missing)},
                code="incomplete",
            )
        for part, label, _autocomplete, length in PARTS:
            if len(value[part]) > length:
                raise ValidationError(
                    _("%(label)s: shorten it to at most %(limit)s characters.") % {"label": label, "limit": length},
                    code="too_long",
                )
        try:
            value["postcode"] = postcode(value["postcode"])
        except ValueError as error:
            raise ValidationError(_("Write a postcode of five digits, like 571 31."), code="postcode") from error


class PostalAddress(OwnDetail):
    """A Swedish postal address."""

    name = "postal_address"
    label = _("Postal address")
    icon = "home"
    example = Example(
        settings={"label": "Adress", "own": True},
        data={"-street": "Storgatan  1", "-postcode": "57131", "-town": "Nässjö"},
        stored={"street": "Storgatan 1", "postcode": "571 31", "town": "Nässjö"},
        display="Storgatan 1, 571 31 Nässjö",
        cells=["Storgatan 1", "571 31", "Nässjö"],
        wrong=[
            {"-street": "Storgatan 1", "-postcode": "", "-town": "Nässjö"},
            {"-street": "Storgatan 1", "-postcode": "5713", "-town": "Nässjö"},
            {"-street": "x" * 201, "-postcode": "571 31", "-town": "Nässjö"},
        ],
        empty={"-street": "", "-postcode": " ", "-town": ""},
    )

    Settings = AddressSettings

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        return AddressAnswer(widget=AddressInput(own=field["settings"]["own"]), **self.common(field, required))

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        return {"-street": f"Provgatan {rng.randint(1, 99)}", "-postcode": "571 31", "-town": "Nässjö"}

    def to_json(self, field: Field, value: Any) -> Any:
        return dict(value) if value else None

    def display(self, field: Field, stored: Any) -> str:
        return gettext("%(street)s, %(postcode)s %(town)s") % stored if stored else ""

    def display_html(self, field: Field, stored: Any) -> SafeString:
        if not stored:
            return SafeString("")
        lines = [stored["street"], f"{stored['postcode']} {stored['town']}"]
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))

    def columns(self, field: Field) -> list[Column]:
        return [
            Column(
                f"{field['id']}.{part}",
                gettext("%(label)s: %(value)s") % {"label": field["label"], "value": str(label).lower()},
            )
            for part, label, *_rest in PARTS
        ]

    def cells(self, field: Field, stored: Any) -> list[Any]:
        return [stored[part] if stored else None for part, *_rest in PARTS]

    def expression_name(self, field: Field) -> Name | None:
        return None
