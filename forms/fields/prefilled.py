"""A value that comes with the visitor: from the address, from who is signed in, from what the form is about."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

import django.forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, IntegerBlock, TextBlock

from forms.expressions import Type, is_name
from forms.kinds import Problem

from .answer import AnswerField
from .base import Example, Field, FieldKind, QuestionBlock
from .text_cleaning import clean_line
from .texts import CONTACT, TextAnswer

LIMIT = 200
ADDRESS, MATTER = "address", "matter"

SUBJECTS: dict[str, Callable[[str, Any], str]] = {}
"""What a form is about: "matter:<key>" is asked of the function under "matter", with the person who asks. It answers
what people call it, and nothing when it is not there or not for this person. Higher rooms add theirs."""


@dataclass(frozen=True)
class Known:
    """What is known of a visitor before anything is asked."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    person: Any = None
    subject: str = ""


def subject_name(subject: str, person: Any) -> str:
    """What the form is about, as people call it; empty when nobody knows, or this person may not."""
    sort, _colon, key = subject.partition(":")
    return SUBJECTS[sort](key, person) if key and sort in SUBJECTS else ""


class SignedInput(django.forms.Widget):
    """A value that is shown, or not, and cannot be changed: it is posted with a signature."""

    template_name = "forms/widgets/prefilled.html"

    def __init__(self, *, salt: str, hidden: bool) -> None:
        self.signer = signing.Signer(salt=salt)
        self.hidden = hidden
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text = self.read(value)
        context.update({"text": text, "signed": self.signer.sign(text) if text else "", "hidden": self.hidden})
        return context

    def read(self, value: Any) -> str:
        """The value of what was posted, if it is ours; else nothing."""
        try:
            return self.signer.unsign(str(value or ""))
        except signing.BadSignature:
            return ""


class SignedAnswer(AnswerField):
    """What the server itself has written; anything else is refused."""

    group_template = "forms/widgets/prefilled_field.html"

    def clean(self, value: Any) -> str:
        text = clean_line(value or "")
        if not text:
            return ""
        read = self.widget.read(text)
        if not read:
            raise ValidationError(
                self.own_error or _("This value is filled in for you and cannot be changed. Open the page again."),
                code="forged",
            )
        return read


class Prefilled(FieldKind):
    """A value taken from the address, the signed-in person or the matter; to be read, changed, or kept out of sight."""

    name = "prefilled"
    label = _("Filled in beforehand")
    icon = "download"
    group = CONTACT
    type = Type.TEXT
    prefills: ClassVar[bool] = True
    example = Example(
        settings={"label": "Er kod", "source": "address", "parameter": "kod", "shown": "edit"},
        data={"": " A12 "},
        stored="A12",
        display="A12",
        cells=["A12"],
        wrong=[{"": "x" * 201}],
    )

    class Settings(QuestionBlock):
        """Where the value comes from, and who may change it."""

        source = ChoiceBlock(
            label=_("The value is"),
            default="person_name",
            choices=[
                ("person_name", _("the name of who is signed in")),
                ("person_email", _("the e-mail address of who is signed in")),
                ("person_organisation", _("the organisation of who is signed in")),
                (ADDRESS, _("a parameter of the address, like ?code=A12")),
                (MATTER, _("what the form is about: the matter")),
            ],
        )
        parameter = CharBlock(
            label=_("Name of the parameter"),
            required=False,
            max_length=40,
            help_text=_("Only this one is read. Small letters, digits and _, for example: code"),
        )
        allowed = TextBlock(
            label=_("Values allowed from the address"),
            required=False,
            rows=3,
            max_length=4000,
            help_text=_("One on each line; everything else is ignored. Empty: any short text."),
        )
        shown = ChoiceBlock(
            label=_("The visitor"),
            default="edit",
            choices=[
                ("edit", _("may change it")),
                ("read", _("sees it, and cannot change it")),
                ("hidden", _("meets it on the summary only")),
            ],
        )
        max_length = IntegerBlock(label=_("Longest answer"), default=LIMIT, min_value=1, max_value=LIMIT)

    def compile(self, value: Mapping[str, Any], context: Any) -> dict[str, Any]:
        allowed = [line.strip() for line in (value.get("allowed") or "").splitlines() if line.strip()]
        return {
            "source": value.get("source") or "person_name",
            "parameter": value.get("parameter") or "",
            "allowed": allowed,
            "shown": value.get("shown") or "edit",
            "max_length": value.get("max_length") or LIMIT,
        }

    def is_required(self, value: Mapping[str, Any]) -> bool:
        return value.get("shown") == "edit" and super().is_required(value)

    def lint(self, settings: Mapping[str, Any], context: Any) -> Iterable[Problem]:
        parameter = settings.get("parameter") or ""
        if settings.get("source") == ADDRESS and not is_name(parameter):
            yield Problem(
                "no_parameter",
                _("Write the name of the parameter in the address: small letters a–z, digits and _."),
                context.block_id,
                setting="parameter",
            )

    def form_field(self, field: Field, *, required: bool | None = None) -> AnswerField:
        settings = field["settings"]
        common = self.common(field, required)
        if settings["shown"] == "edit":
            widget = django.forms.TextInput({"maxlength": settings["max_length"], "autocomplete": "off"})
            return TextAnswer(max_length=settings["max_length"], widget=widget, **common)
        # What is not there cannot be asked of the visitor.
        common["required"] = False
        return SignedAnswer(
            widget=SignedInput(salt=f"forms.prefilled.{field['id']}", hidden=settings["shown"] == "hidden"), **common
        )

    def prefill(self, field: Field, known: Known) -> Any:
        """The value for this visitor, as it is stored; None when there is none."""
        settings = field["settings"]
        source = settings["source"]
        text = ""
        if source == ADDRESS:
            text = clean_line(known.parameters.get(settings["parameter"], ""))
            if settings["allowed"] and text not in settings["allowed"]:
                text = ""
        elif source == MATTER:
            text = clean_line(subject_name(known.subject, known.person))
        elif getattr(known.person, "is_authenticated", False):
            text = clean_line(_of_person(known.person, source))
        return text[: settings["max_length"]] or None

    def sample(self, field: Field, rng: Random) -> dict[str, Any]:
        settings = field["settings"]
        text = rng.choice(settings["allowed"] or ["Prov"])[: settings["max_length"]]
        if settings["shown"] == "edit":
            return {"": text}
        return {"": signing.Signer(salt=f"forms.prefilled.{field['id']}").sign(text)}

    def to_json(self, field: Field, value: Any) -> Any:
        return value or None

    def from_json(self, field: Field, stored: Any) -> Any:
        if stored and field["settings"]["shown"] != "edit":
            return signing.Signer(salt=f"forms.prefilled.{field['id']}").sign(stored)
        return stored

    def xlsform(self, field: Field) -> dict[str, str]:
        return {"type": "hidden" if field["settings"]["shown"] == "hidden" else "text"}


def _of_person(person: Any, source: str) -> str:
    if source == "person_name":
        return str(person.get_full_name())
    return str(getattr(person, "email" if source == "person_email" else "organisation", "") or "")
